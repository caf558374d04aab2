"""robots.txt on a real site: whose rules are ours, and what a hostile one costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.news_site import NewsSite, article
from tests.running_crawl import RunningCrawl, crawl_settings


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def crawl() -> Iterator[RunningCrawl]:
    """A crawl that remembers nothing of other tests' sites."""
    with RunningCrawl(crawl_settings(workers=1, worker_time_limit=timedelta(seconds=2))) as running:
        yield running


def code(outcome: object) -> str | None:
    problem = getattr(outcome, "problem", None)
    return problem.code if problem else None


def test_only_the_product_token_is_a_name_of_ours(crawl: RunningCrawl, site: NewsSite) -> None:
    site.robots("User-agent: journal\nUser-agent: bot\nUser-agent: https\nDisallow: /\n\nUser-agent: QUIVIVE-TEST\nDisallow: /b\n")
    assert code(crawl.fetch(site.page("/a", article("A")))) is None
    assert code(crawl.fetch(site.page("/b", article("B")))) == "robots"
    assert site.requests[0].headers["User-Agent"] == "quivive-test/1.0 (+https://journal.example/bot)"


def test_a_large_robots_txt_is_obeyed_all_the_same(crawl: RunningCrawl, site: NewsSite) -> None:
    rules = "".join(f"Disallow: /archives/{number}/*.pdf$\n" for number in range(5000))
    site.robots(f"User-agent: *\n{rules}Disallow: /b\n")
    assert code(crawl.fetch(site.page("/a", article("A")))) is None
    assert code(crawl.fetch(site.page("/b", article("B")))) == "robots"


def test_one_that_cannot_be_read_in_time_is_not_tried_again_with_every_page(crawl: RunningCrawl, site: NewsSite) -> None:
    site.robots("".join(f"User-agent: a{number}\n" for number in range(12_000)) + "Allow: /$\n" * 25_000)
    for path in ("/a", "/b", "/c"):
        outcome = crawl.fetch(site.page(path, article("A")))
        assert outcome.problem is not None
        assert outcome.problem.code == "robots"
        assert "robots.txt could not be read: worker_" in outcome.problem.message
    assert site.count("/robots.txt") == 1
    assert site.count("/a") == 0
