"""What judging trips over, against all expectation, costs itself alone: the same document would come again after every restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from news.alerts import Alert
from news.articles import ArticleFacts
from news.matches import TopicMatch
from news.query import Matcher
from news.text import AnalysedArticle
from quivive.cli.json_answers import round_json
from quivive.config import load_config
from quivive.poll_once import poll_once
from storage import ArchiveReader
from tests.news_site import NewsSite, article, item, rss

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
GOOD, TRIPPED = "L’OTAN se réunit à Bruxelles", "PANNE"


class TrippingMatcher(Matcher):
    """Matches like any other, but trips over an article that says so."""

    def match(self, article: AnalysedArticle, facts: ArticleFacts | None = None) -> list[TopicMatch]:
        if TRIPPED in article.title + article.text:
            raise RuntimeError("the matcher broke")
        return super().match(article, facts)


@pytest.fixture(autouse=True)
def _tripping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quivive.wiring.Matcher", TrippingMatcher)


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        site.page("/robots.txt", "")
        site.publish_feed("/good", rss(item(GOOD, site.url("/a"))))
        site.page("/a", article(GOOD, *[f"Alinéa {number} : {GOOD}, et la rédaction y était." for number in range(9)]))
        yield site


def poll(folder: Path, site: NewsSite, mode: str) -> tuple[dict[str, Any], list[str], ArchiveReader]:
    """One round over a good source and the one at /bad: its summary, the titles it alerted on, and the archive."""
    told: list[Alert] = []
    (folder / "config.toml").write_text(
        '[crawler]\ndelay_per_host = "0s"\nconcurrency_per_host = 16\nallow_addresses = ["127.0.0.0/8"]\n'
        '[alerts]\nfirst_poll = "alert"\nper = "article"\n'
        f'[[sources]]\nurl = "{site.url("/bad")}"\narticles = "{mode}"\n[[sources]]\nurl = "{site.url("/good")}"\n'
        '[[topics]]\nname = "OTAN"\nquery = "OTAN"\n',
        encoding="utf-8",
    )
    summary = asyncio.run(poll_once(load_config(folder / "config.toml", {}), [], lambda: NOW, told.append))
    return round_json(summary), [alert.about.title for alert in told], ArchiveReader(folder / "archive.db")


def test_a_feed_that_cannot_be_recorded_is_a_failing_source_and_the_others_go_on(tmp_path: Path, site: NewsSite) -> None:
    site.publish_feed("/bad", rss(item(TRIPPED, site.url("/b"))))
    summary, told, archive = poll(tmp_path, site, "feed")
    assert (summary["sources"]["polled"], summary["sources"]["failed"], told) == (2, 1, [GOOD])
    bad = next(source for source in archive.report_sources() if source.url == site.url("/bad"))
    assert bad.last_error is not None
    assert (bad.status, bad.consecutive_failures, bad.last_error.code) == ("failing", 1, "not_recorded")
    assert "RuntimeError: the matcher broke" in bad.last_error.message
    archive.close_reading()


def test_of_a_page_that_cannot_be_recorded_the_feeds_words_are_kept(tmp_path: Path, site: NewsSite) -> None:
    site.publish_feed("/bad", rss(item("L’OTAN encore", site.url("/b"))))
    site.page(
        "/b", article("L’OTAN encore", *[f"Alinéa {number} : l’OTAN, encore elle, sur une {TRIPPED} de matériel." for number in range(9)])
    )
    summary, told, archive = poll(tmp_path, site, "page")
    assert (summary["articles"]["new"], sorted(told)) == (2, ["L’OTAN encore", GOOD])
    assert [(page.state, page.error.code) for page in archive.report_pages(9)] == [("due", "not_recorded")]
    archive.close_reading()


def test_a_page_whose_feed_cannot_be_recorded_either_is_given_up_visibly(tmp_path: Path, site: NewsSite) -> None:
    site.publish_feed("/bad", rss(item(TRIPPED, site.url("/b"))))
    site.page("/b", article(TRIPPED, f"Un article sur {TRIPPED}, et sur rien d’autre que {TRIPPED}."))
    summary, told, archive = poll(tmp_path, site, "page")
    assert (summary["articles"]["new"], told) == (1, [GOOD])
    assert [(page.state, page.error.code) for page in archive.report_pages(9)] == [("given_up", "not_recorded")]
    archive.close_reading()


def test_an_answer_that_the_crawl_trips_over_is_a_failing_source_and_the_others_go_on(
    tmp_path: Path, site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(header: Callable[[str], str | None]) -> None:
        if header("Age"):
            raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("crawler.feed_work.fresh_for", trip)
    site.page("/bad", rss(item("Une brève", site.url("/b"))), headers={"Age": "5"})
    summary, told, archive = poll(tmp_path, site, "feed")
    assert (summary["sources"]["polled"], summary["sources"]["failed"], told) == (2, 1, [GOOD])
    bad = next(source for source in archive.report_sources() if source.url == site.url("/bad"))
    assert bad.last_error is not None
    assert (bad.status, bad.last_error.code) == ("failing", "not_recorded")
    assert "RuntimeError: nobody foresaw this" in bad.last_error.message
    archive.close_reading()


@pytest.mark.parametrize("name", ["Expires", "Date"])
def test_a_date_that_no_calendar_holds_ends_nothing(tmp_path: Path, site: NewsSite, name: str) -> None:
    never = {"Date": "Mon, 10 Feb 2025 10:00:00 GMT", "Expires": "0", name: "Mon, 10 Feb 99999999999999999999 10:00:00 GMT"}
    site.page("/bad", rss(item("Une brève", site.url("/b"))), headers=never)
    summary, told, archive = poll(tmp_path, site, "feed")
    assert (summary["sources"]["polled"], summary["sources"]["failed"], told) == (2, 0, [GOOD])
    archive.close_reading()
