"""Deliveries as they begin: an alert and each channel that is to have it, waiting to be planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from news.alerts import Alert, DeliveryStatus, make_delivery_id
from news.escalating import Escalate
from news.timing import DELIVERY_LIFETIME
from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.times import to_text

_DELIVERY = ("id", "alert_id", "channel", "status", "created_at", "due_at", "give_up_at")


def insert_deliveries(db: Database, alerts: Iterable[tuple[Alert, Sequence[str]]]) -> None:
    """Write a delivery of each alert to each of its channels, due at once."""
    rows = [_row(alert, channel) for alert, channels in alerts for channel in channels]
    insert_rows(db, "deliveries", _DELIVERY, rows, "ON CONFLICT (id) DO NOTHING")  # a topic may name a channel twice


def _row(alert: Alert, channel: str) -> tuple[object, ...]:
    moment, give_up = to_text(alert.created_at), to_text(alert.created_at + DELIVERY_LIFETIME)
    return (make_delivery_id(alert.alert_id, channel), alert.alert_id, channel, DeliveryStatus.PENDING, moment, moment, give_up)


def insert_escalated(db: Database, alert_id: str, channel: str, escalate: Escalate, now: datetime) -> bool:
    """Write the delivery of an alert that escalates from a channel to another, due at once; returns whether that had none of it before."""
    moment, give_up = to_text(now), to_text(now + DELIVERY_LIFETIME)
    cursor = db.conn.execute(
        """INSERT INTO deliveries (id, alert_id, channel, status, created_at, due_at, give_up_at, escalated_from, escalated_because)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING""",
        (
            *(make_delivery_id(alert_id, escalate.to), alert_id, escalate.to, DeliveryStatus.PENDING, moment, moment, give_up),
            *(channel, escalate.cause),
        ),
    )
    return cursor.rowcount > 0
