"""How hosts are treated that say they are asked too often, or how often they want to be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from crawler import Crawl, waiting
from crawler.frontier import Work
from news.sources import DuePage, DueSource, PollKind, PollOutcome
from tests.news_site import NewsSite, article
from tests.running_crawl import NOW, RunningCrawl, crawl_settings

FEED = "<rss version='2.0'><channel><title>T</title><item><title>Un</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def other() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings(workers=1, concurrency_per_host=1)) as running:
        yield running


def refuse(site: NewsSite, path: str, retry_after: str, status: int = 429) -> str:
    return site.page(path, "trop", status, {"Retry-After": retry_after})


@pytest.mark.parametrize("status", [429, 503])
def test_what_one_source_is_told_holds_for_all_work_of_the_host(crawl: RunningCrawl, site: NewsSite, other: NewsSite, status: int) -> None:
    crawl.poll(refuse(site, "/first", "900", status))
    second, page = crawl.poll(site.publish_feed("/second", FEED)), crawl.fetch(site.page("/a", article("Un")))
    assert [path for path in ("/second", "/a", "/robots.txt") if site.count(path)] == []
    for outcome in (second, page):
        assert outcome.problem is not None
        assert outcome.problem.code == f"http_{status}"
        assert "refused before, and is left alone for" in outcome.problem.message
        assert outcome.problem.retry_after is not None
        assert timedelta(seconds=880) < outcome.problem.retry_after <= timedelta(seconds=900)
    assert crawl.poll(other.publish_feed("/feed", FEED)).kind is PollKind.PARSED


def test_a_redirect_to_a_host_that_rests_is_not_followed(crawl: RunningCrawl, site: NewsSite, other: NewsSite) -> None:
    crawl.poll(refuse(site, "/first", "900"))
    site.publish_feed("/second", FEED)
    outcome = crawl.poll(other.redirect("/moved", site.url("/second")))
    assert outcome.problem is not None
    assert outcome.problem.code == "http_429"
    assert site.count("/second") == 0


def test_work_waits_out_a_short_rest(crawl: RunningCrawl, site: NewsSite) -> None:
    crawl.poll(refuse(site, "/first", "1"))
    assert crawl.poll(site.publish_feed("/second", FEED)).kind is PollKind.PARSED
    refused, asked = site.requests
    assert asked.at - refused.at > 0.95


def test_a_robots_txt_that_is_refused_slows_its_host_down_too(crawl: RunningCrawl, site: NewsSite) -> None:
    site.robots("", 503)
    crawl.fetch(site.page("/a", article("Un")))
    crawl.poll(site.publish_feed("/feed", FEED))
    first, second = site.requests
    assert second.at - first.at > 0.95


def test_the_crawl_delay_of_robots_txt_holds_for_pages_and_feeds(crawl: RunningCrawl, site: NewsSite) -> None:
    site.robots("User-agent: *\nCrawl-delay: 0.4\n")
    crawl.fetch(site.page("/a", article("Un")))
    pending = [crawl.start_fetch(site.page("/b", article("Deux"))), crawl.start_poll(site.publish_feed("/feed", FEED))]
    for one in pending:
        assert one.result(20).problem is None
    moments = sorted(request.at for request in site.requests if request.path != "/robots.txt")
    assert moments[2] - moments[1] > 0.35
    assert moments[1] - moments[0] > 0.3  # the first came a moment after the host's turn began, with robots.txt before it


def test_a_crawl_delay_in_a_large_robots_txt_is_heeded_all_the_same(crawl: RunningCrawl, site: NewsSite) -> None:
    rules = "".join(f"Disallow: /archives/{number}/*.pdf$\n" for number in range(5000))
    site.robots(f"User-agent: *\nCrawl-delay: 0.8\n{rules}")
    crawl.fetch(site.page("/a", article("Un")))
    began = site.requests[0].at
    crawl.poll(site.publish_feed("/feed", FEED))
    assert site.requests[-1].at - began > 0.7


def test_a_host_is_asked_for_one_thing_at_a_time_redirects_to_it_and_its_robots_txt_included(
    crawl: RunningCrawl, site: NewsSite, other: NewsSite
) -> None:
    first = site.publish_feed("/first", FEED)
    let_go = site.hold("/first")
    pending = [crawl.start_poll(first)]
    site.wait_for("/first")
    pending += [
        crawl.start_poll(site.publish_feed("/second", FEED)),
        crawl.start_fetch(site.page("/a", article("Un"))),
        crawl.start_poll(other.redirect("/moved", site.publish_feed("/third", FEED))),
    ]
    other.wait_for("/moved")
    with NewsSite() as third:
        assert crawl.poll(third.publish_feed("/feed", FEED)).kind is PollKind.PARSED
    assert [request.path for request in site.requests] == ["/first"]
    let_go()
    assert all(one.result(20).problem is None for one in pending)


def test_a_crawl_that_takes_anothers_place_still_heeds_what_hosts_said(site: NewsSite) -> None:
    outcomes: list[PollOutcome] = []

    async def take(outcome: PollOutcome) -> None:
        outcomes.append(outcome)

    async def poll(crawl: Crawl, work: Work) -> None:
        running = asyncio.create_task(crawl.run())
        crawl.add(work)
        await crawl.join()
        await crawl.stop()
        await running

    async def steps() -> None:
        receivers = {DueSource: take, DuePage: take}
        leaving = Crawl(crawl_settings(), lambda: NOW, receivers)
        coming = Crawl(crawl_settings(timeout=timedelta(seconds=5)), lambda: NOW, receivers, leaving.hand_over())
        await poll(leaving, DueSource(1, refuse(site, "/first", "900")))
        await poll(coming, DueSource(2, site.publish_feed("/second", FEED)))

    asyncio.run(steps())
    assert [outcome.problem and outcome.problem.code for outcome in outcomes] == ["http_429", "http_429"]
    assert site.count("/second") == 0


def test_sites_that_all_lead_to_one_that_stalls_hold_up_the_others_no_longer_than_one_would(
    site: NewsSite, other: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_SECONDS", 0.5)
    stalled = site.stall("/stalled")
    with ExitStack() as stack:
        led = [stack.enter_context(NewsSite()) for _ in range(6)]
        crawl = stack.enter_context(
            RunningCrawl(
                crawl_settings(
                    workers=1, concurrency=4, concurrency_per_host=1, timeout=timedelta(hours=1), delay_per_host=timedelta(milliseconds=50)
                )
            )
        )
        polls = [crawl.start_poll(one.redirect("/feed", stalled)) for one in led]
        site.wait_for("/stalled")
        assert crawl.poll(other.publish_feed("/feed", FEED)).kind is PollKind.PARSED
        failed = [poll.result(20) for poll in polls if poll.done()]
    assert {outcome.problem.code for outcome in failed if outcome.problem} == {"timeout"}
    assert site.count("/stalled") == 1
