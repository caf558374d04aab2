"""What a crawl has to read answers with, what it may hold of them meanwhile, and how fast hosts may be asked.

A crawl that takes another's place takes this over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.allowance import Allowance
from crawler.costs import Costs
from crawler.pace import HostPaces
from crawler.settings import CrawlSettings
from crawler.workers import Workers


class Bell:
    """Tells every crawl that shares a capacity that there may be room again: the other may have waited for what this one gave back."""

    def __init__(self) -> None:
        self.listeners: set[Callable[[], None]] = set()

    def ring(self) -> None:
        """Tell every listener that a host or memory may have become free, so that whoever waits for a turn asks again."""
        for listener in tuple(self.listeners):
            listener()


@dataclass(frozen=True, slots=True)
class Capacity:
    """Two crawls, of which one is ending, share it: together they use no more memory than one, and ask no host more often."""

    costs: Costs
    allowance: Allowance
    workers: Workers
    paces: HostPaces = field(default_factory=HostPaces)
    bell: Bell = field(default_factory=Bell)


def make_capacity(settings: CrawlSettings) -> Capacity:
    """For the first crawl: nothing is remembered or held yet, and no worker is started."""
    costs = Costs()
    return Capacity(costs, Allowance(costs), Workers(settings, costs))
