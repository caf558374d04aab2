"""The outbox: deliveries that are due, what came of each attempt, and sending again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from news.alerts import Alert, AlertKind, AttemptResult, Bundle, DeliveryStatus
from storage.file.times import from_text, optional_text, to_text
from storage.recording.matches import article_from_json, hits_from_json
from storage.recording.recipients import list_recipients, owe_again, record_recipients


def list_due_bundles(db: Database, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
    """The messages whose sending is due, the longest waiting first, without those in hand."""
    rows = db.conn.execute(
        """SELECT bundle_id, min(next_attempt_at) AS due FROM deliveries WHERE status = 'pending' AND next_attempt_at <= ?
           GROUP BY bundle_id ORDER BY due LIMIT ?""",
        (to_text(now), limit + len(except_ids)),
    ).fetchall()
    wanted = [row["bundle_id"] for row in rows if row["bundle_id"] not in except_ids][:limit]
    return [bundle for bundle_id in wanted if (bundle := _get_bundle(db, bundle_id)) is not None]


def _get_bundle(db: Database, bundle_id: str) -> Bundle | None:
    rows = db.conn.execute(
        """SELECT deliveries.id AS delivery_id, deliveries.channel, deliveries.attempts, deliveries.created_at AS delivery_created_at,
                  alerts.* FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
           WHERE bundle_id = ? AND status = 'pending' ORDER BY alerts.topic""",
        (bundle_id,),
    ).fetchall()
    if not rows:
        return None
    return Bundle(
        bundle_id=bundle_id,
        channel=rows[0]["channel"],
        delivery_ids=tuple(row["delivery_id"] for row in rows),
        alerts=tuple(_alert(row) for row in rows),
        attempts=max(row["attempts"] for row in rows),
        created_at=from_text(rows[0]["delivery_created_at"]),
        recipients=list_recipients(db, bundle_id),
    )


def _alert(row: sqlite3.Row) -> Alert:
    return Alert(
        alert_id=row["id"],
        topic=row["topic"],
        kind=AlertKind(row["kind"]),
        created_at=from_text(row["created_at"]),
        delay_seconds=row["delay_seconds"],
        article=article_from_json(row["payload"]),
        matches=hits_from_json(row["hits"]),
    )


def record_attempt(db: Database, result: AttemptResult) -> None:
    """Write what came of one attempt to send a bundle."""
    record_recipients(db, result)
    sent_at = to_text(result.attempted_at) if result.status is DeliveryStatus.SENT else None
    for delivery_id in result.delivery_ids:
        db.conn.execute(
            """UPDATE deliveries SET status = ?, attempts = attempts + 1, next_attempt_at = ?, sent_at = coalesce(?, sent_at),
                                     last_error = ? WHERE id = ?""",
            (result.status, optional_text(result.next_attempt_at), sent_at, result.error, delivery_id),
        )


# What was one message goes out again as one, so that its id keeps announcing the same.
_SAME_MESSAGE = "bundle_id IN (SELECT bundle_id FROM deliveries WHERE id = ? OR alert_id = ?)"


def retry_deliveries(db: Database, ids: Sequence[str], now: datetime, *, all_dead: bool = False) -> tuple[int, list[str]]:
    """Make deliveries due again, by their id or their alert's; returns how many, and the ids that name nothing to send again.

    The id of a delivery stays what it was, so a receiver that has it after all can tell. Three days to succeed start anew.
    Recipients who are known to have it are not told again while others lack it.
    """
    unknown = []
    count = 0
    if all_dead:
        count += _make_due(db, "status = 'dead'", (), now)
    for one in ids:
        revived = _make_due(db, _SAME_MESSAGE, (one, one), now)
        count += revived
        if not revived:
            unknown.append(one)
    return count, unknown


def _make_due(db: Database, condition: str, parameters: tuple[str, ...], now: datetime) -> int:
    chosen = db.conn.execute(f"SELECT DISTINCT bundle_id FROM deliveries WHERE {condition}", parameters).fetchall()  # noqa: S608  # literals
    owe_again(db, [row["bundle_id"] for row in chosen])
    moment = to_text(now)
    cursor = db.conn.execute(
        f"UPDATE deliveries SET status = 'pending', attempts = 0, created_at = ?, next_attempt_at = ? WHERE {condition}",  # noqa: S608  # literals
        (moment, moment, *parameters),
    )
    return int(cursor.rowcount)
