"""How a crawl begins, goes on and ends: work in hand, joining, stopping, and dying loudly."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import psutil
import pytest

from crawler import Crawl, CrawlSettings, workers
from crawler.download_handler import Downloads, Dropped
from news.errors import CrawlEnded
from news.sources import DuePage, DueSource, PageOutcome, ParsedFeed, PollKind, PollOutcome, Problem
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import NOW, RunningCrawl, crawl_settings

FEED = rss(item("Un", "https://journal.example/1"))
Step = Callable[[Crawl], Awaitable[None]]


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


class Outcomes:
    """Collects outcomes; `react` is awaited on each."""

    def __init__(self, react: Callable[[PollOutcome | PageOutcome], Awaitable[None]] | None = None) -> None:
        self.polls: list[PollOutcome] = []
        self.pages: list[PageOutcome] = []
        self._react = react

    async def take_poll(self, outcome: PollOutcome) -> None:
        if self._react:
            await self._react(outcome)
        self.polls.append(outcome)

    async def take_page(self, outcome: PageOutcome) -> None:
        if self._react:
            await self._react(outcome)
        self.pages.append(outcome)


def crawl_with(outcomes: Outcomes, steps: Callable[[Crawl], Awaitable[None]], settings: CrawlSettings | None = None) -> None:
    """Run a crawl, do these steps, stop it."""

    async def run() -> None:
        crawl = Crawl(settings or crawl_settings(), lambda: NOW, {DueSource: outcomes.take_poll, DuePage: outcomes.take_page})
        running = asyncio.create_task(crawl.run())
        await steps(crawl)
        await crawl.stop()
        await running

    asyncio.run(run())


def test_joining_waits_for_pages_that_a_poll_brings(site: NewsSite) -> None:
    page = site.page("/a", article("Un"))
    crawls: list[Crawl] = []

    async def add_page(outcome: PollOutcome | PageOutcome) -> None:
        if isinstance(outcome, PollOutcome):
            await asyncio.sleep(0)
            assert (crawls[0].in_hand(DueSource), crawls[0].in_hand(DuePage)) == ({1}, set())
            assert crawls[0].add(DuePage(7, 1, page))

    async def steps(crawl: Crawl) -> None:
        crawls.append(crawl)
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        await crawl.join()
        assert (crawl.in_hand(DueSource), crawl.in_hand(DuePage)) == (set(), set())
        assert [outcome.entry_id for outcome in outcomes.pages] == [7]

    outcomes = Outcomes(add_page)
    crawl_with(outcomes, steps)


def test_what_is_in_hand_is_not_taken_twice_and_may_come_again_afterwards(site: NewsSite) -> None:
    url = site.publish_feed("/feed", FEED)

    async def steps(crawl: Crawl) -> None:
        assert crawl.add(DueSource(1, url))
        assert not crawl.add(DueSource(1, url))
        assert crawl.add(DuePage(1, 1, site.page("/a", article("Un"))))
        assert not crawl.add(DuePage(1, 1, url))
        assert (crawl.in_hand(DueSource), crawl.in_hand(DuePage)) == ({1}, {1})
        await crawl.join()
        assert crawl.add(DueSource(1, url))
        await crawl.join()

    outcomes = Outcomes()
    crawl_with(outcomes, steps)
    assert len(outcomes.polls) == 2
    assert site.count("/feed") == 2


def test_what_is_fetched_waits_to_be_read_while_outcomes_wait_to_be_recorded(site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_TO_BE_RECORDED", 1)
    is_begun, may_end = asyncio.Event(), asyncio.Event()

    async def record(_: PollOutcome | PageOutcome) -> None:
        is_begun.set()
        await may_end.wait()

    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, site.publish_feed("/one", FEED)))
        await is_begun.wait()
        crawl.add(DueSource(2, site.publish_feed("/two", FEED)))
        reading = crawl._capacity.workers
        while not reading._turns:  # noqa: ASYNC110 - its answer comes from the site
            await asyncio.sleep(0)
        assert reading._free
        may_end.set()
        await crawl.join()

    outcomes = Outcomes(record)
    crawl_with(outcomes, steps)
    assert [outcome.kind for outcome in outcomes.polls] == [PollKind.PARSED] * 2


def test_joining_returns_at_once_when_nothing_is_in_hand() -> None:
    outcomes = Outcomes()
    crawl_with(outcomes, lambda crawl: crawl.join())
    assert (outcomes.polls, outcomes.pages) == ([], [])


def test_a_full_queue_takes_no_more_pages_and_still_every_feed() -> None:
    async def steps(crawl: Crawl) -> None:
        taken = [crawl.add(DuePage(number, number % 10, f"http://journal{number % 10}.invalid/")) for number in range(2001)]
        assert taken == [True] * 2000 + [False]
        assert 2000 not in crawl.in_hand(DuePage)
        assert crawl.add(DueSource(1, "http://journal.invalid/"))

    crawl_with(Outcomes(), steps, crawl_settings(stop_grace=timedelta(0)))


def test_stopping_does_not_wait_for_a_host_that_never_answers(site: NewsSite) -> None:
    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, site.stall("/stall")))
        crawl.add(DuePage(1, 1, site.stall("/page")))
        await asyncio.to_thread(site.wait_for, "/stall")
        await asyncio.to_thread(site.wait_for, "/robots.txt")

    outcomes = Outcomes()
    site.stall("/robots.txt")
    crawl_with(outcomes, steps, crawl_settings(stop_grace=timedelta(seconds=0.2), timeout=timedelta(hours=1)))
    assert (outcomes.polls, outcomes.pages) == ([], [])


def test_stopping_gives_requests_in_flight_time_to_end(site: NewsSite) -> None:
    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        await asyncio.to_thread(site.wait_for, "/feed")

    outcomes = Outcomes()
    crawl_with(outcomes, steps)
    assert [outcome.kind for outcome in outcomes.polls] == [PollKind.PARSED]


INDEX = "<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>"
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
    "<loc>https://journal.example/1</loc><news:news><news:publication_date>2025-02-10</news:publication_date><news:title>Un</news:title>"
    "</news:news></url></urlset>"
)


def test_what_is_asked_for_in_several_steps_is_asked_for_to_its_end_while_there_is_grace(site: NewsSite) -> None:
    """The children of an index come after the answer in flight has ended; the parts of scrapy must still be there for them."""
    site.page("/sitemap.xml", SITEMAP, headers={"Content-Type": "application/xml"})
    index = site.page("/index.xml", INDEX.format(url=site.url("/sitemap.xml")), headers={"Content-Type": "application/xml"})
    let_go = site.hold("/index.xml")

    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, index))
        await asyncio.to_thread(site.wait_for, "/index.xml")
        asyncio.get_running_loop().call_soon(let_go)  # which comes when it has been asked to stop

    outcomes = Outcomes()
    crawl_with(outcomes, steps, crawl_settings(stop_grace=timedelta(seconds=20)))
    assert [(outcome.kind, len(outcome.feed.entries) if outcome.feed else None) for outcome in outcomes.polls] == [(PollKind.PARSED, 1)]


def test_what_is_asked_for_in_several_steps_is_still_due_when_the_grace_is_over(site: NewsSite) -> None:
    """An index whose child could not be asked for any more is no index that fails."""
    child = site.stall("/sitemap.xml")
    index = site.page("/index.xml", INDEX.format(url=child), headers={"Content-Type": "application/xml"})

    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, index))
        await asyncio.to_thread(site.wait_for, "/sitemap.xml")

    outcomes = Outcomes()
    crawl_with(outcomes, steps, crawl_settings(stop_grace=timedelta(seconds=0.2), timeout=timedelta(hours=1)))
    assert outcomes.polls == []


def test_work_that_begins_as_the_crawl_is_stopped_without_grace_is_still_due(site: NewsSite) -> None:
    urls = [site.publish_feed(f"/feed{number}", FEED) for number in range(40)]

    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(100, site.publish_feed("/first", FEED)))
        await asyncio.to_thread(site.wait_for, "/first")
        for number, url in enumerate(urls):
            crawl.add(DueSource(number, url))
        for _ in range(3):  # until some have just begun
            await asyncio.sleep(0)

    outcomes = Outcomes()
    crawl_with(outcomes, steps, crawl_settings(stop_grace=timedelta(0)))
    assert [outcome for outcome in outcomes.polls if outcome.kind is PollKind.FAILED] == []


def test_a_crawl_that_is_stopped_runs_until_what_it_hands_on_is_taken(site: NewsSite) -> None:
    """Scrapy ends before: its answers are there, and of the archive it knows nothing."""
    begun, ended_early = asyncio.Event(), list[bool]()

    async def run() -> None:
        async def take(_: PollOutcome) -> None:
            begun.set()
            assert crawl._scrapy is not None
            await asyncio.wait({crawl._scrapy})
            ended_early.append(bool((await asyncio.wait({running}, timeout=0.2))[0]))

        crawl = Crawl(crawl_settings(stop_grace=timedelta(0)), lambda: NOW, {DueSource: take})
        running = asyncio.create_task(crawl.run())
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        await begun.wait()
        await crawl.stop()
        await running

    asyncio.run(run())
    assert ended_early == [False]


def test_once_downloads_were_given_up_none_begins() -> None:
    async def run() -> None:
        downloads = Downloads()
        await downloads.sleep(0, "https://journal.example/")
        downloads.drop()
        with pytest.raises(Dropped):
            await downloads.sleep(0, "https://journal.example/")

    asyncio.run(run())


def test_stopping_drops_what_waits_for_a_slow_host(site: NewsSite) -> None:
    urls = [site.publish_feed(f"/feed{number}", FEED) for number in range(3)]

    async def steps(crawl: Crawl) -> None:
        for number, url in enumerate(urls):
            crawl.add(DueSource(number, url))
        crawl.add(DuePage(1, 1, site.page("/a", article("Un"))))
        await asyncio.to_thread(site.wait_for, "/feed0")

    outcomes = Outcomes()
    crawl_with(outcomes, steps, crawl_settings(delay_per_host=timedelta(minutes=1), stop_grace=timedelta(seconds=0.2)))
    assert len(outcomes.polls) <= 1
    assert site.count("/feed1") == site.count("/a") == 0


def test_stopping_drops_a_redirect_that_waits_for_its_host(site: NewsSite) -> None:
    async def steps(crawl: Crawl) -> None:
        crawl.add(DueSource(1, site.redirect("/feed", "/elsewhere")))
        await asyncio.to_thread(site.wait_for, "/feed")

    outcomes = Outcomes()
    crawl_with(outcomes, steps, crawl_settings(delay_per_host=timedelta(minutes=1), stop_grace=timedelta(seconds=0.2)))
    assert (outcomes.polls, site.count("/elsewhere")) == ([], 0)


def test_a_crawl_may_be_stopped_as_soon_as_it_runs() -> None:
    async def steps(crawl: Crawl) -> None:
        await asyncio.sleep(0)

    outcomes = Outcomes()
    crawl_with(outcomes, steps)
    assert (outcomes.polls, outcomes.pages) == ([], [])


def test_a_crawl_that_is_stopped_takes_nothing_more(site: NewsSite) -> None:
    async def steps(crawl: Crawl) -> None:
        await crawl.stop()
        assert not crawl.add(DueSource(1, site.url("/feed")))
        await crawl.join()

    crawl_with(Outcomes(), steps)


@pytest.mark.parametrize("kind", [PollOutcome, PageOutcome])
def test_what_a_callback_raises_ends_the_crawl_loudly(site: NewsSite, kind: type) -> None:
    async def fail(outcome: PollOutcome | PageOutcome) -> None:
        if type(outcome) is kind:
            raise RuntimeError("the archive is gone")

    async def run() -> None:
        outcomes = Outcomes(fail)
        crawl = Crawl(crawl_settings(), lambda: NOW, {DueSource: outcomes.take_poll, DuePage: outcomes.take_page})
        running = asyncio.create_task(crawl.run())
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        crawl.add(DuePage(1, 1, site.page("/a", article("Un"))))
        crawl.add(DueSource(2, site.stall("/stall")))
        with pytest.raises(RuntimeError, match="the archive is gone"):
            await crawl.join()
        with pytest.raises(RuntimeError, match="the archive is gone"):
            await running
        assert not crawl.add(DueSource(3, site.url("/feed")))

    asyncio.run(run())


def test_a_spider_that_ends_by_itself_ends_the_crawl_loudly(site: NewsSite) -> None:
    async def run() -> None:
        outcomes = Outcomes()
        crawl = Crawl(crawl_settings(), lambda: NOW, {DueSource: outcomes.take_poll, DuePage: outcomes.take_page})
        running = asyncio.create_task(crawl.run())
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        await crawl.join()
        assert crawl._crawler is not None
        await crawl._crawler.stop_async()
        with pytest.raises(CrawlEnded):
            await running
        crawl._in_hand[DueSource].add(1)
        with pytest.raises(CrawlEnded):
            await crawl.join()

    asyncio.run(run())


def test_what_asks_for_more_of_a_spider_that_ended_by_itself_is_still_due(site: NewsSite) -> None:
    async def run() -> None:
        outcomes = Outcomes()
        crawl = Crawl(crawl_settings(), lambda: NOW, {DueSource: outcomes.take_poll, DuePage: outcomes.take_page})
        running = asyncio.create_task(crawl.run())
        child = site.page("/sitemap.xml", SITEMAP, headers={"Content-Type": "application/xml"})
        crawl.add(DueSource(1, site.page("/index.xml", INDEX.format(url=child), headers={"Content-Type": "application/xml"})))
        let_go = site.hold("/index.xml")
        await asyncio.to_thread(site.wait_for, "/index.xml")
        assert crawl._crawler is not None
        ending = asyncio.create_task(crawl._crawler.stop_async())
        asyncio.get_running_loop().call_soon(let_go)
        with pytest.raises(CrawlEnded):
            await running
        await ending
        assert outcomes.polls == []
        with pytest.raises(Dropped):
            await crawl._fetch_more(DueSource(1, child))

    asyncio.run(run())


def test_cancelling_the_crawl_cleans_up(site: NewsSite) -> None:
    async def run() -> None:
        outcomes = Outcomes()
        crawl = Crawl(crawl_settings(), lambda: NOW, {DueSource: outcomes.take_poll, DuePage: outcomes.take_page})
        running = asyncio.create_task(crawl.run())
        crawl.add(DueSource(1, site.publish_feed("/feed", FEED)))
        await crawl.join()
        workers = [child for child in psutil.Process().children() if "worker_main" in " ".join(child.cmdline())]
        assert workers
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not any(worker.is_running() for worker in workers)

    asyncio.run(run())


def test_a_body_that_came_unasked_is_read_as_a_feed_and_after_the_end_there_is_a_problem() -> None:
    read: list[ParsedFeed | Problem] = []

    async def run() -> None:
        crawl = Crawl(crawl_settings(), lambda: NOW, {})
        running = asyncio.create_task(crawl.run())
        read.append(await crawl.read_feed(1, FEED.encode(), "https://journal.example/feed", None))
        read.append(await crawl.read_feed(1, b"<html>", "https://journal.example/feed", None))
        await crawl.stop()
        await running
        read.append(await crawl.read_feed(1, FEED.encode(), "https://journal.example/feed", None))

    asyncio.run(run())
    feed, *problems = read
    assert isinstance(feed, ParsedFeed)
    assert feed.prepared is not None
    assert [problem.code for problem in problems if isinstance(problem, Problem)] == ["not_a_feed", "worker_crashed"]


def test_pages_that_stall_do_not_hold_up_feeds(site: NewsSite) -> None:
    with RunningCrawl(crawl_settings(concurrency=4, stop_grace=timedelta(0), obey_robots=False)) as crawl, NewsSite() as slow:
        for number in range(20):
            crawl.start_fetch(slow.stall(f"/page{number}"))
        slow.wait_for("/page1")
        assert crawl.poll(site.publish_feed("/feed", FEED)).kind is PollKind.PARSED
        assert crawl.fetch(site.page("/a", article("Un"))).page is not None


def test_requests_to_one_host_keep_their_distance_redirects_and_robots_txt_included(site: NewsSite) -> None:
    with RunningCrawl(crawl_settings(delay_per_host=timedelta(seconds=0.3))) as crawl:
        feed = crawl.start_poll(site.redirect("/feed", "/moved"))
        page = crawl.start_fetch(site.page("/a", article("Un")))
        assert feed.result(20).http_status == 404
        assert page.result(20).page is not None
    moments = sorted(request.at for request in site.requests)
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) > 0.25


def test_a_crawl_listens_on_no_port_and_uses_no_proxy_of_the_environment(site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with RunningCrawl(crawl_settings()) as crawl:
        assert crawl.poll(site.publish_feed("/feed", FEED)).kind is PollKind.PARSED
        listening = {connection.laddr.port for connection in psutil.Process().net_connections("inet") if connection.status == "LISTEN"}
    assert listening == {site.port}


def test_the_settings_can_be_had_without_importing_scrapy(project: object) -> None:
    check = "import sys; from crawler import CrawlSettings; sys.exit(any(name in sys.modules for name in ('scrapy', 'aiohttp', 'lxml')))"
    assert subprocess.run([sys.executable, "-c", check], cwd=str(project), check=False).returncode == 0


def test_the_threads_of_a_crawl_are_there_before_its_first_answer_and_end_with_it(site: NewsSite) -> None:
    kinds = ("decompression-small", "decompression-large", "reader")
    before = set(threading.enumerate())

    def running() -> list[str]:
        threads = set(threading.enumerate()) - before
        return [kind for kind in kinds for thread in threads if thread.name.startswith(kind)]

    async def look(crawl: Crawl) -> None:
        crawl.add(DueSource(1, site.stall("/stalled")))
        await asyncio.to_thread(site.wait_for, "/stalled")
        assert running() == ["decompression-small", "decompression-large", "reader", "reader"]

    crawl_with(Outcomes(), look)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert running() == []
