"""What is simple in a feed is read as feedparser reads it, and what is not is left to it."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import feed_parser
from crawler.feed_parser import parse_feed
from crawler.feed_repair import repaired
from crawler.simple_feed import read_simple_feed
from news.sources import ParsedFeed

URL = "https://flux.example/feed"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def feed_of(items: str = "", channel: str = "<title>Le Journal</title><link>https://journal.example/</link>") -> str:
    return f'<rss version="2.0" {NAMESPACES}><channel>{channel}{items}</channel></rss>'


def item_of(inside: str) -> str:
    return feed_of(f"<item>{inside}</item>")


def as_feedparser_has_it(document: str) -> ParsedFeed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_parser, "read_simple_feed", lambda _: None)
        return parse_feed(document.encode(), URL)


texts = st.text(st.sampled_from("aé’ &<>;\n\t=/:?#1œ©Ã\xa0\u202f"), max_size=12)
addresses = st.sampled_from([
    "https://journal.example/a", "https:////journal.example/a", "/a?b=1&c;=2", "", " ", "a-1", "https://journal.example/a?b=1&amp;c=2&d;e",
])  # fmt: skip
dates = st.sampled_from(
    ["Mon, 10 Feb 2025 10:00:00 +0100", "10 Feb 2025 10:00 GMT", "2025-02-10T10:00:00Z", "", "Mon, 31 Feb 2025 10:00:00 GMT"]
)


def element(name: str, inside: st.SearchStrategy[str], attributes: str = "") -> st.SearchStrategy[str]:
    return inside.map(lambda text: f"<{name}{attributes}>{escape(text)}</{name}>")


item_elements = st.one_of(
    *(
        element(name, texts)
        for name in ("title", "description", "content:encoded", "author", "dc:creator", "category", "comments", "dc:subject")
    ),
    *(element("guid", addresses, attributes) for attributes in ("", ' isPermaLink="false"', ' isPermaLink="true"', ' isPermaLink="True"')),
    element("link", addresses),
    element("pubDate", dates),
    element("dc:date", dates),
    element("category", texts, ' domain="a"'),
    element("source", texts, ' url="https://a.example/"'),
    element("slash:comments", texts),
    st.just('<enclosure url="https://a.example/b.mp3" type="audio/mpeg" length="1"/>'),
    st.just('<media:content url="https://a.example/b.jpg"><media:credit role="author">A</media:credit></media:content>'),
    st.just('<media:thumbnail url="https://a.example/b.jpg"/>'),
)
channel_elements = st.one_of(
    *(element(name, texts) for name in ("title", "description", "generator", "copyright", "managingEditor", "category", "language", "ttl")),
    element("link", addresses),
    element("language", st.sampled_from(["fr", "fr-FR", "en_US", ""])),
    element("sy:updatePeriod", st.sampled_from(["hourly", "x"])),
    element("sy:updateFrequency", st.sampled_from(["2", "x"])),
    element("lastBuildDate", dates),
    *(
        addresses.map(lambda address, rest=rest: f'<atom:link href="{escape(address)}"{rest}/>')
        for rest in (' rel="self"', ' rel="HUB"', ' rel="alternate" type="text/html"', ' type="application/rss+xml"', "")
    ),
    st.just("<image><title>T</title><url>https://a.example/i.png</url><link>https://other.example/</link><width>1</width></image>"),
    st.just("<skipHours><hour>3</hour></skipHours>"),
)
items = st.lists(item_elements, max_size=6, unique_by=lambda one: one[1:6]).map(lambda inside: f"<item>{''.join(inside)}</item>")
channels = st.lists(channel_elements, max_size=5, unique_by=lambda one: one[1:12]).map("".join)


@given(channels, st.lists(items, max_size=3), channels)
def test_a_simple_feed_is_read_as_feedparser_reads_it(before: str, entries: list[str], after: str) -> None:
    document = feed_of("".join(entries), before) if "<title>" in before else feed_of("".join(entries) + after, before)
    assert parse_feed(document.encode(), URL) == as_feedparser_has_it(document)


WHOLE = item_of(
    "<title>L’OTAN signe</title><link>https://journal.example/a?b=1&amp;c=2</link><guid isPermaLink='false'>a-1</guid>"
    "<description>&lt;p&gt;Un contrat.&lt;/p&gt;</description><content:encoded><![CDATA[<p>Le texte.</p>]]></content:encoded>"
    "<dc:creator>A. Petit</dc:creator><category>Défense</category><pubDate>Mon, 10 Feb 2025 10:00:00 +0100</pubDate>"
)


def test_what_most_feeds_say_is_simple() -> None:
    assert read_simple_feed(WHOLE) is not None
    assert parse_feed(WHOLE.encode(), URL) == as_feedparser_has_it(WHOLE)
    assert parse_feed(WHOLE.encode(), URL).entries[0].content == "Le texte."


@pytest.mark.parametrize(
    "document",
    [
        WHOLE.replace('version="2.0"', 'version="0.91"'),
        WHOLE.replace('version="2.0"', 'version="2.0" xml:base="https://a.example/"'),
        WHOLE.replace("<channel>", '<channel lastmod="2025-02-10">'),
        WHOLE.replace("<item>", '<item href="https://a.example/">'),
        WHOLE.replace("</channel>", "</channel><item><title>Dehors</title></item>"),
        WHOLE.replace("<title>L", "<title>Un autre</title><title>L"),
        WHOLE.replace("<title>L", '<title type="html">L'),
        WHOLE.replace("<title>L", '<title xml:lang="en">L'),
        WHOLE.replace("<item>", "<description>Le<b>journal</b></description><item>"),
        WHOLE.replace("<item>", "<image><title>T</title><url>https://a.example/</url><name>N</name></image><item>"),
        WHOLE.replace("<item>", "<textInput><title>T</title></textInput><item>"),
        WHOLE.replace("<item>", '<atom:link href="/next" rel="next" xml:base="https://a.example/"/><item>'),
        WHOLE.replace("<item>", '<atom:link rel="self">a</atom:link><item>'),
        WHOLE.replace("<guid isPermaLink", "<guid xml:base='https://a.example/' isPermaLink"),
        WHOLE.replace("<description>", "<description><b>Un</b> "),
        WHOLE.replace("A. Petit", "a.petit@journal.example (A. Petit)"),
        WHOLE.replace("<dc:creator>", "<author>B. Grand</author><dc:creator>"),
        WHOLE.replace("10 Feb 2025", "10 février 2025"),
        WHOLE.replace("Défense", "DÃ©fense"),  # UTF-8 that was taken for Latin-1
        WHOLE.replace("L’OTAN", "L\x92OTAN"),
        WHOLE.replace("<dc:creator>A. Petit</dc:creator>", "<managingEditor>B. Grand</managingEditor>"),
        WHOLE.replace("<dc:creator>", "<lastBuildDate>Mon, 10 Feb 2025 11:00:00 +0100</lastBuildDate><dc:creator>"),
        WHOLE.replace("<dc:creator>", "<dc:title>Autre</dc:title><dc:creator>"),
        WHOLE.replace("<dc:creator>", "<media:content><media:title>Image</media:title></media:content><dc:creator>"),
        WHOLE.replace("<dc:creator>", '<media:content lang="en"/><dc:creator>'),
        WHOLE.replace("xmlns:slash=", 'xmlns:old="http://purl.org/rss/1.0/" xmlns:slash='),
        WHOLE.replace("xmlns:slash=", "xmlns:old='http://BACKEND.userland.com/rss2' xmlns:slash="),
        WHOLE.replace("xmlns:slash=", "xmlns:old='http://purl.org/rss/1.0&#47;' xmlns:slash="),
        WHOLE.replace("dc=", "dc_=").replace("slash=", "dc=").replace("dc_=", "slash=").replace("dc:", "slash:"),
        WHOLE.replace("<item>", "<ttl xmlns:xlink='http://www.w3.org/1999/xlink'>60</ttl><item>"),
        WHOLE.replace("<dc:creator>", "".join(f"<category domain='{n}'>A</category>" for n in range(60)) + "<dc:creator>"),
        WHOLE.replace("<item>", "<description><![CDATA[\n<!ENTITY a>]]></description><item>"),
        WHOLE.replace("<item>", "<description><![CDATA[\n<!DOCTYPE a>]]></description><item>"),
        WHOLE.replace("</item>", ""),
        WHOLE.replace("<rss", "<RSS").replace("</rss", "</RSS"),
    ],
)
def test_anything_else_is_left_to_feedparser(document: str) -> None:
    assert document != WHOLE
    assert read_simple_feed(document) is None
    assert parse_feed(document.encode(), URL) == as_feedparser_has_it(document)


def test_a_feed_is_repaired_before_it_is_found_to_be_simple() -> None:
    document = WHOLE.replace("&amp;c", "&c").replace("Un contrat", "Un contrat &nbsp;")
    assert read_simple_feed(document) is None
    assert read_simple_feed(repaired(document)) is not None


def test_the_time_to_find_the_namespaces_grows_with_the_length_alone() -> None:
    hostile = WHOLE.replace("Un contrat", "xmlns:a" * 200_000)
    assert read_simple_feed(hostile) is not None
