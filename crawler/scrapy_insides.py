"""All that is used of scrapy beyond what it documents, in one place: a new version may change it without a word.

`tests/unit/crawler/test_private_parts.py` fails when it does; the way out is decision 0015.
"""

from __future__ import annotations

from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers._aiohttp import _ClientResponse as ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler

__all__ = ["AiohttpDownloadHandler", "BaseStreamingDownloadHandler", "ClientResponse", "drop_requests_that_wait"]


def drop_requests_that_wait(crawler: Crawler, reason: Exception) -> None:
    """Fail the requests that wait for the delay of their host: `engine.stop` would wait with them."""
    for slot in crawler.engine.downloader.slots.values():
        while slot.queue:
            slot.queue.popleft()[1].errback(reason)
