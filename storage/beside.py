"""What commands change in an archive that a daemon may be writing: each in one short transaction, for which SQLite's own lock is enough.

The daemon sees it at its next look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from news.muting import Mute, MuteKind
from storage.file.connection import open_beside_writer, translated
from storage.file.database import Database
from storage.recording import escalations, muting, retrying


@contextmanager
def _transaction(path: Path) -> Iterator[Database]:
    """A transaction of its own; what raises takes back what was done."""
    db = open_beside_writer(path)
    try:
        with translated(str(path)):
            # IMMEDIATE, since SQLite waits for another's transaction only before one of ours has begun to read.
            db.conn.execute("BEGIN IMMEDIATE")
            yield db
            db.conn.execute("COMMIT")
    finally:
        db.conn.close()


def retry_deliveries(path: Path, ids: Sequence[str], now: datetime, *, all_dead: bool = False) -> tuple[int, list[str]]:
    """Make deliveries due again, by their id or their alert's, or the beginning of one.

    Returns how many, and the ids that name nothing to send again, or several things.
    """
    with _transaction(path) as db:
        return retrying.retry_deliveries(db, ids, now, all_dead=all_dead)


def acknowledge(path: Path, ids: Sequence[str], now: datetime) -> tuple[int, list[str]]:
    """Note that somebody has taken notice of alerts, by their ids, those of deliveries or messages, or the beginning of one.

    Returns how many alerts, and the ids that name nothing, or several things.
    """
    with _transaction(path) as db:
        return escalations.acknowledge(db, ids, now)


def mute(path: Path, wanted: Mute) -> None:
    """Silence something from `wanted.muted_at` on."""
    with _transaction(path) as db:
        muting.mute(db, wanted)


def unmute(path: Path, kind: MuteKind, key: str, now: datetime) -> bool:
    """End what silences something; returns whether anything did."""
    with _transaction(path) as db:
        return muting.unmute(db, kind, key, now)
