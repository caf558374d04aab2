"""A source whole: how it is doing, its last polls and gaps, and when it publishes."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

from news.one_thing import GapRecord, HourCount, PollRecord, WholeSource
from news.repairing import RepairState
from news.sources import PollKind, Problem
from storage.asking.coverage import get_coverage
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text
from storage.recording.sources import report_source
from storage.recording.subscriptions import list_subscriptions

MOST_POLLS = 20
MOST_GAPS = 20
RHYTHM = timedelta(days=28)
"""Four weeks: each day of the week counts as often as any other."""


def get_source(db: Database, source_id: int, now: datetime) -> WholeSource:
    """The source of that number, which must be there."""
    row = db.conn.execute(
        "SELECT *, (SELECT max(first_seen_at) FROM entries WHERE source_id = sources.id) AS last_entry_at FROM sources WHERE id = ?",
        (source_id,),
    ).fetchone()
    return WholeSource(
        health=report_source(db, source_id),
        is_configured=bool(row["configured"]),
        tags=tuple(json.loads(row["tags"])),
        added_at=from_text(row["added_at"]),
        last_entry_at=optional_time(row["last_entry_at"]),
        polls=_list_polls(db, source_id),
        gaps=_list_gaps(db, source_id),
        subscriptions=tuple(list_subscriptions(db, source_id)),
        hours=_count_hours(db, source_id, now),
        distrusted_at=optional_time(row["distrusted_at"]),
        coverage=get_coverage(db, source_id, now),
    )


def _list_polls(db: Database, source_id: int) -> tuple[PollRecord, ...]:
    rows = db.conn.execute("SELECT * FROM polls WHERE source_id = ? ORDER BY id DESC LIMIT ?", (source_id, MOST_POLLS))
    return tuple(_poll(row) for row in rows)


def _poll(row: sqlite3.Row) -> PollRecord:
    return PollRecord(
        polled_at=from_text(row["polled_at"]),
        seconds=row["seconds"],
        kind=PollKind(row["kind"]),
        http_status=row["http_status"],
        body_bytes=row["body_bytes"],
        entries_seen=row["entries_seen"],
        entries_new=row["entries_new"],
        entries_changed=row["entries_changed"],
        problem=Problem(row["error_code"], row["error_message"] or "") if row["error_code"] else None,
    )


def _list_gaps(db: Database, source_id: int) -> tuple[GapRecord, ...]:
    rows = db.conn.execute("SELECT * FROM gaps WHERE source_id = ? ORDER BY id DESC LIMIT ?", (source_id, MOST_GAPS))
    return tuple(_gap(row) for row in rows)


def _gap(row: sqlite3.Row) -> GapRecord:
    return GapRecord(
        from_at=optional_time(row["from_at"]),
        to_at=from_text(row["to_at"]),
        entries=row["entries"],
        repaired_at=optional_time(row["repaired_at"]),
        message=row["message"],
        state=RepairState(row["state"]),
        found_at=optional_time(row["found_at"]),
        missed=row["missed"],
        found=row["found"],
        reached_at=from_text(row["reached_at"]),
        next_repair_at=optional_time(row["next_repair_at"]),
        problem=Problem(row["problem_code"], row["problem"] or "") if row["problem_code"] else None,
    )


def _count_hours(db: Database, source_id: int, now: datetime) -> tuple[HourCount, ...]:
    """By when entries were published; where nobody said, or said the future, by when they were seen."""
    rows = db.conn.execute(
        """SELECT substr(min(coalesce(published_at, first_seen_at), first_seen_at), 1, 13) AS hour, count(*) AS count
           FROM entries WHERE source_id = :source AND min(coalesce(published_at, first_seen_at), first_seen_at) >= :since
           GROUP BY hour ORDER BY hour""",
        {"source": source_id, "since": to_text(now - RHYTHM)},
    )
    return make_hours(rows)


def make_hours(rows: sqlite3.Cursor) -> tuple[HourCount, ...]:
    """Rows of an `hour`, as the first 13 characters of a time in the archive, and a `count`."""
    return tuple(HourCount(from_text(f"{row['hour']}:00:00Z"), row["count"]) for row in rows)
