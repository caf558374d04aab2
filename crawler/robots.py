"""robots.txt for pages (RFC 9309): who may be asked for what, remembered for at most a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.download_handler import Dropped
from crawler.failures import problem_of
from crawler.problems import FetchProblem, make_http_problem, make_problem
from crawler.redirects import MAX_HOPS, check_url
from news.sources import Problem

OBEY = "quivive_obey_robots"
"""The key in a request's meta that says that it is for a page and must obey robots.txt."""
MAX_BYTES = 512_000
"""RFC 9309 §2.5 asks to read at least 500 kibibytes."""
MAX_REDIRECTS = 5
AGE_SECONDS = 24 * 3600
FAILURE_AGE_SECONDS = 600
MOST_HOSTS = 2000
_BYTES_PARSED_IN_LOOP = 20_000
_AS_FOR_THE_PAGE = frozenset({"dns", "refused", "tls", "forbidden_address"})
"""What keeps the whole host from being reached, the page included, is called by its own name."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says, or why it could not be had; `expires` is on the event loop's scale."""

    expires: float
    parser: Protego | None = None
    problem: Problem | None = None


class RobotsCache:
    """The rules of the hosts asked lately. One host's rules are fetched once, however many pages wait for them."""

    def __init__(self, user_agent: str, fetch: Callable[[str], Awaitable[Response]]) -> None:
        self._user_agent = user_agent
        self._fetch = fetch
        self._rules: OrderedDict[str, asyncio.Future[Rules]] = OrderedDict()

    async def check(self, url: str) -> None:
        """Raise FetchProblem (`robots`) if the page must not be fetched now."""
        rules = await self._rules_of(url)
        if rules.problem is not None:
            raise FetchProblem(rules.problem)
        if rules.parser is not None and not rules.parser.can_fetch(url, self._user_agent):
            raise FetchProblem(make_problem("robots", "robots.txt disallows this URL"))

    async def _rules_of(self, url: str) -> Rules:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        loop = asyncio.get_running_loop()
        known = self._rules.get(host)
        if known is None or (known.done() and (known.cancelled() or known.exception() or known.result().expires <= loop.time())):
            known = self._rules[host] = asyncio.ensure_future(self._read(f"{host}/robots.txt"))
        self._rules.move_to_end(host)
        while len(self._rules) > MOST_HOSTS:
            self._rules.popitem(last=False)
        return await asyncio.shield(known)

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
        return Rules(now() + AGE_SECONDS, parser=await _parse(response.body[:MAX_BYTES]))


def _rules_after(problem: Problem, now: float) -> Rules:
    """The rules of a host whose robots.txt could not be had (RFC 9309 §2.3.1): nothing is allowed for now, but after too many redirects."""
    if problem.code == "redirect_loop":
        return Rules(now + AGE_SECONDS)
    if problem.code not in _AS_FOR_THE_PAGE:
        problem = make_problem("robots", f"robots.txt could not be read: {problem.code}")
    return Rules(now + FAILURE_AGE_SECONDS, problem=problem)


async def _parse(body: bytes) -> Protego:
    text = body.decode("utf-8-sig", "ignore")
    if len(text) <= _BYTES_PARSED_IN_LOOP:
        return Protego.parse(text)
    return await asyncio.to_thread(Protego.parse, text)


class RobotsMiddleware:
    """A downloader middleware: asks the host's robots.txt before each page, also before each hop of a redirect."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._allowed = crawler.settings["QUIVIVE_ALLOW_ADDRESSES"]
        self._cache = RobotsCache(crawler.settings["USER_AGENT"], self._fetch)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Made by scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise FetchProblem if the page must not be fetched."""
        if request.meta.get(OBEY):
            check_url(request.url, self._allowed)  # a forbidden URL is called that, and no robots.txt is asked for
            await self._cache.check(request.url)

    async def _fetch(self, url: str) -> Response:
        request = Request(
            url,
            headers={"User-Agent": self._crawler.settings["USER_AGENT"], "Accept": "text/plain, */*;q=0.5"},
            meta={"download_timeout": self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT"), MAX_HOPS: MAX_REDIRECTS},
            dont_filter=True,
        )
        return await self._crawler.engine.download_async(request)
