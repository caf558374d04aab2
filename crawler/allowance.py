"""How many bytes of answers may be in memory: who may ask for more, while bodies wait to be read and outcomes wait to be recorded.

A host, and a source, has a share of its own: whoever sends faster than we read is asked less often, and nobody else is. Beyond `SOFT_BYTES`
altogether only those are asked who have nothing in memory yet; beyond `MOST_BYTES` nobody is, until something is done with. An answer
that comes when its host or source has its share already is dropped and asked for again: it would use up what the others may hold.

Pure. What is asked for counts before it comes, by the largest body that its host or source sent lately.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from crawler.costs import Costs

SHARE_BYTES = 16_000_000
SOFT_BYTES = 36_000_000
MOST_BYTES = 128_000_000
"""With two workers of `worker_memory` this stays below the `MemoryMax` of the systemd unit; docs/security.md has the sum."""

LEAST_BYTES = 100_000
"""What an answer counts at least: what is read from it, and Scrapy's and our own objects around it, cost too."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Bytes that a host and a source have in memory; made by `Allowance.hold`, and given back."""

    host: str
    source_id: int
    size: int


class Allowance:
    """Bytes in memory by host and by source."""

    def __init__(self, costs: Costs, soft: int = SOFT_BYTES, most: int = MOST_BYTES, share: int = SHARE_BYTES) -> None:
        self._costs = costs
        self._soft, self._most, self._share = soft, most, share
        self._total = 0
        self._bytes: Counter[Hashable] = Counter()

    @property
    def total(self) -> int:
        """Bytes of bodies that are in memory or, by what their hosts sent before, are to be expected."""
        return self._total

    def may_ask_anyone(self) -> bool:
        """Whether there is room for any answer, of whomever."""
        return self._total < self._most

    def may_ask(self, host: str, source_id: int) -> bool:
        """Whether one more answer of this host and source may come."""
        own = max(self._bytes[host], self._bytes[source_id])
        if not self.may_ask_anyone() or own >= self._share:
            return False
        return own == 0 or self._total < self._soft

    def may_keep(self, host: str, source_id: int) -> bool:
        """Whether an answer that has come may wait to be read.

        Who was asked for several at once, and sends more than was to be expected, has its share in memory by now.
        """
        own = max(self._bytes[host], self._bytes[source_id])
        return own < self._share and (own == 0 or self._total < self._most)

    def expect(self, host: str, source_id: int, now: float) -> Holding:
        """Hold what the answer to a request is expected to take."""
        largest = max(self._costs.of(host, now).largest, self._costs.of(source_id, now).largest)
        return self.hold(host, source_id, int(largest))

    def hold(self, host: str, source_id: int, size: int) -> Holding:
        """Count an answer that is in memory."""
        holding = Holding(host, source_id, max(size, LEAST_BYTES))
        self._count(holding, holding.size)
        return holding

    def give_back(self, holding: Holding) -> None:
        """What was held is done with."""
        self._count(holding, -holding.size)

    def _count(self, holding: Holding, size: int) -> None:
        self._total += size
        for key in (holding.host, holding.source_id):
            self._bytes[key] += size
            if not self._bytes[key]:
                del self._bytes[key]
