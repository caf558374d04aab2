"""One source whose documents take seconds to read holds up no other, and memory stays bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import psutil
import pytest

from crawler import Crawl
from crawler.allowance import MOST_BYTES, SHARE_BYTES
from news.sources import DuePage, DueSource, PageOutcome, PollKind, PollOutcome
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import NOW, RunningCrawl, crawl_settings

HOG = "<html><head><title>Un pavé</title></head><body><article>" + "<b>x</b>" * 600_000 + "</article></body></html>"
"""4.8 MB of small tags: half a minute of a processor, were there no limit."""
HOGS = 60
HONEST = 10


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def hostile() -> Iterator[NewsSite]:
    """A site whose pages are dear to read."""
    with NewsSite() as running:
        for number in range(HOGS):
            running.page(f"/hog{number}", HOG)
        yield running


def test_honest_sources_are_read_however_many_pages_of_small_tags_another_has(site: NewsSite, hostile: NewsSite) -> None:
    settings = crawl_settings(worker_time_limit=timedelta(seconds=3), worker_memory=400_000_000, obey_robots=False)

    async def run() -> None:
        hogs: list[PageOutcome] = []
        honest: list[PageOutcome | PollOutcome] = []
        all_honest = asyncio.Event()
        largest = 0

        async def take(outcome: PageOutcome | PollOutcome) -> None:
            nonlocal largest
            largest = max(largest, crawl._capacity.allowance.total)
            (hogs if outcome.source_id == 1 and isinstance(outcome, PageOutcome) else honest).append(outcome)
            if len(honest) == 2 * HONEST:
                all_honest.set()

        crawl = Crawl(settings, lambda: NOW, {DueSource: take, DuePage: take})
        running = asyncio.create_task(crawl.run())
        for number in range(HOGS):
            assert crawl.add(DuePage(number, 1, hostile.url(f"/hog{number}")))
        await asyncio.to_thread(hostile.wait_for, "/hog1")
        for number in range(HONEST):
            source = 100 + number
            assert crawl.add(DueSource(source, site.publish_feed(f"/feed{number}", rss(item("Un", "https://journal.example/1")))))
            assert crawl.add(DuePage(1000 + number, source, site.page(f"/honest{number}", article(f"Un fait {number}"))))
        await all_honest.wait()
        assert len(hogs) <= HOGS // 4
        assert all(outcome.kind is PollKind.PARSED if isinstance(outcome, PollOutcome) else outcome.page for outcome in honest)
        assert largest <= SHARE_BYTES + settings.max_body * settings.concurrency // 2
        await crawl.stop(timedelta())
        await running

    asyncio.run(run())


def test_what_waits_to_be_read_is_bounded_and_all_of_it_is_read_in_the_end(site: NewsSite) -> None:
    body = rss(item("Un", "https://journal.example/1")) + f"<!-- {'x' * 4_000_000} -->"
    feeds = [site.publish_feed(f"/feed{number}", body) for number in range(40)]
    before = psutil.Process().memory_info().rss
    with RunningCrawl(crawl_settings()) as crawl:
        polls = [crawl.start_poll(feed) for feed in feeds]
        assert {poll.result(120).kind for poll in polls} == {PollKind.PARSED}
        assert crawl._crawl._capacity.allowance.total == 0
    assert 40 * len(body) > MOST_BYTES
    assert psutil.Process().memory_info().rss - before < 2 * MOST_BYTES
