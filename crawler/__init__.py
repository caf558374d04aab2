"""Network in: fetches feeds and pages, and tells what the network said. The only room that imports scrapy, feedparser, trafilatura.

`Crawl` and `CallbackServer` are imported on first use: a command that fetches nothing must not pay for scrapy (about half a second).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.problems import PROBLEMS
from crawler.settings import CrawlSettings

if TYPE_CHECKING:
    from crawler.callback_server import CallbackServer, Told
    from crawler.crawl import Crawl

__all__ = ["PROBLEMS", "CallbackServer", "Crawl", "CrawlSettings", "Told"]


def __getattr__(name: str) -> object:
    if name == "Crawl":
        from crawler.crawl import Crawl  # noqa: PLC0415 - lazily, see above

        return Crawl
    if name in {"CallbackServer", "Told"}:
        from crawler import callback_server  # noqa: PLC0415 - lazily, see above

        return getattr(callback_server, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
