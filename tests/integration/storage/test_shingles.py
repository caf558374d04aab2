"""The index of shingles, in which those of the latest articles wait: whoever asks sees no difference, whatever happens in between."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.file import shingles as index
from storage.file.connection import open_for_writing
from storage.file.database import Database
from storage.file.shingles import forget_shingles, leave_shingles_waiting, load_holders
from tests.desk import NOW, A, Desk, entry

EVERY = range(0, 1 << 48, (1 << 48) // 60 + 1)
"""So few different shingles that most are held by several articles; they lie all over the index."""
FIRST = range(60)
"""Others, side by side."""


class Index:
    """An index in a file of its own; `holders` is what it should tell."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "archive.db"
        self.holders: dict[int, set[int]] = defaultdict(set)
        self._next = 1
        self.open()

    def open(self) -> None:
        self.db: Database = open_for_writing(self._path)
        self.db.conn.execute("PRAGMA foreign_keys = OFF")  # of the articles only their shingles are looked at

    def reopen(self) -> None:
        self.db.conn.close()
        self.open()

    def add(self, chance: random.Random) -> None:
        new = {self._next + number: frozenset(chance.sample(EVERY, chance.randint(0, 6))) for number in range(chance.randint(1, 4))}
        self._next += len(new)
        with self.db.atomic():
            self.asked()
            leave_shingles_waiting(self.db, new)
        for article_id, some in new.items():
            for one in some:
                self.holders[one].add(article_id)

    def add_in_vain(self, chance: random.Random) -> None:
        """What is taken back leaves nothing, and the pass that it moved on goes back as well."""
        with pytest.raises(ZeroDivisionError):
            self._fail_to_add(frozenset(chance.sample(EVERY, 5)))

    def _fail_to_add(self, some: frozenset[int]) -> None:
        with self.db.atomic():
            self.asked()
            leave_shingles_waiting(self.db, {self._next + 100: some})
            raise ZeroDivisionError

    def forget(self, chance: random.Random) -> None:
        article_id = chance.randint(1, self._next)
        gone = [one for one in EVERY if article_id in self.holders[one]]
        with self.db.atomic():
            forget_shingles(self.db, article_id, [*gone, 61])
        for one in gone:
            self.holders[one].remove(article_id)

    def asked(self, shingles: range = EVERY) -> dict[int, list[int]]:
        return load_holders(self.db, set(shingles))

    def expected(self) -> dict[int, list[int]]:
        return {one: sorted(articles) for one, articles in self.holders.items() if articles}

    def waiting(self) -> dict[int, list[int]]:
        return {
            article_id: json.loads(some) for article_id, some in self.db.conn.execute("SELECT article_id, shingles FROM waiting_shingles")
        }

    def stored(self) -> int:
        return int(self.db.conn.execute("SELECT count(*) FROM shingles").fetchone()[0])


@pytest.fixture
def shingles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setattr(index, "MOST_WAITING", 20)
    monkeypatch.setattr(index, "_PORTION", 8)
    one = Index(tmp_path)
    yield one
    one.db.conn.close()


@pytest.mark.parametrize("seed", range(12))
def test_holders_are_told_whatever_waits_is_forgotten_taken_back_or_read_anew(shingles: Index, seed: int) -> None:
    chance = random.Random(seed)
    steps: list[Callable[[], None]] = [
        *[lambda: shingles.add(chance)] * 6,
        shingles.reopen,
        lambda: shingles.forget(chance),
        lambda: shingles.add_in_vain(chance),
    ]
    stored = 0
    for _ in range(120):
        chance.choice(steps)()
        assert shingles.asked() == shingles.expected()
        stored = max(stored, shingles.stored())
    assert stored > 30
    assert len(shingles.waiting()) < 40


def test_what_waits_is_put_into_the_index_in_the_order_of_shingles(shingles: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_WAITING", 51)
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {number: frozenset(range(number, 60, 6)) for number in range(1, 6)})
    assert (shingles.stored(), len(shingles.waiting())) == (0, 5), "too few wait yet"
    seen = []
    for number in range(6, 10):
        with shingles.db.atomic():
            leave_shingles_waiting(shingles.db, {number: frozenset([7])})
        seen.append(shingles.db.conn.execute("SELECT max(shingle), count(*) FROM shingles").fetchone()[:])
    assert seen == [(8, 8), (17, 16), (27, 24), (37, 32)]


