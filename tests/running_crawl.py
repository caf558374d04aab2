"""A crawl that runs in a thread of its own, so that a test can ask for one outcome after another and share its workers.

with RunningCrawl(crawl_settings()) as crawl:
    outcome = crawl.poll(site.url("/feed"))
    page = crawl.fetch(site.url("/article"))
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from types import TracebackType
from typing import Any, Self

from crawler import Crawl, CrawlSettings, Work
from news.sources import DuePage, DueSource, PageOutcome, PollOutcome

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
_LONGEST_WAIT_SECONDS = 40


def crawl_settings(**changes: Any) -> CrawlSettings:
    """Settings for loopback sites: they may be fetched, without delay between requests."""
    settings = CrawlSettings(
        user_agent="quivive-test/1.0 (+https://journal.example/bot)",
        concurrency_per_host=16,
        delay_per_host=timedelta(0),
        allow_addresses=(ip_network("127.0.0.0/8"),),
        timeout=timedelta(seconds=20),
    )
    return replace(settings, **changes)


class RunningCrawl:
    """See the top of this file."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._settings = settings
        self._ids = itertools.count(1)
        self._waiting: dict[tuple[str, int], Future[Any]] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="running-crawl", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that it runs on."""
        return self._loop

    def poll(self, url: str, **validators: str) -> PollOutcome:
        """The outcome of polling the feed at `url`."""
        return self.start_poll(url, **validators).result(_LONGEST_WAIT_SECONDS)

    def fetch(self, url: str, title: str | None = None) -> PageOutcome:
        """The outcome of fetching the page at `url`, of an entry of that title."""
        return self.start_fetch(url, title).result(_LONGEST_WAIT_SECONDS)

    def start_poll(self, url: str, **validators: str) -> Future[PollOutcome]:
        number = next(self._ids)
        return self._start(("feed", number), DueSource(number, url, **validators))

    def start_fetch(self, url: str, title: str | None = None) -> Future[PageOutcome]:
        """Begin to fetch; each page is of a source of its own."""
        number = next(self._ids)
        return self._start(("page", number), DuePage(number, number, url, title=title))

    def _start(self, key: tuple[str, int], work: Work) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting[key] = future
        self._loop.call_soon_threadsafe(self._crawl.add, work)
        return future

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._crawl = Crawl(self._settings, lambda: NOW, {DueSource: self._take_poll, DuePage: self._take_page})
        self._end = asyncio.Event()
        self._loop.call_soon(self._ready.set)
        running = asyncio.create_task(self._crawl.run())
        await self._end.wait()
        await self._crawl.stop()
        await running

    async def _take_poll(self, outcome: PollOutcome) -> None:
        self._waiting.pop(("feed", outcome.source_id)).set_result(outcome)

    async def _take_page(self, outcome: PageOutcome) -> None:
        self._waiting.pop(("page", outcome.entry_id)).set_result(outcome)
