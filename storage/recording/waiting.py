"""The deliveries that wait to be planned, as the plan asks for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from news.alerts import AlertKind, SubjectKind, parse_subject
from news.plans import HoldKind, WaitingDelivery
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, to_text

_WAITING = """SELECT deliveries.id, topic, kind, subject, alerts.article_id, story_id, deliveries.created_at AS alerted_at, due_at,
           give_up_at, hold, urgent, first_poll, contradicts, escalated_from IS NOT NULL AND acknowledged_at IS NOT NULL AS acknowledged,
           kind = 'corrected' AND EXISTS (
               SELECT 1 FROM alerts AS own CROSS JOIN deliveries AS first ON first.alert_id = own.id AND first.channel = deliveries.channel
               WHERE own.topic = alerts.topic AND own.subject = alerts.subject AND own.kind = 'follow_up' AND +first.message_id IS NULL
           ) AS corrects_untold,  -- +: by the alert, since what is in no message may be much
           (SELECT sources.url FROM articles JOIN sources ON sources.id = source_id WHERE articles.id = alerts.article_id) AS source
    FROM deliveries JOIN alerts ON alerts.id = alert_id LEFT JOIN story_articles ON story_articles.article_id = alerts.article_id"""
_OF_STORIES = """ WHERE deliveries.id IN (
        SELECT deliveries.id FROM story_articles CROSS JOIN alerts ON alerts.article_id = story_articles.article_id
            CROSS JOIN deliveries ON alert_id = alerts.id
        WHERE kind IN ('follow_up', 'corrected') AND channel = ? AND (due_at <= ? OR (due_at IS NOT NULL AND hold = 'follow_up'))
            AND story_id IN ({marks}))"""
"""From the stories, which are small, to what of them waits for a channel; in this order, since all that waits may be much."""


def list_waiting(db: Database, channel: str, now: datetime, limit: int) -> list[WaitingDelivery]:
    """`limit` of the due deliveries, the longest waiting first, and what is due on the same articles: else it would be two messages.

    With a follow-up comes all that follows in its story and waits, so that it is one message. A feed of hundreds of entries and a hundred
    topics make tens of thousands due at one moment: nobody waits until all are planned.
    """
    moment = to_text(now)
    first = db.conn.execute(
        f"{_WAITING} WHERE channel = ? AND due_at <= ? ORDER BY due_at, deliveries.rowid LIMIT ?", (channel, moment, limit)
    ).fetchall()
    articles = {row["article_id"] for row in first if row["article_id"] is not None}
    same = select_in(db, _WAITING + " WHERE channel = ? AND due_at <= ? AND alerts.article_id IN ({marks})", articles, channel, moment)
    rows = {row["id"]: row for row in (*first, *same)}
    follow = select_in(db, _WAITING + _OF_STORIES, _stories_of(rows.values()), channel, moment)
    return [_waiting(row) for row in (rows | {row["id"]: row for row in follow}).values()]


def _stories_of(rows: Iterable[sqlite3.Row]) -> set[int]:
    """The stories that these follow."""
    return {row["story_id"] for row in rows if _is_follow_up(row) and row["story_id"] is not None}


def _is_follow_up(row: sqlite3.Row) -> bool:
    """A correction of what follows in a story, and is not told yet, is told with it."""
    return row["kind"] == AlertKind.FOLLOW_UP or bool(row["corrects_untold"])


def _waiting(row: sqlite3.Row) -> WaitingDelivery:
    is_follow_up = _is_follow_up(row)
    return WaitingDelivery(
        delivery_id=row["id"],
        subject=parse_subject(row["subject"]),
        alerted_at=from_text(row["alerted_at"]),
        due_at=from_text(row["due_at"]),
        give_up_at=from_text(row["give_up_at"]),
        held=HoldKind(row["hold"]) if row["hold"] else None,
        urgent=bool(row["urgent"]),
        topic=row["topic"],
        source=_source_of(row),
        first_poll=bool(row["first_poll"]),
        acknowledged=bool(row["acknowledged"]),
        story_id=row["story_id"] if is_follow_up or row["kind"] != AlertKind.CORRECTED else None,
        is_follow_up=is_follow_up,
        contradicts=bool(row["contradicts"]),
    )


def _source_of(row: sqlite3.Row) -> str | None:
    subject = parse_subject(row["subject"])
    return subject.key if subject.kind is SubjectKind.SOURCE else row["source"]
