"""An alert as the body of a webhook. Pure; the format is part of what users rely on (docs/delivery.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from monitors.letter_differences import list_differences
from monitors.rendering import rfc3339
from news.alerts import Alert, AlertedArticle, AlertKind, Bundle, Difference, EscalatedFrom, Followed, Roll
from news.digests import arrange_digest
from news.health_news import HealthNews
from news.matches import Hit
from news.surges import Surge, SurgeArticle

ALERT_CREATED = "alert.created"
ALERT_CORRECTED = "alert.corrected"
ALERT_HEALTH = "alert.health"
ALERT_SURGE = "alert.surge"
ALERT_DIGEST = "alert.digest"
ALERT_FOLLOW_UP = "alert.follow_up"
ALERT_TEST = "alert.test"
"""The type of test messages: a receiver that acts on `alert.created` does not act on them by mistake."""


def render_webhook(alert: Alert, escalation: EscalatedFrom | None = None, *, test: bool = False) -> bytes:
    """The body, UTF-8 JSON: the same bytes on every attempt, since nothing in it depends on when it is sent."""
    told, data = _tell(alert)
    data |= _escalation_data(escalation)
    return _encoded({"type": ALERT_TEST if test else told, "timestamp": rfc3339(alert.created_at), "data": data})


def _tell(alert: Alert) -> tuple[str, dict[str, Any]]:
    """The type of the message on an alert, and what it says."""
    match alert.about:
        case HealthNews() as news:
            return ALERT_HEALTH, _health_data(alert, news)
        case Surge() as surge:
            return ALERT_SURGE, _surge_data(alert, surge)
        case AlertedArticle() as article:
            return _type_of(alert), _data(alert, article)


def _type_of(alert: Alert) -> str:
    return ALERT_CORRECTED if alert.kind is AlertKind.CORRECTED else ALERT_CREATED


def _escalation_data(escalation: EscalatedFrom | None) -> dict[str, Any]:
    """From which channel an alert has escalated, and why; of any other, no key at all."""
    return {"escalated_from": escalation.channel, "escalated_because": escalation.cause.value} if escalation else {}


def render_roll(bundle: Bundle, roll: Roll) -> bytes:
    """The body of what is told of many alerts as one, with what `alert.created` has under `data` of each.

    A follow-up tells them as they came, a digest by topic, the most relevant first.
    """
    timestamp = rfc3339(roll.sealed_at or roll.due_at)
    if roll.followed is not None:
        data = {"alerts": _list_data(bundle, bundle.alerts), **_follow_up_data(roll.followed, bundle.alerts)}
        return _encoded({"type": ALERT_TEST if bundle.test else ALERT_FOLLOW_UP, "timestamp": timestamp, "data": data})
    told = [alert for topic in arrange_digest(bundle.alerts, len(bundle.alerts)) for alert in topic.shown]
    data = {"kind": roll.kind.value, "due_at": rfc3339(roll.due_at), "alerts": _list_data(bundle, told)}
    return _encoded({"type": ALERT_TEST if bundle.test else ALERT_DIGEST, "timestamp": timestamp, "data": data})


def _list_data(bundle: Bundle, alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    articles = [(alert, alert.about) for alert in alerts if isinstance(alert.about, AlertedArticle)]
    return [_data(alert, article) | _escalation_data(bundle.escalation_of(alert)) for alert, article in articles]


def _follow_up_data(followed: Followed, alerts: Sequence[Alert]) -> dict[str, Any]:
    """What a follow-up says of its story, and what its alerts say otherwise than what was told of it."""
    return {
        "story_id": followed.story_id,
        "title": followed.title,
        "first_alert_id": followed.first_alert_id,
        "differences": [_difference_data(one) for _, one in list_differences(alerts)],
    }


def _difference_data(one: Difference) -> dict[str, Any]:
    return {"passage": one.passage, "other_passage": one.other_passage, "other_source": one.other_source, "kind": one.kind.value}


def render_messages(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    """What a program is told of a bundle: the id and the body of each message.

    That is one, unless the channel was an email channel when several alerts were bundled.
    """
    if bundle.roll is not None:
        yield bundle.bundle_id, render_roll(bundle, bundle.roll)
        return
    for message_id, alert in zip(bundle.delivery_ids, bundle.alerts, strict=True):
        yield message_id, render_webhook(alert, bundle.escalation_of(alert), test=bundle.test)


class PlainBodies:
    """The documented JSON as what a webhook's sender wants of its bodies."""

    content_type = "application/json"

    def make(self, bundle: Bundle) -> Iterator[tuple[str, bytes]]:
        """Id and body of each message of a bundle."""
        return render_messages(bundle)


def _encoded(payload: dict[str, Any]) -> bytes:
    # "replace": a lone surrogate from a broken feed has no UTF-8 form, and must not keep the alert from going out.
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _data(alert: Alert, article: AlertedArticle) -> dict[str, Any]:
    changes = {"changes": [asdict(change) for change in alert.changes]} if alert.kind is AlertKind.CORRECTED else {}
    return {
        "alert_id": alert.alert_id,
        "topic": alert.topic,
        "kind": alert.kind.value,
        "article": _article(article),
        "matches": [_match(hit) for hit in alert.matches],
        "delay_seconds": alert.delay_seconds,
        **changes,
    }


def _health_data(alert: Alert, news: HealthNews) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "topic": None,
        "kind": alert.kind.value,
        "health": {
            "event": news.event.value,
            "title": news.title,
            "name": news.name,
            "url": news.url,
            "before": news.before,
            "after": news.after,
            "since": rfc3339(news.since) if news.since else None,
            "until": rfc3339(news.until) if news.until else None,
            "code": news.code,
            "message": news.message,
        },
    }


def _surge_data(alert: Alert, surge: Surge) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "topic": alert.topic,
        "kind": alert.kind.value,
        "surge": {
            "title": surge.title,
            "since": rfc3339(surge.since),
            "until": rfc3339(surge.until),
            "articles": surge.articles,
            "usual": surge.usual,
            "bars": [{"start": rfc3339(bar.start), "articles": bar.articles, "usual": bar.usual} for bar in surge.bars],
            "latest": [_surge_article(one) for one in surge.latest],
        },
    }


def _surge_article(article: SurgeArticle) -> dict[str, str | None]:
    published = rfc3339(article.published_at) if article.published_at else None
    return {"url": article.url, "title": article.title, "source": article.source, "published_at": published}


def _article(article: AlertedArticle) -> dict[str, Any]:
    return {
        "id": article.article_id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "language": article.language,
        "published_at": rfc3339(article.published_at) if article.published_at else None,
        "first_seen_at": rfc3339(article.first_seen_at),
        "excerpt": article.excerpt,
    }


def _match(hit: Hit) -> dict[str, str]:
    return {"term": hit.term, "found": hit.found, "field": hit.field, "passage": hit.passage}
