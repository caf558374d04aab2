"""One full round: polls sources whatever their schedule, fetches pages, archives, matches, delivers what is due, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from news.alerts import Alert
from news.errors import UsageError
from news.sources import DueSource
from news.wording import Wording
from quivive.collector import leave_out_what_stays
from quivive.config import Configuration
from quivive.rebuilding import rebuilding_beside
from quivive.reporting import FailedSource
from quivive.rounds import RoundSummary
from quivive.service import Service
from quivive.wiring import open_archive

GRACE_SECONDS = 2.0
"""How long what is in hand may take when the round is interrupted; somebody waits for the prompt."""

PORTION = 1_000
"""Pieces of work queued together. Each portion is finished before the next: many small ones would leave the workers idle at their ends."""


async def poll_once(
    configuration: Configuration,
    names: Sequence[str],
    clock: Callable[[], datetime],
    announce: Callable[[Alert], None],
    progress: Callable[[Service, int], None] = lambda _service, _total: None,
) -> RoundSummary:
    """Do one round with the sources of these names or URLs (all, if none is given). Raises `UsageError` for an unknown one."""
    started_at = clock()
    archive = await asyncio.to_thread(open_archive, configuration, started_at)
    try:
        sources, unknown = archive.find_sources(names)
        if unknown:
            raise UsageError(Wording("no configured source is called {unknown}; `quivive sources` lists them", unknown=", ".join(unknown)))
        failures: list[FailedSource] = []
        service = Service(configuration, archive, clock, announce, failures.append)
        try:
            async with rebuilding_beside(archive):
                await _run_round(service, sources, clock, lambda: progress(service, len(sources)))
                await service.watch_volumes()
                await service.deliver_all_due()
        finally:
            await service.dispatcher.stop(GRACE_SECONDS)  # what was accepted must be noted before the archive is closed
            await service.join_readers()
        pending = archive.report_status(clock()).contents.deliveries.pending
        undelivered = tuple(archive.report_undelivered())
        return RoundSummary(service.totals, pending, (clock() - started_at).total_seconds(), tuple(failures), undelivered)
    finally:
        await asyncio.to_thread(archive.close)


async def _run_round(service: Service, sources: Sequence[DueSource], clock: Callable[[], datetime], tell: Callable[[], None]) -> None:
    leave_out_what_stays()
    crawling = asyncio.create_task(service.crawl.run())
    teller = asyncio.create_task(_keep_telling(tell))
    try:
        await _poll_all(service, sources)
        await _fill_gaps(service, clock)
        await _fetch_due_pages(service, clock())
    finally:
        teller.cancel()
        await service.crawl.stop(timedelta(seconds=GRACE_SECONDS))
        await asyncio.gather(crawling)


async def _poll_all(service: Service, sources: Sequence[DueSource]) -> None:
    """Poll the sources, and fetch the pages that they bring as far as the crawl's queue holds them."""
    for start in range(0, len(sources), PORTION):
        for source in sources[start : start + PORTION]:
            service.crawl.add(source)
        await service.crawl.join()


async def _fill_gaps(service: Service, clock: Callable[[], datetime]) -> None:
    """Read the places that may hold what was missed, as far as each leads at once to the next; what is to be tried again waits."""
    while sum(service.crawl.add(place) for place in await service.read_due_repairs(clock(), PORTION)):
        await service.crawl.join()


async def _fetch_due_pages(service: Service, since: datetime) -> None:
    """Fetch what is still due, from an earlier run or because the crawl's queue was full, each page once.

    What the queue does not hold is offered again when it is empty; it then takes at least one page, unless the crawl is ending.
    """
    tried: set[int] = set()
    while True:
        due = await service.read_due_pages(since, PORTION, tried)
        taken = {page.entry_id for page in due if service.crawl.add(page)}
        if not taken:
            return
        tried |= taken
        await service.crawl.join()


async def _keep_telling(tell: Callable[[], None]) -> None:
    while True:
        tell()
        await asyncio.sleep(0.2)
