"""What runs in a worker process for one document: reads it, and gives back either what it says or the problem with it.

The parsers are imported when called: the main process imports this module to name its functions, and must not pay for the parsers
(60 MB and half a second).
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from crawler.problems import FetchProblem, make_problem
from crawler.settings import ListingRules
from news.parts import join_part, within_bounds
from news.preparing import prepare_feed, prepare_page
from news.site_feeds import SiteFeeds
from news.sources import ExtractedPage, ParsedFeed, PartsRead, Problem

if TYPE_CHECKING:
    from crawler.robots_rules import Ruling

OUT_OF_MEMORY_STATUS = 86
"""The exit status of a worker that ran into its memory limit."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Place:
    """What was read where entries were looked for that a feed no longer shows: some, or the sitemaps that may list them."""

    feed: ParsedFeed | None = None
    sitemaps: tuple[str, ...] = ()


def preload() -> None:
    """Import the parsers, so that the first document does not wait for it."""
    for module in ("crawler.feed_parser", "crawler.page_extractor"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what was imported stays for ever: looking through it for garbage again and again costs a tenth of the time
    gc.set_threshold(10_000, 20, 20)  # trees make objects by the thousand, and hardly any garbage


def read_feed(body: bytes, url: str, content_type: str | None, language: str | None) -> ParsedFeed | Problem:
    """The feed in `body`, with what it gives before the archive is asked; see `parse_feed`, `prepare_feed`."""
    from crawler.feed_parser import parse_feed  # noqa: PLC0415 - see above

    return _guarded(lambda: prepare_feed(parse_feed(body, url, content_type, language)))


def read_listing(body: bytes, url: str, content_type: str | None, language: str | None, rules: ListingRules) -> ParsedFeed | Problem:
    """The items of a page that lists articles, as `read_feed` gives those of a feed; see `parse_listing`."""
    from crawler.listing import parse_listing  # noqa: PLC0415 - see above

    return _guarded(lambda: prepare_feed(parse_listing(body, url, content_type, language, rules)))


def read_site(body: bytes, url: str, content_type: str | None, language: str | None) -> SiteFeeds | Problem:
    """The feed that the document is, or those that it offers; see `find_feeds`."""
    from crawler.feed_discovery import find_feeds  # noqa: PLC0415 - see above

    return _guarded(lambda: find_feeds(body, url, content_type, language))


def read_page(body: bytes, url: str, content_type: str | None, title: str | None) -> ExtractedPage | Problem:
    """The article in `body`, with what it gives under its entry’s title before the archive is asked; see `extract_page`, `prepare_page`."""
    from crawler.page_extractor import extract_page  # noqa: PLC0415 - see above

    return _guarded(lambda: prepare(within_bounds(extract_page(body, url, content_type), 1), title))


def read_part(body: bytes, url: str, content_type: str | None, title: str | None, parts: PartsRead) -> ExtractedPage | Problem | None:
    """The article of which `parts` were read, with what the further one in `body` says; None if that is none of it; see `join_part`."""
    from crawler.page_extractor import extract_page  # noqa: PLC0415 - see above

    def read() -> ExtractedPage | None:
        joined = join_part(parts, extract_page(body, url, content_type, parts))
        return None if joined is None else prepare(joined, title)

    return _guarded(read)


def prepare(page: ExtractedPage, title: str | None) -> ExtractedPage:
    """The page with what it gives before the archive is asked; one that goes on will give other things with its next part."""
    return page if page.next_url is not None else prepare_page(page, title)


def read_archive(body: bytes, url: str, content_type: str | None) -> Place | Problem:
    """A document of entries that a feed no longer shows, with what they give before the archive is asked."""
    feed = read_feed(body, url, content_type, None)
    return feed if isinstance(feed, Problem) else Place(feed)


def read_sitemap(body: bytes, url: str, content_type: str | None) -> Place | Problem:
    """What a sitemap says of news; see `news_of`."""
    from crawler.sitemap_news import news_of  # noqa: PLC0415 - see above

    def read() -> Place:
        feed, sitemaps = news_of(body, url, content_type)
        return Place(prepare_feed(feed), sitemaps)

    return _guarded(read)


def read_sitemap_addresses(body: bytes, url: str, _content_type: str | None) -> Place | Problem:
    """The sitemaps that a robots.txt names; see `sitemaps_of_robots`."""
    from crawler.sitemap_news import sitemaps_of_robots  # noqa: PLC0415 - see above

    return _guarded(lambda: Place(sitemaps=sitemaps_of_robots(body, url)))


def read_robots(text: str, url: str, token: str) -> Ruling | Problem:
    """What a robots.txt says to this product token about `url`; see `robots_rules.rule`."""
    from crawler.robots_rules import rule  # noqa: PLC0415 - see above

    return _guarded(lambda: rule(text, url, token))


def _guarded(read: Callable[[], Read]) -> Read | Problem:
    try:
        return read()
    except FetchProblem as error:
        return error.problem
    except RecursionError:
        return make_problem("worker_crashed", "nested too deeply")
