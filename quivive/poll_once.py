"""One full round: polls sources whatever their schedule, fetches pages, archives, matches, delivers what is due, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from news.alerts import Alert
from news.errors import UsageError
from news.sources import DueSource
from quivive.collector import calm_collector
from quivive.config import Configuration
from quivive.rebuilding import rebuilding_beside
from quivive.service import Service
from quivive.wiring import open_archive

GRACE_SECONDS = 2.0
"""How long what is in hand may take when the round is interrupted; somebody waits for the prompt."""

PORTION = 1_000
"""Pieces of work queued together. Each portion is finished before the next: many small ones would leave the workers idle at their ends."""


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """What a round did; `as_json` is what `poll --json` prints."""

    as_json: dict[str, Any]
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    """URL, code and message of each source that failed."""


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
            raise UsageError(f"no configured source is called {', '.join(unknown)}; `quivive sources` lists them")
        failures: list[tuple[str, str, str]] = []
        service = Service(configuration, archive, clock, announce, lambda url, why: failures.append((url, why.code, why.message)))
        try:
            async with rebuilding_beside(archive):
                await _run_round(service, sources, clock, lambda: progress(service, len(sources)))
                await service.deliver_due()
                await service.dispatcher.join()
        finally:
            await service.dispatcher.stop(GRACE_SECONDS)  # what was accepted must be noted before the archive is closed
            await service.join_readers()
        return RoundSummary(_sum_up(service, archive.report_status(clock()), (clock() - started_at).total_seconds()), failures)
    finally:
        await asyncio.to_thread(archive.close)


async def _run_round(service: Service, sources: Sequence[DueSource], clock: Callable[[], datetime], tell: Callable[[], None]) -> None:
    calm_collector()
    crawling = asyncio.create_task(service.crawl.run())
    teller = asyncio.create_task(_keep_telling(tell))
    try:
        await _poll_all(service, sources)
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


async def _fetch_due_pages(service: Service, since: datetime) -> None:
    """Fetch what is still due, from an earlier run or because the crawl's queue was full, each page once.

    What the queue does not hold is offered again when it is empty; it then takes at least one page, unless the crawl is ending.
    """
    tried: set[int] = set()
    while True:
        due = await service.read_due_pages(since, PORTION + len(tried))
        taken = {page.entry_id for page in due if page.entry_id not in tried and service.crawl.add(page)}
        if not taken:
            return
        tried |= taken
        await service.crawl.join()


async def _keep_telling(tell: Callable[[], None]) -> None:
    while True:
        tell()
        await asyncio.sleep(0.2)


def _sum_up(service: Service, status: dict[str, Any], seconds: float) -> dict[str, Any]:
    totals = service.totals
    return {
        "sources": {"polled": totals.polled, "unchanged": totals.unchanged, "failed": totals.failed},
        "entries": {"seen": totals.entries_seen, "new": totals.entries_new},
        "articles": {
            "new": totals.articles_new,
            "revised": totals.articles_revised,
            "duplicates": totals.duplicates,
            "failed": totals.pages_failed,
        },
        "alerts": {"created": totals.alerts},
        "deliveries": {"sent": totals.sent, "pending": status["deliveries"]["pending"], "dead": totals.dead},
        "seconds": round(seconds, 3),
    }
