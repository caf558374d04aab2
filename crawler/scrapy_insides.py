"""All that is used of scrapy beyond what it documents, in one place: a new version may change it without a word.

`tests/unit/crawler/test_private_parts.py` fails when it does; the way out is decision 0015.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers._aiohttp import _ClientResponse as ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

__all__ = [
    "AiohttpDownloadHandler",
    "BaseStreamingDownloadHandler",
    "ClientResponse",
    "QuietSignals",
    "drop_requests_that_wait",
    "give_up_waiting",
    "has_to_wait",
]


class QuietSignals(SignalManager):
    """The signals of a crawler, put in the place of its `signals` before its engine is made: one that nobody has asked for is not sent.

    Scrapy sends about eight for each answer, and looks up who hears them each time, which here is nobody.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked_for: set[int] = set()

    def connect(self, receiver: Any, signal: Any, **options: Any) -> None:
        """Remember that the signal is asked for, and connect as scrapy does."""
        self._asked_for.add(id(signal))
        super().connect(receiver, signal, **options)

    def send_catch_log(self, signal: Any, **what: Any) -> list[tuple[Any, Any]]:
        """Send as scrapy does, or answer at once with an empty list if nobody asked for it."""
        return super().send_catch_log(signal, **what) if id(signal) in self._asked_for else []


def drop_requests_that_wait(crawler: Crawler, reason: Exception) -> None:
    """Fail the requests that wait for the delay of their host: `engine.stop` would wait with them."""
    for slot in crawler.engine.downloader.slots.values():
        while slot.queue:
            slot.queue.popleft()[1].errback(reason)


def has_to_wait(crawler: Crawler, request: Request) -> bool:
    """Whether a request that comes to the downloader now stands in the queue of its host behind others, for as long as these take.

    Asked of those that are active, which is more than are queued or transferred: scrapy takes a request from the queue some turns of
    the loop before it counts it as one that is transferred.
    """
    slot = crawler.engine.downloader.slots.get(crawler.engine.downloader.get_slot_key(request))
    return slot is not None and len(slot.active) >= slot.concurrency


def give_up_waiting(crawler: Crawler, request: Request, reason: Exception) -> None:
    """Fail a request that still stands in the queue of its host. One that is being fetched, or was, is left alone."""
    slot = crawler.engine.downloader.slots.get(crawler.engine.downloader.get_slot_key(request))
    if slot is None:
        return
    for waiting in tuple(slot.queue):
        if waiting[0] is request:
            slot.queue.remove(waiting)
            waiting[1].errback(reason)
