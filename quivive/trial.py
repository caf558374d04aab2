"""Looking at the network before anything is kept: a crawl of a command's own, whose outcomes go to whoever asked for them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler import Crawl, CrawlSettings
from news.site_feeds import DueSite, SiteOutcome
from news.sources import DuePage, DueSource, PageOutcome, PollOutcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from quivive.config.asking import Asking

_GRACE = timedelta(seconds=1)
_AT_ONCE = 8
"""Requests in flight at most: the feeds of one site, most of the time."""

_MOST_QUESTIONS = 100
"""For which a trial of a source knows how it is asked."""


class Trial:
    """Asks for one thing after another, each under a number of its own. See `begin_trial`."""

    def __init__(self, settings: CrawlSettings, clock: Callable[[], datetime], asking: Asking | None) -> None:
        numbers = range(1, _MOST_QUESTIONS)
        self.crawl = Crawl(
            replace(
                settings,
                concurrency=min(settings.concurrency, _AT_ONCE),
                workers=1,
                requests=dict.fromkeys(numbers, asking.request) if asking and asking.request else {},
                listings=dict.fromkeys(numbers, asking.listing) if asking and asking.listing else {},
            ),
            clock,
            {DueSource: self._take_poll, DuePage: self._take_page, DueSite: self._take_site},
        )
        self._numbers = itertools.count(1)
        self._awaited: dict[tuple[type, int], asyncio.Future[Any]] = {}

    async def look(self, url: str) -> SiteOutcome:
        """What the address says of feeds."""
        number = next(self._numbers)
        outcome: SiteOutcome = await self._ask(DueSite(number, url), number)
        return outcome

    async def poll(self, url: str) -> PollOutcome:
        """Ask for the feed at the address once, without condition, and read it as the daemon would."""
        number = next(self._numbers)
        outcome: PollOutcome = await self._ask(DueSource(number, url), number)
        return outcome

    async def fetch(self, url: str) -> PageOutcome:
        """The article at the address, as far as robots.txt permits."""
        number = next(self._numbers)
        outcome: PageOutcome = await self._ask(DuePage(number, number, url), number)
        return outcome

    async def _ask(self, work: DueSite | DueSource | DuePage, number: int) -> Any:
        answer = self._awaited[type(work), number] = asyncio.get_running_loop().create_future()
        self.crawl.add(work)
        try:
            return await answer
        finally:
            del self._awaited[type(work), number]

    def fail(self, error: BaseException) -> None:
        """Tell whoever waits that there will be no answer."""
        for answer in self._awaited.values():
            if not answer.done():
                answer.set_exception(error)

    async def _take_poll(self, outcome: PollOutcome) -> None:
        self._answer(DueSource, outcome.source_id, outcome)

    async def _take_page(self, outcome: PageOutcome) -> None:
        self._answer(DuePage, outcome.entry_id, outcome)

    async def _take_site(self, outcome: SiteOutcome) -> None:
        self._answer(DueSite, outcome.source_id, outcome)

    def _answer(self, kind: type, number: int, outcome: object) -> None:
        answer = self._awaited.get((kind, number))
        if answer is not None and not answer.done():  # whoever waited may have been interrupted
            answer.set_result(outcome)


@asynccontextmanager
async def begin_trial(settings: CrawlSettings, clock: Callable[[], datetime], asking: Asking | None = None) -> AsyncIterator[Trial]:
    """A trial that ends with the block, whatever is still in flight. What its crawl dies of is raised where an answer is awaited.

    `asking`: how everything is asked and read, where that is the source's own.
    """
    trial = Trial(settings, clock, asking)
    running = asyncio.create_task(trial.crawl.run())
    running.add_done_callback(lambda task: trial.fail(error) if not task.cancelled() and (error := task.exception()) else None)
    try:
        yield trial
    finally:
        await trial.crawl.stop(_GRACE)
        await asyncio.gather(running, return_exceptions=True)
