"""What sitemaps tell of news that a feed no longer shows. Runs in a worker process."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from crawler.sitemap import choose_nested, parse_sitemap
from crawler.web_url import absolute_url
from news.sources import FeedEntry, ParsedFeed

MOST_SITEMAPS = 10
"""That a robots.txt names."""

_NAMED = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news|actu", re.IGNORECASE)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def news_of(body: bytes, url: str, content_type: str | None = None) -> tuple[ParsedFeed, tuple[str, ...]]:
    """The news that the sitemap at `url` lists, the newest first, or the sitemaps of an index that are likely to list some.

    Only the news extension says when a page was published. Of another it is known when it was changed at most, and what is old and was
    corrected would pass for news. Raises FetchProblem as `parse_sitemap` does.
    """
    read = parse_sitemap(body, url, content_type)
    news = sorted((entry for entry in read.feed.entries if entry.published_at), key=_moment_of, reverse=True)
    return replace(read.feed, entries=tuple(news)), tuple(nested.url for nested in choose_nested(read.nested))


def _moment_of(entry: FeedEntry) -> datetime:
    return entry.published_at or _LONG_AGO


def sitemaps_of_robots(body: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that the robots.txt at `url` names (RFC 9309 §2.2.4), those of news first."""
    named = _NAMED.findall(body.decode("utf-8", "replace"))
    addresses = dict.fromkeys(address for name in named if (address := absolute_url(name, url)))
    return tuple(sorted(addresses, key=lambda address: _NEWS.search(address) is None)[:MOST_SITEMAPS])
