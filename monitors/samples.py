"""The message of `quivive alerts test`: a made-up alert that says what it is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    Bundle,
    Change,
    Difference,
    DifferenceKind,
    EscalatedFrom,
    EscalationCause,
    Followed,
    Roll,
    RollKind,
    article_subject,
    source_subject,
    volume_subject,
)
from news.fingerprints import derived_id
from news.health_news import NO_TOPIC, HealthEvent, HealthNews
from news.matches import Hit
from news.surges import Surge, SurgeArticle, SurgeBar
from news.timing import DELIVERY_LIFETIME
from news.wording import Wording


def make_test_bundle(channel: str, now: datetime) -> Bundle:
    """A bundle marked as a test, with an id of its own for each moment: testing twice gives two messages."""
    bundle_id = derived_id("test", channel, now.isoformat())
    article = AlertedArticle(
        article_id=0,
        url="https://example.org/quivive-test",
        title=Wording("Test message: this channel works"),
        source="quivive",
        author=None,
        language="en",
        published_at=now,
        first_seen_at=now,
        excerpt=Wording("This message was asked for with `quivive alerts test`. It announces no article."),
    )
    hit = Hit("test", "test", "text", Wording("what was found stands between brackets: [test]"))
    alert = Alert(derived_id("test alert", bundle_id), "test", AlertKind.NEW, now, 0, article, (hit,), article_subject(0))
    return Bundle(bundle_id, channel, (bundle_id,), (alert,), 0, now + DELIVERY_LIFETIME, test=True)


def make_samples(channel: str, now: datetime) -> dict[str, Bundle]:
    """One message of each form, marked as a test, for trying channels and templates; by what it is."""
    test = make_test_bundle(channel, now)
    (alert,) = test.alerts
    story = Followed(1, "test", alert.alert_id, "https://example.org/quivive-test")
    changes = (Change("text", Wording("what was said before"), Wording("what is said now")),)
    differs = Difference(Wording("what is said now"), Wording("what was said before"), "quivive", 1, DifferenceKind.NEGATION, "test")
    follows = replace(alert, kind=AlertKind.FOLLOW_UP, differences=(differs,))
    escalated = (EscalatedFrom(alert.alert_id, channel, EscalationCause.UNACKNOWLEDGED),)
    return {
        "new": test,
        "revised": replace(test, alerts=(replace(alert, kind=AlertKind.REVISED),)),
        "corrected": replace(test, alerts=(replace(alert, kind=AlertKind.CORRECTED, sequence=2, changes=changes),)),
        "escalated": replace(test, escalated=escalated),
        "digest": replace(test, roll=Roll(RollKind.DIGEST, now, now)),
        "follow_up": replace(test, roll=Roll(RollKind.FOLLOW_UP, now, now, story), alerts=(follows,)),
        "surge": replace(test, alerts=(_make_surge(alert, now),)),
        "health": replace(test, alerts=(_make_health(alert, now),)),
    }


def _make_surge(alert: Alert, now: datetime) -> Alert:
    bars = tuple(SurgeBar(now - hours * timedelta(hours=1), 1, 0.5) for hours in range(23, -1, -1))
    surge = Surge("test", now, now, 5, 0.5, bars, (SurgeArticle("test", "https://example.org/quivive-test", "quivive", None),))
    return Alert(alert.alert_id, "test", AlertKind.SURGE, now, None, surge, (), volume_subject("test"))


def _make_health(alert: Alert, now: datetime) -> Alert:
    news = HealthNews(HealthEvent.STATE, "quivive", "failing", "ok", "https://example.org/feed/", now, None, "timeout", "no answer in time")
    return Alert(alert.alert_id, NO_TOPIC, AlertKind.HEALTH, now, None, news, (), source_subject("https://example.org/feed/"))
