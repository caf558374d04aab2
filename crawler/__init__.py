"""Network in: fetches feeds and pages, and tells what the network said. The only room that imports scrapy, feedparser, trafilatura.

`Crawl` and `CallbackServer` are imported on first use: a command that fetches nothing must not pay for scrapy (about half a second).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.problems import PROBLEMS
from crawler.settings import CrawlSettings, ListingRules, RequestSettings

if TYPE_CHECKING:
    from crawler.callback_server import CallbackServer, Told
    from crawler.crawl import Crawl
    from crawler.frontier import Work
    from crawler.listing import check_selector

__all__ = ["PROBLEMS", "CallbackServer", "Crawl", "CrawlSettings", "ListingRules", "RequestSettings", "Told", "Work", "check_selector"]


def __getattr__(name: str) -> object:
    if name == "Crawl":
        from crawler.crawl import Crawl  # noqa: PLC0415 - lazily, see above

        return Crawl
    if name == "Work":
        from crawler.frontier import Work  # noqa: PLC0415 - lazily, see above

        return Work
    if name == "check_selector":
        from crawler.listing import check_selector  # noqa: PLC0415 - likewise: lxml and parsel

        return check_selector
    if name in {"CallbackServer", "Told"}:
        from crawler import callback_server  # noqa: PLC0415 - lazily, see above

        return getattr(callback_server, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
