"""One errand: sources that somebody wants polled now, their pages, and what came of it; done by a daemon among its other work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from news.alerts import Alert, AttemptResult, DeliveryStatus, make_delivery_id
from news.sources import DueSource, PageOutcome, PollOutcome
from quivive.reporting import FailedSource, failure_of
from quivive.rounds import RoundSummary
from quivive.service import Service
from quivive.totals import Totals
from storage import Tally

_TICK_SECONDS = 0.2
LONGEST_STILLNESS_SECONDS = 120.0
"""Pages of which none came for so long are left to the daemon, which fetches them when it gets round to it."""
LONGEST_SENDING_SECONDS = 60.0
"""For the first attempts at the messages that came of it."""


class Errand:
    """What is still to come, and what came. The service tells it of every poll, page and attempt; it heeds those that are its own."""

    def __init__(self, sources: Iterable[DueSource], channels_of_topic: Mapping[str, tuple[str, ...]]) -> None:
        self.sources = {source.source_id: source for source in sources}
        """Not polled yet, by their number."""
        self.pages: set[int] = set()
        """Not fetched yet, by the numbers of their entries."""
        self.deliveries: set[str] = set()
        """Not attempted yet, by their ids."""
        self.totals = Totals()
        self.failures: list[FailedSource] = []
        self.untold: list[Alert] = []
        self.steps = 0
        self._channels_of_topic = channels_of_topic
        self._own_deliveries: set[str] = set()

    def note_poll(self, outcome: PollOutcome, tally: Tally) -> None:
        if self.sources.pop(outcome.source_id, None) is not None:
            self.totals.add_poll(outcome)
            if (failed := failure_of(outcome, tally)) is not None:
                self.failures.append(failed)
            self._note(tally)

    def note_page(self, outcome: PageOutcome, tally: Tally) -> None:
        if outcome.entry_id in self.pages:
            self.pages.discard(outcome.entry_id)
            self._note(tally)

    def note_attempt(self, result: AttemptResult) -> None:
        self.deliveries.difference_update(result.delivery_ids)
        self.totals.add_attempt(result.status, len(self._own_deliveries.intersection(result.delivery_ids)))
        if result.status is not DeliveryStatus.PENDING:
            self._own_deliveries.difference_update(result.delivery_ids)

    def _note(self, tally: Tally) -> None:
        self.steps += 1
        self.totals.add(tally)
        self.pages.update(page.entry_id for page in tally.pages)
        self.untold += tally.alerts
        ids = {make_delivery_id(alert.alert_id, name) for alert in tally.alerts for name in self._channels_of_topic.get(alert.topic, ())}
        self.deliveries |= ids
        self._own_deliveries |= ids


async def run_errand(
    service: Service, sources: Iterable[DueSource], clock: Callable[[], datetime], tell: Callable[[Errand], Awaitable[None]]
) -> RoundSummary:
    """Have the sources polled whatever their schedule, among what the daemon does anyway; `tell` is called as it goes on.

    One that is being polled just then counts with what that brings. Cancelling it stops nothing that the daemon has begun.
    """
    started_at = clock()
    errand = Errand(sources, {topic.name: topic.notify for topic in service.configuration.topics})
    service.onlookers.append(errand)
    try:
        await _fetch(service, errand, tell)
        await _send(service, errand, tell)
    finally:
        service.onlookers.remove(errand)
    await tell(errand)
    pending = (await service.report_status()).contents.deliveries.pending
    undelivered = tuple(await service.report_undelivered())
    return RoundSummary(errand.totals, pending, (clock() - started_at).total_seconds(), tuple(errand.failures), undelivered)


async def _fetch(service: Service, errand: Errand, tell: Callable[[Errand], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()  # whose time nobody can set
    steps, moved_at = errand.steps, loop.time()
    while errand.sources or errand.pages:
        service.poll_beside(errand.sources)
        await tell(errand)
        await asyncio.sleep(_TICK_SECONDS)
        if errand.steps != steps:
            steps, moved_at = errand.steps, loop.time()
        if not errand.sources and loop.time() - moved_at > LONGEST_STILLNESS_SECONDS:
            return


async def _send(service: Service, errand: Errand, tell: Callable[[Errand], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_SENDING_SECONDS
    while errand.deliveries and service.is_telling and loop.time() < until:
        await tell(errand)  # on and on: who asked gives up on a daemon that is silent for a minute
        await asyncio.sleep(_TICK_SECONDS)
