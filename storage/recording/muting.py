"""What people have muted, and for how long. A row stays when it is over: alerts of its time may still be to be planned."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from news.muting import Mute, MuteKind
from storage.file.database import Database
from storage.file.times import from_text, optional_text, optional_time, to_text


def mute(db: Database, wanted: Mute) -> None:
    """Silence something from `wanted.muted_at` on; what silenced it until then is over."""
    unmute(db, wanted.kind, wanted.key, wanted.muted_at)
    db.conn.execute(
        "INSERT OR REPLACE INTO mutes (kind, key, name, muted_at, until) VALUES (?, ?, ?, ?, ?)",
        (wanted.kind, wanted.key, wanted.name, to_text(wanted.muted_at), optional_text(wanted.until)),
    )


def unmute(db: Database, kind: MuteKind, key: str, now: datetime) -> bool:
    """End what silences something at `now`; returns whether anything did."""
    cursor = db.conn.execute(
        "UPDATE mutes SET until = :now WHERE kind = :kind AND key = :key AND (until IS NULL OR until > :now)",
        {"now": to_text(now), "kind": kind, "key": key},
    )
    return cursor.rowcount > 0


def list_mutes(db: Database, since: datetime | None = None) -> list[Mute]:
    """All mutes, the earliest first; those that were not over at `since`, if it is given."""
    rows = db.conn.execute(
        "SELECT * FROM mutes WHERE :since IS NULL OR until IS NULL OR until > :since ORDER BY muted_at, kind, key",
        {"since": optional_text(since)},
    )
    return [_mute(row) for row in rows]


def _mute(row: sqlite3.Row) -> Mute:
    return Mute(MuteKind(row["kind"]), row["key"], row["name"], from_text(row["muted_at"]), optional_time(row["until"]))
