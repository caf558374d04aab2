"""Gaps: stretches of time in which a source may have published and removed entries between two polls."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.file.times import optional_text, to_text
from storage.recording.watch import Tally


def record_gap(db: Database, source_id: int, last_success_at: datetime | None, polled_at: datetime, tally: Tally) -> None:
    """Note that none of the entries of this poll was known. The gap begins with the last poll that went well."""
    assert tally.gap is not None  # the caller asked
    db.conn.execute(
        "INSERT INTO gaps (source_id, from_at, to_at, entries, message) VALUES (?, ?, ?, ?, ?)",
        (source_id, optional_text(last_success_at), to_text(polled_at), tally.entries_seen, tally.gap.message),
    )
