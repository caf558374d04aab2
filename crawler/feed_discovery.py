"""Finds what a page says of feeds. Runs in a worker process: imports no scrapy, and may be killed at any time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.decoding import decode
from crawler.feed_parser import parse_feed
from crawler.feed_repair import repair_characters
from crawler.plain_text import line_of
from crawler.problems import FetchProblem
from crawler.web_url import absolute_url
from news.site_feeds import FEED_TYPES, FeedOffer, OfferWay, SiteFeeds, sort_offers

_VAGUE_TYPES = frozenset({"", "text/xml", "application/xml", "application/json"})
"""Of a feed, or of something else, such as WordPress' own interface; the address tells which."""
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._?=&-])(?:rss2?|feeds?|atom|flux|backend|rdf)(?:[/._?=&-]|$)|\.(?:rss|atom|rdf)$", re.IGNORECASE)
_SUBSCRIBING_SITES = re.compile(r"(?:^|\.)(?:feedly|netvibes|inoreader|bloglovin|newsblur|facebook|twitter|x)\.com$", re.IGNORECASE)
"""Which take the address of a feed from a link, and give none."""
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST_DECLARED, _MOST_ANCHORS = 100, 10
"""Links that are looked at. Pages of one address declare themselves in dozens of languages, and newspapers a feed for each section."""


def find_feeds(body: bytes, url: str, content_type: str | None, language: str | None) -> SiteFeeds:
    """The feed that the document at `url` is, or those that it offers: a page by its elements, a robots.txt by its sitemaps.

    Raises FetchProblem for a feed that cannot be read, and for what is empty.
    """
    try:
        return SiteFeeds(feed=parse_feed(body, url, content_type, language))
    except FetchProblem as error:
        if error.problem.code != "not_a_feed":
            raise
    text = decode(body, content_type)
    if urlsplit(url).path == "/robots.txt":
        addresses = (absolute_url(address, url) for address in _SITEMAP.findall(text))
        return SiteFeeds(sort_offers(FeedOffer(address, OfferWay.SITEMAP) for address in islice(addresses, _MOST_DECLARED) if address))
    tree = _parse(text)
    if tree is None:
        return SiteFeeds()
    base = absolute_url(next(iter(tree.xpath("//base/@href")), None), url) or url
    declared, linked = islice(_declared(tree, base), _MOST_DECLARED), islice(_anchors(tree, base), _MOST_ANCHORS)
    return SiteFeeds(sort_offers((*declared, *linked)))


def _parse(text: str) -> HtmlElement | None:
    parser = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(repair_characters(text).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _declared(tree: HtmlElement, base: str) -> Iterator[FeedOffer]:
    for link in tree.iter("link", "a"):
        relations = link.get("rel", "").lower().split()
        if not ("alternate" in relations or "feed" in relations):
            continue
        address = absolute_url(link.get("href"), base)
        if address and is_feed_type(link.get("type", ""), address):
            yield FeedOffer(address, OfferWay.LINK, line_of(link.get("title"), is_plain=True))


def is_feed_type(media_type: str, address: str) -> bool:
    """Whether a link of this type, which may be absent, leads to a feed."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare in FEED_TYPES or (bare in _VAGUE_TYPES and _looks_like_feed(address))


def _anchors(tree: HtmlElement, base: str) -> Iterator[FeedOffer]:
    for anchor in tree.iter("a"):
        address = absolute_url(anchor.get("href"), base)
        if address and _looks_like_feed(address):
            yield FeedOffer(address.partition("#")[0], OfferWay.ANCHOR, line_of("".join(anchor.itertext()), is_plain=True))


def _looks_like_feed(address: str) -> bool:
    parts = urlsplit(address)
    is_subscribing = _SUBSCRIBING_SITES.search(parts.hostname or "")
    return not is_subscribing and bool(_LOOKS_LIKE_FEED.search(f"{parts.path}?{parts.query}" if parts.query else parts.path))
