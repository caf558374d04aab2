"""A sitemap is polled as a feed is; an index of them by the sitemaps that it names."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from news.sources import PollKind, PollOutcome
from tests.news_site import NewsSite
from tests.running_crawl import RunningCrawl, crawl_settings


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings()) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def urlset(*titles: str) -> str:
    pages = "".join(
        f"<url><loc>https://journal.example/{title}</loc><news:news><news:title>{title}</news:title>"
        f"<news:publication_date>2025-02-10T0{number}:00:00Z</news:publication_date></news:news></url>"
        for number, title in enumerate(titles, 1)
    )
    return f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{pages}</urlset>'


def index(*urls: str) -> str:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in urls)}</sitemapindex>"


def titles(outcome: PollOutcome) -> list[str | None]:
    assert outcome.feed is not None
    return [entry.title for entry in outcome.feed.entries]


def test_a_news_sitemap_is_a_source_like_a_feed(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/news.xml", urlset("un", "deux"), "application/xml", etag='"1"'))
    assert (outcome.kind, outcome.problem, outcome.etag) == (PollKind.PARSED, None, '"1"')
    assert titles(outcome) == ["un", "deux"]


def test_of_an_index_the_sitemaps_are_read_and_nothing_vouches_for_it(crawl: RunningCrawl, site: NewsSite) -> None:
    packed = gzip.compress(urlset("trois", "deux").encode())
    site.page("/b.xml.gz", packed, headers={"Content-Type": "application/x-gzip"})
    outcome = crawl.poll(
        site.publish_feed("/index.xml", index(site.publish_feed("/a.xml", urlset("un", "deux")), site.url("/b.xml.gz")), etag='"1"')
    )
    assert (outcome.kind, outcome.problem) == (PollKind.PARSED, None)
    assert titles(outcome) == ["un", "deux", "trois"]
    assert (outcome.etag, outcome.body_hash) == (None, None)
    assert outcome.feed is not None
    assert outcome.feed.prepared is not None
    assert [entry.entry.title for entry in outcome.feed.prepared] == ["un", "deux", "trois"]


def test_no_condition_is_put_to_the_sitemaps_of_an_index(crawl: RunningCrawl, site: NewsSite) -> None:
    crawl.poll(site.publish_feed("/index.xml", index(site.publish_feed("/a.xml", urlset("un"), etag='"1"'))), etag='"1"')
    assert "If-None-Match" not in site.requests[-1].headers


def test_of_a_long_index_only_so_many_sitemaps_are_read_as_may_hold_what_is_new(crawl: RunningCrawl, site: NewsSite) -> None:
    urls = [site.publish_feed(f"/sitemap-{number}.xml", urlset(f"numéro {number}")) for number in range(1, 9)]
    assert titles(crawl.poll(site.publish_feed("/index.xml", index(*urls)))) == ["numéro 8", "numéro 7", "numéro 6"]


def test_a_sitemap_of_an_index_that_cannot_be_had_is_a_problem_and_hides_no_other(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/index.xml", index(site.publish_feed("/a.xml", urlset("un")), site.url("/gone.xml"))))
    assert (outcome.kind, titles(outcome)) == (PollKind.PARSED, ["un"])
    assert outcome.problem is not None
    assert outcome.problem.code == "http_404"


def test_an_index_whose_sitemaps_all_fail_fails(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/index.xml", index(site.reset("/a.xml"))))
    assert outcome.kind is PollKind.FAILED
    assert outcome.problem is not None
    assert outcome.problem.code == "connection"


def test_an_index_in_an_index_is_not_followed(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/index.xml", index(site.url("/index.xml"))))
    assert outcome.problem is not None
    assert outcome.problem.code == "not_a_feed"
    assert site.count("/index.xml") == 2


def test_a_sitemap_at_a_forbidden_address_is_not_fetched(crawl: RunningCrawl, site: NewsSite) -> None:
    outcome = crawl.poll(site.publish_feed("/index.xml", index("http://169.254.169.254/latest")))
    assert outcome.problem is not None
    assert outcome.problem.code == "forbidden_address"
