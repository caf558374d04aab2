"""The index of words: each group of operations puts its own in, all or none, and only those of operations that held."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.errors import ArchiveUnusable
from news.text import analyse_article
from storage.file.connection import open_for_writing
from storage.file.database import Database
from storage.file.words import _LARGEST_WAITING, _MOST_WAITING, index_now, index_waiting, leave_waiting, unindex
from storage.file.writer import Writer
from tests.desk import NOW, A, Desk, entry, outcome_of, prose


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    db = open_for_writing(tmp_path / "archive.db")
    yield db
    db.conn.close()


def holders(db: Database, word: str) -> list[int]:
    """The revisions that the index has for a word, having checked that the index is sound."""
    db.conn.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    return [row[0] for row in db.conn.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", (word,))]


def leaves(revision_id: int, text: str) -> Any:
    return lambda db: leave_waiting(db, [(revision_id, analyse_article("Titre", text))])


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """What is submitted within becomes one group."""
    started, go = threading.Event(), threading.Event()

    def hold(_: Database) -> None:
        started.set()
        assert go.wait(10)

    writer.submit(hold)
    assert started.wait(10)
    try:
        yield
    finally:
        go.set()


def run_as_group(writer: Writer, *operations: Any) -> list[BaseException | None]:
    """What became of operations that were committed together: None, or the error."""
    with held(writer):
        futures = [writer.submit(operation) for operation in operations]
    return [future.exception(10) for future in futures]


def test_the_words_of_a_group_become_one_segment_of_the_index(database: Database) -> None:
    writer = Writer(database, "archive.db")
    assert run_as_group(writer, *(leaves(number, "la fusée décolle") for number in range(1, 21))) == [None] * 20
    writer.close()
    assert holders(database, "fusee") == list(range(1, 21))
    segments = database.conn.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchone()[0]
    assert segments == 1


def test_an_operation_that_fails_takes_its_waiting_words_with_it_and_no_others(database: Database) -> None:
    def fails(db: Database) -> None:
        leaves(2, "la fusée explose")(db)
        raise ValueError("after the words were left")

    writer = Writer(database, "archive.db")
    first, second, third = run_as_group(writer, leaves(1, "la fusée décolle"), fails, leaves(3, "la fusée revient"))
    writer.close()
    assert (first, type(second), third) == (None, ValueError, None)
    assert holders(database, "fusee") == [1, 3]


def leaves_too_many(db: Database) -> None:
    for number in range(10, 10 + 2 * _MOST_WAITING):
        leaves(number, "la fusée explose")(db)


def leaves_too_large(db: Database) -> None:
    leaves(10, "la fusée explose " * _LARGEST_WAITING)(db)


def leaves_both(db: Database) -> None:
    leaves_too_many(db)
    leaves(9999, "la fusée explose " * _LARGEST_WAITING)(db)


@pytest.mark.parametrize("leaves_much", [leaves_too_many, leaves_too_large, leaves_both])
def test_an_operation_that_fails_loses_also_the_words_that_were_too_many_or_too_large_to_wait(
    database: Database, leaves_much: Callable[[Database], None]
) -> None:
    indexed_early: list[int] = []

    def fails(db: Database) -> None:
        leaves_much(db)
        indexed_early.extend(holders(db, "explose"))
        raise ValueError("after words were indexed")

    writer = Writer(database, "archive.db")
    first, second, third = run_as_group(writer, leaves(1, "la fusée décolle"), fails, leaves(2, "la fusée revient"))
    writer.close()
    assert (first, type(second), third) == (None, ValueError, None)
    assert indexed_early
    assert (holders(database, "fusee"), holders(database, "explose")) == ([1, 2], [])
    assert holders(database, "decolle") == [1]


@pytest.mark.parametrize("leaves_much", [leaves_too_many, leaves_too_large, leaves_both])
def test_words_that_were_too_many_or_too_large_to_wait_are_found_with_the_others_of_their_group(
    database: Database, leaves_much: Callable[[Database], None]
) -> None:
    left: list[int] = []

    def notes_what_it_left(db: Database) -> None:
        leaves_much(db)
        waiting = [row[0] for row in db.conn.execute("SELECT revision_id FROM temp.waiting_words WHERE text LIKE '%explose%'")]
        left.extend(sorted(holders(db, "explose") + waiting))

    writer = Writer(database, "archive.db")
    assert run_as_group(writer, leaves(1, "la fusée décolle"), notes_what_it_left, leaves(2, "la fusée revient")) == [None] * 3
    writer.close()
    assert len(left) == len(set(left)) > 0
    assert (holders(database, "explose"), holders(database, "fusee")) == (left, [1, 2, *left])
    assert database.conn.execute("SELECT count(*) FROM temp.waiting_words").fetchone()[0] == 0


def test_where_a_group_fails_words_that_were_too_many_to_wait_are_lost_with_it(database: Database) -> None:
    def spoils(db: Database) -> None:
        db.conn.execute("DROP TABLE words")

    writer = Writer(database, "archive.db")
    errors = run_as_group(writer, leaves(1, "la fusée décolle"), leaves_too_many, leaves(9999, "la fusée revient"), spoils)
    assert [type(error) for error in errors] == [ArchiveUnusable] * 4
    assert run_as_group(writer, leaves_too_large) == [None]
    writer.close()
    assert holders(database, "fusee") == [10]


def test_where_the_words_cannot_be_indexed_the_whole_group_fails_and_the_next_one_holds(database: Database) -> None:
    def notes(db: Database) -> None:
        db.conn.execute("INSERT INTO archive_state VALUES ('note', 'of the failing group')")

    def spoils(db: Database) -> None:
        db.conn.execute("DROP TABLE words")

    writer = Writer(database, "archive.db")
    errors = run_as_group(writer, notes, leaves(1, "la fusée décolle"), spoils)
    assert [type(error) for error in errors] == [ArchiveUnusable] * 3
    assert run_as_group(writer, leaves(2, "la fusée revient")) == [None]
    writer.close()
    assert database.conn.execute("SELECT count(*) FROM archive_state WHERE name = 'note'").fetchone()[0] == 0
    assert holders(database, "fusee") == [2]


def test_words_are_taken_out_again(database: Database) -> None:
    index_now(database, 1, analyse_article("Titre", "la fusée décolle"))
    index_now(database, 2, analyse_article("Titre", "la fusée revient"))
    unindex(database, 1, analyse_article("Titre", "la fusée décolle"))
    assert holders(database, "fusee") == [2]


def test_indexing_with_nothing_waiting_changes_nothing(database: Database) -> None:
    before = database.conn.total_changes
    index_waiting(database)
    assert database.conn.total_changes == before


def test_the_waiting_words_are_no_part_of_the_file(database: Database, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as other:
        assert other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'waiting_words'").fetchone() == (0,)
    other.close()


def test_an_article_that_is_forgotten_in_the_very_group_that_brought_it_leaves_no_words(desk: Desk) -> None:
    desk.follow()  # no topics, hence no delivery to wait for
    desk.watch(A)
    long_ago = NOW - timedelta(days=500)
    old = entry("Jadis", "https://a.example/1", content=prose("la fusée de jadis"), published_at=long_ago)
    older = entry("Naguère", "https://a.example/2", content=prose("la fusée de naguère"), published_at=long_ago)
    new = entry("Ce matin", "https://a.example/3", content=prose("la fusée du matin"))
    source = desk.source(A)
    with held(desk.archive._writer):
        brought = desk.archive.record_poll(outcome_of(source, desk.tick(), [new, old]), desk.now)
        forgotten = desk.archive.forget_articles(desk.now + timedelta(minutes=1), desk.tick())
        brought_after = desk.archive.record_poll(outcome_of(source, desk.tick(), [older, new, old]), desk.now)
    assert (brought.result(10).articles_new, forgotten.result(10), brought_after.result(10).articles_new) == (2, 2, 1)
    assert (desk.found("jadis"), sorted(desk.found("fusée"))) == ([], ["Naguère"])
    assert holders(desk.archive._db, "jadis") == []
    assert len(holders(desk.archive._db, "fusee")) == 1


def test_an_operation_that_spoils_the_indexing_of_its_group_fails_alone(database: Database) -> None:
    def spoils(db: Database) -> None:
        leaves(2, "la fusée explose")(db)
        db.conn.execute(
            """CREATE TEMP TRIGGER spoilt BEFORE DELETE ON waiting_words WHEN old.revision_id = 2
               BEGIN SELECT RAISE(ABORT, 'spoilt'); END"""
        )

    writer = Writer(database, "archive.db")
    first, second, third = run_as_group(writer, leaves(1, "la fusée décolle"), spoils, leaves(3, "la fusée revient"))
    writer.close()
    assert (first, str(second), third) == (None, "archive.db: spoilt", None)
    assert holders(database, "fusee") == [1, 3]
