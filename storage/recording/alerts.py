"""Alerts and their deliveries: what is on record of a topic and an article, and writing what follows from a match."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from news.alerting import NewAlert, OnRecord
from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    Change,
    Difference,
    DifferenceKind,
    Hit,
    Subject,
    TopicMatch,
    contradicts,
    make_alert_id,
)
from news.health_news import HealthNews
from news.judging import delay_seconds
from news.surges import Surge
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.deliveries import insert_deliveries
from storage.recording.health import health_from_json
from storage.recording.surges import surge_from_json

_EXCERPT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Cause:
    """The version of an article from which alerts follow at `now`."""

    article_id: int
    subject: Subject
    revision_id: int
    now: datetime
    text: str


def load_on_record(db: Database, article_id: int, subject: Subject, topics: Sequence[str]) -> dict[str, OnRecord]:
    """What is on record of each of the topics and the article, the `subject`, before what matches now is written."""
    # The first match by the order of the key: an article may have thousands of versions, and each asks.
    rows = db.conn.execute(
        """SELECT topics.value AS topic, articles.sighted_openly,
                  (SELECT number FROM matches
                   WHERE article_id = articles.id AND topic = topics.value ORDER BY revision_id LIMIT 1) AS first,
                  (SELECT max(sequence) FROM alerts WHERE topic = topics.value AND subject = :subject) AS alerts,
                  EXISTS (SELECT 1 FROM story_articles AS own JOIN story_articles AS others USING (story_id)
                          JOIN alerts ON topic = topics.value AND subject = 'article:' || others.article_id
                          WHERE own.article_id = articles.id AND others.article_id != articles.id) AS story_alerted
           FROM json_each(:topics) AS topics JOIN articles ON articles.id = :article""",
        {"topics": json.dumps(topics), "subject": subject.text, "article": article_id},
    )
    return {
        row["topic"]: OnRecord(row["alerts"] or 0, row["first"], bool(row["sighted_openly"]), bool(row["story_alerted"])) for row in rows
    }


def record_alerts(
    db: Database, channels_of_topic: Mapping[str, Sequence[str]], cause: Cause, due: Sequence[tuple[TopicMatch, NewAlert]]
) -> list[Alert]:
    """Write the alerts that are due, with a delivery for each channel of their topics, which waits to be planned."""
    row = db.conn.execute(
        """SELECT articles.*, sources.name AS source, story_id FROM articles JOIN sources ON sources.id = articles.source_id
               LEFT JOIN story_articles ON article_id = articles.id
           WHERE articles.id = ?""",
        (cause.article_id,),
    ).fetchone()
    article = _alerted_article(row, cause.text)
    alerts = [replace(_make_alert(cause, article, row["place"], match, new), story_id=row["story_id"]) for match, new in due]
    for alert in alerts:
        _insert_alert(db, cause, alert, _article_json(article))
        insert_deliveries(db, alert, channels_of_topic.get(alert.topic, ()))
    return alerts


def _make_alert(cause: Cause, article: AlertedArticle, place: str, match: TopicMatch, new: NewAlert) -> Alert:
    return Alert(
        alert_id=make_alert_id(match.topic, place, new.sequence),
        topic=match.topic,
        kind=new.kind,
        created_at=cause.now,
        delay_seconds=delay_seconds(cause.now, article.published_at),
        about=article,
        matches=match.hits,
        subject=cause.subject,
        sequence=new.sequence,
        urgent=match.urgent,
        changes=new.changes,
        differences=new.differences,
        first_poll=new.first_poll,
    )


def _insert_alert(db: Database, cause: Cause, alert: Alert, payload: str) -> None:
    db.conn.execute(
        """INSERT INTO alerts (id, topic, subject, sequence, article_id, revision_id, kind, created_at, delay_seconds, payload, hits,
                               urgent, first_poll, changes, differences, contradicts, counted,
                               placed_in)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            alert.alert_id,
            alert.topic,
            alert.subject.text,
            alert.sequence,
            cause.article_id,
            cause.revision_id,
            alert.kind,
            to_text(alert.created_at),
            alert.delay_seconds,
            payload,
            hits_json(alert.matches),
            alert.urgent,
            alert.first_poll,
            _changes_json(alert.changes),
            differences_json(alert.differences),
            contradicts(alert.differences),
            alert.kind is AlertKind.CORRECTED,  # its article was counted with the first
            alert.story_id,
        ),
    )


def _alerted_article(row: sqlite3.Row, text: str) -> AlertedArticle:
    return AlertedArticle(
        article_id=row["id"],
        url=row["url"],
        title=row["title"],
        source=row["source"],
        author=row["author"],
        language=row["language"],
        published_at=optional_time(row["published_at"]),
        first_seen_at=from_text(row["first_seen_at"]),
        excerpt=_make_excerpt(text),
    )


def _make_excerpt(text: str) -> str:
    """The beginning of a text, on one line, cut at a word."""
    flat = " ".join(text[: 2 * _EXCERPT_CHARACTERS].split())
    if len(flat) <= _EXCERPT_CHARACTERS:
        return flat
    return flat[:_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "…"


def hits_json(hits: Sequence[Hit]) -> str:
    """Hits as they are stored with a match or an alert."""
    return json.dumps([asdict(hit) for hit in hits], ensure_ascii=False)


def hits_from_json(text: str) -> tuple[Hit, ...]:
    """The hits that were stored with a match or an alert."""
    return tuple(Hit(**hit) for hit in json.loads(text))


def _changes_json(changes: Sequence[Change]) -> str | None:
    return json.dumps([asdict(change) for change in changes], ensure_ascii=False) if changes else None


def changes_from_json(text: str | None) -> tuple[Change, ...]:
    """What was corrected, as it was stored with an alert; nothing for alerts of other kinds."""
    return tuple(Change(**change) for change in json.loads(text)) if text else ()


def differences_json(differences: Sequence[Difference]) -> str | None:
    """What a follow-up says otherwise, as it is stored with its alert."""
    return json.dumps([asdict(one) for one in differences], ensure_ascii=False) if differences else None


def differences_from_json(text: str | None) -> tuple[Difference, ...]:
    """What was stored with an alert; nothing for one that says nothing otherwise, or follows up nothing."""
    return tuple(Difference(**fields | {"kind": DifferenceKind(fields["kind"])}) for fields in json.loads(text)) if text else ()


def _article_json(article: AlertedArticle) -> str:
    fields = asdict(article) | {"published_at": optional_text(article.published_at), "first_seen_at": to_text(article.first_seen_at)}
    return json.dumps(fields, ensure_ascii=False)


def article_from_json(text: str) -> AlertedArticle:
    """The article as it was when its alert was made."""
    fields = json.loads(text)
    fields["published_at"] = optional_time(fields["published_at"])
    fields["first_seen_at"] = from_text(fields["first_seen_at"])
    return AlertedArticle(**fields)


def subject_from_json(kind: AlertKind, text: str) -> AlertedArticle | Surge | HealthNews:
    """What an alert of that kind was about, as it was when the alert was made."""
    match kind:
        case AlertKind.HEALTH:
            return health_from_json(text)
        case AlertKind.SURGE:
            return surge_from_json(text)
        case AlertKind.NEW | AlertKind.REVISED | AlertKind.FOLLOW_UP | AlertKind.CORRECTED:
            return article_from_json(text)
