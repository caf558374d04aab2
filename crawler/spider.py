"""The one long-lived spider: it lives as long as the program, so that connections and DNS stay warm, and turns due work into requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Protocol

from scrapy import Request, Spider
from scrapy.logformatter import LogFormatter

from crawler.capacity import Capacity
from crawler.credentials import own_cookies
from crawler.download_handler import PROXY, Downloads
from crawler.frontier import Work
from crawler.kinds import body_of, kind_of
from crawler.redirects import COOKIES, OWN, VERBATIM
from crawler.robots import OBEY
from crawler.settings import CrawlSettings, RequestSettings
from crawler.web_url import asked_url


class Desk(Protocol):
    """What fetches, as long as the program lives."""

    async def hand_out(self) -> None:
        """Begin each piece of work as soon as it may begin; return when there will be no more."""


_NO_REQUESTS: tuple[Request, ...] = ()


class NewsSpider(Spider):
    """Keeps scrapy's engine open while the desk hands out work, and says how each piece of it is asked for.

    It yields no request: the desk has each downloaded through the engine's `download_async`. Scrapy's scheduler, scraper and spider
    middlewares have nothing to do here, and passing them by spares every poll a quarter of its CPU time.
    """

    name = "news"

    def __init__(
        self, desk: Desk, downloads: Downloads, capacity: Capacity, clock: Callable[[], datetime], crawl_settings: CrawlSettings
    ) -> None:
        super().__init__()
        self.downloads = downloads
        self.workers = capacity.workers
        self.paces = capacity.paces
        self.clock = clock
        self._desk = desk
        self._obey_robots = crawl_settings.obey_robots
        self._user_agent = crawl_settings.user_agent
        self._timeout = crawl_settings.timeout.total_seconds()
        self._requests = crawl_settings.requests

    async def start(self) -> AsyncIterator[Request]:
        """No request, until the desk says that there will be no more work."""
        await self._desk.hand_out()
        for request in _NO_REQUESTS:
            yield request

    def make_request(self, work: Work) -> Request:
        """How a piece of work is asked for. Raises ValueError for an address that is none."""
        kind = kind_of(work)
        own = self._requests.get(work.source_id)
        body = body_of(work)
        url = asked_url(work.url)
        return Request(
            url or work.url,
            method="POST" if body else "GET",
            body=body,
            headers={**kind.make_headers(work), "User-Agent": (own and own.user_agent) or self._user_agent},
            meta={
                OBEY: self._obey_robots and kind.obeys_robots,
                "download_timeout": self._timeout,
                VERBATIM: url is not None,
                **(_own_meta(own) if own else {}),
            },
            dont_filter=True,
        )


def _own_meta(own: RequestSettings) -> dict[str, object]:
    """What the parts between here and the network need to know of a source that is asked in a way of its own."""
    return {OWN: own, COOKIES: own_cookies(own), **({PROXY: own.proxy} if own.proxy else {})}


class SilentLogFormatter(LogFormatter):
    """Says nothing: one line per poll or page is logged where its outcome is recorded."""

    def crawled(self, *_: object) -> None:  # type: ignore[override] # scrapy's documentation permits None, its annotation does not
        return None

    def download_error(self, *_: object) -> None:  # type: ignore[override]
        return None
