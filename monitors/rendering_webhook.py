"""An alert as the body of a webhook. Pure; the format is part of what users rely on (docs/delivery.md)."""

from __future__ import annotations

import json
from typing import Any

from monitors.rendering import rfc3339
from news.alerts import Alert, AlertedArticle, Hit
from news.health_news import HealthNews

ALERT_CREATED = "alert.created"
ALERT_HEALTH = "alert.health"
ALERT_TEST = "alert.test"
"""The type of test messages: a receiver that acts on `alert.created` does not act on them by mistake."""


def render_webhook(alert: Alert, *, test: bool = False) -> bytes:
    """The body, UTF-8 JSON: the same bytes on every attempt, since nothing in it depends on when it is sent."""
    about = alert.about
    created, data = (ALERT_HEALTH, _health_data(alert, about)) if isinstance(about, HealthNews) else (ALERT_CREATED, _data(alert, about))
    payload = {"type": ALERT_TEST if test else created, "timestamp": rfc3339(alert.created_at), "data": data}
    # "replace": a lone surrogate from a broken feed has no UTF-8 form, and must not keep the alert from going out.
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _data(alert: Alert, article: AlertedArticle) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "topic": alert.topic,
        "kind": alert.kind.value,
        "article": _article(article),
        "matches": [_match(hit) for hit in alert.matches],
        "delay_seconds": alert.delay_seconds,
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
