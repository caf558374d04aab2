"""The words of articles wait in memory before they are written: whatever happens meanwhile, articles are placed as if they did not."""

from __future__ import annotations

import json
import random
import sqlite3
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.errors import ArchiveError
from news.sketches import WordCounts
from storage.file.database import Database
from storage.file.schema import count_no_kin
from storage.file.story_schema import keep_holders_beside_counts, name_title_words_first, tell_words_in_bytes
from storage.recording import story_words
from storage.recording.polls import record_poll
from storage.recording.sketches import load_sketches_after
from storage.recording.tidying import prune_sketches
from tests.desk import NOW, A, Desk, entry, outcome_of

EVENTS = (
    ("entrepôt", "brûle", "Rungis", "pompiers", "fumée", "canal"),
    ("Sénat", "budget", "recherche", "universités", "vote", "nuit"),
    ("fusée", "décolle", "Kourou", "satellite", "lancement", "tour"),
    ("grève", "trains", "Lyon", "cheminots", "préavis", "gare"),
)


def reports() -> list[tuple[str, str]]:
    """Forty titles and texts on four events, each report in words of its own."""
    chance = random.Random(5)
    made = []
    for number in range(40):
        words = EVENTS[number % len(EVENTS)]
        title = " ".join(chance.sample(words, 4))
        made.append((f"{title} {number}", " ".join(chance.choices(words, k=9)) + f" détail{number} autre{number % 7}."))
    return made


def placed(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows("SELECT article_id, story_id, because, nearness, nearest_id, words FROM story_articles ORDER BY 1")


def poll_all(desk: Desk, between: Callable[[Desk], None] = lambda _: None) -> None:
    desk.watch(A)
    for number, (title, text) in enumerate(reports()):
        at = NOW - timedelta(minutes=60 - number)
        desk.poll(A, entry(title, f"https://a.example/{number}", summary=text, published_at=at))
        between(desk)


@pytest.mark.parametrize("how", ["written at once", "written now and then", "read again after each", "remembering little"])
def test_articles_are_placed_the_same_whatever_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    with Desk(tmp_path / "plain.db") as desk:
        poll_all(desk)
        expected = placed(desk)
        assert len(desk.rows("SELECT DISTINCT story_id FROM story_articles")) < 20
        assert desk.rows("SELECT count(*) FROM word_counts") == [(0,)], "all of it waits"
    if how == "remembering little":
        monkeypatch.setattr(story_words, "_MOST_REMEMBERED_SKETCHES", 2)
        monkeypatch.setattr(story_words, "_MOST_WORDS", 2)
    monkeypatch.setattr(story_words, "MOST_WAITING", {"written at once": 1, "read again after each": 500}.get(how, 7))
    with Desk(tmp_path / "other.db") as desk:
        poll_all(desk, (lambda desk: desk.reopen()) if how == "read again after each" else lambda _: None)
        assert placed(desk) == expected


@pytest.mark.parametrize(("most_words", "most_sketches"), [(60, 10), (10, 1)])
def test_no_more_is_remembered_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_words: int, most_sketches: int
) -> None:
    """Also where there is room for less than one article brings."""
    monkeypatch.setattr(story_words, "_MOST_WORDS", most_words)
    monkeypatch.setattr(story_words, "_MOST_REMEMBERED_SKETCHES", most_sketches)
    remembered: list[tuple[int, int]] = []

    def look(desk: Desk) -> None:
        words, _ = desk.archive._submit(story_words.words_of).result()
        remembered.append((max(len(words._written), len(words._unwritten), len(words._holders)), len(words._sketches)))

    with Desk(tmp_path / "archive.db") as desk:
        poll_all(desk, look)
    assert max(known for known, _ in remembered) <= most_words
    assert max(sketches for _, sketches in remembered) == most_sketches


