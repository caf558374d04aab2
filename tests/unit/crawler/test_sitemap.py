"""Reading sitemaps, as sites write them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler import sitemap
from crawler.feed_parser import parse_feed
from crawler.problems import FetchProblem
from crawler.sitemap import NestedSitemap, choose_nested, is_sitemap, parse_sitemap

URL = "https://journal.example/news-sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
  <url>
    <loc>https://journal.example/otan?a=1&amp;b=2</loc>
    <lastmod>2025-02-10T11:00:00Z</lastmod>
    <news:news>
      <news:publication><news:name>Le Journal</news:name><news:language>fr</news:language></news:publication>
      <news:publication_date>2025-02-10T11:30:00+01:00</news:publication_date>
      <news:title>L’OTAN &amp; l’Europe</news:title>
      <news:keywords>Défense, OTAN, Défense</news:keywords>
    </news:news>
  </url>
  <url><loc>/plain</loc><lastmod>2025-02-09</lastmod></url>
  <url><loc>mailto:nobody</loc></url>
</urlset>"""


def problem_of(body: bytes) -> str:
    with pytest.raises(FetchProblem) as raised:
        parse_sitemap(body, URL)
    return raised.value.problem.code


def test_a_news_sitemap_tells_title_date_language_and_keywords() -> None:
    feed = parse_sitemap(NEWS.encode(), URL).feed
    entry = feed.entries[0]
    assert (feed.title, feed.language) == ("Le Journal", "fr")
    assert (entry.link, entry.title, entry.language) == ("https://journal.example/otan?a=1&b=2", "L’OTAN & l’Europe", "fr")
    assert entry.published_at == datetime(2025, 2, 10, 10, 30, tzinfo=UTC)
    assert (entry.guid, entry.categories) == (None, ("Défense", "OTAN"))


def test_a_date_without_a_zone_is_in_the_zone_of_its_language() -> None:
    entry = parse_sitemap(NEWS.replace("+01:00", "").encode(), URL).feed.entries[0]
    assert entry.published_at == datetime(2025, 2, 10, 10, 30, tzinfo=UTC)


def test_of_another_page_only_its_address_is_known_and_when_it_was_changed() -> None:
    _, entry = parse_sitemap(NEWS.encode(), URL).feed.entries
    assert (entry.link, entry.title, entry.published_at) == ("https://journal.example/plain", None, None)
    assert entry.updated_at == datetime(2025, 2, 9, tzinfo=UTC)


