"""How much of the last days each source was watched without a gap."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime

from news.answers import SourceCoverage
from news.covering import COVERAGE_SPAN, Coverage, Missing, measure_coverage
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text

_SOURCES = """SELECT sources.id, name, url, coalesce(first_read_at, last_read_at) AS first_read_at,
    coalesce(held_until, last_success_at) AS last_good_at
    FROM sources LEFT JOIN windows ON windows.source_id = sources.id"""
_GAPS = "SELECT source_id, from_at, last_good_at, reached_at, missed FROM gaps WHERE found_at > ? AND state <> 'repaired'"


def report_coverage(db: Database, now: datetime) -> list[SourceCoverage]:
    """The coverage of every configured source, by name."""
    gaps: dict[int, list[Missing]] = defaultdict(list)
    for row in db.conn.execute(_GAPS, (to_text(now - COVERAGE_SPAN),)):
        gaps[row["source_id"]].append(_missing(row))
    rows = db.conn.execute(f"{_SOURCES} WHERE configured = 1 ORDER BY name COLLATE NOCASE, sources.id")
    return [SourceCoverage(row["name"], row["url"], _measure(row, gaps.get(row["id"], []), now)) for row in rows]


def count_unfilled(db: Database, now: datetime) -> dict[str, int]:
    """How many gaps of the last days are not filled, of each source by its URL that has any."""
    rows = db.conn.execute(
        """SELECT url, count(*) AS count FROM gaps JOIN sources ON sources.id = source_id
           WHERE found_at > ? AND state <> 'repaired' GROUP BY url""",
        (to_text(now - COVERAGE_SPAN),),
    )
    return {row["url"]: row["count"] for row in rows}


def get_coverage(db: Database, source_id: int, now: datetime) -> Coverage:
    """The coverage of the source of that number, which must be there."""
    gaps = db.conn.execute(f"{_GAPS} AND source_id = ?", (to_text(now - COVERAGE_SPAN), source_id)).fetchall()
    return _measure(db.conn.execute(f"{_SOURCES} WHERE sources.id = ?", (source_id,)).fetchone(), [_missing(row) for row in gaps], now)


def _measure(row: sqlite3.Row, gaps: list[Missing], now: datetime) -> Coverage:
    return measure_coverage(optional_time(row["first_read_at"]), optional_time(row["last_good_at"]), gaps, now)


def _missing(row: sqlite3.Row) -> Missing:
    return Missing(optional_time(row["from_at"]), optional_time(row["last_good_at"]), from_text(row["reached_at"]), row["missed"])
