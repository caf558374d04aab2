"""Matches, and the alerts and deliveries that follow from them, written with the version that matched."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlite_utils import Database

from news.alerts import Alert, AlertedArticle, AlertKind, Hit, TopicMatch, make_alert_id, make_bundle_id, make_delivery_id
from news.articles import ArticleFacts
from news.judging import alert_kind, delay_seconds, should_alert
from news.text.analysis import AnalysedArticle
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.watch import Watch

_EXCERPT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version that arrived, or an article that was sighted by another source, at `now`."""

    article_id: int
    revision_id: int
    number: int
    now: datetime
    edited_since_silent: bool
    """Whether its entry was edited since it was first seen; only asked of an article that no entry has sighted openly."""


def match_version(db: Database, watch: Watch, arrival: Arrival, analysed: AnalysedArticle, facts: ArticleFacts | None) -> list[Alert]:
    """Match one version against all topics; record the matches, and the alerts that are due for them.

    `facts` are those of its article, where a topic asks for them.
    """
    return _record_matches(db, watch, arrival, watch.matcher.match(analysed, facts), analysed)


def match_sighting(
    db: Database, watch: Watch, arrival: Arrival, analysed: AnalysedArticle, facts: tuple[ArticleFacts, ArticleFacts], *, silent: bool
) -> list[Alert]:
    """Match a version against the topics that ask for sources or tags, since another source has shown its article.

    `facts` are those without and with that sighting. What a silent sighting makes match is recorded without alerting.
    """
    before, after = facts
    matches = watch.matcher.match_sighting(analysed, before, after)
    if not silent:
        return _record_matches(db, watch, arrival, matches, analysed)
    for match in matches:
        _record_match(db, arrival, match)
    return []


def _record_matches(db: Database, watch: Watch, arrival: Arrival, matches: Sequence[TopicMatch], analysed: AnalysedArticle) -> list[Alert]:
    made: list[Alert] = []
    for match in matches:
        before = _first_match(db, arrival, match.topic)
        _record_match(db, arrival, match)
        if _is_alert_due(db, arrival, match.topic, matched_before=before is not None):
            kind = alert_kind(arrival.number if before is None else before)
            made.append(_record_alert(db, arrival, match, kind, analysed))
    _record_deliveries(db, watch, made)
    return made


def _first_match(db: Database, arrival: Arrival, topic: str) -> int | None:
    """The number of the first version that is on record as matching the topic."""
    # By the order of the key: an article may have thousands of versions, and each asks.
    row = db.conn.execute(
        "SELECT number FROM matches WHERE article_id = ? AND topic = ? ORDER BY revision_id LIMIT 1", (arrival.article_id, topic)
    ).fetchone()
    return row["number"] if row else None


def _record_match(db: Database, arrival: Arrival, match: TopicMatch) -> None:
    db.conn.execute(
        "INSERT OR IGNORE INTO matches (article_id, topic, revision_id, number, matched_at, hits) VALUES (?, ?, ?, ?, ?, ?)",
        (arrival.article_id, match.topic, arrival.revision_id, arrival.number, to_text(arrival.now), _hits_json(match.hits)),
    )


def _is_alert_due(db: Database, arrival: Arrival, topic: str, *, matched_before: bool) -> bool:
    row = db.conn.execute(
        """SELECT sighted_openly, EXISTS (SELECT 1 FROM alerts WHERE topic = ? AND article_id = articles.id) AS alerted
           FROM articles WHERE id = ?""",
        (topic, arrival.article_id),
    ).fetchone()
    return should_alert(
        already_alerted=bool(row["alerted"]),
        sighted_openly=bool(row["sighted_openly"]),
        edited_since_silent=arrival.edited_since_silent,
        matched_before=matched_before,
    )


def _record_alert(db: Database, arrival: Arrival, match: TopicMatch, kind: AlertKind, analysed: AnalysedArticle) -> Alert:
    row = db.conn.execute(
        """SELECT articles.*, sources.name AS source FROM articles JOIN sources ON sources.id = articles.source_id
           WHERE articles.id = ?""",
        (arrival.article_id,),
    ).fetchone()
    article = _alerted_article(row, analysed.text)
    alert = Alert(
        alert_id=make_alert_id(match.topic, row["place"]),
        topic=match.topic,
        kind=kind,
        created_at=arrival.now,
        delay_seconds=delay_seconds(arrival.now, article.published_at),
        article=article,
        matches=match.hits,
    )
    db.conn.execute(
        """INSERT INTO alerts (id, topic, article_id, revision_id, kind, created_at, delay_seconds, payload, hits)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            alert.alert_id,
            alert.topic,
            arrival.article_id,
            arrival.revision_id,
            alert.kind,
            to_text(alert.created_at),
            alert.delay_seconds,
            _article_json(article),
            _hits_json(alert.matches),
        ),
    )
    return alert


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


def _record_deliveries(db: Database, watch: Watch, alerts: Sequence[Alert]) -> None:
    """One delivery per alert and channel; what was made together for one mail channel is one bundle."""
    by_channel: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        for channel in watch.channels_of_topic.get(alert.topic, ()):
            by_channel[channel].append(alert)
    for channel, together in by_channel.items():
        ids = [make_delivery_id(alert.alert_id, channel) for alert in together]
        whole = make_bundle_id(channel, ids) if channel in watch.mail_channels else None
        for alert, delivery_id in zip(together, ids, strict=True):
            moment = to_text(alert.created_at)
            db.conn.execute(
                """INSERT OR IGNORE INTO deliveries (id, alert_id, channel, bundle_id, status, created_at, next_attempt_at)
                   VALUES (?, ?, ?, ?, 'pending', ?, ?)""",
                (delivery_id, alert.alert_id, channel, whole or delivery_id, moment, moment),
            )


def _hits_json(hits: Sequence[Hit]) -> str:
    return json.dumps([asdict(hit) for hit in hits], ensure_ascii=False)


def hits_from_json(text: str) -> tuple[Hit, ...]:
    """The hits that were stored with a match or an alert."""
    return tuple(Hit(**hit) for hit in json.loads(text))


def _article_json(article: AlertedArticle) -> str:
    fields = asdict(article) | {"published_at": optional_text(article.published_at), "first_seen_at": to_text(article.first_seen_at)}
    return json.dumps(fields, ensure_ascii=False)


def article_from_json(text: str) -> AlertedArticle:
    """The article as it was when its alert was made."""
    fields = json.loads(text)
    fields["published_at"] = optional_time(fields["published_at"])
    fields["first_seen_at"] = from_text(fields["first_seen_at"])
    return AlertedArticle(**fields)
