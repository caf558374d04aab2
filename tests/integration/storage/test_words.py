"""The index of words: each group of operations puts its own in, all or none, and only those of operations that held."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from news.analysis import analyse_article
from news.errors import ArchiveUnusable
from storage.connection import open_for_writing
from storage.words import index_now, index_waiting, leave_waiting, unindex
from storage.writer import Writer


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
    return lambda db: leave_waiting(db, revision_id, analyse_article("Titre", text))


def run_as_group(writer: Writer, *operations: Any) -> list[BaseException | None]:
    """What became of operations that were committed together: None, or the error."""
    started, go = threading.Event(), threading.Event()

    def hold(_: Database) -> None:
        started.set()
        assert go.wait(10)

    writer.submit(hold)
    assert started.wait(10)
    futures = [writer.submit(operation) for operation in operations]
    go.set()
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


def test_where_the_words_cannot_be_indexed_the_whole_group_fails_and_the_next_one_holds(database: Database) -> None:
    def notes(db: Database) -> None:
        db.conn.execute("INSERT INTO facts VALUES ('note', 'of the failing group')")

    def spoils(db: Database) -> None:
        db.conn.execute("DROP TABLE words")

    writer = Writer(database, "archive.db")
    errors = run_as_group(writer, notes, leaves(1, "la fusée décolle"), spoils)
    assert [type(error) for error in errors] == [ArchiveUnusable] * 3
    assert run_as_group(writer, leaves(2, "la fusée revient")) == [None]
    writer.close()
    assert database.conn.execute("SELECT count(*) FROM facts WHERE name = 'note'").fetchone()[0] == 0
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
        assert other.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'waiting%'").fetchone() == (0,)
    other.close()
