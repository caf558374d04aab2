"""What is fetched next: queues per host, hosts in turn, feeds before pages, never more than a host's share at once.

Pure: the moment (`now`, seconds on any steady scale) is an argument, nothing waits here. `spider` waits for what it announces.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from news.sources import DuePage, DueSource

Work = DueSource | DuePage
DEFAULT_PORTS = {"http": 80, "https": 443}

MOST_QUEUED = 2000
"""Pieces of work that wait; whoever has more pages keeps them, and asks again. Feeds are always taken: there are as many as sources."""

HOST_SHARE = 8
"""The pages of one host take at most this part of the queue: a slow site with thousands of them must leave room for the others."""


def host_key(url: str) -> str:
    """What shares one delay: a host, whatever the scheme; another port is another server. "" for what is no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return host if port is None or port in DEFAULT_PORTS.values() else f"{host}:{port}"


@dataclass(slots=True)
class _Host:
    """A host's share: its queues, its requests in flight, and the moment before which it must not be asked again."""

    feeds: deque[DueSource] = field(default_factory=deque)
    pages: deque[DuePage] = field(default_factory=deque)
    in_flight: int = 0
    free_at: float = 0.0


class Frontier:
    """Work that waits to be fetched, and permits for what is being fetched.

    Pages get at most three quarters of the permits, so that a flood of pages never holds up the feeds. A host gets one permit
    if there is a delay between its requests, else at most half of all, so that one that stalls cannot hold them all.
    """

    def __init__(self, concurrency: int, delay_seconds: float, capacity: int = MOST_QUEUED) -> None:
        self._permits = concurrency
        self._page_permits = max(1, concurrency * 3 // 4)
        self._host_permits = 1 if delay_seconds > 0 else max(1, concurrency // 2)
        self._delay = delay_seconds
        self._capacity = capacity
        self._host_pages = max(1, capacity // HOST_SHARE)
        self._hosts: dict[str, _Host] = {}
        self._feed_turns: deque[str] = deque()
        self._page_turns: deque[str] = deque()
        self._resting: list[tuple[float, str]] = []
        self._queued = 0
        self._feeds_in_flight = 0
        self._pages_in_flight = 0

    def __len__(self) -> int:
        """How many pieces of work wait."""
        return self._queued

    def add(self, work: Work) -> bool:
        """Queue a piece of work; False for a page if the queue is full, or its host's part of it."""
        key = host_key(work.url)
        if isinstance(work, DuePage) and not self._has_room_for_page(key):
            return False
        host = self._hosts.setdefault(key, _Host())
        if isinstance(work, DueSource):
            host.feeds.append(work)
            if len(host.feeds) == 1:
                self._feed_turns.append(key)
        else:
            host.pages.append(work)
            if len(host.pages) == 1:
                self._page_turns.append(key)
        self._queued += 1
        return True

    def _has_room_for_page(self, key: str) -> bool:
        host = self._hosts.get(key)
        return self._queued < self._capacity and (host is None or len(host.pages) < self._host_pages)

    def clear(self) -> list[Work]:
        """Drop all that waits, and return it."""
        dropped: list[Work] = []
        for host in self._hosts.values():
            dropped += host.feeds
            dropped += host.pages
            host.feeds.clear()
            host.pages.clear()
        self._feed_turns.clear()
        self._page_turns.clear()
        self._queued = 0
        return dropped

    def take(self, now: float) -> Work | None:
        """The next piece of work that may start now, with its permit; give it back with `release`. None if there is none."""
        self._wake(now)
        if self._feeds_in_flight + self._pages_in_flight >= self._permits:
            return None
        work: Work | None = self._take_from(self._feed_turns, now)
        if work is None and self._pages_in_flight < self._page_permits:
            work = self._take_from(self._page_turns, now)
        return work

    def next_moment(self) -> float | None:
        """When the first host that rests may be asked again, if only time is in the way; else None."""
        return self._resting[0][0] if self._resting else None

    def release(self, work: Work, now: float) -> None:
        """Give back the permit of a piece of work: its answer has arrived, or never will."""
        if isinstance(work, DueSource):
            self._feeds_in_flight -= 1
        else:
            self._pages_in_flight -= 1
        key = host_key(work.url)
        host = self._hosts[key]
        host.in_flight -= 1
        self._forget_if_done(key, host, now)

    def _take_from(self, turns: deque[str], now: float) -> Work | None:
        for _ in range(len(turns)):
            key = turns[0]
            host = self._hosts[key]
            queue: deque[DueSource] | deque[DuePage] = host.feeds if turns is self._feed_turns else host.pages
            turns.popleft()
            if host.in_flight < self._host_permits and host.free_at <= now:
                work = queue.popleft()
                if queue:
                    turns.append(key)
                self._start(work, key, host, now)
                return work
            turns.append(key)
        return None

    def _start(self, work: Work, key: str, host: _Host, now: float) -> None:
        self._queued -= 1
        host.in_flight += 1
        if isinstance(work, DueSource):
            self._feeds_in_flight += 1
        else:
            self._pages_in_flight += 1
        if self._delay > 0:
            host.free_at = now + self._delay
            heapq.heappush(self._resting, (host.free_at, key))

    def _wake(self, now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            _, key = heapq.heappop(self._resting)
            if host := self._hosts.get(key):
                self._forget_if_done(key, host, now)

    def _forget_if_done(self, key: str, host: _Host, now: float) -> None:
        """Hosts come and go for months: one that is idle and whose delay is over needs no memory."""
        if not (host.in_flight or host.feeds or host.pages) and host.free_at <= now:
            self._hosts.pop(key, None)