def test_what_is_forgotten_while_it_waits_leaves_nothing(shingles: Index) -> None:
    """Else it would grow for as long as the program runs, where retention is so short that no pass ever begins."""
    for number in range(100):
        with shingles.db.atomic():
            leave_shingles_waiting(shingles.db, {number: frozenset([2 * number, 2 * number + 1])})
        with shingles.db.atomic():
            forget_shingles(shingles.db, number, [2 * number])
            forget_shingles(shingles.db, number, [2 * number + 1])
    assert (shingles.stored(), shingles.waiting()) == (0, {})
    waiting = index._waiting_of[shingles.db]
    assert (waiting.shingles, sum(len(shelf._shingles) + len(shelf._holders) for shelf in waiting._shelves)) == (0, 0)


def test_a_pass_goes_over_the_whole_index_in_portions_of_one_size(shingles: Index) -> None:
    """A stretch that it left out would be forgotten with its end."""
    last = (1 << 48) - 1
    everywhere = [0, 1, 2, *range(1 << 36, (1 << 36) + 6), *[number << 40 for number in range(1, 10)], last]
    seen = []
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: everywhere})
    for number in range(2, 6):
        seen.append(shingles.stored())
        with shingles.db.atomic():
            leave_shingles_waiting(shingles.db, {number: [1]})
    assert seen == [0, 8, 16, 20]
    shingles.reopen()
    assert load_holders(shingles.db, everywhere) == {one: [1, 2, 3, 4, 5] if one == 1 else [1] for one in everywhere}


def test_an_article_without_shingles_does_not_wait(shingles: Index) -> None:
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: frozenset(), 2: frozenset([3])})
    assert shingles.waiting() == {2: [3]}


def test_a_pass_ends_with_those_waiting_that_came_while_it_went_on(shingles: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_WAITING", 12)
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {number: frozenset([number, 50 + number]) for number in range(1, 7)})
    assert shingles.stored() == 12, "more comes at once than is put away with an operation"
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {7: frozenset([3]), 8: frozenset([58])})
    assert shingles.stored() == 13
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {9: frozenset([4])})
    assert shingles.waiting() == {7: [3], 8: [58], 9: [4]}
    assert shingles.stored() == 13, "nothing was put away with the end"
    expected = {3: [3, 7], 4: [4, 9], 56: [6], 58: [8]}
    assert load_holders(shingles.db, {3, 4, 56, 58}) == expected
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {10: frozenset(range(20, 29))})
    assert shingles.stored() == 13, "eleven wait: what was put away is not counted"
    shingles.reopen()
    assert load_holders(shingles.db, {3, 4, 56, 58}) == expected
    for number in range(11, 14):
        with shingles.db.atomic():
            leave_shingles_waiting(shingles.db, {number: frozenset([1])})
    assert (shingles.stored(), shingles.waiting()) == (25, {12: [1], 13: [1]})
    assert load_holders(shingles.db, {3, 4, 56, 58}) == expected


def test_articles_of_many_shingles_are_put_away_after_as_many_shingles_as_others(shingles: Index) -> None:
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: frozenset(range(19))})
    assert shingles.stored() == 0
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {2: frozenset([5])})
    assert shingles.stored() == 8


def test_a_program_that_stops_after_each_operation_ends_its_passes_too(shingles: Index) -> None:
    chance, waiting = random.Random(1), []
    for _ in range(60):
        shingles.add(chance)
        shingles.reopen()
        assert shingles.asked() == shingles.expected()
        waiting.append(sum(map(len, shingles.waiting().values())))
    assert max(waiting) < 70
    assert shingles.stored() > 300


def test_a_death_in_the_middle_of_a_pass_loses_nothing_and_doubles_nothing(shingles: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_WAITING", 51)
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {number: frozenset(range(number, 60, 6)) for number in range(1, 6)})
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {6: frozenset([30])})
    stored, before = shingles.stored(), shingles.asked(FIRST)
    assert 0 < stored < 51
    shingles.reopen()
    assert shingles.asked(FIRST) == before
    assert index._waiting_of[shingles.db].shingles == 51 - stored, "no more is still to do"
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {50: frozenset([59])})
    assert shingles.stored() == stored + 8, "it goes on at once"
    for number in range(7, 30):
        with shingles.db.atomic():
            leave_shingles_waiting(shingles.db, {number: frozenset([59])})
    assert {**shingles.asked(FIRST), 59: []} == {**before, 59: []}
    assert shingles.stored() >= 51


