"""Reads a feed's body. Runs in a worker process: imports no scrapy, and may be killed at any time."""

from __future__ import annotations

import io
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import unescape
from itertools import islice
from typing import Any
from xml.sax import SAXParseException

import feedparser
from feedparser.api import SUPPORTED_VERSIONS

from crawler import json_feed, sitemap
from crawler.dates import from_feed, zone_of
from crawler.decoding import decode
from crawler.feed_repair import is_complete, is_feed, repaired
from crawler.plain_text import distinct_lines, language_of, line_of, paragraphs_of
from crawler.problems import FetchProblem, make_problem
from crawler.simple_feed import SimpleFeed, read_simple_feed
from crawler.web_url import absolute_url
from crawler.wishes import feed_wishes
from news.site_feeds import FEED_TYPES, FeedOffer, OfferWay, sort_offers
from news.sources import FeedEntry, FeedLink, ParsedFeed, Problem

# feedparser's dictionaries hold strings, lists and dictionaries, by names that depend on the feed.
Record = dict[str, Any]

_LINK = re.compile(r"<link\s[^>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HEAD_CHARACTERS, _MOST_LINKS = 200_000, 500
_ROOT_CHARACTERS = 8
"""Of a document, by which its beginning is found again: `<rdf:RDF`."""
_NETSCAPE_RDF = 'xmlns="http://channel.netscape.com/rdf/simple/0.9/"'
"""RSS 0.90, by its first address, which feedparser does not know for a feed without items."""

_RELATIONS = frozenset({"hub", "next", "prev-archive", "self"})
"""Links of the feed that are read (RFC 4287 §4.2.7, RFC 5005, WebSub §4)."""
_MOST_LINKS = 20
_SAMPLE_ENTRIES, _SAMPLE_CHARACTERS = 20, 300
_HTML_LIKE = frozenset({"text/html", "application/xhtml+xml"})


def parse_feed(body: bytes, url: str, content_type: str | None = None, language: str | None = None) -> ParsedFeed:
    """What the feed at `url` says. `content_type` and `language` are its headers of these names.

    A damaged feed gives what could be saved of it, with the problem `malformed`.
    Raises FetchProblem (`empty`, `not_a_feed`) if it holds no feed at all.
    """
    text = decode(body, content_type)
    if not text.strip("\0 \t\r\n\ufeff"):
        raise FetchProblem(make_problem("empty"))
    if json_feed.is_json_feed(text):
        return json_feed.parse_json_feed(text, url)
    if sitemap.is_sitemap(text):
        return sitemap.as_polled_feed(sitemap.read_sitemap(text, url))
    if not is_feed(text):
        raise FetchProblem(make_problem("not_a_feed", _what_instead(text, url)))
    document = repaired(text)
    return _parse_xml(document, url, language, text.count("\n", 0, max(text.find(document[:_ROOT_CHARACTERS]), 0)))


def _what_instead(text: str, url: str) -> str:
    start = text.lstrip()[:200].lower()
    if "<html" not in start and "<!doctype html" not in start:
        return f"it begins with {start[:40]!r}"
    declared = _declared_feed(text, url)
    return f"an HTML page, which names this feed: {declared}" if declared else "an HTML page"


def _declared_feed(text: str, url: str) -> str | None:
    """The feed that a page declares (https://www.rssboard.org/rss-autodiscovery); of several the first that is not about comments."""
    declared = sort_offers(_declared(text[:_HEAD_CHARACTERS], url))
    return declared[0].url if declared else None


def _declared(head: str, url: str) -> Iterator[FeedOffer]:
    for link in islice(_LINK.findall(head), _MOST_LINKS):
        given = {name.lower(): unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(link)}
        is_feed_link = "alternate" in given.get("rel", "").lower().split() and given.get("type", "").lower() in FEED_TYPES
        if is_feed_link and (address := absolute_url(given.get("href"), url)):
            yield FeedOffer(address, OfferWay.LINK, given.get("title"))


def _parse_xml(document: str, url: str, language: str | None, lines_before: int) -> ParsedFeed:
    result = read_simple_feed(document) or _read_by_feedparser(document, lines_before)
    if not (result.entries or result.version or _NETSCAPE_RDF in document):
        raise FetchProblem(make_problem("not_a_feed", "neither RSS nor Atom"))
    feed: Record = result.feed
    feed_language = language_of(dict.get(feed, "language") or language)
    base = _base(feed, result.version, url)
    is_atom = result.version.startswith("atom")
    zone = zone_of(feed_language, _sample(result.entries) if feed_language is None else "")
    entries = [_entry(entry, _Surroundings(base, feed_language, zone, is_atom=is_atom)) for entry in result.entries]
    damage = None if isinstance(result, SimpleFeed) else _damage(result, document)
    return ParsedFeed(
        title=_title(feed, is_atom=is_atom),
        entries=tuple(entry for entry in entries if says_something(entry)),
        language=feed_language,
        problem=damage,
        links=_links(feed, url),
        generator=line_of(dict.get(feed, "generator")),
        wishes=feed_wishes(feed, document),
        format=SUPPORTED_VERSIONS[result.version] if result.version else "RSS 0.90",
    )


def _read_by_feedparser(document: str, lines_before: int) -> Any:
    # No Content-Location: feedparser would resolve guids against it, and a feed that moves would show all its entries as new.
    headers = {"content-type": "application/xml; charset=utf-8"}
    # As many lines as stood before it, so that damage is told by the line in which people find it.
    stream = io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?>" + b"\n" * lines_before + document.encode())
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  # a tag that stands where feedparser does not expect it must not cost the whole feed
        return _read_by_feedparser(_without_tag_that_fails(document, error), lines_before)


def _without_tag_that_fails(document: str, error: Exception) -> str:
    """The document without the tag at which feedparser 6.0.14 failed: `<width>` in a text, `<gml:pos>` outside of `where`.

    Raises FetchProblem where entries would be others, or none, without it.
    """
    frames = (frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__))
    name = next((found[1] for found in map(_HANDLER.fullmatch, reversed(list(frames))) if found), None)
    if name is not None and name not in _NEEDED:
        left, tags = re.subn(rf"</?(?:[\w.-]+[:_])?{name}\b[^>]*>", "", document, flags=re.IGNORECASE)
        if tags:
            return left
    raise FetchProblem(make_problem("malformed", f"it cannot be read at <{name}>" if name else repr(error))) from error


