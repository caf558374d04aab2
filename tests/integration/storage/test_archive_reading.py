"""Reading beside the writer: a question is answered from one state of the archive, and one that fails leaves nothing behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from news.errors import ArchiveError, ArchiveUnusable, ArchiveUnwritable
from storage import ArchiveReader
from storage.file.database import Database
from tests.desk import A, Desk, entry


@pytest.fixture
def reader(desk: Desk) -> Iterator[ArchiveReader]:
    """A reader beside the desk's writer."""
    desk.watch(A)
    reader = ArchiveReader(desk.path)
    yield reader
    reader.close_reading()


def bring(desk: Desk, name: str) -> None:
    desk.poll(A, entry(f"L’OTAN {name}", f"https://a.example/{name}"))


def count(db: Database) -> int:
    return db.conn.execute("SELECT count(*) FROM articles").fetchone()[0]


def raises(error: BaseException) -> Any:
    def question(db: Database) -> None:
        count(db)
        raise error

    return question


def asks(sql: str) -> Any:
    def question(db: Database) -> None:
        count(db)
        db.conn.execute(sql)

    return question


def gives_up_halfway(db: Database) -> None:
    for _ in db.conn.execute("SELECT id FROM articles"):
        raise ValueError("of a row")


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (raises(ValueError("of the question")), ValueError),
        (raises(KeyboardInterrupt()), KeyboardInterrupt),
        (raises(sqlite3.OperationalError("interrupted")), ArchiveError),
        (gives_up_halfway, ValueError),
        (asks("SELECT nothing FROM nowhere"), ArchiveUnusable),
        (asks("SELECT rowid FROM words WHERE words MATCH '('"), ArchiveUnusable),
        (asks("DELETE FROM articles"), ArchiveUnwritable),
    ],
    ids=["ValueError", "Ctrl-C", "SQLite error", "halfway through its rows", "no such table", "FTS5 syntax", "writing"],
)
def test_a_question_that_fails_leaves_no_transaction_and_the_next_sees_what_came_since(
    desk: Desk, reader: ArchiveReader, question: Any, error: type[BaseException]
) -> None:
    bring(desk, "un")
    with pytest.raises(error):
        reader._ask(question)
    assert not any(db.conn.in_transaction for db in reader._pool._idle)
    bring(desk, "deux")
    assert reader.count_articles() == 2


def test_a_question_sees_one_state_of_the_archive_whatever_is_committed_meanwhile(desk: Desk, reader: ArchiveReader) -> None:
    def question(db: Database) -> list[int]:
        counts = [count(db)]
        for name in ("deux", "trois"):
            bring(desk, name)
            counts.append(count(db))
        counts.append(db.conn.execute("SELECT count(*) FROM words WHERE words MATCH 'otan'").fetchone()[0])
        return counts

    bring(desk, "un")
    assert reader._ask(question) == [1, 1, 1, 1]
    assert reader._ask(count) == 3


def test_a_question_keeps_no_writer_waiting_and_sees_what_was_committed_before_its_first_look(desk: Desk, reader: ArchiveReader) -> None:
    def question(db: Database) -> int:
        bring(desk, "un")
        return count(db)

    assert reader._ask(question) == 1


def test_a_question_within_a_question_sees_the_same_state(desk: Desk, reader: ArchiveReader) -> None:
    def question(db: Database) -> tuple[int, int, int]:
        before = count(db)
        bring(desk, "deux")
        with pytest.raises(ValueError, match="inner"):
            reader._ask(raises(ValueError("inner")))
        return before, reader.count_articles(), count(db)

    bring(desk, "un")
    assert reader._ask(question) == (1, 1, 1)
    assert reader.count_articles() == 2
