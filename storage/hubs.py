"""The part of the archive that hubs are concerned with: whom to ask, what they answered, and what they tell of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Protocol, TypeVar

from news.sources import DueSubscription, PollOutcome
from news.websub import Asking, Subscription
from storage.file.database import Database
from storage.recording import polls, sources, subscriptions
from storage.recording.watch import Tally, Watch

T = TypeVar("T")


class Ask(Protocol):
    """Answers a question beside whoever writes."""

    def __call__(self, question: Callable[..., T], *arguments: Any) -> T: ...


class Hubs:
    """Of one archive. What writes returns a future that is done once it is committed."""

    def __init__(self, ask: Ask, submit: Callable[[Callable[[Database], Any]], Future[Any]], get_watch: Callable[[], Watch]) -> None:
        self._ask = ask
        self._submit = submit
        self._get_watch = get_watch

    def due_subscriptions(self, now: datetime, limit: int, in_hand: Collection[int]) -> list[DueSubscription]:
        """The hubs to be asked, without those in hand, by the subscriptions' ids. Their callbacks lack what comes before the last slash."""
        return self._ask(subscriptions.list_due_subscriptions, now, limit, in_hand)

    def find_subscription(self, token: str) -> Subscription | None:
        """The subscription whose callback has an address that ends so."""
        return self._ask(subscriptions.find_subscription, token)

    def move_callbacks(self, base: str, now: datetime) -> Future[None]:
        """Take over that the addresses of callbacks begin with `base` from now on."""
        return self._submit(lambda db: subscriptions.move_callbacks(db, base, now))

    def record_asking(self, asking: Asking, now: datetime) -> Future[None]:
        """Write what came of a request to a hub."""
        return self._submit(lambda db: subscriptions.record_asking(db, asking, now))

    def confirm(self, token: str, mode: str, topic: str, lease_seconds: str | None, now: datetime) -> Future[bool]:
        """Take note that a hub asks back whether a request is meant; whether it is."""
        return self._submit(lambda db: subscriptions.confirm(db, token, mode, topic, lease_seconds, now))

    def deny(self, token: str, topic: str, reason: str | None, now: datetime) -> Future[bool]:
        """Take note that a hub denies a subscription; false if there is none of that kind."""
        return self._submit(lambda db: subscriptions.deny(db, token, topic, reason, now))

    def record_told(self, subscription_id: int, outcome: PollOutcome, now: datetime) -> Future[Tally]:
        """Write what a hub told of, with all that follows from it: as a poll would, but for what only a poll proves.

        Neither validators nor schedule change, and entries that are missing in it mean nothing: hubs tell of what is new alone.
        """

        def operation(db: Database) -> Tally:
            subscriptions.note_telling(db, subscription_id, now)
            return polls.record_told(db, self._get_watch(), outcome, now)

        return self._submit(operation)

    def record_hint(self, known: Subscription, now: datetime) -> Future[None]:
        """A hub said that there is news, and not which: poll the source soon."""

        def operation(db: Database) -> None:
            subscriptions.note_telling(db, known.subscription_id, now)
            sources.poll_when_told(db, self._get_watch(), known.source_id, now)

        return self._submit(operation)
