"""The message of `quivive alerts test`: a made-up alert that says what it is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    Bundle,
    Followed,
    Hit,
    Roll,
    RollKind,
    article_subject,
    source_subject,
    volume_subject,
)
from news.fingerprints import derived_id
from news.health_news import NO_TOPIC, HealthEvent, HealthNews
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


def make_samples(channel: str, now: datetime) -> list[Bundle]:
    """One message of each form, for trying templates: a test, a digest, a follow-up, a surge, an operational alert."""
    test = make_test_bundle(channel, now)
    digest = replace(test, test=False, roll=Roll(RollKind.DIGEST, now, now))
    story = Followed(1, "test", test.alerts[0].alert_id, "https://example.org/quivive-test")
    follow_up = replace(test, test=False, roll=Roll(RollKind.FOLLOW_UP, now, now, story))
    news = HealthNews(HealthEvent.STATE, "quivive", "failing", "ok", "https://example.org/feed/", now, None, "timeout", "no answer in time")
    health = Alert(test.alerts[0].alert_id, NO_TOPIC, AlertKind.HEALTH, now, None, news, (), source_subject("https://example.org/feed/"))
    bars = tuple(SurgeBar(now - hours * timedelta(hours=1), 1, 0.5) for hours in range(23, -1, -1))
    surge = Surge("test", now, now, 5, 0.5, bars, (SurgeArticle("test", "https://example.org/quivive-test", "quivive", None),))
    risen = Alert(test.alerts[0].alert_id, "test", AlertKind.SURGE, now, None, surge, (), volume_subject("test"))
    return [test, digest, follow_up, *(replace(test, test=False, alerts=(alert,)) for alert in (risen, health))]
