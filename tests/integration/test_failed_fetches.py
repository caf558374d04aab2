"""What a failed fetch leaves behind in memory. Python's collector looks seldom (`quivive/collector.py`), and an answer may have 10 MB."""

from __future__ import annotations

import asyncio
import gc
import gzip
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import FrameType, TracebackType

import pytest
from scrapy import Request

from crawler.download_handler import GuardedDownloadHandler
from crawler.scrapy_insides import ClientResponse
from tests.news_site import NewsSite, article
from tests.running_crawl import RunningCrawl, crawl_settings

BODY = article("Un", *("Alinéa." for _ in range(200)))
LONG = article("Un", *(f"Alinéa {number} d’une page que personne ne lit en une milliseconde." for number in range(5_000)))
CUT = gzip.compress(BODY.encode())[:-20]


@pytest.fixture(scope="module")
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings(timeout=timedelta(seconds=10))) as running:
        yield running


@pytest.fixture
def hasty() -> Iterator[RunningCrawl]:
    """A crawl that gives nothing that it reads the time for that."""
    with RunningCrawl(crawl_settings(worker_time_limit=timedelta(milliseconds=1), obey_robots=False)) as running:
        yield running


def list_left(fetch: Callable[[], str | None]) -> tuple[str | None, Counter[str]]:
    """What became of a fetch, and which frames it left that only the collector finds."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        code = fetch()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
    finally:
        gc.set_debug(0)
        gc.enable()
        gc.unfreeze()
    left = Counter(one.f_code.co_qualname for one in gc.garbage if isinstance(one, FrameType))
    left += Counter(TracebackType.__name__ for one in gc.garbage if isinstance(one, TracebackType))
    gc.garbage.clear()
    return code, left


ANSWERS: dict[str, Callable[[NewsSite], str]] = {
    "truncated": lambda site: site.truncate("/cut", BODY),
    "damaged": lambda site: site.page("/cut.gz", CUT, headers={"Content-Encoding": "gzip"}),
    "redirect_loop": lambda site: site.redirect("/loop", "/loop"),
    "connection": lambda site: site.reset("/reset"),
    "not_http": lambda site: site.answer_raw("/raw", b"SSH-2.0-OpenSSH_9.2\r\n"),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_a_poll_that_failed_leaves_nothing_for_the_collector(site: NewsSite, crawl: RunningCrawl, what: str) -> None:
    url = ANSWERS[what](site)

    def fetch() -> str | None:
        problem = crawl.poll(url).problem
        return problem and problem.code

    code, left = list_left(fetch)
    assert code is not None
    assert left == Counter()


def test_a_page_that_failed_leaves_nothing_for_the_collector(site: NewsSite, crawl: RunningCrawl) -> None:
    site.robots("User-agent: *\nDisallow: /no")
    for url in (site.page("/no", BODY), site.truncate("/a", BODY), "http://127.0.0.1:1/refused", "http://nowhere.invalid/"):

        def fetch(url: str = url) -> str | None:
            problem = crawl.fetch(url).problem
            return problem and problem.code

        code, left = list_left(fetch)
        assert code is not None
        assert left == Counter(), code


def test_what_could_not_be_read_leaves_nothing_for_the_collector(site: NewsSite, hasty: RunningCrawl) -> None:
    page = site.page("/long", LONG)  # a short one may have been read before this process, on a busy machine, gets to look at the clock

    def fetch() -> str | None:
        problem = hasty.fetch(page).problem
        return problem and problem.code

    assert list_left(fetch) == ("worker_timeout", Counter())


class CancellingHandler(GuardedDownloadHandler):
    """A library that lets a cancellation of its own out, as aiohttp did when names were looked up for two at a time (its #3431)."""

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[ClientResponse]:  # noqa: ASYNC109  # as in scrapy
        if request.url.endswith("/cancelled"):
            raise asyncio.CancelledError
        async with super()._make_request(request, timeout) as response:
            yield response


def test_a_fetch_that_a_library_cancels_fails_alone_and_comes_again(site: NewsSite) -> None:
    handler = f"{CancellingHandler.__module__}.{CancellingHandler.__qualname__}"
    with RunningCrawl(crawl_settings(download_handler=handler, concurrency=1)) as crawl:
        for _ in range(2):
            problem = crawl.poll(site.url("/cancelled")).problem
            assert problem is not None
            assert problem.code == "connection"
        assert crawl.poll(site.page("/feed", BODY)).http_status == 200
