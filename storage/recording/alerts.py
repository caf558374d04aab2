"""Alerts on articles, and their deliveries: writing what follows from matches and edits, by set, and how what they say is kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from news.alerting import NewAlert
from news.alerts import Alert, AlertedArticle, AlertKind, Change, Difference, DifferenceKind, Subject, contradicts, make_alert_id
from news.health_news import HealthNews
from news.judging import delay_seconds
from news.matches import Hit, TopicMatch
from news.surges import Surge
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.deliveries import insert_deliveries
from storage.recording.health import health_from_json
from storage.recording.surges import surge_from_json

_EXCERPT_CHARACTERS = 300
_ALERT = (
    "id", "topic", "subject", "sequence", "article_id", "revision_id", "kind", "created_at", "delay_seconds", "payload", "hits", "urgent",
    "first_poll", "changes", "differences", "contradicts", "counted", "placed_in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """The version of an article from which alerts follow at `now`."""

    article_id: int
    subject: Subject
    revision_id: int
    now: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that is due on a match."""

    cause: Cause
    match: TopicMatch
    new: NewAlert


def record_alerts(db: Database, channels_of_topic: Mapping[str, Sequence[str]], due: Sequence[Due]) -> list[Alert]:
    """Write the alerts that are due, with a delivery for each channel of their topics, which waits to be planned."""
    articles = _load_articles(db, {one.cause.article_id for one in due})
    alerts = [_make_alert(one, articles[one.cause.article_id]) for one in due]
    rows = [_alert_row(one.cause, alert) for one, alert in zip(due, alerts, strict=True)]
    insert_rows(db, "alerts", _ALERT, rows)
    insert_deliveries(db, [(alert, channels_of_topic.get(alert.topic, ())) for alert in alerts])
    return alerts


def _load_articles(db: Database, ids: Iterable[int]) -> dict[int, sqlite3.Row]:
    rows = select_in(
        db,
        """SELECT articles.*, sources.name AS source, story_id FROM articles JOIN sources ON sources.id = articles.source_id
               LEFT JOIN story_articles ON article_id = articles.id
           WHERE articles.id IN ({marks})""",
        ids,
    )
    return {row["id"]: row for row in rows}


def _make_alert(due: Due, row: sqlite3.Row) -> Alert:
    cause, match, new = due.cause, due.match, due.new
    article = _alerted_article(row, cause.text)
    return Alert(
        alert_id=make_alert_id(match.topic, row["place"], new.sequence),
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
        story_id=row["story_id"],
    )


def _alert_row(cause: Cause, alert: Alert) -> tuple[object, ...]:
    assert isinstance(alert.about, AlertedArticle)  # made of one
    return (
        alert.alert_id,
        alert.topic,
        alert.subject.text,
        alert.sequence,
        cause.article_id,
        cause.revision_id,
        alert.kind,
        to_text(alert.created_at),
        alert.delay_seconds,
        _article_json(alert.about),
        hits_json(alert.matches),
        alert.urgent,
        alert.first_poll,
        _changes_json(alert.changes),
        differences_json(alert.differences),
        contradicts(alert.differences),
        alert.kind is AlertKind.CORRECTED,  # its article was counted with the first
        alert.story_id,
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
