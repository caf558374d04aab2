"""Between spider and network: what hosts say of being asked too often is heeded, and a redirect waits for its turn at its host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.download_handler import Downloads
from crawler.hosts import host_key
from crawler.pace import HOP_PATIENCE_SECONDS, PATIENCE_SECONDS, HostPaces
from crawler.problems import FetchProblem, make_problem
from crawler.redirects import HOPS
from crawler.work import header
from news.header_times import parse_retry_after
from news.sources import Problem

TAKES_TURN = "quivive_takes_turn"
"""The key under which True stands for a request that stood in no queue for its host, and must wait for its turn like a redirect."""
_BEGAN = "quivive_began"
"""The key in a request's meta under which the moment stands (the event loop's) at which it was let through."""
_TOO_OFTEN = frozenset({429, 503})
"""RFC 6585 §4, RFC 9110 §15.6.4."""


class HasPaces(Protocol):
    """What this middleware needs of the spider."""

    paces: HostPaces
    clock: Callable[[], datetime]
    downloads: Downloads


class PolitenessMiddleware:
    """A downloader middleware, before all others: refuses what a host that rests must not be asked, and hears what hosts say."""

    def __init__(self, spider: HasPaces, delay_seconds: float) -> None:
        self._spider = spider
        self._paces = spider.paces
        self._delay_seconds = delay_seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PolitenessMiddleware:
        return cls(cast("HasPaces", crawler.spider), crawler.settings.getfloat("DOWNLOAD_DELAY"))

    async def process_request(self, request: Request) -> None:
        """Raise FetchProblem if the host asked to be left alone for long; hold back until the host's next turn what waited for none."""
        loop, host = asyncio.get_running_loop(), host_key(request.url)
        is_hop = bool(request.meta.get(HOPS) or request.meta.get(TAKES_TURN))
        rest = self._paces.rest_of(host, loop.time())
        if rest > (HOP_PATIENCE_SECONDS if is_hop else PATIENCE_SECONDS):
            raise FetchProblem(_left_alone(host, self._paces.status_of(host), timedelta(seconds=rest)))
        if is_hop:
            wait = self._paces.take_turn(host, self._delay_seconds, loop.time()) - loop.time()
            if wait > 0:
                await self._spider.downloads.sleep(wait, request.url)
        request.meta[_BEGAN] = loop.time()

    def process_response(self, request: Request, response: Response) -> Response:
        """Hear whether the host was asked too often."""
        now, host = asyncio.get_running_loop().time(), host_key(request.url)
        if response.status in _TOO_OFTEN:
            asked = parse_retry_after(header(response, "Retry-After"), self._spider.clock())
            seconds = None if asked is None else asked.total_seconds()
            self._paces.refuse(host, response.status, self._delay_seconds, request.meta.get(_BEGAN, now), now, seconds)
        elif response.status < 400:
            self._paces.recover(host)
        return response


def _left_alone(host: str, status: int, rest: timedelta) -> Problem:
    seconds = f"{rest.total_seconds():.0f} s"
    return make_problem(f"http_{status}", f"{host} refused before, and is left alone for {seconds}", rest)