def test_what_is_known_of_words_is_read_once_and_not_anew_with_each_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_words, "MOST_WAITING", 7)
    with Desk(tmp_path / "archive.db") as desk:
        known: list[story_words.StoryWords] = []
        poll_all(desk, lambda desk: known.append(desk.archive._submit(story_words.words_of).result()[0]))
        assert desk.rows("SELECT articles FROM word_counts WHERE word = ''") == [(35,)], "some of it was written meanwhile"
        assert {id(words) for words in known} == {id(known[0])}


def test_words_are_counted_in_the_table_and_among_what_waits_and_among_what_is_placed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_words, "MOST_WAITING", 2)

    def count(db: Database) -> WordCounts:
        words, new = story_words.words_of(db)[0], load_sketches_after(db, 1)
        words.learn(db, new)
        return words.count(new)

    with Desk(tmp_path / "archive.db") as desk:
        desk.watch(A)
        for number, title in enumerate(("Rungis brûle", "Rungis Kourou", "Rungis Kourou")):
            desk.poll(A, entry(title, f"https://a.example/{number}", summary=f"détail{number}"))
        assert desk.rows("SELECT articles FROM word_counts WHERE word = ''") == [(2,)], "the third waits"
        counts = desk.archive._submit(count).result()
        held = {word: counts.holding.get(word) for word in ("rungi", "kourou", "brul", "~detai")}
        assert (counts.articles, held) == (5, {"rungi": 5, "kourou": 4, "brul": None, "~detai": None})


def test_the_latest_that_hold_a_word_are_told_whether_they_wait_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_words, "MOST_WAITING", 3)
    monkeypatch.setattr(story_words, "MOST_HOLDERS_ASKED", 3)

    def holding(db: Database) -> list[int]:
        words, every = story_words.words_of(db)[0], load_sketches_after(db, 0)
        words.learn(db, every)
        return [holder >> 24 for holder in words.holders("rungi")]

    with Desk(tmp_path / "archive.db") as desk:
        desk.watch(A)
        told = []
        for number in range(1, 8):
            desk.poll(A, entry(f"Rungis {number}", f"https://a.example/{number}", summary=f"détail{number}"))
            told.append(desk.archive._submit(holding).result())
    assert [some[-3:] for some in told] == [[1], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6, 7]]


def test_what_was_taken_back_is_known_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_words, "MOST_WAITING", 3)
    with Desk(tmp_path / "plain.db") as desk:
        poll_all(desk)
        expected = placed(desk)

    def fail_after_placing(desk: Desk) -> None:
        """Place two articles in an operation that then fails: the next one gets the number of the first."""
        lost = [entry(f"Rungis Sénat {number}", f"https://a.example/lost{number}", summary="Kourou Lyon canal") for number in range(2)]
        outcome = outcome_of(desk.source(A), desk.now, lost)

        def fail(db: Database) -> None:
            record_poll(db, desk._watch, outcome, desk.now)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            desk.archive._writer.submit(fail).result()

    with Desk(tmp_path / "failing.db") as desk:
        poll_all(desk, fail_after_placing)
        assert placed(desk) == expected


def test_what_was_written_by_tidying_that_was_taken_back_still_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_words, "_MOST_WORDS", 2)
    with Desk(tmp_path / "plain.db") as desk:
        poll_all(desk)
        expected = placed(desk)

    def fail_after_tidying(desk: Desk) -> None:
        def fail(db: Database) -> None:
            prune_sketches(db, desk.now)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            desk.archive._writer.submit(fail).result()

    with Desk(tmp_path / "failing.db") as desk:
        poll_all(desk, fail_after_tidying)
        assert placed(desk) == expected


@dataclass
class Failing:
    """A connection on which one statement fails, and from then on none."""

    connection: Any
    left: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("execute"):
            self.left -= 1
            if self.left == 0:
                raise sqlite3.OperationalError
        return getattr(self.connection, name)


def fail_at(desk: Desk, operation: Callable[[Database], object], number: int) -> int:
    """Carry it out so that it fails at a statement, or behind the last; how many it began."""
    failing: Any = Failing(None, number)

    def fail(db: Database) -> None:
        failing.connection = db.conn
        vars(db)["conn"] = failing
        try:
            operation(db)
        finally:
            vars(db)["conn"] = failing.connection
        raise sqlite3.OperationalError

    with pytest.raises(ArchiveError):
        desk.archive._writer.submit(fail).result()
    return number - int(failing.left)


