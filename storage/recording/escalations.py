"""Escalating: what was given up, or acknowledged by nobody in time, goes to a second channel; and acknowledging.

`escalate_at` is set on a delivery when its message is sealed, drawn nearer when that is given up, and taken away by whatever ends the
matter, in the same transaction: so each escalates once, whatever crashes in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from news.alerts import AlertKind, DeliveryStatus
from news.escalating import DueEscalation, Escalate, Escalated, Escalation, decide_escalation
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.deliveries import insert_escalated
from storage.recording.health import health_from_json
from storage.recording.ids import find_ids


def has_due_escalations(db: Database, now: datetime) -> bool:
    """Whether some delivery is to be escalated."""
    row = db.conn.execute("SELECT EXISTS (SELECT 1 FROM deliveries WHERE escalate_at <= ?) AS due", (to_text(now),)).fetchone()
    return bool(row["due"])


def escalate_due(db: Database, escalations: Mapping[str, Escalation], now: datetime, limit: int) -> list[Escalated]:
    """Escalate some `limit` of the deliveries whose time has come, the longest due first; returns what went where.

    `escalations`: what each channel of the configuration says that escalates. A channel that has the alert already is not told again.
    """
    rows = db.conn.execute(
        """SELECT deliveries.id, deliveries.alert_id, deliveries.channel, deliveries.status, acknowledged_at, kind, payload,
                  EXISTS (SELECT 1 FROM alerts AS later WHERE later.topic = alerts.topic AND later.subject = alerts.subject
                          AND later.sequence > alerts.sequence
                          AND json_extract(later.payload, '$.event') = json_extract(alerts.payload, '$.event')) AS has_later
           FROM deliveries JOIN alerts ON alerts.id = alert_id WHERE escalate_at <= ? ORDER BY escalate_at, deliveries.rowid LIMIT ?""",
        (to_text(now), limit),
    ).fetchall()
    escalated = []
    for row in rows:
        verdict = decide_escalation(_due(row), escalations.get(row["channel"]))
        if isinstance(verdict, Escalate) and insert_escalated(db, row["alert_id"], row["channel"], verdict, now):
            escalated.append(Escalated(row["alert_id"], row["channel"], verdict.to, verdict.cause))
    db.conn.executemany("UPDATE deliveries SET escalate_at = NULL WHERE id = ?", [(row["id"],) for row in rows])
    return escalated


def _due(row: sqlite3.Row) -> DueEscalation:
    status, is_acknowledged = DeliveryStatus(row["status"]), row["acknowledged_at"] is not None
    if row["kind"] != AlertKind.HEALTH:
        return DueEscalation(status, is_acknowledged)
    return DueEscalation(status, is_acknowledged, health_from_json(row["payload"]).is_over, bool(row["has_later"]))


def acknowledge(db: Database, ids: Sequence[str], now: datetime) -> tuple[int, list[str]]:
    """Note that somebody has taken notice of alerts, by their ids, those of deliveries or messages, or the beginning of one.

    Returns how many alerts are acknowledged now, also if they were before, and the ids that name nothing, or several things. They are not
    escalated any more, and what was but waits to be told is not.
    """
    acknowledged: set[str] = set()
    unknown = []
    for one in ids:
        named = _find_alerts(db, one)
        acknowledged.update(named)
        if not named:
            unknown.append(one)
    moments = [(to_text(now), alert_id) for alert_id in sorted(acknowledged)]
    db.conn.executemany("UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, ?) WHERE id = ?", moments)
    db.conn.executemany("UPDATE deliveries SET escalate_at = NULL WHERE alert_id = ?", [(alert_id,) for _, alert_id in moments])
    return len(acknowledged), unknown


def _find_alerts(db: Database, wanted: str) -> list[str]:
    """The alert of an id, or that of a delivery; of a message, all that it tells."""
    meant = find_ids(db, wanted)
    if len(meant) != 1:
        return []
    (thing,) = meant
    if not thing.key.startswith(wanted.lower()):  # what was typed is a message's, found by one of its deliveries
        rows = db.conn.execute(
            "SELECT alert_id FROM deliveries WHERE message_id = (SELECT message_id FROM deliveries WHERE id = ?)", (thing.key,)
        )
    else:
        rows = db.conn.execute(
            "SELECT id AS alert_id FROM alerts WHERE id = :key UNION SELECT alert_id FROM deliveries WHERE id = :key", {"key": thing.key}
        )
    return [row["alert_id"] for row in rows]
