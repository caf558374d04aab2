"""Articles that a site shows in parts, fetched by a real crawl from a site that does so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from news.sources import LacksParts, PageOutcome
from quivive.cli.json_answers import round_json
from quivive.config import load_config
from quivive.poll_once import poll_once
from storage import ArchiveReader
from tests.news_site import NewsSite, article, item, rss
from tests.running_crawl import NOW, RunningCrawl, crawl_settings

TITLE = "Test du portable Ormeval"


@pytest.fixture(scope="module")
def crawl() -> Iterator[RunningCrawl]:
    with RunningCrawl(crawl_settings()) as running:
        yield running


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


def paragraphs(number: int) -> list[str]:
    return [f"Alinéa {line} de la partie {number} : ce que le portable tient de ses promesses, et ce qu’il coûte." for line in range(5)]


def part(number: int, links: str = "", title: str = TITLE) -> str:
    return article(title, *paragraphs(number)).replace("</article>", f"</article>{links}")


def publish(site: NewsSite, last: int, *, style: str = "/test/{}", first: str = "/test") -> None:
    """An article in that many parts, each of which names the next one in its head."""
    paths = [first, *(style.format(number) for number in range(2, last + 1))]
    for number, path in enumerate(paths, 1):
        link = f'<link rel="next" href="{paths[number]}">' if number < last else ""
        site.page(path, part(number).replace("</head>", f"{link}</head>"))


def parts_of(outcome: PageOutcome) -> list[int]:
    """The numbers of the parts whose paragraphs are in the text, in their order."""
    assert outcome.page is not None
    numbers = [int(line.partition("partie ")[2].partition(" ")[0]) for line in outcome.page.text.splitlines()]
    assert numbers == sorted(numbers)
    assert len(numbers) == 5 * len(set(numbers))
    return sorted(set(numbers))


@pytest.mark.parametrize(
    ("first", "style"),
    [("/test", "/test/{}"), ("/test.html", "/test-{}.html"), ("/test?id=4", "/test?id=4&page={}"), ("/test", "/test/page/{}")],
)
def test_the_parts_of_an_article_are_one_text(crawl: RunningCrawl, site: NewsSite, first: str, style: str) -> None:
    publish(site, 3, first=first, style=style)
    outcome = crawl.fetch(site.url(first), "Le titre du flux")
    assert outcome.page is not None
    assert outcome.page.prepared is not None
    assert outcome.page.prepared.title == "Le titre du flux"
    assert (parts_of(outcome), outcome.url, outcome.http_status) == ([1, 2, 3], site.url(first), 200)
    assert outcome.page is not None
    assert (outcome.page.lacks_parts, outcome.page.next_url, outcome.page.title) == (None, None, TITLE)
    assert outcome.page.prepared is not None, "what can be made in the worker is"


def test_numbered_links_lead_on_too(crawl: RunningCrawl, site: NewsSite) -> None:
    links = '<p>Pages : <a href="/test">1</a> <a href="/test/2">2</a> <a href="/test/3">3</a></p>'
    for number, path in enumerate(("/test", "/test/2", "/test/3"), 1):
        site.page(path, part(number, links))
    assert parts_of(crawl.fetch(site.url("/test"))) == [1, 2, 3]


def test_the_first_part_may_be_where_a_redirect_leads(crawl: RunningCrawl, site: NewsSite) -> None:
    publish(site, 2)
    site.redirect("/billet-12", to="/test")
    outcome = crawl.fetch(site.url("/billet-12"))
    assert (parts_of(outcome), outcome.url, outcome.final_url) == ([1, 2], site.url("/billet-12"), site.url("/test"))


def test_ten_parts_are_read_and_that_there_are_more_is_on_record(crawl: RunningCrawl, site: NewsSite) -> None:
    publish(site, 12)
    outcome = crawl.fetch(site.url("/test"))
    assert parts_of(outcome) == list(range(1, 11))
    assert outcome.page is not None
    assert outcome.page.lacks_parts is LacksParts.FOR_GOOD
    assert site.count("/test/11") == 0


@pytest.mark.parametrize(("status", "lacks"), [(503, LacksParts.FOR_NOW), (404, LacksParts.FOR_GOOD)])
def test_what_there_is_is_had_although_a_later_part_fails(crawl: RunningCrawl, site: NewsSite, status: int, lacks: LacksParts) -> None:
    publish(site, 4)
    site.page("/test/3", "non", status)
    outcome = crawl.fetch(site.url("/test"))
    assert parts_of(outcome) == [1, 2]
    assert (outcome.problem, outcome.http_status, outcome.page and outcome.page.lacks_parts) == (None, 200, lacks)
    assert outcome.page is not None
    assert outcome.page.prepared is not None


def test_a_part_that_is_cut_off_or_no_page_at_all_ends_the_article_there(crawl: RunningCrawl, site: NewsSite) -> None:
    publish(site, 2)
    site.reset("/test/2")
    assert parts_of(crawl.fetch(site.url("/test"))) == [1]
    site.page("/test/2", "%PDF-1.4", headers={"Content-Type": "application/pdf"})
    assert parts_of(crawl.fetch(site.url("/test"))) == [1]


def test_the_next_post_is_no_part(crawl: RunningCrawl, site: NewsSite) -> None:
    """WordPress names it `rel=next`; numbered by chance it stands under another title."""
    site.page("/1", part(1).replace("</head>", '<link rel="next" href="/le-billet-suivant"></head>'))
    site.page("/p1/test", part(1).replace("</head>", '<link rel="next" href="/p1/test/2"></head>'))
    site.page("/p1/test/2", part(2, title="Le budget de Tarnac"))
    assert parts_of(crawl.fetch(site.url("/1"))) == [1]
    outcome = crawl.fetch(site.url("/p1/test"))
    assert (parts_of(outcome), outcome.page and outcome.page.lacks_parts) == ([1], None)
    assert site.count("/le-billet-suivant") == 0


def test_pages_of_comments_are_none_and_cost_one_request_at_most(crawl: RunningCrawl, site: NewsSite) -> None:
    comments = '<div class="comments"><p>Pas d’accord du tout, et depuis longtemps, avec ce que dit cet article.</p></div>'
    for number in range(1, 4):
        link = f'<link rel="next" href="/test?page={number + 1}">'
        site.page("/test" if number == 1 else f"/test?page={number}", part(1, comments * number).replace("</head>", f"{link}</head>"))
    assert parts_of(crawl.fetch(site.url("/test"))) == [1]
    assert [site.count(f"/test?page={number}") for number in (2, 3)] == [1, 0]


def test_a_part_that_leads_back_to_the_first_is_the_end(crawl: RunningCrawl, site: NewsSite) -> None:
    publish(site, 2)
    site.redirect("/test/2", to="/test")
    outcome = crawl.fetch(site.url("/test"))
    assert (parts_of(outcome), outcome.page and outcome.page.lacks_parts) == ([1], None)


def test_further_parts_obey_robots_txt(crawl: RunningCrawl) -> None:
    with NewsSite(host="127.0.0.2") as site:
        publish(site, 2)
        site.robots("User-agent: *\nDisallow: /test/")
        outcome = crawl.fetch(site.url("/test"))
        assert (parts_of(outcome), outcome.page and outcome.page.lacks_parts) == ([1], LacksParts.FOR_GOOD)


def test_articles_in_parts_are_read_to_their_end_one_after_the_other(site: NewsSite) -> None:
    """Else all of a site would wait half read, in memory."""
    with RunningCrawl(crawl_settings(concurrency=2)) as crawl:
        for number in range(3):
            publish(site, 3, first=f"/a{number}", style=f"/a{number}/{{}}")
        site.page("/lent", part(1))
        let_go = site.hold("/lent")
        started = [crawl.start_fetch(site.url("/lent")), *(crawl.start_fetch(site.url(f"/a{number}")) for number in range(3))]
        let_go()
        assert [parts_of(future.result(40)) for future in started] == [[1], *[[1, 2, 3]] * 3]


def test_of_more_articles_in_parts_than_there_is_room_for_what_there_is_is_told(site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.crawl.MOST_GOING_ON", 0)
    publish(site, 2)
    with RunningCrawl(crawl_settings()) as crawl:
        outcome = crawl.fetch(site.url("/test"))
        assert (parts_of(outcome), outcome.page and outcome.page.lacks_parts) == ([1], LacksParts.FOR_NOW)


def test_a_round_brings_one_version_and_one_alert_of_an_article_in_parts(tmp_path: Path, site: NewsSite) -> None:
    publish(site, 3)
    site.page("/test/3", part(3).replace("Alinéa 4 de la partie 3", "L’OTAN, alinéa 4 de la partie 3"))
    site.publish_feed("/feed", rss(item(TITLE, site.url("/test"), description="Le portable Ormeval et ses promesses.")))
    (tmp_path / "config.toml").write_text(
        '[crawler]\ndelay_per_host = "0s"\nallow_addresses = ["127.0.0.0/8"]\n[alerts]\nfirst_poll = "alert"\nper = "article"\n'
        f'[[sources]]\nurl = "{site.url("/feed")}"\n[[topics]]\nname = "OTAN"\nquery = "OTAN"\n',
        encoding="utf-8",
    )
    configuration = load_config(tmp_path / "config.toml", {})
    summary = round_json(asyncio.run(poll_once(configuration, [], lambda: NOW, lambda _alert: None)))
    assert (summary["articles"], summary["alerts"]) == ({"new": 1, "revised": 0, "duplicates": 0, "failed": 0}, {"created": 1})
    (exported,) = ArchiveReader(configuration.archive_path).export(None)
    assert exported.text.count("partie") == 15
    assert [site.count(path) for path in ("/test", "/test/2", "/test/3")] == [1, 1, 1]