def known(db: Database) -> tuple[WordCounts, dict[str, list[int]]]:
    """Of how many articles all words are, and who holds them."""
    words, every = story_words.words_of(db)[0], load_sketches_after(db, 0)
    words.learn(db, every)
    counts = words.count(every)
    return counts, {word: list(words.holders(word)) for word in counts.holding}


def tidy(desk: Desk) -> Callable[[Database], object]:
    return lambda db: prune_sketches(db, desk.now)


def place(desk: Desk) -> Callable[[Database], object]:
    """All words are in the table, and none is known: they are asked for."""
    desk.archive._writer.submit(tidy(desk)).result()
    desk.reopen()
    lost = [entry(f"Rungis Sénat {number}", f"https://a.example/lost{number}", summary="Kourou Lyon canal") for number in range(2)]
    outcome = outcome_of(desk.source(A), desk.now, lost)
    return lambda db: record_poll(db, desk._watch, outcome, desk.now)


@pytest.mark.parametrize("operation", [tidy, place])
def test_what_failed_at_any_statement_is_as_if_it_had_not_begun(
    tmp_path: Path, operation: Callable[[Desk], Callable[[Database], object]]
) -> None:
    with Desk(tmp_path / "archive.db") as desk:
        poll_all(desk)
        expected = desk.archive._writer.submit(known).result()
        for number in range(fail_at(desk, operation(desk), 0), 0, -1):
            fail_at(desk, operation(desk), number)
            assert desk.archive._writer.submit(known).result() == expected, number


def test_a_word_keeps_its_latest_holders_and_how_many_hold_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_words, "MOST_WAITING", 2)
    monkeypatch.setattr(story_words, "MOST_HOLDERS_ASKED", 3)
    with Desk(tmp_path / "archive.db") as desk:
        desk.watch(A)
        for number in range(6):
            desk.poll(A, entry("Rungis encore", f"https://a.example/{number}", summary=f"détail{number}"))
        held, blob = desk.rows("SELECT articles, holders FROM word_counts WHERE word = 'rungi'")[0]
        assert (held, [holder >> 24 for holder in story_words._unpack(blob)]) == (6, [4, 5, 6])
        assert desk.rows("SELECT articles, holders FROM word_counts WHERE word = ''") == [(6, None)]
        assert desk.rows("SELECT word FROM word_counts WHERE word GLOB '~*'") == [], "kin tell what their words do"


def place_one_more(desk: Desk) -> tuple[object, ...]:
    """How one more report on the first event is placed."""
    title, text = reports()[0]
    desk.poll(A, entry(title, "https://a.example/new", summary=text, published_at=NOW))
    return placed(desk)[-1]


@pytest.fixture
def expected_place(tmp_path: Path) -> tuple[object, ...]:
    """How it is placed in an archive that was never another."""
    with Desk(tmp_path / "never-another.db") as desk:
        poll_all(desk)
        return place_one_more(desk)


def test_an_archive_that_kept_a_row_for_each_word_of_an_article_goes_on(tmp_path: Path, expected_place: tuple[object, ...]) -> None:
    with Desk(tmp_path / "archive.db") as desk:
        poll_all(desk)
        expected = kept(desk)
        for change in (make_old, keep_holders_beside_counts, tell_words_in_bytes, name_title_words_first):
            desk.archive._writer.submit(change).result()
        desk.reopen()
        assert kept(desk) == expected
        assert desk.rows("SELECT articles FROM word_counts WHERE word = ''") == [(40,)]
        *place, nearness, nearest, words = place_one_more(desk)
        assert (*place, nearest, words) == (*expected_place[:3], *expected_place[4:])
        assert nearness == pytest.approx(expected_place[3], abs=0.1), "what words tell is weighed anew"


