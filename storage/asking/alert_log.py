"""The delivery log: alerts, newest first, each with its deliveries."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from news.alert_answers import AlertLog, AlertPlace, AlertRecord, DeliveryRecord
from news.alerts import AlertedArticle, AlertKind, DeliveryStatus, EscalationCause, RecipientOutcome, RollKind
from news.health_news import HealthNews
from news.surges import Surge
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.alerts import changes_from_json, differences_from_json, hits_from_json, subject_from_json
from storage.recording.recipients import map_recipients

_BEFORE_ALL, _AFTER_ALL = "0", "9"
"""Sort before and after every time in the archive."""
_ALERTS = "SELECT alerts.*, story_id FROM alerts LEFT JOIN story_articles ON story_articles.article_id = alerts.article_id"


@dataclass(frozen=True, slots=True)
class AlertRequest:
    """Which alerts are asked for. `status`: with a delivery in that state; `since` is included; `limit` is at least 1.

    `after` is what the answer to the same request said of where its next page begins.
    """

    topic: str | None = None
    status: DeliveryStatus | None = None
    kind: AlertKind | None = None
    since: datetime | None = None
    limit: int | None = None
    after: AlertPlace | None = None


def report_alerts(db: Database, asked: AlertRequest) -> AlertLog:
    """The alerts that are asked for, newest first."""
    rows = db.conn.execute(
        f"""{_ALERTS}
           WHERE created_at BETWEEN :since AND :until AND (created_at < :until OR id > :after_id)
             AND (:topic IS NULL OR topic = :topic) AND (:kind IS NULL OR kind = :kind)
             AND (:status IS NULL OR EXISTS (SELECT 1 FROM deliveries WHERE alert_id = alerts.id AND status = :status))
           ORDER BY created_at DESC, id LIMIT :limit""",  # noqa: S608  # a literal
        {
            "topic": asked.topic,
            "status": asked.status,
            "kind": asked.kind,
            "since": optional_text(asked.since) or _BEFORE_ALL,
            "limit": -1 if asked.limit is None else asked.limit,
            "until": to_text(asked.after.created_at) if asked.after else _AFTER_ALL,
            "after_id": asked.after.alert_id if asked.after else "",
        },
    ).fetchall()
    alerts = _with_deliveries(db, rows)
    return AlertLog(alerts, AlertPlace(alerts[-1].created_at, alerts[-1].alert_id) if len(alerts) == asked.limit else None)


def list_alerts_on(db: Database, article_id: int) -> tuple[AlertRecord, ...]:
    """The alerts on an article, the oldest first."""
    rows = db.conn.execute(f"{_ALERTS} WHERE alerts.article_id = ? ORDER BY created_at, topic, sequence", (article_id,))
    return _with_deliveries(db, rows.fetchall())


def get_alert_record(db: Database, alert_id: str) -> AlertRecord:
    """The alert of that id, which must be there."""
    (record,) = _with_deliveries(db, db.conn.execute(f"{_ALERTS} WHERE id = ?", (alert_id,)).fetchall())
    return record


def _with_deliveries(db: Database, rows: Sequence[sqlite3.Row]) -> tuple[AlertRecord, ...]:
    deliveries = _deliveries_of(db, [row["id"] for row in rows])
    return tuple(_report_alert(row, tuple(deliveries[row["id"]])) for row in rows)


def _deliveries_of(db: Database, alert_ids: Sequence[str]) -> dict[str, list[DeliveryRecord]]:
    found: dict[str, list[DeliveryRecord]] = defaultdict(list)
    selected = select_in(
        db,
        """SELECT deliveries.id, alert_id, deliveries.channel, status, coalesce(attempts, 0) AS attempts,
                  coalesce(next_attempt_at, due_at) AS next_attempt_at, sent_at, reason,
                  coalesce(last_error, reason, iif(status = 'pending', (SELECT circuits.reason FROM circuits
                                                                        WHERE circuits.channel = deliveries.channel), NULL)) AS last_error,
                  roll, message_id, iif(acknowledged_at IS NULL, escalate_at, NULL) AS escalates_at, escalated_from, escalated_because
           FROM deliveries JOIN alerts ON alerts.id = alert_id LEFT JOIN messages ON messages.id = message_id
           WHERE alert_id IN ({marks}) ORDER BY deliveries.channel""",
        alert_ids,
    )
    rows = list(selected)
    recipients = map_recipients(db, {row["message_id"] for row in rows if row["message_id"] is not None})
    for row in rows:
        found[row["alert_id"]].append(_report_delivery(row, recipients.get(row["message_id"], ())))
    return found


def _report_alert(row: sqlite3.Row, deliveries: tuple[DeliveryRecord, ...]) -> AlertRecord:
    kind = AlertKind(row["kind"])
    about = subject_from_json(kind, row["payload"])
    article = about if isinstance(about, AlertedArticle) else None
    return AlertRecord(
        alert_id=row["id"],
        topic=row["topic"],
        article_id=row["article_id"],
        article_url=article.url if article else None,
        article_title=article.title if article else None,
        kind=kind,
        created_at=from_text(row["created_at"]),
        delay_seconds=row["delay_seconds"],
        deliveries=deliveries,
        hits=hits_from_json(row["hits"]),
        health=about if isinstance(about, HealthNews) else None,
        surge=about if isinstance(about, Surge) else None,
        changes=changes_from_json(row["changes"]),
        differences=differences_from_json(row["differences"]),
        acknowledged_at=optional_time(row["acknowledged_at"]),
        story_id=row["story_id"],
    )


def _report_delivery(row: sqlite3.Row, recipients: tuple[RecipientOutcome, ...]) -> DeliveryRecord:
    status, due_at = DeliveryStatus(row["status"]), optional_time(row["next_attempt_at"])
    is_held = status in {DeliveryStatus.HELD, DeliveryStatus.MUTED}
    return DeliveryRecord(
        delivery_id=row["id"],
        channel=row["channel"],
        status=status,
        attempts=row["attempts"],
        next_attempt_at=None if is_held else due_at,
        sent_at=optional_time(row["sent_at"]),
        last_error=None if is_held else row["last_error"],
        held_until=due_at if is_held else None,
        reason=row["reason"] if is_held else None,
        escalates_at=optional_time(row["escalates_at"]),
        escalated_from=row["escalated_from"],
        escalated_because=EscalationCause(row["escalated_because"]) if row["escalated_because"] else None,
        told_in=RollKind(row["roll"]) if row["roll"] else None,
        recipients=recipients,
    )