_HANDLER = re.compile(r"_(?:start|end)_(?:[a-z]+_)?(\w+)")
"""What feedparser calls the methods that deal with a tag, with the usual prefix of its namespace."""
_NEEDED = frozenset({"channel", "content", "date", "description", "encoded", "entry", "feed", "guid", "id", "item", "link", "pubdate"})


def _damage(result: Any, document: str) -> Problem | None:
    """What is missing of a document that is not well-formed."""
    if not result.bozo or is_complete(document, len(result.entries)):
        return None
    return make_problem("malformed", _where(result.get("bozo_exception")))


def _links(feed: Record, url: str) -> tuple[FeedLink, ...]:
    named = [(relation, link.get("href")) for link in feed.get("links") or [] for relation in str(link.get("rel")).lower().split()]
    links = [FeedLink(relation, there) for relation, href in named if relation in _RELATIONS and (there := absolute_url(href, url))]
    return tuple(links[:_MOST_LINKS])


def _base(feed: Record, version: str, url: str) -> str:
    """What relative links are relative to: in Atom the document (RFC 4287 §2; xml:base is done by feedparser), else by custom the site."""
    return url if version.startswith("atom") else absolute_url(dict.get(feed, "link"), url) or url


def _where(error: Exception | None) -> str:
    """Where the XML is damaged, and how."""
    if isinstance(error, SAXParseException):
        return f"line {error.getLineNumber()}: {error.getMessage()}"[:120]
    return " ".join(str(error).split())[:120]


