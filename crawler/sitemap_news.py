"""What sitemaps tell of news that a feed no longer shows. Runs in a worker process."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime

from crawler.problems import FetchProblem, make_problem
from crawler.sitemap import choose_children, parse_sitemap
from crawler.web_url import absolute_url
from news.sources import FeedEntry, ParsedFeed

MOST_ENTRIES = 2_000
"""Of one sitemap, the latest: twice what Google takes of news."""
MOST_BYTES = 20_000_000
"""Of what a gzip file holds; of other sitemaps the crawl's own limit counts."""
MOST_SITEMAPS = 10
"""That a robots.txt names."""

_GZIP = b"\x1f\x8b"
_NAMED = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news|actu", re.IGNORECASE)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def news_of(body: bytes, url: str, content_type: str | None = None) -> tuple[ParsedFeed, tuple[str, ...]]:
    """The news that the sitemap at `url` lists, the newest first, or the sitemaps of an index that are likely to list some.

    Only the news extension says when a page was published. Of another it is known when it was changed at most, and what is old and was
    corrected would pass for news. Raises FetchProblem as `parse_sitemap` does, and `too_large`.
    """
    read = parse_sitemap(_unpacked(body), url, content_type)
    news = [entry for entry in read.entries if entry.published_at]
    newest = sorted(news, key=_moment_of, reverse=True)[:MOST_ENTRIES]
    return ParsedFeed(None, tuple(newest), read.language, read.problem), choose_children(read.children)


def _moment_of(entry: FeedEntry) -> datetime:
    return entry.published_at or _LONG_AGO


def sitemaps_of_robots(body: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that the robots.txt at `url` names (RFC 9309 §2.2.4), those of news first."""
    named = _NAMED.findall(body.decode("utf-8", "replace"))
    addresses = dict.fromkeys(address for name in named if (address := absolute_url(name, url)))
    return tuple(sorted(addresses, key=lambda address: _NEWS.search(address) is None)[:MOST_SITEMAPS])


def _unpacked(body: bytes) -> bytes:
    """What a gzip file holds (RFC 1952), also one that is cut short; what is none as it is. HTTP's own compression is undone by then."""
    if not body.startswith(_GZIP):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise FetchProblem(make_problem("truncated", str(error))) from error
    if len(unpacked) > MOST_BYTES:
        raise FetchProblem(make_problem("too_large", f"more than {MOST_BYTES} bytes"))
    return unpacked
