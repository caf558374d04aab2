"""Archive, crawl and dispatcher joined into one: what the daemon and a single round of polling share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from crawler import Crawl, CrawlSettings, Work
from monitors import Dispatcher
from news.alerts import Alert, AttemptResult
from news.answers import ArchiveStatus, Undelivered
from news.errors import ArchiveUnusable, ArchiveUnwritable
from news.sources import (
    DuePage,
    DueRepair,
    DueSource,
    DueSubscription,
    PageOutcome,
    PollKind,
    PollOutcome,
    Problem,
    RepairOutcome,
)
from news.websub import Asking
from news.wording import Wording
from quivive.config import Configuration
from quivive.crawling import Crawling
from quivive.reporting import FailedSource, Reporter, failure_of
from quivive.totals import Totals
from quivive.wiring import make_crawl_settings, make_presentation, make_watch
from storage import Archive, Tally

log = structlog.get_logger("quivive")
Answer = TypeVar("Answer")

_TOLD_AT_ONCE = 50
"""Alerts that are logged and printed before the event loop may turn to something else: a few milliseconds."""
_BREATH_SECONDS = 0.005
"""For as long the interpreter is then left to other threads: while a feed of hundreds of entries and a hundred topics was told in one go,
50,000 alerts, the writing thread hardly came to run, and the alert of another feed took 6 s."""
PORTION = 100
"""Sources, and pages, read and taken up in one go; all that is due is taken up in as many goes as it needs, with the loop free between."""


class Onlooker(Protocol):
    """Somebody who is told of each poll and page, before what follows from it is begun, and of each attempt to send."""

    def note_poll(self, outcome: PollOutcome, tally: Tally) -> None: ...

    def note_page(self, outcome: PageOutcome, tally: Tally) -> None: ...

    def note_attempt(self, result: AttemptResult) -> None: ...


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of work for the crawl: what is due of it and not in hand, and who takes what came of it."""

    read_due: Callable[[], Awaitable[Sequence[Work]]]
    take: Callable[[Any], Awaitable[None]]


