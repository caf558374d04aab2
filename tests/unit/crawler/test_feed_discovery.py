"""What a page says of feeds, as sites write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.feed_discovery import find_feeds
from crawler.feed_parser import parse_feed
from crawler.problems import FetchProblem
from news.site_feeds import FeedOffer, OfferWay, addresses_of, customary_addresses

URL = "https://journal.example/tech/"
PAGES = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "articles-fr" / "picofeed"


def offers(markup: str, url: str = URL) -> list[tuple[OfferWay, str]]:
    found = find_feeds(f"<html><head><title>x</title></head><body>{markup}</body></html>".encode(), url, "text/html", None)
    return [(offer.way, offer.url) for offer in found.offers]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="feed">', "https://journal.example/tech/feed"),
        ("<LINK REL='Alternate home' TYPE='application/atom+xml; charset=utf-8' HREF='//flux.example/a'>", "https://flux.example/a"),
        ('<link rel="alternate" type="application/feed+json" href="/f.json">', "https://journal.example/f.json"),
        ('<link rel="feed" href="/feed">', "https://journal.example/feed"),
        ('<link rel="alternate" type="application/rss+xml" href="feed://journal.example/f">', "http://journal.example/f"),
        ('<link rel="alternate" type="application/rss+xml" href="Feed:https://journal.example/f">', "https://journal.example/f"),
        ('<link rel="alternate" type="text/xml" href="/rss.php">', "https://journal.example/rss.php"),
    ],
)
def test_declared_feeds_are_known_by_relation_and_type(link: str, url: str) -> None:
    assert offers(link) == [(OfferWay.LINK, url)]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/feed">',
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?format=json">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:void(0)">',
        '<link rel="alternate" type="application/rss+xml">',
        '<a href="https://feedly.com/i/subscription/feed/https://journal.example/feed">Feedly</a>',
        '<a href="/feedback">Votre avis</a><a href="/ressources">x</a><a href="/fluxbox">x</a>',
    ],
)
def test_what_is_no_feed_is_not_offered(link: str) -> None:
    assert offers(link) == []


@pytest.mark.parametrize(
    "path", ["/rss", "/feed/", "/rss.xml", "/flux-rss.html?x", "/spip.php?page=backend", "/a/index.rdf", "/news.atom", "/?feed=rss2"]
)
def test_links_that_look_like_feeds_are_offered(path: str) -> None:
    assert offers(f'<a href="{path}">x</a>') == [(OfferWay.ANCHOR, f"https://journal.example{path}")]


def test_each_address_is_offered_once_by_its_surest_way_and_comments_last() -> None:
    feed, comments = (
        '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'.format(*of)
        for of in (("T", "/feed"), ("T » Commentaires", "/c"))
    )
    assert offers(f'<a href="/feed">RSS</a>{comments}{feed}') == [
        (OfferWay.LINK, "https://journal.example/feed"),
        (OfferWay.LINK, "https://journal.example/c"),
    ]


def test_of_thousands_a_bounded_number_is_looked_at() -> None:
    many = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{number}">' for number in range(5000))
    assert len(offers(many)) == 20


def test_a_robots_txt_offers_its_sitemaps() -> None:
    text = b"User-agent: *\nDisallow:\nsitemap: https://journal.example/news.xml\nSitemap:/other.xml # x\n"
    found = find_feeds(text, "https://journal.example/robots.txt", "text/plain", None)
    assert found.offers == (
        FeedOffer("https://journal.example/news.xml", OfferWay.SITEMAP),
        FeedOffer("https://journal.example/other.xml", OfferWay.SITEMAP),
    )


@pytest.mark.parametrize("url", ["https://journal.example", "https://journal.example/", "https://journal.example/a.html?b#c"])
def test_customary_places_are_at_the_root_of_the_site(url: str) -> None:
    places = customary_addresses(url)
    assert places[:3] == ("https://journal.example/feed/", "https://journal.example/rss", "https://journal.example/rss.xml")
    assert "https://journal.example/?feed=rss2" in places


def test_those_of_a_section_go_first() -> None:
    assert customary_addresses("https://journal.example/a/tech")[:3] == (
        "https://journal.example/a/tech/feed/",
        "https://journal.example/a/tech/rss",
        "https://journal.example/feed/",
    )


@pytest.mark.skipif(not PAGES.exists(), reason="the corpus of real pages is not here")
@pytest.mark.parametrize(
    ("page", "url", "feed"),
    [
        ("html_reader_linuxfr.html", "https://linuxfr.org/", "https://linuxfr.org/news.atom"),
        ("html_reader_universfreebox.html", "https://www.universfreebox.com/", "https://www.universfreebox.com/backend.php"),
        ("html_scraper_lemonde.html", "https://www.lemonde.fr/a.html", "https://www.lemonde.fr/proche-orient/rss_full.xml"),
    ],
)
def test_the_feeds_of_real_french_sites_are_found(page: str, url: str, feed: str) -> None:
    assert find_feeds((PAGES / page).read_bytes(), url, "text/html", None).offers[0].url == feed


def test_whoever_names_a_page_is_told_the_feed_of_its_articles() -> None:
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/comments/feed/", "/feed/"))
    with pytest.raises(FetchProblem) as raised:
        parse_feed(f"<html><head>{head}</head></html>".encode(), URL)
    assert "names this feed: https://journal.example/feed/)" in raised.value.problem.message


def test_what_somebody_types_may_be_called_by_the_scheme_that_readers_once_had_for_feeds() -> None:
    assert addresses_of(" feed:https://journal.example/f ") == ("https://journal.example/f",)
    assert addresses_of("feed://journal.example/f") == ("http://journal.example/f",)
    assert addresses_of("feed.example") == ("https://feed.example", "http://feed.example")
