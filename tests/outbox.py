"""An outbox in a list, a clock that is moved by hand, and bundles to put in: what tests of sending need besides receivers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitors import Presentation
from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    AttemptResult,
    Bundle,
    Change,
    DeliveryStatus,
    Followed,
    RecipientStatus,
    Roll,
    RollKind,
    article_subject,
    make_alert_id,
    make_bundle_id,
    make_delivery_id,
    source_subject,
    volume_subject,
)
from news.circuits import Circuit
from news.delivering import judge_absent, plan_messages
from news.health_news import HealthEvent, HealthNews, make_health_alert_id
from news.matches import Hit
from news.plans import HOLDS_OF_POLICIES, HOLDS_TO_ASK_ANEW, Hold, HoldKind, PlannedMessage, Policy, WaitingDelivery
from news.surges import Surge, SurgeArticle, SurgeBar, make_surge_alert_id
from news.timing import DELIVERY_LIFETIME, LEFT_AFTER_QUIET, MOST_KEPT_QUIET
from news.wording import Wording
from quivive.languages import make_language

PARIS = ZoneInfo("Europe/Paris")
QUERIES = {"OpenAI–OTAN": "@openai ET @otan"}
ENGLISH, FRENCH = (Presentation(make_language(code, PARIS), QUERIES, "/etc/quivive/config.toml") for code in ("en", "fr"))
MORNING = datetime(2026, 3, 4, 10, 15, 2, tzinfo=UTC)

ARTICLE = AlertedArticle(
    article_id=12,
    url="https://www.example.fr/2026/03/openai-otan?x=1&y=2",
    title="OpenAI négocie avec l’OTAN",
    source="Numerama",
    author="Julie Martin",
    language="fr",
    published_at=MORNING - timedelta(seconds=41),
    first_seen_at=MORNING,
    excerpt="L’entreprise américaine discute d’un contrat.",
)
HITS = (
    Hit("@openai", "OpenAI", "title", "[OpenAI] négocie avec l’OTAN"),
    Hit("@otan", "OTAN", "text", "… un accord sur les réseaux de l’[OTAN] & ceux de ses <alliés> …"),
)


def make_alert(topic: str = "OpenAI–OTAN", article: AlertedArticle = ARTICLE, created_at: datetime = MORNING) -> Alert:
    return Alert(
        make_alert_id(topic, article.url), topic, AlertKind.NEW, created_at, 41, article, HITS, article_subject(article.article_id)
    )


BEFORE = "Un accord sur les réseaux classifiés de l’OTAN & ceux de ses <alliés>."
CHANGES = (
    Change("title", "OpenAI signe avec l’OTAN", ARTICLE.title),
    Change("text", BEFORE, BEFORE.replace("classifiés", "non classifiés")),
    Change("text", None, "L’OTAN dément."),
)


def make_correction(changes: Sequence[Change] = CHANGES) -> Alert:
    """The second alert of its topic, an hour after the first."""
    alert_id = make_alert_id("OpenAI–OTAN", ARTICLE.url, 2)
    corrected_at = MORNING + timedelta(hours=1)
    changed = {"kind": AlertKind.CORRECTED, "sequence": 2, "created_at": corrected_at, "alert_id": alert_id, "changes": tuple(changes)}
    return replace(make_alert(), **changed)


FOLLOWED = Followed(3, "OpenAI et l’OTAN & leurs <réseaux>", make_alert_id("OpenAI–OTAN", ARTICLE.url), ARTICLE.url)


def make_follow_up_bundle(*sources: str, channel: str = "redaction", followed: Followed = FOLLOWED) -> Bundle:
    """What each of these sources published in a story that the channel had been told of, an hour later."""
    names = sources or ("Numerama", "Next")
    articles = [replace(ARTICLE, article_id=20 + n, url=f"https://b.example/{n}", source=name) for n, name in enumerate(names)]
    alerts = tuple(replace(make_alert(article=one), kind=AlertKind.FOLLOW_UP) for one in articles)
    ids = tuple(make_delivery_id(alert.alert_id, channel) for alert in alerts)
    roll = Roll(RollKind.FOLLOW_UP, MORNING + timedelta(hours=1), MORNING + timedelta(hours=1, seconds=1), followed)
    return Bundle(make_bundle_id(channel, ids), channel, ids, alerts, 0, MORNING + DELIVERY_LIFETIME, roll=roll)


NEWS = HealthNews(
    event=HealthEvent.STATE,
    name="Numerama",
    after="failing",
    before="ok",
    url="https://www.numerama.com/feed/",
    since=MORNING - timedelta(minutes=45),
    code="http_503",
    message="The site is overloaded or under maintenance (503 Service Unavailable): nothing if it passes.",
)


def make_health_alert(news: HealthNews = NEWS, sequence: int = 1, created_at: datetime = MORNING) -> Alert:
    subject = source_subject(news.url or news.name)
    alert_id = make_health_alert_id(subject.text, news, sequence)
    return Alert(alert_id, "", AlertKind.HEALTH, created_at, None, news, (), subject, sequence)


def make_health_bundle(*told: HealthNews, channel: str = "redaction") -> Bundle:
    """A bundle of operational alerts."""
    alerts = tuple(make_health_alert(news) for news in told or (NEWS,))
    delivery_ids = tuple(make_delivery_id(alert.alert_id, channel) for alert in alerts)
    return Bundle(make_bundle_id(channel, delivery_ids), channel, delivery_ids, alerts, 0, MORNING + DELIVERY_LIFETIME)


SURGE = Surge(
    topic="OpenAI–OTAN",
    since=MORNING.replace(hour=8, minute=0, second=0),
    until=MORNING,
    articles=14,
    usual=2.13,
    bars=tuple(
        SurgeBar(MORNING.replace(minute=0, second=0) - timedelta(hours=n), (2, 8, 4)[n] if n < 3 else 0, 0.7) for n in range(23, -1, -1)
    ),
    latest=(
        SurgeArticle("L’OTAN & <OpenAI>", "https://www.example.fr/1?a=1&b=2", "Numerama", MORNING - timedelta(hours=1)),
        SurgeArticle("\x1b[31mRouge", "javascript:alert(1)", "Le\nMonde", None),
    ),
)
"""A hostile title among them."""


def make_surge_bundle(surge: Surge = SURGE, channel: str = "redaction") -> Bundle:
    """A bundle with an alert on a topic's volume."""
    alert_id, subject = make_surge_alert_id(surge, 1), volume_subject(surge.topic)
    alert = Alert(alert_id, surge.topic, AlertKind.SURGE, MORNING, None, surge, (), subject)
    delivery = make_delivery_id(alert_id, channel)
    return Bundle(delivery, channel, (delivery,), (alert,), 0, MORNING + DELIVERY_LIFETIME)


