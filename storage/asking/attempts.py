"""A delivery with every attempt to make it, and how each recipient stands."""

from __future__ import annotations

import sqlite3

from news.alert_answers import AlertRecord, DeliveryRecord
from news.alerts import DeliveryStatus
from news.one_thing import AttemptRecord, DeliveryDetails
from storage.file.database import Database
from storage.file.times import from_text, optional_time


def detail_deliveries(db: Database, alert: AlertRecord) -> tuple[DeliveryDetails, ...]:
    """The deliveries of an alert, each with all that was tried."""
    return tuple(detail_delivery(db, record) for record in alert.deliveries)


def detail_delivery(db: Database, record: DeliveryRecord) -> DeliveryDetails:
    """A delivery with all that was tried; of what is told together, all of the message."""
    row = db.conn.execute(
        """SELECT message_id, created_at, coalesce(messages.give_up_at, deliveries.give_up_at) AS give_up_at
           FROM deliveries LEFT JOIN messages ON messages.id = message_id WHERE deliveries.id = ?""",
        (record.delivery_id,),
    ).fetchone()
    message_id = row["message_id"]
    return DeliveryDetails(
        record=record,
        message_id=message_id,
        created_at=from_text(row["created_at"]),
        give_up_at=from_text(row["give_up_at"]),
        attempts=_list_attempts(db, message_id),
    )


def _list_attempts(db: Database, message_id: str | None) -> tuple[AttemptRecord, ...]:
    rows = db.conn.execute("SELECT * FROM attempts WHERE message_id = ? ORDER BY id", (message_id,))
    return tuple(_attempt(row) for row in rows)


def _attempt(row: sqlite3.Row) -> AttemptRecord:
    return AttemptRecord(
        from_text(row["attempted_at"]), DeliveryStatus(row["status"]), row["answer"], optional_time(row["next_attempt_at"])
    )
