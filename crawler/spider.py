"""The one long-lived spider: turns due work into requests as long as the program lives, so that connections and DNS stay warm."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Protocol

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from twisted.python.failure import Failure

from crawler.capacity import Capacity
from crawler.credentials import own_cookies
from crawler.download_handler import PROXY, Downloads
from crawler.frontier import Work
from crawler.kinds import body_of, kind_of
from crawler.problems import FetchProblem, make_problem
from crawler.redirects import COOKIES, OWN
from crawler.robots import OBEY
from crawler.settings import CrawlSettings, RequestSettings

WORK = "quivive_work"


class Desk(Protocol):
    """Where the spider gets its work and brings what came of it."""

    async def next_work(self) -> Work | None:
        """The next piece of work, with its permit, as soon as there is one; None when there will be no more."""

    async def answered(self, work: Work, answer: Response | BaseException) -> None:
        """Take the answer to a piece of work, or the error there was instead."""


class NewsSpider(Spider):
    """Asks for what the desk hands out. `start` waits for permits itself: scrapy pulls it even while the engine is backed up."""

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
        """A request for each piece of work, until the desk says that there will be no more."""
        while (work := await self._desk.next_work()) is not None:
            try:
                request = self.make_request(work)
            except ValueError as error:  # scrapy refuses a URL without a scheme, for one
                await self._desk.answered(work, FetchProblem(make_problem("unsupported_url", f"{work.url[:200]}: {error}")))
            else:
                yield request

    def make_request(self, work: Work) -> Request:
        """How a piece of work is asked for. Raises ValueError for an address that is none."""
        kind = kind_of(work)
        own = self._requests.get(work.source_id)
        body = body_of(work)
        return Request(
            work.url,
            method="POST" if body else "GET",
            body=body,
            callback=self.take_response,
            errback=self.take_failure,
            headers={**kind.make_headers(work), "User-Agent": (own and own.user_agent) or self._user_agent},
            meta={
                WORK: work,
                OBEY: self._obey_robots and kind.obeys_robots,
                "download_timeout": self._timeout,
                **(_own_meta(own) if own else {}),
            },
            dont_filter=True,
        )

    async def take_response(self, response: Response) -> None:
        """Bring an answer to the desk."""
        assert response.request is not None
        await self._desk.answered(response.request.meta[WORK], response)

    async def take_failure(self, failure: Failure) -> None:
        """Bring to the desk why there was no answer."""
        # scrapy sets both before it calls; twisted's annotations do not know
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        await self._desk.answered(request.meta[WORK], failure.value)


def _own_meta(own: RequestSettings) -> dict[str, object]:
    """What the parts between here and the network need to know of a source that is asked in a way of its own."""
    return {OWN: own, COOKIES: own_cookies(own), **({PROXY: own.proxy} if own.proxy else {})}


class SilentLogFormatter(LogFormatter):
    """Says nothing: one line per poll or page is logged where its outcome is recorded."""

    def crawled(self, *_: object) -> None:  # type: ignore[override] # scrapy's documentation permits None, its annotation does not
        return None

    def download_error(self, *_: object) -> None:  # type: ignore[override]
        return None
