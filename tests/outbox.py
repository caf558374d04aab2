"""An outbox in a list, a clock that is moved by hand, and bundles to put in: what tests of sending need besides receivers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    AttemptResult,
    Bundle,
    DeliveryStatus,
    Hit,
    make_alert_id,
    make_bundle_id,
    make_delivery_id,
)

PARIS = ZoneInfo("Europe/Paris")
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
    return Alert(make_alert_id(topic, article.url), topic, AlertKind.NEW, created_at, 41, article, HITS)


def make_bundle(channel: str = "redaction", *topics: str, number: int = 0, created_at: datetime = MORNING) -> Bundle:
    """A bundle of alerts on one article, one for each topic; bundles of another `number` are on another article."""
    article = replace(ARTICLE, article_id=12 + number, url=f"{ARTICLE.url}&n={number}")
    alerts = tuple(make_alert(topic, article, created_at) for topic in topics or ("OpenAI–OTAN",))
    delivery_ids = tuple(make_delivery_id(alert.alert_id, channel) for alert in alerts)
    return Bundle(make_bundle_id(channel, delivery_ids), channel, delivery_ids, alerts, 0, created_at)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class ListOutbox:
    """The outbox's promises, kept in memory: what is pending comes back when it is due, everything else never."""

    def __init__(self, *bundles: Bundle) -> None:
        self._lock = threading.Lock()
        self._pending = {bundle.bundle_id: (bundle, bundle.created_at) for bundle in bundles}
        self.results: list[AttemptResult] = []
        self.on_record: Callable[[AttemptResult], Future[None]] = lambda result: done()
        """What `record_attempt` gives back, for tests of a write that fails or takes its time."""

    def add(self, bundle: Bundle) -> None:
        with self._lock:
            self._pending[bundle.bundle_id] = (bundle, bundle.created_at)

    def due_bundles(self, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
        with self._lock:
            due = [(at, bundle) for bundle, at in self._pending.values() if at <= now and bundle.bundle_id not in except_ids]
        return [bundle for _, bundle in sorted(due, key=lambda one: one[0])][:limit]

    def record_attempt(self, result: AttemptResult) -> Future[None]:
        with self._lock:
            self.results.append(result)
            bundle, _ = self._pending.pop(result.bundle_id)
            if result.status is DeliveryStatus.PENDING:
                assert result.next_attempt_at is not None
                known = {one.recipient: one for one in (*bundle.recipients, *result.recipients)}
                bundle = replace(bundle, attempts=bundle.attempts + 1, recipients=tuple(known.values()))
                self._pending[result.bundle_id] = (bundle, result.next_attempt_at)
        return self.on_record(result)

    @property
    def pending(self) -> list[Bundle]:
        with self._lock:
            return [bundle for bundle, _ in self._pending.values()]

    @property
    def last(self) -> AttemptResult:
        return self.results[-1]


def done(error: BaseException | None = None) -> Future[None]:
    """A future that has ended."""
    future: Future[None] = Future()
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
    return future


async def until(condition: Callable[[], bool]) -> None:
    """Give the loop its turns until the condition holds; the test's own time limit ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 — the condition is changed in other threads
        await asyncio.sleep(0.001)
