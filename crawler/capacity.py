"""What a crawl has to read answers with, and what it may hold of them meanwhile. A crawl that takes another's place takes this over."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.allowance import Allowance
from crawler.costs import Costs
from crawler.settings import CrawlSettings
from crawler.workers import Workers


@dataclass(frozen=True, slots=True)
class Capacity:
    """Two crawls, of which one is ending, share it: together they use no more memory than one."""

    costs: Costs
    allowance: Allowance
    workers: Workers


def make_capacity(settings: CrawlSettings) -> Capacity:
    """For the first crawl: nothing is remembered or held yet, and no worker is started."""
    costs = Costs()
    return Capacity(costs, Allowance(costs), Workers(settings, costs))
