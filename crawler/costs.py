"""What the documents of a host or a source cost lately: time to read them, and their size. Remembered for minutes, of a bounded number.

Pure: the moment (`now`, seconds on any steady scale) is an argument.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

HALF_LIFE_SECONDS = 60.0
"""What was seen as long ago counts half: a site that was repaired is soon trusted again."""

MOST_REMEMBERED = 4096
"""Hosts and sources. Beyond it the cheapest are forgotten, which are treated like new ones anyway."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one host or source: `spent` seconds altogether, the `slowest` document's seconds, the `largest` one's bytes; all fading."""

    spent: float = 0.0
    slowest: float = 0.0
    largest: float = 0.0
    noted_at: float = 0.0


class Costs:
    """The costs of hosts and sources, by any key."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._costs: dict[Hashable, Cost] = {}

    def __len__(self) -> int:
        return len(self._costs)

    def of(self, key: Hashable, now: float) -> Cost:
        """What is remembered of a host or source; nothing of one that was not seen lately."""
        cost = self._costs.get(key)
        if cost is None:
            return Cost(noted_at=now)
        fading = 0.5 ** (max(0.0, now - cost.noted_at) / HALF_LIFE_SECONDS)
        return Cost(cost.spent * fading, cost.slowest * fading, cost.largest * fading, now)

    def note(self, keys: Iterable[Hashable], seconds: float, size: int, now: float) -> None:
        """Remember what one document cost the host and the source that it came from."""
        for key in keys:
            old = self.of(key, now)
            self._costs[key] = Cost(old.spent + seconds, max(old.slowest, seconds), max(old.largest, size), now)
        if len(self._costs) > self._most:
            self._forget(now)

    def _forget(self, now: float) -> None:
        """Forget the cheaper half: those who cost much must not be forgotten because many others cost a little."""
        dearest = sorted(self._costs, key=lambda key: self.of(key, now).spent, reverse=True)
        self._costs = {key: self._costs[key] for key in dearest[: self._most // 2]}