def test_an_index_names_sitemaps_the_latest_first() -> None:
    index = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://journal.example/old.xml</loc></sitemap>
      <sitemap><loc>/b.xml</loc><lastmod>2025-01-01</lastmod></sitemap>
      <sitemap><loc>/a.xml.gz</loc><lastmod>2025-02-01</lastmod></sitemap></sitemapindex>"""
    read = parse_sitemap(index.encode(), URL)
    assert read.nested == (
        NestedSitemap("https://journal.example/a.xml.gz", datetime(2025, 2, 1, tzinfo=UTC)),
        NestedSitemap("https://journal.example/b.xml", datetime(2025, 1, 1, tzinfo=UTC)),
        NestedSitemap("https://journal.example/old.xml", None),
    )
    assert read.feed.entries == ()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (
            ["post-sitemap.xml", "post-sitemap2.xml", "post-sitemap10.xml", "page-sitemap.xml"],
            ["post-sitemap10", "post-sitemap2", "post-sitemap"],
        ),
        (["sitemap-2024.xml", "news.xml", "sitemap-2025.xml"], ["news", "sitemap-2025", "sitemap-2024"]),
        (["category-news.xml", "a.xml", "tags.xml", "b.xml"], ["a", "b", "category-news"]),
    ],
)
def test_of_an_undated_index_the_sitemaps_of_what_is_new_are_known_by_their_names(names: list[str], chosen: list[str]) -> None:
    nested = [NestedSitemap(f"https://news.example/{name}", None) for name in names]
    assert [one.url.rpartition("/")[2].removesuffix(".xml") for one in choose_nested(nested)] == chosen


def test_of_a_dated_index_what_changed_last_goes_first() -> None:
    nested = [NestedSitemap(f"https://journal.example/{day}.xml", datetime(2025, 2, day, tzinfo=UTC)) for day in (1, 4, 2, 3)]
    assert [one.modified_at.day for one in choose_nested(nested) if one.modified_at] == [4, 3, 2]


def test_a_gzip_file_is_unpacked_as_far_as_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(parse_sitemap(gzip.compress(NEWS.encode()), URL).feed.entries) == 2
    monkeypatch.setattr(sitemap, "MOST_BYTES", len(NEWS.encode()) - 1)
    assert problem_of(gzip.compress(NEWS.encode())) == "too_large"
    monkeypatch.setattr(sitemap, "MOST_BYTES", len(NEWS.encode()))
    assert len(parse_sitemap(gzip.compress(NEWS.encode()), URL).feed.entries) == 2
    assert problem_of(gzip.compress(NEWS.encode())[:10] + b"\xff" * 20) == "truncated"


def test_what_is_cut_short_says_so() -> None:
    read = parse_sitemap(NEWS[: NEWS.index("<url><loc>/plain")].encode(), URL)
    assert [entry.title for entry in read.feed.entries] == ["L’OTAN & l’Europe"]
    assert read.feed.problem is not None
    assert read.feed.problem.code == "malformed"
    assert parse_sitemap(NEWS.encode(), URL).feed.problem is None


@pytest.mark.parametrize("end", ["example/otan", "/plain</loc>", "2025-02-09</lastmod>", "<url><loc>mailto"])
def test_what_a_sitemap_was_cut_in_is_no_address(end: str) -> None:
    whole = [entry.link for entry in parse_sitemap(NEWS.encode(), URL).feed.entries]
    cut = parse_sitemap(NEWS[: NEWS.find(end) + len(end) - 2].encode(), URL).feed
    assert [entry.link for entry in cut.entries] == whole[: len(cut.entries)]
    assert cut.problem is not None
    assert cut.problem.code == "malformed"


def test_the_last_sitemap_that_a_cut_index_names_is_not_asked_for_by_half_an_address() -> None:
    named = "<sitemap><loc>https://journal.example/actu-1.xml</loc></sitemap>"
    read = parse_sitemap(f"<s:sitemapindex xmlns:s='x'>{named * 2}<s:sitemap><s:loc>https://journal.example/act".encode(), URL)
    assert {one.url for one in read.nested} == {"https://journal.example/actu-1.xml"}


@pytest.mark.parametrize(("body", "code"), [(b" ", "empty"), (b"<html></html>", "not_a_feed"), (b"<rss></rss>", "not_a_feed")])
def test_what_is_no_sitemap_is_refused(body: bytes, code: str) -> None:
    assert problem_of(body) == code


def test_entities_that_it_declares_are_never_read() -> None:
    bomb = '<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&a;&b;x</loc></url></urlset>'
    (entry,) = parse_sitemap(bomb.encode(), URL).feed.entries
    assert entry.link is not None
    assert "aaaa" not in entry.link
    assert "root" not in entry.link


def test_bare_ampersands_and_html_entities_are_read_as_meant() -> None:
    text = NEWS.replace("&amp;b=2", "&b=2").replace("L’OTAN &amp;", "L&rsquo;OTAN &")
    entry = parse_sitemap(text.encode(), URL).feed.entries[0]
    assert (entry.link, entry.title) == ("https://journal.example/otan?a=1&b=2", "L’OTAN & l’Europe")


def test_of_too_many_dated_the_latest_are_kept_and_of_undated_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_ENTRIES", 2)
    pages = "".join(f"<url><loc>/{day}</loc><lastmod>2025-02-{day:02}</lastmod></url>" for day in (3, 1, 2))
    read = parse_sitemap(f"<urlset>{pages}</urlset>".encode(), URL)
    assert [entry.link for entry in read.feed.entries] == ["https://journal.example/3", "https://journal.example/2"]
    undated = f"<urlset>{''.join(f'<url><loc>/{day}</loc></url>' for day in (3, 1, 2))}</urlset>".encode()
    assert len(parse_sitemap(undated, URL).feed.entries) == 3
    monkeypatch.setattr(sitemap, "MOST_UNDATED", 1)
    assert [entry.link for entry in parse_sitemap(undated, URL).feed.entries] == ["https://journal.example/3"]
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 2)
    monkeypatch.setattr(sitemap, "MOST_UNDATED", 9)
    assert len(parse_sitemap(undated, URL).feed.entries) == 2


def test_namespaces_and_prefixes_are_as_each_site_likes_them() -> None:
    text = NEWS.replace("news:", "n:").replace('xmlns:news="', 'xmlns:n="')
    assert parse_sitemap(text.encode(), URL).feed.entries[0].title == "L’OTAN & l’Europe"
    bare = NEWS.replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "")
    undeclared = bare.replace(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', "")
    read = parse_sitemap(undeclared.encode(), URL).feed
    assert (read.entries[0].title, read.problem) == ("L’OTAN & l’Europe", None)


def test_a_sitemap_is_known_by_its_root() -> None:
    assert is_sitemap(NEWS)
    assert is_sitemap("<sitemapindex/>")
    assert is_sitemap("<!-- made by a plugin --><?xml-stylesheet href='s.xsl'?><!DOCTYPE urlset [<!ENTITY a 'b'>]>\n<urlset>")
    assert not is_sitemap("<rss><channel><urlsets/></channel></rss>")
    assert not is_sitemap("<rss><channel><title><![CDATA[<urlset> explained]]></title></channel></rss>")
    assert not is_sitemap("<!-- " * 100_000)
    assert not is_sitemap("<!--a-->" * 100_000)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<a>" * 100_000,
        b"<urlset " + b'a="b" ' * 10_000 + b">",
        b"<urlset ",
        b"<urlset>" + b"&" * 100_000,
        b"<urlset><url><loc><![CDATA[",
    ],
)
def test_whatever_stands_in_one_it_is_read_or_called_damaged(body: bytes) -> None:
    feed = parse_sitemap(body, URL).feed
    assert feed.entries == ()
    assert feed.problem is not None
    assert feed.problem.code == "malformed"


def test_a_sitemap_is_a_feed_and_an_index_names_what_to_read_in_its_place() -> None:
    assert [entry.title for entry in parse_feed(NEWS.encode(), URL).entries] == ["L’OTAN & l’Europe", None]
    index = parse_feed(b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>", URL)
    assert (index.entries, index.children) == ((), ("https://journal.example/a.xml",))
