"""The feeds of a site: where it says they are, and where they are by custom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from news.sources import ParsedFeed, Problem
from news.urls import comparing_url, without_feed_scheme

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
"""Media types by which links to feeds are known."""
MOST_OFFERS = 20
"""Of one site. Newspapers declare a feed for each section; who wants another names it."""

_CUSTOMARY = (
    "feed/",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "?feed=rss2",
    "spip.php?page=backend",
    "feed/atom",
    "index.rdf",
)
"""Where WordPress, Drupal, static sites, JSON Feed, old WordPress, SPIP (of many French sites), Dotclear and RSS 1.0 have theirs."""
_COMMENTS = re.compile(r"comment(?:s|aires?)?(?![a-z])|\b(?:réponses?|replies)\b", re.IGNORECASE)


class OfferWay(StrEnum):
    """How a site offers a feed, the surest way first."""

    ITSELF = "itself"
    """The address that was given is a feed."""
    HEADER = "header"
    LINK = "link"
    """Declared: by the header Link, or by an element of the page (https://www.rssboard.org/rss-autodiscovery)."""
    ANCHOR = "anchor"
    """A link of the page that looks as if it led to one."""
    PATH = "path"
    """Not offered at all, but it is there where feeds are by custom."""
    SITEMAP = "sitemap"
    """A sitemap that robots.txt names."""


@dataclass(frozen=True, slots=True)
class FeedOffer:
    """An address at which a site says that it has a feed."""

    url: str
    way: OfferWay
    title: str | None = None

    @property
    def is_about_comments(self) -> bool:
        """Whether it has what readers say of articles, rather than articles."""
        return bool(_COMMENTS.search(self.title or "") or _COMMENTS.search(urlsplit(self.url).path))


@dataclass(frozen=True, slots=True)
class DueSite:
    """An address that somebody gave, whose feeds are to be found: of a site, of a page of it, of a feed, or of a robots.txt."""

    source_id: int
    url: str


@dataclass(frozen=True, slots=True)
class SiteFeeds:
    """What a page says of feeds; `feed` if it is one itself."""

    offers: tuple[FeedOffer, ...] = ()
    feed: ParsedFeed | None = None


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """What one look at a site brought."""

    source_id: int
    url: str
    seconds: float
    http_status: int | None = None
    final_url: str | None = None
    """Where redirects led; None if there were none."""
    feeds: SiteFeeds | None = None
    problem: Problem | None = None


def sort_offers(offers: Iterable[FeedOffer]) -> tuple[FeedOffer, ...]:
    """Each address once, in the site's order; feeds of comments last."""
    first: dict[str, FeedOffer] = {}
    for offer in offers:
        first.setdefault(comparing_url(offer.url), offer)
    return tuple(sorted(first.values(), key=lambda offer: offer.is_about_comments)[:MOST_OFFERS])


def customary_addresses(url: str) -> tuple[str, ...]:
    """Where the site of a page may have its feed: beneath the page itself, where that is a section, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    is_section = parts.path.strip("/") and "." not in parts.path.rpartition("/")[2]
    beneath = [urljoin(f"{root}{parts.path.strip('/')}/", path) for path in _CUSTOMARY[:2]] if is_section else []
    return tuple(dict.fromkeys([*beneath, *(urljoin(root, path) for path in _CUSTOMARY)]))


def addresses_of(typed: str) -> tuple[str, ...]:
    """What somebody may mean who types the address of a site: as it is, or, where it has no scheme, by https, else by http."""
    bare = without_feed_scheme(typed.strip())
    return (bare,) if re.match(r"[a-z][a-z0-9+.-]*://", bare, re.IGNORECASE) else (f"https://{bare}", f"http://{bare}")
