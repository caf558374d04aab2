"""Writing an alert on what is no article: a source, a channel, our line, the volume of a topic, of which more than once is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from news.alerts import Alert
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.deliveries import insert_deliveries


def next_sequence(db: Database, topic: str, subject: str) -> int:
    """The number of the next alert of the topic on the subject, from 1 on."""
    last = db.conn.execute("SELECT max(sequence) AS last FROM alerts WHERE topic = ? AND subject = ?", (topic, subject)).fetchone()
    return int(last["last"] or 0) + 1


def write_alert(db: Database, alert: Alert, payload: str, channels: Sequence[str], now: datetime) -> Alert:
    """Write an alert, what it says as JSON, and a delivery for each channel; returns the alert."""
    db.conn.execute(
        "INSERT INTO alerts (id, topic, subject, sequence, kind, created_at, payload, hits) VALUES (?, ?, ?, ?, ?, ?, ?, '[]')",
        (alert.alert_id, alert.topic, alert.subject.text, alert.sequence, alert.kind, to_text(now), payload),
    )
    insert_deliveries(db, [(alert, channels)])
    return alert
