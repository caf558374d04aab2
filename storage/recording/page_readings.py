"""How the last pages of each source were read: columns of the sources table, written only when what they say changes."""

from __future__ import annotations

import sqlite3

from news.page_readings import PageReadings
from storage.file.database import Database
from storage.file.times import optional_text, optional_time


def page_readings(row: sqlite3.Row) -> PageReadings:
    """What a row with these columns of the sources table says."""
    return PageReadings(row["page_marks"], optional_time(row["pages_failing_since"]), bool(row["pages_were_read"]))


def write_page_readings(db: Database, source_id: int, readings: PageReadings) -> None:
    """Remember how the last pages of a source were read."""
    db.conn.execute(
        "UPDATE sources SET page_marks = ?, pages_failing_since = ?, pages_were_read = ? WHERE id = ?",
        (readings.marks, optional_text(readings.failing_since), readings.was_well, source_id),
    )
