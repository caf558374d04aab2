"""An archive that cannot be written for a while: with patience it waits, says so once, and goes on with nothing lost or half written."""

from __future__ import annotations

import os
import queue
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from news.answers import Waiting
from news.errors import ArchiveUnwritable
from storage import ArchiveReader, Patience
from storage.file.lock import WriterNote, find_writer
from tests.desk import NOW, A, B, Desk, entry, outcome_of
from tests.small_disk import small_disk

Told = queue.SimpleQueue[Waiting | None]
MANY = [entry(f"Article {number}", f"https://b.example/{number}", content=f"{number} " * 3000) for number in range(60)]


@pytest.fixture
def told() -> Told:
    """What the archive says of its waiting, as it says it."""
    return queue.SimpleQueue()


@pytest.fixture
def patient(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose archive waits; a foreign lock is waited for only a moment at a time."""
    monkeypatch.setattr("storage.file.connection.BUSY_MILLISECONDS", 20)
    with Desk(tmp_path / "archive.db", patience=Patience(lambda: NOW, told.put)) as desk:
        desk.watch(A, B)
        yield desk


@pytest.fixture
def foreign(patient: Desk) -> Iterator[sqlite3.Connection]:
    """Another program that has the archive locked."""
    connection = sqlite3.connect(patient.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_a_foreign_lock_is_waited_for_and_said_once(patient: Desk, foreign: sqlite3.Connection, told: Told) -> None:
    futures = [patient.archive.record_poll(outcome_of(patient.source(url), NOW, [entry("Un", f"{url}/1")]), NOW) for url in (A, B)]
    waiting = told.get(timeout=20)
    assert waiting is not None
    assert (waiting.since, "is locked by another program" in waiting.reason) == (NOW, True)
    assert not any(future.done() for future in futures)
    foreign.execute("ROLLBACK")
    assert [future.result(20).articles_new for future in futures] == [1, 1]
    assert told.get(timeout=20) is None
    assert told.empty()


def test_status_says_since_when_and_why_the_writer_waits_and_reading_goes_on(
    patient: Desk, foreign: sqlite3.Connection, told: Told
) -> None:
    reader = ArchiveReader(patient.path)
    assert reader.report_status(NOW).waiting is None
    future = patient.archive.record_poll(outcome_of(patient.source(A), NOW, [entry("Un", "https://a.example/1")]), NOW)
    waiting = told.get(timeout=20)
    assert waiting is not None
    assert reader.report_status(NOW).waiting == waiting
    assert (reader.count_articles(), len(patient.archive.due_sources(NOW + timedelta(days=1), 10))) == (0, 2)
    foreign.execute("ROLLBACK")
    future.result(20)
    told.get(timeout=20)
    assert reader.report_status(NOW).waiting is None
    reader.close_reading()


def test_a_writer_that_waits_gives_signs_of_life(patient: Desk, foreign: sqlite3.Connection, told: Told) -> None:
    patient.archive.answer().result(20)
    future = patient.archive.record_poll(outcome_of(patient.source(A), NOW, [entry("Un", "https://a.example/1")]), NOW)
    told.get(timeout=20)
    for _ in range(3):
        patient.archive.answer().result(20)
    assert (foreign.in_transaction, future.done()) == (True, False)


def test_what_waits_fails_when_it_cannot_wait_any_longer(patient: Desk, foreign: sqlite3.Connection, told: Told) -> None:
    future = patient.archive.record_poll(outcome_of(patient.source(A), NOW, [entry("Un", "https://a.example/1")]), NOW)
    told.get(timeout=20)
    patient.archive.hurry()
    with pytest.raises(ArchiveUnwritable, match="is locked by another program"):
        future.result(20)
    with pytest.raises(ArchiveUnwritable, match="is locked by another program"):
        patient.archive.prune_poll_log(NOW).result(20)
    assert foreign.in_transaction


@pytest.mark.usefixtures("foreign")
def test_closing_ends_the_wait(patient: Desk, told: Told) -> None:
    future = patient.archive.record_poll(outcome_of(patient.source(A), NOW, [entry("Un", "https://a.example/1")]), NOW)
    told.get(timeout=20)
    patient.archive.close()
    with pytest.raises(ArchiveUnwritable):
        future.result(20)


def test_a_full_disk_is_waited_for_and_nothing_is_half_written(tmp_path: Path, told: Told) -> None:
    with (
        small_disk(tmp_path / "disk", megabytes=6) as disk,
        Desk(disk.folder / "archive.db", patience=Patience(lambda: NOW, told.put)) as desk,
    ):
        desk.watch(A, B)
        desk.poll(A, entry("Un", "https://a.example/1"))
        disk.fill()
        future = desk.archive.record_poll(outcome_of(desk.source(B), NOW, MANY, etag='"1"'), NOW)
        waiting = told.get(timeout=20)
        assert waiting is not None
        assert "the disk is full; free some space" in waiting.reason
        reader = ArchiveReader(desk.path)
        status = reader.report_status(NOW)
        assert (status.waiting, status.contents.articles.total, desk.source(B).etag) == (waiting, 1, None)
        disk.free()
        assert future.result(20).articles_new == len(MANY)
        assert told.get(timeout=20) is None
        assert (reader.report_status(NOW).waiting, desk.source(B).etag) == (None, '"1"')
        assert desk.rows("PRAGMA integrity_check") == [("ok",)]
        reader.close_reading()


def test_without_patience_a_full_disk_fails_what_was_to_be_written_and_nothing_else(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=6) as disk, Desk(disk.folder / "archive.db") as desk:
        desk.watch(A, B)
        desk.poll(A, entry("Un", "https://a.example/1"))
        disk.fill()
        with pytest.raises(ArchiveUnwritable, match="the disk is full; free some space, nothing was half written"):
            desk.poll(B, *MANY, etag='"1"')
        assert ([one["title"] for one in desk.articles()], desk.source(B).etag) == (["Un"], None)
        disk.free()
        assert desk.poll(B, *MANY).articles_new == len(MANY)


def test_a_disk_that_is_full_at_the_very_start_is_told_as_such(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=6) as disk:
        disk.fill()
        with pytest.raises(ArchiveUnwritable, match="the disk is full; free some space"):
            Desk(disk.folder / "archive.db", from_nothing=True)
        disk.free()
        with Desk(disk.folder / "archive.db", from_nothing=True) as desk:
            assert find_writer(desk.path) == WriterNote(os.getpid())


def test_a_disk_without_room_for_another_file_at_the_very_start_is_waited_for(tmp_path: Path, told: Told) -> None:
    with small_disk(tmp_path / "disk", megabytes=6, files=8) as disk, ThreadPoolExecutor(1) as others:
        taken = [disk.folder / f"{number}" for number in range(8)]
        for path in taken:
            path.touch()
        opened = others.submit(lambda: Desk(disk.folder / "archive.db", patience=Patience(lambda: NOW, told.put), from_nothing=True))
        assert "its lock file cannot be made (No space left on device); free some space" in told.get(timeout=60).reason
        for path in taken:
            path.unlink()
        with opened.result(60) as desk:
            assert told.get(timeout=60) is None
            assert find_writer(desk.path) == WriterNote(os.getpid())
