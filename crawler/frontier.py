"""What is fetched next: queues per host, hosts and sources in turn, feeds before pages, never more than anyone's share at once.

Work is `urgent`, as feeds are, or it is not. Pure: the moment (`now`, seconds on any steady scale) is an argument, nothing waits here.
`crawl` waits for what it announces.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from crawler.hosts import host_key
from crawler.pace import HostPaces

MOST_QUEUED = 2000
"""Pieces of work that wait; whoever has more pages keeps them, and asks again. Feeds are always taken: there are as many as sources."""

QUEUE_SHARE = 8
"""The pages of one host, and of one source, take at most this part of the queue: a slow site with thousands of them must leave room."""


class Work(Protocol):
    """What is to be fetched, and for which source."""

    @property
    def url(self) -> str:
        """The address that is asked first; redirects may lead on from it."""

    @property
    def source_id(self) -> int:
        """The archive's number of the source that takes the blame, and shares the queue fairly with the others."""


@dataclass(slots=True)
class _Host:
    """A host's share: its urgent work, how many of its pages wait, its requests in flight, and whether it is known when it is free."""

    urgent: deque[Work] = field(default_factory=deque)
    pages: int = 0
    in_flight: int = 0
    is_resting: bool = False


@dataclass(slots=True)
class _Source:
    """A source's pages that wait, by host, and how many are in flight."""

    hosts: dict[str, deque[Work]] = field(default_factory=dict)
    pages: int = 0
    in_flight: int = 0


def _anything(_: Work) -> bool:
    return True


def _always() -> bool:
    return True


