"""What is read where entries are looked for that a feed no longer shows."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.problems import advise_on_repair, make_http_problem, make_problem
from crawler.reading import Place, read_archive, read_sitemap, read_sitemap_addresses
from crawler.repair_work import RepairWork
from news.sources import DueRepair, FeedLink, Problem, RepairWay
from tests.news_site import item, rss

URL = "https://journal.example/plan.xml"


def sitemap(*urls: str) -> bytes:
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    return f"{head}{''.join(f'<url>{url}</url>' for url in urls)}</urlset>".encode()


def news(path: str, day: int) -> str:
    date = f"<news:publication_date>2025-02-{day:02}T08:00:00Z</news:publication_date>"
    return f"<loc>/{path}</loc><lastmod>2025-03-01</lastmod><news:news>{date}<news:title>{path}</news:title></news:news>"


def test_of_a_sitemap_only_what_says_when_it_was_published_is_taken_the_newest_first() -> None:
    place = read_sitemap(sitemap(news("a", 1), "<loc>/old</loc><lastmod>2025-02-09</lastmod>", news("b", 3), news("c", 2)), URL, None)
    assert isinstance(place, Place)
    assert place.feed is not None
    assert [entry.title for entry in place.feed.entries] == ["b", "c", "a"]
    assert place.feed.entries[0].published_at == datetime(2025, 2, 3, 8, tzinfo=UTC)
    assert [one.entry.title for one in place.feed.prepared or ()] == ["b", "c", "a"]
    assert place.sitemaps == ()


def test_an_index_leads_to_the_sitemaps_that_are_likely_to_list_news() -> None:
    names = ("pages.xml", "auteurs.xml", "news.xml", "articles-1.xml", "articles-2.xml")
    index = "".join(f"<sitemap><loc>/{name}</loc></sitemap>" for name in names)
    place = read_sitemap(f"<sitemapindex>{index}</sitemapindex>".encode(), URL, None)
    assert isinstance(place, Place)
    assert place.sitemaps[0] in {"https://journal.example/news.xml", "https://journal.example/articles-2.xml"}
    assert "https://journal.example/pages.xml" not in place.sitemaps


def test_robots_txt_names_sitemaps_those_of_news_first() -> None:
    named = "SITEMAP: /plan.xml\n  Sitemap :https://journal.example/actus.xml # daily\nSitemap:\nSitemap: mailto:x\n"
    text = f"User-agent: *\nDisallow: /x\n{named}"
    place = read_sitemap_addresses((text + "Sitemap: /plan.xml\n").encode(), "https://journal.example/robots.txt", None)
    assert place == Place(sitemaps=("https://journal.example/actus.xml", "https://journal.example/plan.xml"))
    many = "".join(f"Sitemap: /{number}.xml\n" for number in range(1000))
    place = read_sitemap_addresses(many.encode(), URL, None)
    assert isinstance(place, Place)
    assert len(place.sitemaps) == 10
    assert read_sitemap_addresses(b"\xff\xfe", URL, None) == Place()


def test_an_archive_is_read_like_a_feed_with_where_it_goes_on() -> None:
    said = '<channel xmlns:atom="http://www.w3.org/2005/Atom"><atom:link rel="next" href="/3"/>'
    place = read_archive(rss(item("Un", "https://journal.example/1")).replace("<channel>", said).encode(), URL, "application/rss+xml")
    assert isinstance(place, Place)
    assert place.feed is not None
    assert place.feed.links == (FeedLink("next", "https://journal.example/3"),)


def test_what_is_no_sitemap_or_feed_is_told() -> None:
    for read in (read_archive, read_sitemap):
        problem = read(b"<html></html>", URL, None)
        assert isinstance(problem, Problem)
        assert problem.code == "not_a_feed"


def test_nobody_is_advised_to_correct_an_address_that_nobody_configured() -> None:
    assert advise_on_repair(make_http_problem(404)).message == (
        "Nothing exists at this URL (404 Not Found): nothing, what was missed is looked for elsewhere too."
    )
    assert advise_on_repair(make_problem("timeout")).code == "timeout"


def test_a_place_is_asked_for_behind_feeds_and_where_robots_txt_allows_it_one_a_source() -> None:
    work = RepairWork()
    assert (work.urgent, work.obeys_robots) == (False, True)
    assert work.key(DueRepair(7, 3, RepairWay.PAGED, URL)) == 3
