"""The feeds of a site are found by what it declares, else by its links, by custom, or by its robots.txt, each seen to be one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from news.site_feeds import OfferWay
from quivive.feed_finding import FoundFeeds, find_feeds
from quivive.trial import begin_trial
from tests.news_site import NewsSite, item, rss
from tests.running_crawl import crawl_settings

Find = Callable[[str], FoundFeeds]


@pytest.fixture(scope="module")
def find() -> Iterator[Find]:
    """Finds feeds with one trial for all tests here: starting its worker takes longer than they do."""
    with asyncio.Runner() as runner:
        context = begin_trial(crawl_settings(), lambda: datetime(2025, 2, 10, tzinfo=UTC))
        trial = runner.run(context.__aenter__())
        yield lambda typed: runner.run(find_feeds(trial, typed))
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def publish(site: NewsSite, path: str, title: str = "Le Journal") -> str:
    return site.publish_feed(path, rss(item("Un", site.url("/a"), "g1"), title=title))


def page(site: NewsSite, head: str = "", body: str = "", path: str = "/", **headers: str) -> str:
    return site.page(path, f"<html><head>{head}</head><body>{body}</body></html>", headers=headers)


def link(href: str, media_type: str = "application/rss+xml", relation: str = "alternate") -> str:
    return f'<link rel="{relation}" type="{media_type}" href="{href}">'


def ways(found: FoundFeeds) -> list[tuple[OfferWay, str]]:
    return [(one.offer.way, one.offer.url) for one in found.feeds]


def test_an_address_that_is_a_feed_is_its_own_feed(find: Find, site: NewsSite) -> None:
    assert ways(find(publish(site, "/feed"))) == [(OfferWay.ITSELF, site.url("/feed"))]


def test_what_the_site_declares_goes_before_all_else_and_what_is_no_feed_is_told(find: Find, site: NewsSite) -> None:
    for path in ("/head", "/one", "/two", "/linked", "/feed/"):
        publish(site, path)
    links = link("/gone") + link("one", "application/atom+xml") + link("/two", "text/xml", "feed") + link("/style", "text/css")
    address = page(site, links, '<a href="/linked/rss">RSS</a>', Link='</head>; rel="alternate"; type="application/rss+xml"')
    # /two says nothing of its kind but its relation; its address does not look like a feed's
    found = find(address)
    assert ways(found) == [(OfferWay.HEADER, site.url("/head")), (OfferWay.LINK, site.url("/one"))]
    assert [(offer.url, problem.code) for offer, problem in found.failed] == [(site.url("/gone"), "http_404")]


def test_feeds_of_comments_come_last(find: Find, site: NewsSite) -> None:
    publish(site, "/comments/feed"), publish(site, "/feed")
    found = find(page(site, link("/comments/feed") + link("/feed")))
    assert [one.offer.is_about_comments for one in found.feeds] == [False, True]


def test_links_of_a_page_are_tried_where_it_declares_nothing(find: Find, site: NewsSite) -> None:
    publish(site, "/flux/actualites")
    links = (
        '<a href="/rss-explained">RSS ?</a><a href="https://feedly.com/i/subscription/feed/x">Feedly</a><a href="/flux/actualites">Flux</a>'
    )
    found = find(page(site, "", links))
    assert ways(found) == [(OfferWay.ANCHOR, site.url("/flux/actualites"))]


def test_a_page_relative_to_another_base_is_read_as_browsers_do(find: Find, site: NewsSite) -> None:
    publish(site, "/base/feed")
    assert ways(find(page(site, '<base href="/base/">' + link("feed")))) == [(OfferWay.LINK, site.url("/base/feed"))]


@pytest.mark.parametrize("path", ["/feed/", "/rss.xml", "/atom.xml", "/feed.json", "/spip.php?page=backend"])
def test_a_feed_is_found_where_feeds_are_by_custom(find: Find, site: NewsSite, path: str) -> None:
    publish(site, path)
    (found,) = find(page(site, path="/about.html")).feeds
    assert found.offer.way is OfferWay.PATH
    assert found.offer.url.startswith(site.url(path))


def test_the_feed_of_a_section_goes_before_that_of_the_site(find: Find, site: NewsSite) -> None:
    publish(site, "/tech/feed/"), publish(site, "/feed/")
    assert ways(find(page(site, path="/tech"))) == [(OfferWay.PATH, site.url("/tech/feed/"))]


def test_a_sitemap_that_robots_names_is_the_last_resort(find: Find, site: NewsSite) -> None:
    news = '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.example/1</loc><n:news><n:title>Un</n:title></n:news></url></urlset>'
    site.robots(f"User-agent: *\nDisallow: /\nSitemap: {site.publish_feed('/news.xml', news)}\n")
    assert ways(find(page(site))) == [(OfferWay.SITEMAP, site.url("/news.xml"))]


def test_an_address_without_a_scheme_is_asked_by_https_and_then_by_http(find: Find, site: NewsSite) -> None:
    assert ways(find(publish(site, "/feed").removeprefix("http://"))) == [(OfferWay.ITSELF, site.url("/feed"))]


def test_redirects_are_followed_before_anything_is_read_as_relative(find: Find, site: NewsSite) -> None:
    publish(site, "/new/feed")
    page(site, link("feed"), path="/new/")
    assert ways(find(site.redirect("/", "/new/"))) == [(OfferWay.LINK, site.url("/new/feed"))]


def test_a_site_that_cannot_be_had_says_why(find: Find, site: NewsSite) -> None:
    found = find(site.url("/absent"))
    assert found.feeds == ()
    assert found.problem is not None
    assert found.problem.code == "http_404"