def test_an_archive_that_waits_is_read_once_by_each_connection(shingles: Index) -> None:
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: frozenset([5])})
    shingles.reopen()
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {2: frozenset([5, 6])})  # before anybody asked
    statements: list[str] = []
    shingles.db.conn.set_trace_callback(statements.append)
    assert load_holders(shingles.db, {5, 6}) == {5: [1, 2], 6: [2]}
    learning = len(statements)
    assert load_holders(shingles.db, {5, 6, 7}) == {5: [1, 2], 6: [2]}
    assert len(statements) - learning == 1


def test_what_failed_half_way_is_read_anew(shingles: Index) -> None:
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: frozenset(range(19))})
    shingles.db.conn.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON shingles BEGIN SELECT RAISE(ABORT, 'full'); END")
    for _ in range(2):
        with pytest.raises(sqlite3.IntegrityError, match="full"):
            leave_two_more(shingles.db)
        assert shingles.asked(FIRST) == {one: [1] for one in range(19)}
    shingles.db.conn.execute("DROP TRIGGER full")
    leave_two_more(shingles.db)
    assert shingles.asked(FIRST) == {one: [1, 2] if one in {5, 7} else [1] for one in range(19)}
    assert shingles.stored() == 8


def leave_two_more(db: Database) -> None:
    with db.atomic():
        leave_shingles_waiting(db, {2: frozenset([5, 7])})


PROSE = " ".join(f"mot{number} dit{number % 7} fait{number % 11}" for number in range(150))


def test_a_copy_is_known_whether_its_original_waits_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (1, 1000):
        monkeypatch.setattr(index, "MOST_WAITING", most)
        with Desk(tmp_path / f"{most}.db") as desk:
            desk.watch(A)
            desk.poll(A, entry("Le discours", "https://a.example/1", summary=PROSE, published_at=NOW))
            desk.poll(A, entry("Autre chose", "https://a.example/2", summary="Il pleut.", published_at=NOW))
            assert bool(desk.rows("SELECT 1 FROM shingles")) == (most == 1)
            desk.poll(A, entry("Le texte du discours", "https://a.example/3", summary=PROSE + " Fin.", published_at=NOW))
            assert desk.rows("SELECT copy_of FROM story_articles WHERE article_id = 3") == [(1,)]


def test_a_pass_goes_through_what_waits_in_the_order_of_whole_shingles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are kept by their first bits; of those that came behind a pass none is put away."""
    monkeypatch.setattr(index, "MOST_WAITING", 12)
    monkeypatch.setattr(index, "_PORTION", 4)
    spread = [number << 38 for number in range(12)]
    one = Index(tmp_path)
    seen = []
    for number, new in enumerate([*reversed(spread), 1, 2, 3]):
        with one.db.atomic():
            leave_shingles_waiting(one.db, {number: frozenset([new])})
        seen.append(one.db.conn.execute("SELECT max(shingle), count(*) FROM shingles").fetchone()[:])
    assert seen[10:] == [(None, 0), (spread[3], 4), (spread[7], 8), (spread[11], 12), (spread[11], 12)]
    assert one.waiting() == {12: [1], 13: [2], 14: [3]}, "they came behind the pass"
    assert load_holders(one.db, [*spread, 1, 2, 3]) == {shingle: [11 - place] for place, shingle in enumerate(spread)} | {
        1: [12],
        2: [13],
        3: [14],
    }
    one.db.conn.close()


def test_what_waits_of_longer_texts_is_told_apart_by_all_bits_that_note_it(shingles: Index) -> None:
    """The last bit of their shingles is always set: if it counted, half of the bits would note nothing."""
    bits = (index._SEEN_BITS - 1).bit_length()
    with shingles.db.atomic():
        leave_shingles_waiting(shingles.db, {1: [1, *(1 | 2 << bit for bit in range(bits))]})
    assert int.from_bytes(index._waiting_of[shingles.db]._seen).bit_count() == bits + 1
