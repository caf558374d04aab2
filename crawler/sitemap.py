"""Sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html), with Google's news extension. Runs in a worker process.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap

A sitemap of news is a feed in all but name: titles, dates and addresses of what was published in the last two days.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from lxml import etree

from crawler.dates import from_text, zone_of
from crawler.decoding import decode
from crawler.feed_repair import with_valid_references
from crawler.plain_text import distinct_lines, language_of, line_of
from crawler.problems import FetchProblem, make_problem
from crawler.web_url import absolute_url
from news.sources import FeedEntry, ParsedFeed, Problem

MOST_ENTRIES = 2_000
"""Of one sitemap that says when its pages were published or changed, the latest. Twice what Google takes of news."""
MOST_ADDRESSES = 50_000
"""That are looked at, of any sitemap; the protocol permits no more."""
MOST_UNDATED = 10_000
"""Of one that dates nothing, the first: what is new may be anywhere."""
MOST_SITEMAPS = 1_000
"""Of one index, the latest; the protocol permits 50,000."""
MOST_READ_SITEMAPS = 3
"""Of an index that is polled like a feed, at each poll."""
MOST_BYTES = 20_000_000
"""Of a sitemap that comes as a gzip file; of others the crawl's own limit counts."""

_GZIP = b"\x1f\x8b"
_ROOT = re.compile(
    r"(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE[^>\[]*+(?:>|\[(?>.*?\]\s*>)))*+(?=<(?:[A-Za-z_][\w.-]*:)?(urlset|sitemapindex)[\s>/])",
    re.DOTALL | re.IGNORECASE,
)
"""What stands before the root element; dropped with the entities that it declares. Nothing in it is tried twice."""
_OPENED, _CLOSED = (re.compile(rf"<{slash}(?:[A-Za-z_][\w.-]*:)?(?:url|sitemap)[\s>]", re.IGNORECASE) for slash in ("", "/"))
"""Where what is said of a page, or of a further sitemap, begins and ends."""
_NEWS_NAME = re.compile(r"news|actu|articles?(?![a-z])|posts?(?![a-z])", re.IGNORECASE)
_DULL_NAME = re.compile(r"page|categor|rubrique|tag|author|auteur|image|video|product|media|attachment|forum", re.IGNORECASE)
"""In the name of a sitemap of an index: that it has what is new; that it lists no articles."""

Element = etree._Element  # noqa: SLF001  # lxml gives its type no other name


