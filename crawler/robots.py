"""robots.txt for pages (RFC 9309): who may be asked for what, remembered for at most a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.download_handler import PROXY, Dropped
from crawler.failures import problem_of
from crawler.hosts import host_key
from crawler.pace import HostPaces
from crawler.problems import FetchProblem, make_http_problem, make_problem
from crawler.reading import read_robots
from crawler.reading_queue import Document
from crawler.redirects import MAX_HOPS, check_url
from crawler.robots_rules import Ruling, is_quick, product_token, rule, text_of
from crawler.workers import Workers, WorkersStopped
from news.sources import Problem

OBEY = "quivive_obey_robots"
"""The key in a request's meta that says that it is for a page and must obey robots.txt."""
MAX_REDIRECTS = 5
AGE_SECONDS = 24 * 3600
FAILURE_AGE_SECONDS = 600
MOST_HOSTS = 2000
MOST_CHARACTERS = 20_000_000
"""Of all texts that are remembered together: 2000 hosts that send half a megabyte each must not fill the memory."""
_NOTHING_SAID = Ruling(is_allowed=True, crawl_delay_seconds=0.0)
_AS_FOR_THE_PAGE = frozenset({"dns", "refused", "tls", "forbidden_address"})
"""What keeps the whole host from being reached, the page included, is called by its own name."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says, or why it could not be had; `expires` is on the event loop's scale."""

    expires: float
    text: str = ""
    problem: Problem | None = None


class RobotsCache:
    """The rules of the hosts asked lately. One host's rules are fetched once, however many pages wait for them.

    `fetch` gets an address; `judge` decides elsewhere what would take long here: it gets the text, the address and the product token.
    """

    def __init__(
        self,
        user_agent: str,
        fetch: Callable[[str], Awaitable[Response]],
        judge: Callable[[str, str, str], Awaitable[Ruling]],
    ) -> None:
        self._token = product_token(user_agent)
        self._fetch = fetch
        self._judge = judge
        self._rules: OrderedDict[str, asyncio.Future[Rules]] = OrderedDict()

    async def check(self, url: str) -> float:
        """The host's `Crawl-delay` in seconds, 0 if it names none. Raises FetchProblem (`robots`) if the page must not be fetched now."""
        host = _host_of(url)
        rules = await self._rules_of(host)
        if rules.problem is not None:
            raise FetchProblem(rules.problem)
        ruling = await self._rule(rules.text, url, host) if rules.text else _NOTHING_SAID
        if not ruling.is_allowed:
            raise FetchProblem(make_problem("robots", "robots.txt disallows this URL"))
        return ruling.crawl_delay_seconds

    async def _rule(self, text: str, url: str, host: str) -> Ruling:
        if is_quick(text, url):
            return rule(text, url, self._token)
        try:
            return await self._judge(text, url, self._token)
        except FetchProblem as error:
            loop = asyncio.get_running_loop()
            problem = _unreadable(problem_of(error))
            judged = self._rules[host] = loop.create_future()  # it would cost a worker as much again with the next page
            judged.set_result(Rules(loop.time() + FAILURE_AGE_SECONDS, problem=problem))
            raise FetchProblem(problem) from error

    async def _rules_of(self, host: str) -> Rules:
        loop = asyncio.get_running_loop()
        known = self._rules.get(host)
        if known is not None and not (known.done() and (known.cancelled() or known.exception() or known.result().expires <= loop.time())):
            self._rules.move_to_end(host)
            return await asyncio.shield(known)
        read = self._rules[host] = asyncio.ensure_future(self._read(f"{host}/robots.txt"))
        self._rules.move_to_end(host)
        rules = await asyncio.shield(read)
        self._forget_oldest()
        return rules

    def _forget_oldest(self) -> None:
        sizes = {host: len(known.result().text) for host, known in self._rules.items() if _is_had(known)}
        characters = sum(sizes.values())
        while len(self._rules) > MOST_HOSTS or characters > MOST_CHARACTERS:
            host, _ = self._rules.popitem(last=False)
            characters -= sizes.get(host, 0)

    async def _read(self, url: str) -> Rules:
        now = asyncio.get_running_loop().time
        try:
            response = await self._fetch(url)
        except Dropped:
            raise
        except Exception as error:  # noqa: BLE001 - `problem_of` knows what is expected, and logs the rest
            return _rules_after(problem_of(error), now())
        if response.status >= 500:
            return _rules_after(make_http_problem(response.status), now())
        if not 200 <= response.status < 300:
            return Rules(now() + AGE_SECONDS)  # RFC 9309 §2.3.1.3: there is none, so all is allowed
        return Rules(now() + AGE_SECONDS, text=text_of(response.body))


def _is_had(known: asyncio.Future[Rules]) -> bool:
    return known.done() and not known.cancelled() and known.exception() is None


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _rules_after(problem: Problem, now: float) -> Rules:
    """The rules of a host whose robots.txt could not be had (RFC 9309 §2.3.1): nothing is allowed for now, but after too many redirects."""
    if problem.code == "redirect_loop":
        return Rules(now + AGE_SECONDS)
    return Rules(now + FAILURE_AGE_SECONDS, problem=_unreadable(problem))


def _unreadable(problem: Problem) -> Problem:
    return problem if problem.code in _AS_FOR_THE_PAGE else make_problem("robots", f"robots.txt could not be read: {problem.code}")


class HasCapacity(Protocol):
    """What this middleware needs of the spider."""

    workers: Workers
    paces: HostPaces


class RobotsMiddleware:
    """A downloader middleware: asks the host's robots.txt before each page, also before each hop of a redirect."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._allowed = crawler.settings["QUIVIVE_ALLOW_ADDRESSES"]
        spider = cast("HasCapacity", crawler.spider)
        self._workers, self._paces = spider.workers, spider.paces
        self._caches: dict[str | None, RobotsCache] = {}
        """By the proxy through which a source is asked; None for those that are asked directly."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise FetchProblem if the page must not be fetched."""
        if request.meta.get(OBEY):
            check_url(request.url, self._allowed)  # a forbidden URL is called that, and no robots.txt is asked for
            crawl_delay = await self._cache_through(request.meta.get(PROXY)).check(request.url)
            self._paces.heed_crawl_delay(host_key(request.url), crawl_delay, asyncio.get_running_loop().time())

    def _cache_through(self, proxy: str | None) -> RobotsCache:
        if proxy not in self._caches:
            self._caches[proxy] = RobotsCache(self._crawler.settings["USER_AGENT"], partial(self._fetch, proxy), self._judge)
        return self._caches[proxy]

    async def _fetch(self, proxy: str | None, url: str) -> Response:
        request = Request(
            url,
            headers={"User-Agent": self._crawler.settings["USER_AGENT"], "Accept": "text/plain, */*;q=0.5"},
            meta={"download_timeout": self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT"), MAX_HOPS: MAX_REDIRECTS, PROXY: proxy},
            dont_filter=True,
        )
        return await self._crawler.engine.download_async(request)

    async def _judge(self, text: str, url: str, token: str) -> Ruling:
        host = host_key(url)
        try:
            verdict = await self._workers.read(Document(host, host, len(text)), read_robots, text, url, token)
        except WorkersStopped as error:
            raise Dropped(url) from error
        if isinstance(verdict, Problem):
            raise FetchProblem(verdict)
        return verdict
