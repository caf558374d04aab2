"""What the archive notes of itself, by name."""

from __future__ import annotations

from storage.file.database import Database


def get_state(db: Database, name: str) -> str | None:
    """What was noted under that name; None if nothing was."""
    row = db.conn.execute("SELECT value FROM archive_state WHERE name = ?", (name,)).fetchone()
    return row["value"] if row else None


def set_state(db: Database, name: str, value: str) -> None:
    """Note that, in place of what was noted."""
    db.conn.execute("INSERT INTO archive_state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def remove_state(db: Database, name: str) -> None:
    """Forget what `set_state` noted under that name."""
    db.conn.execute("DELETE FROM archive_state WHERE name = ?", (name,))