def says_something(entry: FeedEntry) -> bool:
    """Whether there is anything in an entry that can be read, or leads to it."""
    return bool(entry.title or entry.link or entry.summary or entry.content)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What an entry has from its feed."""

    base: str
    """What relative links are relative to."""
    language: str | None
    zone: tzinfo
    """Of dates that name none."""
    is_atom: bool


def _sample(entries: list[Record]) -> str:
    """Some words of the feed, to tell its language by."""
    return " ".join(
        f"{entry.get('title') or ''} {str(entry.get('summary') or '')[:_SAMPLE_CHARACTERS]}" for entry in entries[:_SAMPLE_ENTRIES]
    )


def _entry(entry: Record, feed: _Surroundings) -> FeedEntry:
    content = _longest(entry.get("content") or [])
    summary = _summary(entry, content)
    own_language = language_of(_declared_language(entry, content))
    zone = zone_of(own_language) if own_language else feed.zone
    published, updated = _date(entry, "published", zone), _date(entry, "updated", zone)
    return FeedEntry(
        guid=(entry.get("id") or "").strip() or None,
        link=_link(entry, feed.base),
        title=_title(entry, is_atom=feed.is_atom),
        summary=summary,
        content=_text(content),
        author=_author(entry),
        published_at=published or _date(entry, "created", zone) or updated,
        updated_at=updated,
        language=own_language or feed.language,
        categories=_categories(entry),
    )


def _link(entry: Record, base: str) -> str | None:
    """The entry's link. feedparser takes a guid for one where there is none: that holds only if it is a whole URL."""
    return absolute_url(entry.get("link"), base if entry.get("links") else "")


def _title(record: Record, *, is_atom: bool) -> str | None:
    """The title. Only Atom says whether it is plain; of RSS feedparser guesses it, and may be wrong."""
    detail = record.get("title_detail") or {}
    return line_of(record.get("title"), is_plain=is_atom and detail.get("type") == "text/plain")


def _summary(entry: Record, content: Record | None) -> str | None:
    """The short form. feedparser copies the content into an absent summary: that is none."""
    detail: Record = entry.get("summary_detail") or {}
    if content is not None and detail.get("value") == content.get("value"):
        return None
    return _text(detail)


def _longest(contents: list[Record]) -> Record | None:
    texts = [content for content in contents if content.get("value") and _is_text(content.get("type") or "text/html")]
    return max(texts, key=lambda content: len(content["value"]), default=None)


def _is_text(kind: str) -> bool:
    """Whether a construct of that type is text. What is no media type (`CDATA`) is: only media have others (RFC 4287 §4.1.3.1)."""
    return kind in {*_HTML_LIKE, "text/plain"} or "/" not in kind


def _text(detail: Record | None) -> str | None:
    """The plain text of a construct. RSS does not say whether it holds markup, so only Atom's word for "plain" is taken."""
    if not detail:
        return None
    value = detail.get("value")
    return paragraphs_of(value if isinstance(value, str) else None, is_plain=detail.get("type") == "text/plain")


def _author(entry: Record) -> str | None:
    """All authors' names, else what the author field says."""
    names = [line_of(author.get("name")) for author in entry.get("authors") or [] if isinstance(author, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name)) or line_of(entry.get("author"))


def _categories(entry: Record) -> tuple[str, ...]:
    """RSS category, Atom category (its label is for people, its term for machines: both are taken), dc:subject; each once."""
    tags = [tag for tag in entry.get("tags") or [] if isinstance(tag, dict)]
    return distinct_lines(tag.get(name) for tag in tags for name in ("label", "term"))


def _date(entry: Record, name: str, zone: tzinfo) -> datetime | None:
    """The entry's date of that name, only if the feed gives that very one (feedparser's `get` would answer with another)."""
    return from_feed(dict.get(entry, name), dict.get(entry, f"{name}_parsed"), zone)


def _declared_language(entry: Record, content: Record | None) -> str | None:
    details = (content, entry.get("summary_detail"), entry.get("title_detail"))
    return dict.get(entry, "language") or next((detail["language"] for detail in details if detail and detail.get("language")), None)
