"""Network in: fetches feeds and pages, and tells what the network said. The only room that imports scrapy, feedparser, trafilatura.

`Crawl` is imported on first use: a command that fetches nothing must not pay for scrapy (about half a second).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.problems import PROBLEMS
from crawler.settings import CrawlSettings, RequestSettings

if TYPE_CHECKING:
    from crawler.crawl import Crawl

__all__ = ["PROBLEMS", "Crawl", "CrawlSettings", "RequestSettings"]


def __getattr__(name: str) -> object:
    if name == "Crawl":
        from crawler.crawl import Crawl  # noqa: PLC0415 - lazily, see above

        return Crawl
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
