"""Sieves over the index of shingles: they spare most looks at it, and hide nothing that it has."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.file import shingles as index
from storage.file import sieves
from storage.file.connection import open_for_writing
from storage.file.database import Database
from storage.file.shingles import forget_shingles, leave_shingles_waiting, load_holders
from storage.file.sieves import STRETCH_BITS, STRETCHES, Sieve, Sieves

STRETCH = 1 << STRETCH_BITS
LAST = STRETCHES * STRETCH - 1


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(index, "MOST_WAITING", 1)
    one = open_for_writing(tmp_path / "archive.db")
    one.conn.execute("PRAGMA foreign_keys = OFF")  # of the articles only their shingles are looked at
    yield one
    one.conn.close()


def put(db: Database, article_id: int, *shingles: int) -> None:
    """Into the index, with what waited there; the last of the articles that come behind it ends the pass, and waits."""
    for number, some in enumerate((shingles, [LAST], [LAST])):
        with db.atomic():
            leave_shingles_waiting(db, {article_id + 1_000 * number: some})


def looked_up(db: Database, *shingles: int) -> list[int]:
    """Those of them that are looked up in the index."""
    said: list[str] = []
    db.conn.set_trace_callback(said.append)
    load_holders(db, shingles)
    db.conn.set_trace_callback(None)
    (asked,) = [one for one in said if "json_each" in one]
    return list(json.loads(asked.split("'")[1]))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 100, 4_000])
def test_a_sieve_lets_all_of_its_own_through_and_few_others(count: int) -> None:
    chance = random.Random(count)
    own = [chance.randrange(STRETCH) for _ in range(count)]
    sieve = Sieve.of(own)
    assert all(map(sieve.lets_through, own))
    others = sum(sieve.lets_through(chance.randrange(STRETCH)) for _ in range(1_000))
    assert others <= {0: 0, 1: 170, 3: 420, 4: 540}.get(count, 430)
    assert not sieve.is_worn_out
    assert len(sieve.bits) * 8 < max(9, 4 * count)


def test_a_sieve_is_worn_out_once_it_lets_more_than_half_through() -> None:
    sieve = Sieve(bytearray(2))
    sieve.add(place * STRETCH // 16 for place in range(8))
    assert not sieve.is_worn_out
    sieve.add([STRETCH - 1])
    assert sieve.is_worn_out
    assert bytes(sieve.bits) == b"\xff\x80"


def test_what_is_surely_not_in_the_index_is_not_looked_up_there(db: Database) -> None:
    chance = random.Random(1)
    there, absent = ([3 * STRETCH + chance.randrange(STRETCH) for _ in range(100)] for _ in range(2))
    assert looked_up(db, *absent) == sorted(absent), "an archive that was just begun has no sieves"
    put(db, 1, *there)
    assert looked_up(db, *there) == sorted(there)
    assert len(looked_up(db, *absent)) < 50
    elsewhere = [5 * STRETCH, 6 * STRETCH]
    assert looked_up(db, *elsewhere) == elsewhere, "nothing is known of a stretch in which nothing was put"


def test_sieves_outlive_the_program_and_are_made_anew_as_the_index_grows(db: Database, tmp_path: Path) -> None:
    chance = random.Random(2)
    there: list[int] = []
    sizes = set()
    for number in range(1, 40):
        some = [7 * STRETCH + chance.randrange(STRETCH) for _ in range(12)]
        there += some
        put(db, number, *some)
        ((bits,),) = db.conn.execute("SELECT bits FROM shingle_sieves WHERE stretch = 7")
        sizes.add(len(bits))
        assert Sieves().sift(db, there) == there
        assert looked_up(db, *there) == sorted(there)
    assert sizes == {4, 16, 32, 64, 128}
    db.conn.close()
    again = open_for_writing(tmp_path / "archive.db")
    assert load_holders(again, there).keys() == set(there)
    assert len(looked_up(again, *[7 * STRETCH + chance.randrange(STRETCH) for _ in range(100)])) < 50
    again.conn.close()


def test_few_sieves_are_made_with_one_operation_and_the_others_by_the_next_pass(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads a whole stretch, while everything else that is to be written waits."""
    monkeypatch.setattr(sieves, "MOST_MADE", 3)
    there = [stretch * STRETCH + 7 for stretch in range(5)]
    put(db, 1, *there)
    assert looked_up(db, *[one + STRETCH // 2 for one in there]) == [one + STRETCH // 2 for one in there[3:]]
    put(db, 2, *[one + 1 for one in there])
    assert looked_up(db, *[one + STRETCH // 2 for one in there]) == []
    assert looked_up(db, *there) == there


def test_what_is_forgotten_in_vain_is_found_though_its_sieve_was_made_anew_meanwhile(db: Database) -> None:
    """A sieve that was made while it was away would hide it for good."""
    put(db, 1, 5)
    others = [STRETCH * place // 64 for place in range(8, 64)]

    def forget_in_vain() -> None:
        with db.atomic():
            forget_shingles(db, 1, [5])
            leave_shingles_waiting(db, {2: others})
            assert Sieves().sift(db, [5]) == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forget_in_vain()
    assert load_holders(db, [5]) == {5: [1]}


@pytest.mark.parametrize(
    "damaged",
    [
        "x''",
        "x'00'",
        "substr(bits, 2)",
        "substr(bits, 1, length(bits) / 2)",
        "zeroblob(length(bits))",
        "CAST(bits || bits AS BLOB)",
        "'text'",
        "7.5",
        "(SELECT bits FROM shingle_sieves WHERE stretch = 5)",
    ],
)
def test_a_sieve_that_is_not_as_it_was_written_hides_nothing_and_is_made_anew(db: Database, tmp_path: Path, damaged: str) -> None:
    chance = random.Random(3)
    there, others, absent = ([stretch * STRETCH + chance.randrange(STRETCH) for _ in range(100)] for stretch in (3, 5, 3))
    put(db, 1, *there, *others)
    assert db.conn.execute(f"UPDATE shingle_sieves SET bits = {damaged} WHERE stretch = 3").rowcount == 1
    db.conn.close()
    again = open_for_writing(tmp_path / "archive.db")
    again.conn.execute("PRAGMA foreign_keys = OFF")
    for _ in range(2):  # the first question after a start is put to the index in any case
        assert load_holders(again, there).keys() == set(there)
    assert looked_up(again, *absent) == sorted(absent)
    put(again, 2, 3 * STRETCH)
    assert looked_up(again, *there) == sorted(there)
    assert len(looked_up(again, *absent)) < 50
    again.conn.close()
