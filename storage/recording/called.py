"""Which sources somebody means who types a name."""

from __future__ import annotations

import sqlite3

from news.source_specs import fold_name
from storage.file.database import Database


def is_called(row: sqlite3.Row, name: str) -> bool:
    """Whether somebody who types `name` means this source: its URL, or its name but for case and accents."""
    return row["url"] == name or fold_name(row["name"]) == fold_name(name)


def list_called(db: Database, name: str) -> list[int]:
    """The ids of the sources of this name or URL, also of those that have left the configuration: what they brought is still there."""
    return [row["id"] for row in db.conn.execute("SELECT id, url, name FROM sources") if is_called(row, name)]