def test_the_kin_that_an_archive_counted_are_forgotten_and_no_word_with_them(tmp_path: Path) -> None:
    words = ["", "0zz", "neige", "zz", "école", "снег", "雪"]
    with Desk(tmp_path / "archive.db") as desk:

        def count_and_forget_kin(db: Database) -> None:
            rows = [(word,) for word in [*words, "~neige", "~école", "~снег1", "~"]]
            db.conn.executemany("INSERT INTO word_counts VALUES (?, 3, NULL)", rows)
            count_no_kin(db)

        desk.archive._writer.submit(count_and_forget_kin).result()
        assert desk.rows("SELECT word, articles FROM word_counts ORDER BY word") == [(word, 3) for word in words]


def kept(desk: Desk) -> list[object]:
    """What sketches hold, but for what their words tell: that is weighed anew."""
    rows = desk.rows("SELECT sketch, told FROM sketches ORDER BY article_id")
    return [(json.loads(text)[:6], told[: len(told) // 3]) for text, told in rows]


def test_a_sketch_whose_words_were_told_in_json_is_read_as_it_was(tmp_path: Path, expected_place: tuple[object, ...]) -> None:
    with Desk(tmp_path / "archive.db") as desk:
        poll_all(desk)
        expected = desk.archive._writer.submit(lambda db: load_sketches_after(db, 0)).result()
        for change in (tell_in_json, tell_words_in_bytes, name_title_words_first):
            desk.archive._writer.submit(change).result()
        read = desk.archive._writer.submit(lambda db: load_sketches_after(db, 0)).result()
        assert [replace(one, square=0.0) for one in read] == [replace(one, square=0.0) for one in expected]
        assert [one.square for one in read] == pytest.approx([one.square for one in expected])
        assert len(read) == 40
        desk.reopen()
        assert place_one_more(desk) == expected_place


def tell_in_json(db: Database) -> None:
    """Make the sketches as they were before their words were told in bytes."""
    for row in db.conn.execute("SELECT article_id, sketch, told FROM sketches").fetchall():
        *rest, titled, words, square = json.loads(row["sketch"])
        rest.append(" ".join(sorted(words.split()[:titled])))
        count = len(words.split())
        weights = [weight / 100 for weight in struct.unpack(f"<{count}H", row["told"][count:])]
        old = json.dumps([*rest, words, [*row["told"][:count]], weights, square / 10_000])
        db.conn.execute("UPDATE sketches SET sketch = ? WHERE article_id = ?", (old, row["article_id"]))
    db.conn.execute("ALTER TABLE sketches DROP COLUMN told")


def make_old(db: Database) -> None:
    """Make the archive as it was before words knew who holds them."""
    db.conn.execute("CREATE TABLE sketch_words (word TEXT, at INTEGER, article_id INTEGER)")
    tell_in_json(db)
    rows = db.conn.execute("SELECT article_id, at, sketch FROM sketches").fetchall()
    for row in rows:
        title, column, kinds, numbers, title_words, words, counts, *_ = json.loads(row["sketch"])
        held = dict(zip(words.split(), counts, strict=True))
        joined = {"kinds": kinds.split(), "numbers": numbers.split(), "title_words": title_words.split()}
        kept = json.dumps({"title": title, "column": column, "words": held, **joined})
        db.conn.execute("UPDATE sketches SET sketch = ? WHERE article_id = ?", (kept, row["article_id"]))
        for word in held:
            if word[0] != "~":
                db.conn.execute("INSERT INTO sketch_words VALUES (?, ?, ?)", (word, row["at"], row["article_id"]))
            db.conn.execute("INSERT INTO word_counts VALUES (?, 1, NULL) ON CONFLICT DO UPDATE SET articles = articles + 1", (word,))
    db.conn.execute("INSERT INTO word_counts VALUES ('', ?, NULL)", (len(rows),))
    db.conn.execute("ALTER TABLE word_counts DROP COLUMN holders")
    db.conn.execute("DELETE FROM archive_state WHERE name = 'words_kept_until'")
