"""The JSON of the commands: which fields an answer has, in which order, and how times are written. What is printed is here, and only here.

Times are RFC 3339 in UTC, whole seconds, with `Z`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # each command prints one kind of answer, and would wait for all of them
    from news.alert_answers import AlertRecord, DeliveryRecord
    from news.alerts import Alert, Change, Difference
    from news.answers import ExportedArticle, PreviewAnswer, PreviewedArticle, SourceCoverage, SourceHealth, TopicVolume
    from news.health_news import HealthNews
    from news.matches import Hit
    from news.muting import Mute
    from news.search_answers import ArticleRecord, FoundArticle, SightingRecord
    from news.sources import Problem
    from news.surges import Surge
    from quivive.rounds import RoundSummary

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]


def json_line(value: JsonValue) -> bytes:
    """A value as a line of JSON, in UTF-8 whatever the locale (RFC 8259 §8.1)."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def time_json(moment: datetime) -> str:
    """A moment in whole seconds; what is left of a second is cut off."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def optional_time_json(moment: datetime | None) -> str | None:
    """A moment in whole seconds, or null."""
    return None if moment is None else time_json(moment)


def found_article_json(found: FoundArticle) -> JsonObject:
    """A line of `search --json`."""
    return {
        **_article_head(found.article),
        "score": None if found.score is None else round(found.score, 4),
        "snippet": found.snippet,
        **_article_tail(found.article),
        "matches": hits_json(found.hits),
    }


def exported_article_json(exported: ExportedArticle) -> JsonObject:
    """What `export` says of an article in a line: the fields of `search`, and its texts whole."""
    return {
        **_article_head(exported.article),
        **_article_tail(exported.article),
        "text": exported.text,
        "origin": exported.origin,
        "revisions": exported.revisions,
    }


def _article_head(article: ArticleRecord) -> JsonObject:
    return {
        "id": article.article_id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "language": article.language,
        "published_at": optional_time_json(article.published_at),
        "first_seen_at": time_json(article.first_seen_at),
    }


def _article_tail(article: ArticleRecord) -> JsonObject:
    return {"topics": list(article.topics), "sightings": [_sighting_json(one) for one in article.sightings]}


def _sighting_json(sighting: SightingRecord) -> JsonObject:
    return {"source": sighting.source, "url": sighting.url, "seen_at": time_json(sighting.seen_at)}


def hits_json(hits: Sequence[Hit]) -> list[JsonValue]:
    """The terms of a query that were found, where, and the passage around each."""
    return [asdict(hit) for hit in hits]


def differences_json(differences: Sequence[Difference]) -> list[JsonValue]:
    """What an article says otherwise than others of its story."""
    return [{field: value for field, value in asdict(one).items() if field != "why"} for one in differences]


def changes_json(changes: Sequence[Change]) -> list[JsonValue]:
    """What a correction changed: before and after, null where a passage was added or taken away."""
    return [asdict(change) for change in changes]


def preview_json(preview: PreviewAnswer) -> JsonObject:
    """What `preview --json` prints; docs/query-language.md explains its fields."""
    return {
        "query": preview.query,
        "since": time_json(preview.since),
        "days": preview.days,
        "articles": preview.articles,
        "matches": preview.matches,
        "alerts_per_day": preview.alerts_per_day,
        "sources": [asdict(share) for share in preview.sources],
        "warning": preview.warning,
        "hits": [previewed_json(hit) for hit in preview.hits],
    }


def previewed_json(hit: PreviewedArticle) -> JsonObject:
    """An article under `hits` of `preview --json`."""
    head = _article_head(hit.article)
    kept = ("id", "url", "title", "source", "published_at", "first_seen_at")
    return {name: head[name] for name in kept} | {"matches": hits_json(hit.hits)}


def source_json(source: SourceHealth) -> JsonObject:
    """A line of `sources --json`."""
    return {
        "name": source.name,
        "url": source.url,
        "status": source.status,
        "last_polled_at": optional_time_json(source.last_polled_at),
        "last_success_at": optional_time_json(source.last_success_at),
        "next_poll_at": optional_time_json(source.next_poll_at),
        "interval_seconds": source.interval // timedelta(seconds=1),
        "consecutive_failures": source.consecutive_failures,
        "last_error": None if source.last_error is None else problem_json(source.last_error),
        "articles": source.articles,
        "pages": len(source.pages.marks),
        "pages_unread": source.pages.unread,
        "pages_failing_since": optional_time_json(source.pages.failing_since),
        "status_since": optional_time_json(source.status_since),
        "moved_to": source.moved_to,
    }


def coverage_json(source: SourceCoverage) -> JsonObject:
    """A line of `sources --coverage --json`."""
    coverage = source.coverage
    return {
        "name": source.name,
        "url": source.url,
        "coverage": round(coverage.share, 5),
        "first_read_at": optional_time_json(coverage.first_read_at),
        "last_good_at": optional_time_json(coverage.last_good_at),
        "gaps": coverage.gaps,
        "missed": coverage.missed,
    }


def problem_json(problem: Problem) -> JsonObject:
    """Why something could not be had: its code, and what to do."""
    return {"code": problem.code, "message": problem.message}


def topic_json(topic: TopicVolume) -> JsonObject:
    """A line of `topics --json`."""
    return {
        "name": topic.name,
        "query": topic.query,
        "notify": list(topic.notify),
        "articles": topic.articles,
        "articles_24h": topic.articles_24h,
        "articles_7d": topic.articles_7d,
        "articles_30d": topic.articles_30d,
        "alerts": topic.alerts,
        "last_alert_at": optional_time_json(topic.last_alert_at),
    }


def alert_json(alert: AlertRecord) -> JsonObject:
    """A line of `alerts --json`."""
    return {
        "id": alert.alert_id,
        "topic": alert.topic or None,
        "article_id": alert.article_id,
        "article_url": alert.article_url,
        "article_title": alert.article_title,
        "kind": alert.kind,
        "created_at": time_json(alert.created_at),
        "delay_seconds": alert.delay_seconds,
        "deliveries": [delivery_json(one) for one in alert.deliveries],
        "matches": hits_json(alert.hits),
        "health": None if alert.health is None else health_json(alert.health),
        "acknowledged_at": optional_time_json(alert.acknowledged_at),
        "surge": None if alert.surge is None else surge_json(alert.surge),
        "changes": changes_json(alert.changes),
        "story_differences": differences_json(alert.differences),
        "story_id": alert.story_id,
    }


def mute_json(mute: Mute) -> JsonObject:
    """What is muted, since when, and until when: null if somebody has to end it."""
    return {
        "kind": mute.kind,
        "name": mute.name,
        "key": mute.key,
        "muted_at": time_json(mute.muted_at),
        "until": optional_time_json(mute.until),
    }


def delivery_json(delivery: DeliveryRecord) -> JsonObject:
    """A delivery under `deliveries` of `alerts --json`."""
    return {
        "id": delivery.delivery_id,
        "channel": delivery.channel,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_attempt_at": optional_time_json(delivery.next_attempt_at),
        "sent_at": optional_time_json(delivery.sent_at),
        "last_error": delivery.last_error,
        "held_until": optional_time_json(delivery.held_until),
        "reason": delivery.reason,
        "escalates_at": optional_time_json(delivery.escalates_at),
        "escalated_from": delivery.escalated_from,
        "escalated_because": delivery.escalated_because,
        "told_in": delivery.told_in,
        "recipients": [asdict(recipient) for recipient in delivery.recipients],
    }


def announced_alert_json(alert: Alert) -> JsonObject:
    """An alert as `run` announces it: what `alerts --json` says of it, before anybody was told."""
    from news.alerts import AlertedArticle
    from news.health_news import HealthNews
    from news.surges import Surge

    article = alert.about if isinstance(alert.about, AlertedArticle) else None
    return {
        "id": alert.alert_id,
        "topic": alert.topic or None,
        "article_id": article.article_id if article else None,
        "article_url": article.url if article else None,
        "article_title": article.title if article else None,
        "kind": str(alert.kind),
        "created_at": time_json(alert.created_at),
        "delay_seconds": alert.delay_seconds,
        "matches": [asdict(hit) for hit in alert.matches],
        "health": health_json(alert.about) if isinstance(alert.about, HealthNews) else None,
        "surge": surge_json(alert.about) if isinstance(alert.about, Surge) else None,
        "changes": changes_json(alert.changes),
        "story_differences": differences_json(alert.differences),
        "story_id": alert.story_id,
    }


def surge_json(surge: Surge) -> JsonObject:
    """What an alert on a topic's volume says, under `surge`."""
    return {
        "title": surge.title,
        "since": time_json(surge.since),
        "until": time_json(surge.until),
        "articles": surge.articles,
        "usual": surge.usual,
        "bars": [{"start": time_json(bar.start), "articles": bar.articles, "usual": bar.usual} for bar in surge.bars],
        "latest": [
            {"url": one.url, "title": one.title, "source": one.source, "published_at": optional_time_json(one.published_at)}
            for one in surge.latest
        ],
    }


def health_json(news: HealthNews) -> JsonObject:
    """What an operational alert says, under `health`."""
    return {
        "event": str(news.event),
        "title": news.title,
        "name": news.name,
        "url": news.url,
        "before": news.before,
        "after": news.after,
        "since": optional_time_json(news.since),
        "until": optional_time_json(news.until),
        "code": news.code,
        "message": news.message,
    }


def round_json(summary: RoundSummary) -> JsonObject:
    """What `poll --json` prints."""
    done = summary.totals
    return {
        "sources": {"polled": done.polled, "unchanged": done.unchanged, "failed": done.failed},
        "entries": {"seen": done.entries_seen, "new": done.entries_new},
        "articles": {
            "new": done.articles_new,
            "revised": done.articles_revised,
            "duplicates": done.duplicates,
            "failed": done.pages_failed,
        },
        "alerts": {"created": done.alerts},
        "deliveries": {"sent": done.sent, "pending": summary.pending, "dead": done.dead},
        "seconds": round(summary.seconds, 3),
    }
