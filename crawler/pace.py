"""How fast each host may be asked: not before its delay is over, slower once it says that it is asked too often, not at all while it rests.

Pure: the moment (`now`, seconds on any steady scale) is an argument, nothing waits here. Two crawls, of which one is ending, share one.
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from dataclasses import dataclass

MOST_CRAWL_DELAY_SECONDS = 60.0
"""A robots.txt that asks for more is heeded as far as this: with a day between two pages, none would be read while it is news."""
LEAST_SLOWED_SECONDS = 1.0
MOST_SLOWED_SECONDS = 60.0
"""The delay of a host after its first refusal, at least, and after any number of them, at most."""
MOST_REFUSALS, REFUSAL_REST_SECONDS = 4, 300.0
"""A host that refuses so often without a good answer between is left alone for so long, at each further refusal again: what waits for it
would only wait longer and longer, and whoever polls once with it."""
RECOVERY = 0.8
"""What each good answer leaves of a delay that refusals had made longer: from a minute to a second in eighteen answers."""
LONGEST_REST_SECONDS = 3600.0
"""How long a whole host is left alone because of what one answer of it asked for (Retry-After); the feed or page itself waits longer."""
PATIENCE_SECONDS = 60.0
"""Work waits for a host that rests no longer than this; else it fails at once, with the reason and the time."""
HOP_PATIENCE_SECONDS = 10.0
"""A redirect is followed after this at most: a fetch that is under way holds a place that others wait for."""
MOST_REMEMBERED = 20_000
"""Hosts. Those that were asked longest ago are forgotten first, but none that rests or answers."""


@dataclass(slots=True)
class _Pace:
    """A host's: its last turn, what makes its delay longer, until when it rests and what it said then, and its requests in flight."""

    turn_at: float = -math.inf
    crawl_delay: float = 0.0
    slowed: float = 0.0
    slowed_at: float = -math.inf
    refusals: int = 0
    rests_until: float = -math.inf
    status: int = 429
    in_flight: int = 0


class HostPaces:
    """The paces of the hosts asked lately. `delay_seconds` is always what the configuration asks for between two requests to any host."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._paces: OrderedDict[str, _Pace] = OrderedDict()

    def __len__(self) -> int:
        return len(self._paces)

    def free_at(self, host: str, delay_seconds: float, now: float) -> float:
        """When the host may be asked next. One that rests for long may at once: whoever does is told so; see `rest_of`."""
        pace = self._paces.get(host)
        if pace is None or pace.rests_until - now > PATIENCE_SECONDS:
            return -math.inf
        return max(pace.turn_at + _delay(pace, delay_seconds), pace.rests_until)

    def rest_of(self, host: str, now: float) -> float:
        """For how many seconds from now on the host asked to be left alone; 0 if it did not."""
        pace = self._paces.get(host)
        return 0.0 if pace is None else max(0.0, pace.rests_until - now)

    def status_of(self, host: str) -> int:
        """The status of the answer with which the host asked for its rest."""
        return self._paces[host].status

    def in_flight(self, host: str) -> int:
        """How many pieces of work that begin at the host are in flight."""
        pace = self._paces.get(host)
        return 0 if pace is None else pace.in_flight

    def begin(self, host: str, now: float) -> None:
        """A piece of work begins at the host; it ends with `end`."""
        pace = self._pace(host, now)
        pace.in_flight += 1
        pace.turn_at = max(pace.turn_at, now)

    def end(self, host: str) -> None:
        """A piece of work that began at the host has its answer, or never will."""
        self._paces[host].in_flight -= 1

    def take_turn(self, host: str, delay_seconds: float, now: float) -> float:
        """The moment at which a redirect may go on to the host: whoever else asks waits from then on. At most HOP_PATIENCE_SECONDS away."""
        moment = min(max(now, self.free_at(host, delay_seconds, now)), now + HOP_PATIENCE_SECONDS)
        pace = self._pace(host, now)
        pace.turn_at = max(pace.turn_at, moment)
        return moment

    def heed_crawl_delay(self, host: str, seconds: float, now: float) -> None:
        """Wait as long between two requests as the host's robots.txt asks for, within reason."""
        if seconds > 0 or host in self._paces:
            self._pace(host, now).crawl_delay = min(seconds, MOST_CRAWL_DELAY_SECONDS)

    def refuse(self, host: str, status: int, delay_seconds: float, began: float, now: float, retry_after: float | None) -> None:
        """The host said, to a request that began at some moment, that it is asked too often.

        Several requests may be refused at once: those that began before the host was slowed down do not slow it down again.
        """
        pace = self._pace(host, now)
        if began >= pace.slowed_at:
            longer = max(2 * _delay(pace, delay_seconds), LEAST_SLOWED_SECONDS)
            pace.slowed = min(longer, MOST_SLOWED_SECONDS)
            pace.slowed_at = now
            pace.refusals += 1
        rest = min(retry_after or 0.0, LONGEST_REST_SECONDS)
        if pace.refusals >= MOST_REFUSALS:
            rest = max(rest, REFUSAL_REST_SECONDS)
        if rest:
            pace.status = status
            pace.rests_until = max(pace.rests_until, now + rest)

    def recover(self, host: str) -> None:
        """The host gave what it was asked for."""
        pace = self._paces.get(host)
        if pace is not None and pace.slowed:
            pace.refusals = 0
            slowed = pace.slowed * RECOVERY
            pace.slowed = slowed if slowed > LEAST_SLOWED_SECONDS else 0.0

    def _pace(self, host: str, now: float) -> _Pace:
        pace = self._paces.setdefault(host, _Pace())
        self._paces.move_to_end(host)
        if len(self._paces) > self._most:
            self._forget(now)
        return pace

    def _forget(self, now: float) -> None:
        for host in list(itertools.islice(self._paces, self._most // 4)):
            pace = self._paces[host]
            if not pace.in_flight and pace.rests_until <= now:
                del self._paces[host]


def _delay(pace: _Pace, delay_seconds: float) -> float:
    return max(delay_seconds, pace.crawl_delay, pace.slowed)
