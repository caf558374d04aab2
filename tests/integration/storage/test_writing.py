"""The writing thread: groups, savepoints, and futures that keep their word."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from news.errors import ArchiveError, ArchiveHeldUp, ArchiveUnwritable
from storage.file.connection import open_for_writing
from storage.file.database import Database
from storage.file.writer import MOST_IN_GROUP, Writer
from tests.desk import A, B, Desk, entry

ONE = "https://a.example/1"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    db = open_for_writing(tmp_path / "archive.db")
    db.conn.execute("CREATE TABLE notes (text TEXT)")
    return db


def notes(database: Database, path: Path) -> list[str]:
    """What another connection sees."""
    other = sqlite3.connect(path)
    try:
        return [text for (text,) in other.execute("SELECT text FROM notes ORDER BY rowid")]
    finally:
        other.close()


def note(text: str) -> Any:
    return lambda db: db.conn.execute("INSERT INTO notes VALUES (?)", (text,)).lastrowid


def broken(db: Database) -> None:
    db.conn.execute("INSERT INTO notes VALUES ('half')")
    raise ValueError("broken")


class Held:
    """An operation that waits, so that what follows it queues up and becomes one group."""

    def __init__(self, writer: Writer) -> None:
        self._started, self._go = threading.Event(), threading.Event()
        self.future = writer.submit(self._wait)
        assert self._started.wait(10)

    def _wait(self, _: Database) -> None:
        self._started.set()
        assert self._go.wait(10)

    def release(self) -> None:
        self._go.set()


def test_a_failing_operation_loses_only_itself(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    held = Held(writer)
    futures = [writer.submit(operation) for operation in (note("one"), broken, note("two"))]
    held.release()
    assert (futures[0].result(10), futures[2].result(10)) == (1, 2)
    assert isinstance(futures[1].exception(10), ValueError)
    writer.close()
    assert notes(database, tmp_path / "archive.db") == ["one", "two"]


def test_a_future_is_done_only_when_another_connection_can_see_what_it_promises(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    seen: list[list[str]] = []
    held = Held(writer)
    futures = [writer.submit(note(str(number))) for number in range(3)]
    for future in futures:
        future.add_done_callback(lambda _: seen.append(notes(database, tmp_path / "archive.db")))
    assert notes(database, tmp_path / "archive.db") == []
    held.release()
    writer.close()
    assert seen == [["0", "1", "2"]] * 3


def test_what_is_waiting_is_committed_in_groups_in_the_order_it_came(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    held = Held(writer)
    commits: list[str] = []
    database.conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    for number in range(2 * MOST_IN_GROUP):
        writer.submit(note(str(number)))
    held.release()
    writer.close()
    assert len(commits) == 3
    assert notes(database, tmp_path / "archive.db") == [str(number) for number in range(2 * MOST_IN_GROUP)]


def test_closing_finishes_what_is_queued(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    held = Held(writer)
    futures = [writer.submit(note(str(number))) for number in range(5)]
    closing = threading.Thread(target=writer.close)
    closing.start()
    held.release()
    closing.join(10)
    assert [future.result(0) for future in futures] == [1, 2, 3, 4, 5]


def test_what_comes_after_closing_is_refused(database: Database) -> None:
    writer = Writer(database, "archive.db")
    writer.close()
    writer.close()
    with pytest.raises(ArchiveError, match=r"^archive\.db: the archive is closed$"):
        writer.submit(note("late")).result(10)


def test_every_operation_gets_an_answer_however_submitting_and_closing_race(database: Database) -> None:
    writer = Writer(database, "archive.db")
    futures: list[Future[Any]] = []

    def keep_submitting() -> None:
        while not (futures and futures[-1].done() and futures[-1].exception()):
            futures.append(writer.submit(note("x")))

    submitting = threading.Thread(target=keep_submitting)
    submitting.start()
    writer.close()
    submitting.join(20)
    assert all(future.exception(10) is None or isinstance(future.exception(), ArchiveError) for future in futures)


def test_an_operation_that_was_cancelled_while_it_waited_is_not_run(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    held = Held(writer)
    cancelled, kept = writer.submit(note("cancelled")), writer.submit(note("kept"))
    assert cancelled.cancel()
    held.release()
    writer.close()
    assert kept.result(0) == 1
    assert notes(database, tmp_path / "archive.db") == ["kept"]


def test_a_foreign_lock_fails_the_group_with_advice_and_the_next_group_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.file.connection.BUSY_MILLISECONDS", 50)
    with Desk(tmp_path / "archive.db") as desk:
        desk.watch(A)
        foreign = sqlite3.connect(desk.path, isolation_level=None)
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveUnwritable, match=r"archive\.db is locked by another program; close what has it open and try again"):
            desk.poll(A, entry("Un", ONE))
        foreign.execute("ROLLBACK")
        foreign.close()
        assert desk.articles() == []
        assert desk.poll(A, entry("Un", ONE)).articles_new == 1


def test_a_full_disk_loses_nothing_that_was_promised_and_writes_nothing_by_halves(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE))
    connection = desk.archive._db.conn
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLITE_FULL, as a full disk gives it
    many = [entry(f"Article {number}", f"https://b.example/{number}", content=f"{number} " * 3000) for number in range(40)]
    with pytest.raises(ArchiveUnwritable, match="the disk is full; free some space, nothing was half written"):
        desk.poll(B, *many, etag='"1"')
    assert ([article["title"] for article in desk.articles()], desk.source(B).etag) == (["Un"], None)
    connection.execute("PRAGMA max_page_count = 1073741823")
    assert desk.poll(B, *many, etag='"1"').articles_new == 40
    assert desk.rows("PRAGMA integrity_check") == [("ok",)]


def test_an_error_that_ends_the_whole_transaction_fails_its_group_and_nothing_else(database: Database, tmp_path: Path) -> None:
    writer = Writer(database, "archive.db")
    writer.submit(note("before")).result(10)
    pages = database.conn.execute("PRAGMA page_count").fetchone()[0]
    database.conn.execute(f"PRAGMA max_page_count = {pages}")
    held = Held(writer)
    futures = [writer.submit(note("small")), writer.submit(note("big " * 200_000)), writer.submit(note("small too"))]
    held.release()
    errors = [future.exception(10) for future in futures]
    assert [type(error) for error in errors] == [ArchiveHeldUp] * 3
    assert notes(database, tmp_path / "archive.db") == ["before"]
    writer.submit(note("after")).result(10)
    writer.close()
    assert notes(database, tmp_path / "archive.db") == ["before", "after"]