class Service:
    """One archive, its crawl and its dispatcher.

    `announce` is called with each alert once it is committed, `note_failure` with each poll that failed, once it is recorded.
    """

    def __init__(
        self,
        configuration: Configuration,
        archive: Archive,
        clock: Callable[[], datetime],
        announce: Callable[[Alert], None],
        note_failure: Callable[[FailedSource], None] = lambda _failed: None,
    ) -> None:
        self.configuration = configuration
        self.archive = archive
        self.totals = Totals()
        self.onlookers: list[Onlooker] = []
        self.callback_base: str | None = None
        """What the addresses at which hubs reach us begin with; None while nobody listens to hubs: then none is asked."""
        self._reporter = Reporter()
        self._told = Totals()
        self._clock = clock
        self._announce = announce
        self._note_failure = note_failure
        self._is_stopping = False
        self._followed = 0
        # Threads of its own, that closing can wait for: no connection may be closed under one that reads.
        self._readers = ThreadPoolExecutor(1, "due-work")
        # Started now: a thread that finds no memory dies before it says that it has begun, and whoever starts it waits for that for ever.
        self._readers.submit(int)
        self._kinds: dict[type[Work], _Kind] = {
            DueSource: _Kind(self._read_due_sources, self._on_poll),
            DuePage: _Kind(self._read_due_pages, self._on_page),
            DueRepair: _Kind(self._read_due_repairs, self._on_repair),
            DueSubscription: _Kind(self._read_due_subscriptions, self._on_asking),
        }
        self.crawl = Crawling(make_crawl_settings(configuration, archive.number_sources()), self._make_crawl)
        self.dispatcher = Dispatcher(configuration.channels, archive, clock, make_presentation(configuration), self._note_attempt)

    def _make_crawl(self, settings: CrawlSettings, former: Crawl | None) -> Crawl:
        capacity = None if former is None else former.hand_over()
        return Crawl(settings, self._clock, {work: kind.take for work, kind in self._kinds.items()}, capacity)

    async def take_up_due_work(self) -> int:
        """Hand the crawl what is due and not in hand; returns how many pieces of work it took. Raises `ArchiveError`."""
        await self._read(self.archive.require_in_place)
        return sum([await self._take_up(kind.read_due) for kind in self._kinds.values()])

    async def _take_up(self, read: Callable[[], Awaitable[Sequence[Work]]]) -> int:
        """Take up what is due, a portion at a time, until a portion brings nothing new or is the last."""
        taken = 0
        while not self._is_stopping:
            portion = await read()
            accepted = sum(self.crawl.add(work) for work in portion)
            taken += accepted
            if accepted < PORTION:
                break
        return taken

    async def _read_due_sources(self) -> Sequence[DueSource]:
        return await self._read(partial(self.archive.due_sources, self._clock(), PORTION, self.crawl.in_hand(DueSource)))

    async def _read_due_pages(self) -> Sequence[DuePage]:
        return await self.read_due_pages(self._clock(), PORTION, self.crawl.in_hand(DuePage))

    async def _read_due_repairs(self) -> Sequence[DueRepair]:
        return await self.read_due_repairs(self._clock(), PORTION)

    async def read_due_repairs(self, now: datetime, limit: int) -> Sequence[DueRepair]:
        """The places that are due at `now` to be read for what was missed, without those of the sources in hand."""
        return await self._read(partial(self.archive.due_repairs, now, limit, self.crawl.in_hand(DueRepair)))

    async def _read_due_subscriptions(self) -> Sequence[DueSubscription]:
        if self.callback_base is None:
            return []
        in_hand = self.crawl.in_hand(DueSubscription)
        due = await self._read(partial(self.archive.hubs.due_subscriptions, self._clock(), PORTION, in_hand))
        return [replace(one, callback=f"{self.callback_base}{one.callback}") for one in due]

    async def read_due_pages(self, now: datetime, limit: int, in_hand: Collection[int]) -> Sequence[DuePage]:
        """The article pages that are due at `now`, without those of the entries in hand."""
        return await self._read(partial(self.archive.due_pages, now, limit, in_hand))

    async def find_sources(self, names: Sequence[str]) -> tuple[list[DueSource], list[str]]:
        """The configured sources of these names or URLs (all, if none is given), and the names that no source has."""
        return await self._read(partial(self.archive.find_sources, names))

    async def report_status(self) -> ArchiveStatus:
        """One look at everything in the archive."""
        return await self._read(partial(self.archive.report_status, self._clock()))

    async def report_undelivered(self) -> list[Undelivered]:
        """The channels for which messages wait because they failed."""
        return await self._read(self.archive.report_undelivered)

    async def report_hour(self) -> None:
        """Say in the log what was done since the last time."""
        before, self._told = self._told, replace(self.totals)
        contents, undelivered = (await self.report_status()).contents, await self.report_undelivered()
        self._reporter.report_hour(self._told.since(before), contents, len(undelivered))

    def poll_beside(self, sources: Mapping[int, DueSource]) -> None:
        """Hand the crawl these sources, by their numbers, whatever their schedule, as far as it has room and does not have them in hand."""
        in_hand = self.crawl.in_hand(DueSource)
        for number, source in sources.items():
            if number not in in_hand and not self.crawl.add(source):
                return

    @property
    def is_telling(self) -> bool:
        """Whether something is being sent, or about to be."""
        return bool(self._followed) or self.dispatcher.is_busy

    async def _read(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._readers, question)

    async def stop(self, grace_seconds: float) -> None:
        """Begin nothing more; give messages in hand the grace, and requests theirs; return when nothing reads the archive any more."""
        self._is_stopping = True
        ends = await asyncio.gather(self.crawl.stop(), self.dispatcher.stop(grace_seconds), return_exceptions=True)
        await self.join_readers()
        for failure in filter(None, ends):  # only now: what one of them died of must not cut short the end of the other
            raise failure

    async def join_readers(self) -> None:
        """Wait until no thread looks for due work in the archive. The service looks for none afterwards."""
        self._is_stopping = True
        await asyncio.to_thread(self._readers.shutdown)

    async def deliver_due(self) -> int:
        """Tell corrections whose hour is over, escalate what is due for it, start sending what is due; returns how many messages."""
        await self._tell_corrections()
        await self._escalate_due()
        now = self._clock()
        if not self._is_stopping and await self._read(partial(self.archive.can_release_first_polls, now)):
            await asyncio.wrap_future(self.archive.release_first_polls(now))
        return await self.dispatcher.deliver_due()

    async def _tell_corrections(self) -> None:
        while not self._is_stopping and await self._read(partial(self.archive.has_due_corrections, self._clock())):
            alerts = await asyncio.wrap_future(self.archive.record_due_corrections(self._clock()))
            await self.follow_up(Tally(alerts=alerts))

    async def deliver_all_due(self) -> None:
        """Send what is due, with what escalates because of it; wait until all of that was tried."""
        await self.deliver_due()
        await self.dispatcher.join()
        while await self._read(partial(self.archive.has_due_escalations, self._clock())):
            await self.deliver_due()
            await self.dispatcher.join()

    async def _escalate_due(self) -> None:
        """Give a second channel what the first could not deliver, or what nobody has acknowledged there in time."""
        now, channels = self._clock(), self.configuration.channels
        wanted = {name: channel.policy.escalate for name, channel in channels.items() if channel.policy.escalate}
        while not self._is_stopping and await self._read(partial(self.archive.has_due_escalations, now)):
            for one in await asyncio.wrap_future(self.archive.escalate_due(wanted, now, PORTION)):
                self._reporter.report_escalation(one)

    async def _on_poll(self, outcome: PollOutcome) -> None:
        try:
            tally = await self._record_poll(outcome)
        except Exception as error:  # noqa: BLE001  # whatever it is, see there
            outcome = replace(outcome, kind=PollKind.FAILED, feed=None, problem=_unforeseen(error, outcome.url))
            tally = await self._record_poll(outcome)
        self.totals.add_poll(outcome)
        self._reporter.report_poll(outcome, tally)
        if (failed := failure_of(outcome, tally)) is not None:
            self._note_failure(failed)
        for onlooker in self.onlookers:
            onlooker.note_poll(outcome, tally)
        await self.follow_up(tally)

    async def _record_poll(self, outcome: PollOutcome) -> Tally:
        return await asyncio.wrap_future(self.archive.record_poll(outcome, self._clock()))

    async def _on_page(self, outcome: PageOutcome) -> None:
        try:
            tally = await self._record_page(outcome)
        except Exception as error:  # noqa: BLE001  # whatever it is, see there
            outcome = replace(outcome, page=None, problem=_unforeseen(error, outcome.url))
            tally = await self._record_page_or_give_up(outcome)
        self._reporter.report_page(outcome, tally)
        for onlooker in self.onlookers:
            onlooker.note_page(outcome, tally)
        await self.follow_up(tally)

    async def _on_asking(self, asking: Asking) -> None:
        await asyncio.wrap_future(self.archive.hubs.record_asking(asking, self._clock()))
        log.debug("a hub was asked", mode=asking.mode, problem=asking.problem.code if asking.problem else None)

    async def _record_page(self, outcome: PageOutcome) -> Tally:
        return await asyncio.wrap_future(self.archive.record_page(outcome, self._clock()))

    async def _record_page_or_give_up(self, outcome: PageOutcome) -> Tally:
        """Record a page that failed; if not even what its feed says can be recorded, it must not be fetched again every second."""
        try:
            return await self._record_page(outcome)
        except Exception as error:  # noqa: BLE001  # whatever it is, see there
            await asyncio.wrap_future(self.archive.give_up_page(outcome.entry_id, _unforeseen(error, outcome.url)))
            return Tally()

    async def _on_repair(self, outcome: RepairOutcome) -> None:
        try:
            tally = await self._record_repair(outcome)
        except Exception as error:  # noqa: BLE001  # whatever it is, see there
            outcome = replace(outcome, feed=None, sitemaps=(), problem=_unforeseen(error, outcome.url))
            tally = await self._record_repair(outcome)
        self._reporter.report_repair(outcome, tally)
        await self.follow_up(tally)

    async def _record_repair(self, outcome: RepairOutcome) -> Tally:
        return await asyncio.wrap_future(self.archive.record_repair(outcome, self._clock()))

    async def watch_volumes(self) -> None:
        """Look whether a topic is written about much more than usual, and begin telling it."""
        has_more = True
        while has_more and not self._is_stopping:
            tally = await asyncio.wrap_future(self.archive.watch_volumes(self._clock()))
            await self.follow_up(tally)
            has_more = tally.has_more

    async def follow_up(self, tally: Tally) -> None:
        """Count what an operation did, and begin what follows from it: its pages, and telling its alerts."""
        self.totals.add(tally)
        self._followed += 1
        try:
            await self._begin_what_follows(tally)
        finally:
            self._followed -= 1

    async def _begin_what_follows(self, tally: Tally) -> None:
        for page in tally.pages:
            self.crawl.add(page)
        for number, alert in enumerate(tally.alerts):
            if number % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(_BREATH_SECONDS if number and not self._is_stopping else 0)
            self._announce(alert)
        if tally.alerts:
            await self.dispatcher.deliver_due()

    def _note_attempt(self, channel: str, result: AttemptResult) -> None:
        self.totals.add_attempt(result.status, len(result.delivery_ids))
        for onlooker in self.onlookers:
            onlooker.note_attempt(result)
        self._reporter.report_attempt(channel, result)

    async def _sync(self) -> None:
        """Put the configuration in force in the archive."""
        configuration, now = self.configuration, self._clock()
        await asyncio.wrap_future(self.archive.sync(make_watch(configuration), configuration.sources, configuration.crawler.interval, now))

    async def set_back(self, step: timedelta) -> None:
        """The clock has gone back by `step`: what waits was put off by as much, and is brought back."""
        await asyncio.wrap_future(self.archive.set_back(step, self._clock()))

    async def reconfigure(self, configuration: Configuration) -> None:
        """Put a new configuration in force, from the next poll, version and message on."""
        self.configuration = configuration
        await self._sync()
        self.dispatcher.reload(configuration.channels, make_presentation(configuration))
        numbers = await self._read(self.archive.number_sources)
        self.crawl.take_over(make_crawl_settings(configuration, numbers))


def _unforeseen(error: Exception, url: str) -> Problem:
    """The problem of a document that was read and cannot be recorded, which is a bug of this program. Raises what is the archive's trouble.

    The same document comes again after every start: it is logged with its traceback and counts as failed where people look, and must not
    end the watch over everything else.
    """
    if isinstance(error, ArchiveUnusable | ArchiveUnwritable):
        raise error
    log.error("a document could not be recorded in a way that is not foreseen", url=url, exc_info=error)
    reason = f"{type(error).__name__}: {error}"[:160]
    return Problem("not_recorded", Wording("What was read could not be recorded ({reason}): report the URL as a bug.", reason=reason))