@dataclass(frozen=True, slots=True)
class NestedSitemap:
    """A sitemap that an index names; `modified_at` is what the index says of it."""

    url: str
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages as the entries of a feed, or, in an index, further sitemaps.

    Only the news extension says when a page was published and what its title is; of another page nothing is known but its address, and
    perhaps when it was changed (`updated_at`).
    """

    feed: ParsedFeed
    nested: tuple[NestedSitemap, ...] = ()


def is_sitemap(text: str) -> bool:
    """Whether a document is a sitemap or an index of them: by its root, since articles quote sitemaps."""
    return _ROOT.match(text) is not None


def parse_sitemap(body: bytes, url: str, content_type: str | None = None) -> Sitemap:
    """What the sitemap at `url` lists; `body` may be a gzip file. Raises FetchProblem (`empty`, `too_large`, `truncated`, `not_a_feed`)."""
    text = decode(_unpacked(body), content_type)
    if not text.strip("\0 \t\r\n\ufeff"):
        raise FetchProblem(make_problem("empty"))
    return read_sitemap(text, url)


def read_sitemap(text: str, url: str) -> Sitemap:
    """As `parse_sitemap`, of a document that is decoded and not empty."""
    root = _ROOT.match(text.lstrip("\ufeff"))
    if root is None:
        raise FetchProblem(make_problem("not_a_feed", "no sitemap"))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(with_valid_references(_without_cut_end(root.string[root.end() :], root[1])).encode(), parser)
    except etree.XMLSyntaxError as error:  # not even a root
        raise FetchProblem(make_problem("malformed", str(error)[:120])) from error
    if tree is None:
        raise FetchProblem(make_problem("not_a_feed", "no sitemap"))
    problem = _problem_with(parser)
    if root[1].lower() == "sitemapindex":
        return Sitemap(ParsedFeed(None, (), problem=problem, format="sitemap index"), _nested(tree, url))
    entries = _entries(tree, url)
    language = next((entry.language for entry in entries if entry.language), None)
    title = _publication(tree)
    return Sitemap(ParsedFeed(title, entries, language, problem, format="news sitemap" if title else "sitemap"))


def _without_cut_end(text: str, root_name: str) -> str:
    """A document without what it ends in, if it was cut: an address that lacks its end is that of another page, or of none."""
    if re.search(rf"</(?:[\w.-]+:)?{root_name}\s*>", text, re.IGNORECASE):
        return text
    closed = max((found.end() for found in _CLOSED.finditer(text)), default=0)
    begun = _OPENED.search(text, closed)
    return text[: begun.start()] if begun else text


def as_polled_feed(sitemap: Sitemap) -> ParsedFeed:
    """A sitemap as the feed of a source; that of an index names the sitemaps to read in its place."""
    return replace(sitemap.feed, children=tuple(nested.url for nested in choose_nested(sitemap.nested)))


def choose_nested(nested: Iterable[NestedSitemap]) -> list[NestedSitemap]:
    """The sitemaps of an index that are likely to hold what is new, the likeliest first.

    One of news goes before all others, then what was changed last; where nothing says when, the highest number, since sites begin another
    one when the last is full (WordPress, Yoast).
    """
    return sorted(nested, key=_likelihood, reverse=True)[:MOST_READ_SITEMAPS]


def _likelihood(nested: NestedSitemap) -> tuple[bool, bool, float, list[int]]:
    name = nested.url.partition("://")[2].partition("/")[2]
    numbers = [int(digits) for digits in re.findall(r"\d{1,9}", name)]
    return not _DULL_NAME.search(name), bool(_NEWS_NAME.search(name)), _moment(nested.modified_at), numbers


def _unpacked(body: bytes) -> bytes:
    """A gzip file's content (RFC 1952), which may be cut short; what is none as it is."""
    if not body.startswith(_GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise FetchProblem(make_problem("truncated", str(error))) from error
    if len(unpacked) > MOST_BYTES:
        raise FetchProblem(make_problem("too_large", f"more than {MOST_BYTES} bytes"))
    return unpacked


def _problem_with(parser: etree.XMLParser) -> Problem | None:
    """Why something may be missing. A prefix that nobody declared is overlooked: names count here, whatever their namespace."""
    faults = [error for error in parser.error_log if error.domain != etree.ErrorDomains.NAMESPACE]
    return make_problem("malformed", f"line {faults[0].line}: {faults[0].message}"[:120]) if faults else None


def _entries(tree: Element, url: str) -> tuple[FeedEntry, ...]:
    entries = [entry for element in islice(tree, MOST_ADDRESSES) if (entry := _entry(element, url))]
    if len(entries) <= MOST_ENTRIES or not any(entry.published_at or entry.updated_at for entry in entries):
        return tuple(entries[:MOST_UNDATED])
    latest = sorted(entries, key=lambda entry: _moment(entry.published_at or entry.updated_at), reverse=True)
    return tuple(latest[:MOST_ENTRIES])


def _entry(element: Element, url: str) -> FeedEntry | None:
    """A page of the sitemap; None for what is none, or has no address of the web."""
    said = _texts(element)
    link = absolute_url(said.get("loc"), url)
    if _name(element) != "url" or link is None:
        return None
    if "news:title" not in said:
        return FeedEntry(None, link, None, updated_at=from_text(said.get("lastmod")))
    title, language = line_of(said["news:title"]), language_of(said.get("news:language"))
    zone = zone_of(language, title or "")
    return FeedEntry(
        guid=None,
        link=link,
        title=title,
        published_at=from_text(said.get("news:publication_date"), zone),
        updated_at=from_text(said.get("lastmod"), zone),
        language=language,
        categories=distinct_lines((said.get("news:keywords") or "").split(",")),
    )


def _nested(tree: Element, url: str) -> tuple[NestedSitemap, ...]:
    texts = [_texts(element) for element in tree if _name(element) == "sitemap"]
    named = [NestedSitemap(address, from_text(said.get("lastmod"))) for said in texts if (address := absolute_url(said.get("loc"), url))]
    return tuple(sorted(named, key=lambda one: _moment(one.modified_at), reverse=True)[:MOST_SITEMAPS])


def _publication(tree: Element) -> str | None:
    """The name of whoever publishes the first page that says so."""
    names = (line_of(_texts(element).get("news:name")) for element in tree)
    return next((name for name in names if name), None)


def _texts(element: Element) -> dict[str, str]:
    """The texts of an element's children by their names; those of the news extension are `news:…`, whatever their prefix."""
    texts: dict[str, str] = {}
    for child in element:
        if _name(child) == "news":
            texts |= {f"news:{_name(leaf)}": leaf.text for leaf in child.iter() if leaf.text and leaf.text.strip()}
        elif child.text:
            texts.setdefault(_name(child), child.text)
    return texts


def _name(element: Element) -> str:
    """An element's name without its namespace: many sites declare none, or another."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _moment(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("-inf")
