"""The crawl, whose settings may change while it works: what is in hand is finished under those it was begun with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from crawler import Crawl, CrawlSettings, Work
from news.sources import ParsedFeed, Problem

LONGEST_END = timedelta(seconds=10)
"""What is in hand when settings change may take so long. What has no answer by then is asked for again under the new settings."""


class Crawling:
    """A crawl and, after its settings changed, the one before it, which begins nothing more and ends when its last request is done.

    Only one at a time is ending, so that a hundred reloads make no hundred crawls: settings that change meanwhile count when it has
    ended, the newest of them.
    """

    def __init__(self, settings: CrawlSettings, make: Callable[[CrawlSettings, Crawl | None], Crawl]) -> None:
        """`make` makes a crawl that takes the place of another, or of none."""
        self._make = make
        self._wanted = self._settings = settings
        self._current = make(settings, None)
        self._outgoing: Crawl | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lasting: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[None] | None = None
        self._is_stopping = False

    @property
    def settings(self) -> CrawlSettings:
        """Those that what is begun now is begun with."""
        return self._settings

    def add(self, work: Work) -> bool:
        """Queue a piece of work. False if its source or entry is in hand already, the queue is full, or all is ending."""
        if self._outgoing is not None and self._outgoing.has(work):
            return False
        return self._current.add(work)

    def in_hand(self, kind: type[Work]) -> frozenset[int]:
        """The ids of the sources, or of the entries, that are queued or being worked on."""
        leaving = self._outgoing.in_hand(kind) if self._outgoing is not None else frozenset()
        return self._current.in_hand(kind) | leaving

    async def run(self) -> None:
        """Fetch until `stop`. Raises what a crawl died of. Call it once."""
        self._ended = asyncio.get_running_loop().create_future()
        self._begin(self._current)
        try:
            await self._ended
        finally:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def read_feed(self, source_id: int, body: bytes, url: str, content_type: str | None) -> ParsedFeed | Problem:
        """What a body is that came without being asked for; see `Crawl.read_feed`."""
        return await self._current.read_feed(source_id, body, url, content_type)

    async def join(self) -> None:
        """Wait until nothing is queued or in hand. Raises what the crawl died of; returns if it was stopped."""
        await self._current.join()

    def take_over(self, settings: CrawlSettings) -> None:
        """Begin from now on with these settings, or as soon as the crawl before the present one has ended. Drops nothing in hand."""
        self._wanted = settings
        if self._outgoing is None and not self._is_stopping and settings != self._settings:
            outgoing = self._outgoing = self._current
            self._current, self._settings = self._make(settings, outgoing), settings
            self._begin(self._current)
            self._start(self._let_end(outgoing))

    async def stop(self, grace: timedelta | None = None) -> None:
        """End: what is queued is dropped at once, requests in flight when the grace is over. What is dropped is still due."""
        self._is_stopping = True
        crawls = [crawl for crawl in (self._current, self._outgoing) if crawl is not None]
        await asyncio.gather(*(crawl.stop(grace) for crawl in crawls))

    def _begin(self, crawl: Crawl) -> None:
        self._start(crawl.run(), lasts=True)

    async def _let_end(self, crawl: Crawl) -> None:
        await crawl.stop(LONGEST_END)
        self._outgoing = None
        self.take_over(self._wanted)

    def _start(self, work: Coroutine[Any, Any, None], *, lasts: bool = False) -> None:
        """Run `work` beside; what it dies of, all dies of. `run` is over when the last of the work that lasts is."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        if lasts:
            self._lasting.add(task)
        task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._lasting.discard(task)
        if self._ended is None or self._ended.done():
            return
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ended.set_exception(error)
        elif not self._lasting:
            self._ended.set_result(None)
