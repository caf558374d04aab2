"""The last between spider and downloader: nothing waits for ever behind others at one host.

A redirect, or a robots.txt, waits at its host until those before it have their answers, and what it is for keeps its place in the crawl
meanwhile. Where a hundred sites lead to one that stalls, all places would be kept for as long as a hundred requests take.
"""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.hosts import host_key
from crawler.problems import FetchProblem, make_problem
from crawler.scrapy_insides import give_up_waiting, has_to_wait

LONGEST_WAIT_SECONDS = 60.0
"""Behind others at one host; work waits as long for a host that rests (`crawler.pace.PATIENCE_SECONDS`)."""


class WaitingMiddleware:
    """A downloader middleware, behind all others."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WaitingMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """See to it that the request fails (`timeout`) if it is not begun in time."""
        if has_to_wait(self._crawler, request):
            problem = make_problem("timeout", f"others still waited for {host_key(request.url)}")
            asyncio.get_running_loop().call_later(LONGEST_WAIT_SECONDS, give_up_waiting, self._crawler, request, FetchProblem(problem))
