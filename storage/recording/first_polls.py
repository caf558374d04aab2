"""What sources held when they were first seen, where that is told in one message: whether all of it is read, and letting it go out."""

from __future__ import annotations

from datetime import datetime

from news.plans import HoldKind
from storage.file.database import Database
from storage.file.times import to_text

_NEW_SOURCE = "SELECT 1 FROM sources WHERE configured = 1 AND last_polled_at IS NULL"
_UNREAD_PAGE = """SELECT 1 FROM entries JOIN sources ON sources.id = source_id
    WHERE page_state = 'due' AND page_attempts = 0 AND silent = 1 AND configured = 1"""
"""Of a first poll. One that could not be had was given its chance: its article is known by the feed's words."""


def are_first_polls_over(db: Database) -> bool:
    """Whether every source was polled once, and every page that such a poll brought was asked for."""
    row = db.conn.execute(f"SELECT EXISTS ({_NEW_SOURCE}) OR EXISTS ({_UNREAD_PAGE}) AS going_on").fetchone()  # literals
    return not row["going_on"]


def gather_first_polls(db: Database, channel: str, now: datetime) -> None:
    """Make due all that waits for a channel of first polls, which are over: what is held, and what came while others asked what is due."""
    db.conn.execute(
        """UPDATE deliveries SET due_at = :now
           WHERE channel = :channel AND due_at > :now
             AND (hold = :hold OR (hold IS NULL AND (SELECT first_poll FROM alerts WHERE alerts.id = alert_id)))""",
        {"now": to_text(now), "channel": channel, "hold": HoldKind.FIRST_POLL},
    )


def can_release_first_polls(db: Database, now: datetime) -> bool:
    """Whether something waits for first polls, which are over."""
    held = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE hold = 'first_poll' AND due_at > ?) AS held"
    return bool(db.conn.execute(held, (to_text(now),)).fetchone()["held"]) and are_first_polls_over(db)


def release_first_polls(db: Database, now: datetime) -> None:
    """Make what waits for first polls due: they are over."""
    db.conn.execute(
        "UPDATE deliveries SET due_at = :now WHERE hold = :hold AND due_at > :now", {"now": to_text(now), "hold": HoldKind.FIRST_POLL}
    )
