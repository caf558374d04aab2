"""The index of shingles of before, set aside when another version of the program samples texts otherwise, until it is cleared away."""

from __future__ import annotations

from storage.file.database import Database
from storage.file.shingles import forget_what_waits
from storage.file.story_schema import SHINGLES
from storage.file.views import views_set_aside

_OLD = "shingles_old_"
CLEARED_AT_ONCE = 20_000
"""Rows, which lie on some twenty pages."""


def start_shingles_over(db: Database) -> None:
    """Put the index aside under another name, and begin an empty one, without sieves and with nothing that waits for it.

    Takes no longer for a large archive: names change, and of what is deleted there is no more than 4,096 sieves and some 15,000 articles.
    """
    number = 1 + max((int(name.removeprefix(_OLD)) for name in list_old_shingles(db)), default=0)
    with views_set_aside(db):
        db.conn.execute(f"ALTER TABLE shingles RENAME TO {_OLD}{number}")
    db.conn.execute(SHINGLES)
    db.conn.execute("DELETE FROM shingle_sieves")
    db.conn.execute("DELETE FROM waiting_shingles")
    db.conn.execute("UPDATE shingle_pass SET since = NULL")
    forget_what_waits(db)


def list_old_shingles(db: Database) -> list[str]:
    """The indexes of before that are not cleared away yet; several, if a version came while another one was still being rebuilt for."""
    rows = db.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?", (f"{_OLD}*",))
    return sorted(row["name"] for row in rows)


def clear_old_shingles(db: Database) -> bool:
    """Clear a part of an old index away; returns whether there was one. Dropped at once, a large one would hold up all else."""
    for name in list_old_shingles(db):
        # In their order, so that whole pages become free; and up to one that is there, so that it goes on however many hold it.
        last = db.conn.execute(f"SELECT shingle FROM {name} ORDER BY shingle LIMIT 1 OFFSET ?", (CLEARED_AT_ONCE - 1,)).fetchone()  # noqa: S608
        if last is None:
            db.conn.execute(f"DROP TABLE {name}")
        else:
            db.conn.execute(f"DELETE FROM {name} WHERE shingle <= ?", (last["shingle"],))  # noqa: S608  # our own names
        return True
    return False
