"""A clock that was ahead, and goes back while the archive is open: what it put off is due as early as it should have been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.recording.tidying import DUE
from tests.desk import A, Desk, entry

AHEAD = timedelta(hours=12)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db") as desk:
        yield desk


def test_sources_pages_and_messages_are_brought_back_by_the_step(desk: Desk) -> None:
    desk.watch(A, mode="page")
    right = desk.now
    desk.poll(A, entry("L’OTAN", "https://a.example/1"), at=right + AHEAD)
    desk.fail_page("https://a.example/1", at=right + AHEAD)
    columns = ("next_poll_at FROM sources", "page_due_at FROM entries", "due_at FROM deliveries")
    put_off = [desk.rows(f"SELECT {column}") for column in columns]
    desk.archive.set_back(AHEAD, right).result()
    assert all(before > after for before, after in zip(put_off, [desk.rows(f"SELECT {column}") for column in columns], strict=True))
    assert desk.archive.due_sources(right, 1) == []
    assert [source.url for source in desk.archive.due_sources(right + timedelta(minutes=15), 1)] == [A]
    assert [page.url for page in desk.archive.due_pages(right + timedelta(minutes=1), 1)] == ["https://a.example/1"]
    assert desk.rows("SELECT count(*) FROM deliveries WHERE due_at <= ?", (right + timedelta(minutes=1)).isoformat()) == [(1,)]


def test_nothing_becomes_due_before_now(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    desk.archive.set_back(AHEAD, desk.now).result()
    assert desk.archive.due_sources(desk.now - timedelta(seconds=1), 1) == []
    assert [source.url for source in desk.archive.due_sources(desk.now, 1)] == [A]


def test_every_column_that_says_when_something_is_due_is_brought_back(desk: Desk) -> None:
    columns = desk.rows(
        """SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
           WHERE tables.type = 'table' AND (columns.name GLOB 'next_*_at' OR columns.name GLOB '*due_at' OR columns.name = 'escalate_at')"""
    )
    told = {("messages", "roll_due_at"), ("attempts", "next_attempt_at")}  # what is on record for people: nothing waits for it
    assert {tuple(column) for column in columns} - told == {(table, column) for table, column, _ in DUE}
