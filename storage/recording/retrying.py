"""Sending again what was given up, or what somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from news.timing import DELIVERY_LIFETIME
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.circuits import close_circuits
from storage.recording.ids import find_ids
from storage.recording.recipients import owe_again

# What was one message goes out again as one, so that its id keeps announcing the same.
_NAMED = "id = :one OR alert_id = :one"
_DEAD = "status = 'dead'"


def retry_deliveries(db: Database, ids: Sequence[str], now: datetime, *, all_dead: bool) -> tuple[int, list[str]]:
    """Make deliveries due again, by their id or their alert's, or the beginning of one.

    Returns how many, and the ids that name nothing to send again, or several things.

    The id of a message stays what it was, so a receiver that has it after all can tell. Three days to succeed start anew.
    Recipients who are known to have it are not told again while others lack it.
    """
    unknown = []
    revived = _make_due(db, _DEAD, "", now) if all_dead else set()
    for one in ids:
        meant = find_ids(db, one)
        named = _make_due(db, _NAMED, meant[0].key, now) if len(meant) == 1 else set()
        revived |= named
        if not named:
            unknown.append(one)
    return len(revived), unknown


def _make_due(db: Database, condition: str, one: str, now: datetime) -> set[str]:
    """Make due the messages of the deliveries for which the condition holds, and those of them that are in no message yet.

    Returns the ids of all that are due because of it.
    """
    values = {"one": one, "now": to_text(now), "give_up": to_text(now + DELIVERY_LIFETIME)}
    chosen = db.conn.execute(f"SELECT DISTINCT message_id FROM deliveries WHERE {condition}", values).fetchall()  # noqa: S608  # literals
    owe_again(db, [row["message_id"] for row in chosen])
    db.conn.execute(
        f"""UPDATE messages SET attempts = 0, next_attempt_at = :now, give_up_at = :give_up, hold = 'asked'
            WHERE id IN (SELECT message_id FROM deliveries WHERE {condition})""",  # noqa: S608  # literals
        values,
    )
    cursor = db.conn.execute(
        f"""UPDATE deliveries SET status = 'pending', give_up_at = :give_up, reason = NULL,
                                  hold = CASE WHEN message_id IS NULL THEN 'asked' END,
                                  due_at = CASE WHEN message_id IS NULL THEN min(created_at, :now) END
            WHERE {condition} OR message_id IN (SELECT message_id FROM deliveries WHERE {condition}) RETURNING id, channel""",  # noqa: S608  # literals
        values,
    )
    revived = {row["id"]: row["channel"] for row in cursor}
    close_circuits(db, set(revived.values()))  # whoever asks for it now is not to wait for the end of a pause
    return set(revived)
