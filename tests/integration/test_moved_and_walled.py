"""What a site answers that has moved its feed, or put a wall before it, as the crawl tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from news.sources import PollKind, PollOutcome
from tests.news_site import NewsSite, item, rss
from tests.running_crawl import RunningCrawl, crawl_settings

FEED = rss(item("Une ligne de tramway", "https://journal.example/1", "g1"))


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings(timeout=timedelta(seconds=5), max_body=2_000_000, workers=1)) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        running.publish_feed("/new", FEED)
        yield running


def poll(crawl: RunningCrawl, url: str) -> PollOutcome:
    return crawl.poll(url)


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [
        ([301], "/new"),
        ([308], "/new"),
        ([302], None),
        ([307], None),
        ([301, 308], "/new"),
        ([301, 302], "/hop1"),
        ([302, 301], None),
        ([301, 302, 301], "/hop1"),
    ],
)
def test_a_feed_has_moved_to_where_permanent_redirects_led_before_any_other(
    crawl: RunningCrawl, site: NewsSite, hops: list[int], moved_to: str | None
) -> None:
    for number, status in enumerate(hops):
        site.redirect(f"/hop{number}", "/new" if number == len(hops) - 1 else f"/hop{number + 1}", status)
    outcome = poll(crawl, site.url("/hop0"))
    assert (outcome.kind, outcome.final_url) == (PollKind.PARSED, site.url("/new"))
    assert outcome.moved_to == (moved_to and site.url(moved_to))


def test_a_feed_that_has_not_moved_says_so(crawl: RunningCrawl, site: NewsSite) -> None:
    assert poll(crawl, site.url("/new")).moved_to is None


def test_a_wall_is_told_from_a_refusal_a_login_form_and_a_page(crawl: RunningCrawl, site: NewsSite) -> None:
    site.page("/wall", "<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"})
    site.page("/refused", "no", 403)
    site.page("/login", "<html><title>Connexion</title><input type=password></html>")
    site.redirect("/private", "/login")
    site.page("/home", '<html><link rel="alternate" type="application/rss+xml" href="/new"><title>Le Journal</title></html>')
    told = [poll(crawl, site.url(path)).problem for path in ("/wall", "/refused", "/private", "/home")]
    assert [one and one.code for one in told] == ["bot_wall", "http_403", "login_wall", "not_a_feed"]
    assert "(Cloudflare)" in str(told[0] and told[0].message)
    assert site.url("/new") in str(told[3] and told[3].message)


def test_a_damaged_feed_is_told_by_its_line(crawl: RunningCrawl, site: NewsSite) -> None:
    lines = ['<?xml version="1.0"?>', "<!-- Le Journal -->", '<rss version="2.0"><channel><title>x</title>', "<item><title>Un</title>"]
    site.publish_feed("/damaged", "\n".join([*lines, "<link>https://journal.example/1</link></item>", "<item><title>Deux"]))
    problem = poll(crawl, site.url("/damaged")).problem
    assert problem is not None
    assert (problem.code, "line 6" in problem.message) == ("malformed", True)