class Frontier:
    """Work that waits to be fetched, and permits for what is being fetched.

    Pages get at most three quarters of the permits, so that a flood of pages never holds up the feeds. A host gets `per_host` permits, and
    at most half of all, and so do the pages of a source: neither one host that stalls nor one source whose links lead to a hundred of them
    can hold them all. When a host may be asked is for `paces` to say, which another crawl may share.
    """

    def __init__(
        self, concurrency: int, delay_seconds: float, capacity: int = MOST_QUEUED, *, per_host: int = 1, paces: HostPaces | None = None
    ) -> None:
        self._permits = concurrency
        self._page_permits = max(1, concurrency * 3 // 4)
        self._source_permits = max(1, concurrency // 2)
        self._host_permits = min(per_host, max(1, concurrency // 2))
        self._delay = delay_seconds
        self._paces = HostPaces() if paces is None else paces
        self._capacity = capacity
        self._share = max(1, capacity // QUEUE_SHARE)
        self._hosts: dict[str, _Host] = {}
        self._sources: dict[int, _Source] = {}
        self._urgent_turns: deque[str] = deque()
        self._page_turns: deque[int] = deque()
        self._resting: list[tuple[float, str]] = []
        self._queued = 0
        self._in_flight: dict[Work, bool] = {}
        self._pages_in_flight = 0

    def __len__(self) -> int:
        """How many pieces of work wait."""
        return self._queued

    def add(self, work: Work, *, urgent: bool, goes_on: bool = False) -> bool:
        """Queue a piece of work; False for one that is not urgent if the queue is full, or its host's or source's part of it.

        One that `goes_on` with what was just fetched is always taken, and is the next of its host and source: else all articles in
        parts of a site would wait half read.
        """
        key = host_key(work.url)
        if not (urgent or goes_on) and not self._has_room_for_page(key, work.source_id):
            return False
        host = self._hosts.setdefault(key, _Host())
        if urgent:
            host.urgent.append(work)
            if len(host.urgent) == 1:
                self._urgent_turns.append(key)
        else:
            self._add_page(work, key, host, goes_on=goes_on)
        self._queued += 1
        return True

    def _has_room_for_page(self, key: str, source_id: int) -> bool:
        shares = self._hosts.get(key), self._sources.get(source_id)
        return self._queued < self._capacity and all(share is None or share.pages < self._share for share in shares)

    def _add_page(self, work: Work, key: str, host: _Host, *, goes_on: bool) -> None:
        source = self._sources.setdefault(work.source_id, _Source())
        if not source.pages:
            self._page_turns.append(work.source_id)
        waiting = source.hosts.setdefault(key, deque())
        if goes_on:
            waiting.appendleft(work)
        else:
            waiting.append(work)
        source.pages += 1
        host.pages += 1

    def clear(self) -> list[Work]:
        """Drop all that waits, and return it."""
        dropped: list[Work] = []
        for host in self._hosts.values():
            dropped += host.urgent
            host.urgent.clear()
            host.pages = 0
        for source in self._sources.values():
            for waiting in source.hosts.values():
                dropped += waiting
            source.hosts.clear()
            source.pages = 0
        self._urgent_turns.clear()
        self._page_turns.clear()
        self._queued = 0
        return dropped

    def take(self, now: float, may_start: Callable[[Work], bool] = _anything, has_room: Callable[[], bool] = _always) -> Work | None:
        """The next piece of work that may start now, with its permit; give it back with `release`. None if there is none.

        `may_start` says whether there is room for the answer to a piece of work; what has none waits without holding up others.
        `has_room` says whether there is room for any answer: without it, nobody of thousands who wait needs to be looked at.
        """
        self._wake(now)
        if len(self._in_flight) >= self._permits or not has_room():
            return None
        work = self._take_urgent(now, may_start)
        if work is None and self._pages_in_flight < self._page_permits:
            work = self._take_page(now, may_start)
        return work

    def next_moment(self) -> float | None:
        """When the first host that rests may be asked again, if only time is in the way; else None."""
        return self._resting[0][0] if self._resting else None

    def release(self, work: Work) -> None:
        """Give back the permit of a piece of work: its answer has arrived, or never will."""
        key = host_key(work.url)
        host = self._hosts[key]
        host.in_flight -= 1
        self._paces.end(key)
        if not self._in_flight.pop(work):
            self._pages_in_flight -= 1
            source = self._sources[work.source_id]
            source.in_flight -= 1
            if not (source.pages or source.in_flight):
                del self._sources[work.source_id]
        self._forget_if_done(key, host)

    def _take_urgent(self, now: float, may_start: Callable[[Work], bool]) -> Work | None:
        turns = self._urgent_turns
        for _ in range(len(turns)):
            key = turns.popleft()
            host = self._hosts[key]
            work = host.urgent[0] if self._is_free(key, host, now) and may_start(host.urgent[0]) else None
            if work is not None:
                host.urgent.popleft()
                self._start(work, key, host, now, urgent=True)
            if host.urgent:
                turns.append(key)
            if work is not None:
                return work
        return None

    def _take_page(self, now: float, may_start: Callable[[Work], bool]) -> Work | None:
        turns = self._page_turns
        for _ in range(len(turns)):
            source_id = turns.popleft()
            source = self._sources[source_id]
            work = self._take_page_of(source, now, may_start) if source.in_flight < self._source_permits else None
            if source.pages:
                turns.append(source_id)
            if work is not None:
                return work
        return None

    def _take_page_of(self, source: _Source, now: float, may_start: Callable[[Work], bool]) -> Work | None:
        for key, waiting in source.hosts.items():
            host = self._hosts[key]
            if not (self._is_free(key, host, now) and may_start(waiting[0])):
                continue
            work = waiting.popleft()
            del source.hosts[key]
            if waiting:
                source.hosts[key] = waiting  # at the end: its hosts take turns too
            source.pages -= 1
            source.in_flight += 1
            host.pages -= 1
            self._pages_in_flight += 1
            self._start(work, key, host, now, urgent=False)
            return work
        return None

    def _is_free(self, key: str, host: _Host, now: float) -> bool:
        free_at = self._paces.free_at(key, self._delay, now)
        if free_at > now and not host.is_resting:
            host.is_resting = True
            heapq.heappush(self._resting, (free_at, key))
        return free_at <= now and self._paces.in_flight(key) < self._host_permits

    def _start(self, work: Work, key: str, host: _Host, now: float, *, urgent: bool) -> None:
        self._queued -= 1
        self._in_flight[work] = urgent
        host.in_flight += 1
        self._paces.begin(key, now)

    def _wake(self, now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            _, key = heapq.heappop(self._resting)
            if host := self._hosts.get(key):
                host.is_resting = False  # unless it was slowed down meanwhile, as who looks at it next finds

    def _forget_if_done(self, key: str, host: _Host) -> None:
        """Hosts come and go for months: one that is idle needs no memory here."""
        if not (host.in_flight or host.urgent or host.pages):
            self._hosts.pop(key, None)