def make_bundle(channel: str = "redaction", *topics: str, number: int = 0, created_at: datetime = MORNING) -> Bundle:
    """A bundle of alerts on one article, one for each topic; bundles of another `number` are on another article."""
    article = replace(ARTICLE, article_id=12 + number, url=f"{ARTICLE.url}&n={number}")
    alerts = tuple(make_alert(topic, article, created_at) for topic in topics or ("OpenAI–OTAN",))
    delivery_ids = tuple(make_delivery_id(alert.alert_id, channel) for alert in alerts)
    return Bundle(make_bundle_id(channel, delivery_ids), channel, delivery_ids, alerts, 0, created_at + DELIVERY_LIFETIME)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class _Waiting:
    """A delivery or a message that may still have to be seen to: `due_at` is None when not."""

    channel: str
    alerts: tuple[Alert, ...]
    bundle: Bundle | None
    created_at: datetime
    due_at: datetime | None
    give_up_at: datetime
    hold: HoldKind | None = None
    error: str | None = None
    sent_at: datetime | None = None

    def is_due(self, channel: str, now: datetime) -> bool:
        return self.channel == channel and self.due_at is not None and self.due_at <= now


class ListOutbox:
    """The outbox's promises, kept in memory; one contract test holds it and the archive to them."""

    def __init__(self, *bundles: Bundle) -> None:
        self._lock = threading.RLock()
        self._deliveries: dict[str, _Waiting] = {}
        self._messages: dict[str, _Waiting] = {}
        self.results: list[AttemptResult] = []
        self.held: list[AttemptResult] = []
        """What `hold_for_channel` told."""
        self.circuits: dict[str, Circuit] = {}
        self.on_record: Callable[[AttemptResult], Future[None]] = lambda result: done()
        """What `record_attempt` gives back, for tests of a write that fails or takes its time."""
        for bundle in bundles:
            self.add(bundle)

    def add(self, bundle: Bundle) -> None:
        """A sealed message."""
        sealed_at = bundle.give_up_at - DELIVERY_LIFETIME
        with self._lock:
            self._messages[bundle.bundle_id] = _Waiting(bundle.channel, bundle.alerts, bundle, sealed_at, sealed_at, bundle.give_up_at)

    def find(self, alert: Alert, *channels: str) -> None:
        """An alert, with a delivery for each channel that waits to be planned."""
        at = alert.created_at
        with self._lock:
            for channel in channels:
                one = _Waiting(channel, (alert,), None, at, at, at + DELIVERY_LIFETIME)
                self._deliveries[make_delivery_id(alert.alert_id, channel)] = one

    def due_channels(self, now: datetime) -> list[str]:
        with self._lock:
            return sorted({one.channel for one in (*self._deliveries.values(), *self._messages.values()) if one.is_due(one.channel, now)})

    def due_messages(self, channel: str, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
        with self._lock:
            due = [one for name, one in self._messages.items() if one.is_due(channel, now) and name not in except_ids]
            return [one.bundle for one in sorted(due, key=lambda one: one.due_at)][:limit]

    def seal_messages(self, channel: str, policy: Policy, now: datetime, limit: int) -> Future[int]:
        with self._lock:
            waiting = self._waiting(channel, now, 1_000 if policy.rolls_up else limit)
            plan = plan_messages(channel, waiting, policy, now, told_lately=self._told_lately(channel, now))
            for message in plan.messages:
                self._seal(channel, message, now)
            for name, hold in plan.held:
                one = self._deliveries[name]
                one.due_at, one.hold = hold.until, hold.kind
                if hold.kind in HOLDS_OF_POLICIES:
                    one.give_up_at = max(one.give_up_at, hold.until + DELIVERY_LIFETIME)
        return done(len(waiting))

    def _told_lately(self, channel: str, now: datetime) -> list[datetime]:
        sealed = [one for one in self._messages.values() if one.channel == channel and one.bundle is not None and one.bundle.roll is None]
        on_articles = [one for one in sealed if isinstance(one.alerts[0].about, AlertedArticle)]
        hour_ago = now - timedelta(hours=1)
        told = [[at for at in (one.created_at, one.sent_at) if at is not None and hour_ago < at <= now] for one in on_articles]
        somebody_has_it = [any(who.status is RecipientStatus.HAS for who in one.bundle.recipients) for one in on_articles]
        waits = [one.due_at is not None and not has for one, has in zip(on_articles, somebody_has_it, strict=True)]
        return sorted(max(moments, default=now) for moments, is_waiting in zip(told, waits, strict=True) if moments or is_waiting)

    def _waiting(self, channel: str, now: datetime, limit: int) -> list[WaitingDelivery]:
        due = sorted((one.due_at, name) for name, one in self._deliveries.items() if one.is_due(channel, now))
        due = [name for at, name in due if at <= due[:limit][-1][0]]
        found = [(name, self._deliveries[name]) for name in due]
        return [
            WaitingDelivery(
                *(name, one.alerts[0].subject, one.alerts[0].created_at, one.due_at, one.give_up_at),
                held=one.hold,
                urgent=one.alerts[0].urgent,
            )
            for name, one in found
        ]

    def _seal(self, channel: str, message: PlannedMessage, now: datetime) -> None:
        pairs = sorted(((self._deliveries[one].alerts[0], one) for one in message.delivery_ids), key=lambda pair: pair[0].topic)
        alerts, ids = zip(*pairs, strict=True)
        roll = replace(message.roll, sealed_at=now) if message.roll else None
        bundle = Bundle(message.message_id, channel, ids, alerts, 0, message.give_up_at, roll=roll)
        self._messages[message.message_id] = _Waiting(channel, alerts, bundle, now, message.due_at, message.give_up_at)
        for one in ids:
            self._deliveries[one].due_at = None

    def put_off(self, channel: str, hold: Hold, now: datetime, limit: int) -> Future[int]:
        with self._lock:
            due = [one for one in self._messages.values() if one.is_due(channel, now) and not (one.bundle and one.bundle.is_pressing)]
            for one in due[:limit]:
                one.due_at, one.hold, one.error = hold.until, hold.kind, hold.reason
                if one.created_at > now - MOST_KEPT_QUIET:
                    one.give_up_at = max(one.give_up_at, hold.until + LEFT_AFTER_QUIET)
                    one.bundle = replace(one.bundle, give_up_at=one.give_up_at) if one.bundle else None
        return done(len(due[:limit]))

    def hold_for_channel(self, channel: str, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        with self._lock:
            due = [(name, one) for table in (self._deliveries, self._messages) for name, one in table.items() if one.is_due(channel, now)]
            told = [self._hold(name, one, now) for name, one in due[:limit]]
            self.held += told
        return done(told)

    def _hold(self, name: str, one: _Waiting, now: datetime) -> AttemptResult:
        verdict = judge_absent(one.channel, one.give_up_at, now)
        one.error = verdict.reason
        ids = one.bundle.delivery_ids if one.bundle else (name,)
        if isinstance(verdict, Hold):
            one.due_at, one.hold = verdict.until, verdict.kind
            return AttemptResult(name, ids, now, DeliveryStatus.PENDING, verdict.until, verdict.reason)
        one.due_at, one.hold = None, None
        return AttemptResult(name, ids, now, DeliveryStatus.DEAD, None, verdict.reason)

    def sync_channels(self, channels: Collection[str], now: datetime) -> Future[None]:
        with self._lock:
            for one in (*self._deliveries.values(), *self._messages.values()):
                if one.due_at is None:
                    continue
                if one.channel in channels and one.hold in HOLDS_TO_ASK_ANEW:
                    one.due_at = min(one.due_at, now)
                elif one.channel in channels and one.hold is HoldKind.ABSENT:
                    one.due_at, one.hold = min(one.created_at, now), None
                elif one.channel not in channels and one.hold is not HoldKind.ABSENT:
                    one.due_at = min(one.due_at, now)
        return done()

    def record_attempt(self, result: AttemptResult) -> Future[None]:
        with self._lock:
            self.results.append(result)
            message = self._messages[result.bundle_id]
            message.due_at, message.error = result.next_attempt_at, result.error
            message.sent_at = result.attempted_at if result.status is DeliveryStatus.SENT else message.sent_at
            assert message.bundle is not None
            told = [one for one in message.bundle.recipients if one.status is RecipientStatus.HAS]
            known = {one.recipient: one for one in (*message.bundle.recipients, *result.recipients, *told)}
            message.bundle = replace(message.bundle, attempts=message.bundle.attempts + 1, recipients=tuple(known.values()))
        return self.on_record(result)

    def record_attempts(self, results: Sequence[AttemptResult]) -> Future[None]:
        together: Future[None] = Future()
        for one in [self.record_attempt(result) for result in results]:
            if not one.done() or one.exception():
                return one
        together.set_result(None)
        return together

    def note_circuit(self, channel: str, circuit: Circuit) -> Future[None]:
        with self._lock:
            self.circuits.pop(channel, None)
            if circuit.pauses:
                self.circuits[channel] = replace(circuit, failed=frozenset(), arrived=0)
        return done()

    def load_circuits(self) -> list[tuple[str, Circuit]]:
        with self._lock:
            return sorted(self.circuits.items(), key=lambda pair: pair[0])

    def give_up_overdue(self, channel: str, reason: str | None, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        told = Wording("given up after 3 days; last: {reason}", reason=reason)
        with self._lock:
            overdue = [(name, one) for name, one in self._messages.items() if one.is_due(channel, now) and one.give_up_at <= now]
            given_up = []
            for name, one in overdue[:limit]:
                one.due_at, one.error = None, told
                assert one.bundle is not None
                given_up.append(AttemptResult(name, one.bundle.delivery_ids, now, DeliveryStatus.DEAD, None, told))
        return done(given_up)

    @property
    def pending(self) -> list[Bundle]:
        """The sealed messages that are still to be sent."""
        with self._lock:
            return [one.bundle for one in self._messages.values() if one.bundle is not None and one.due_at is not None]

    @property
    def last(self) -> AttemptResult:
        return self.results[-1]


def done(result: Any = None) -> Future[Any]:
    """A future that has ended, with a result or an error."""
    future: Future[Any] = Future()
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


async def until(condition: Callable[[], bool]) -> None:
    """Give the loop its turns until the condition holds; the test's own time limit ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 — the condition is changed in other threads
        await asyncio.sleep(0.001)
