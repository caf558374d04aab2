"""The kinds of work that the crawl can do, by the type that stands for a piece of it. A new kind is one file, and one line here."""

from __future__ import annotations

from crawler.feed_work import FeedWork
from crawler.frontier import Work
from crawler.page_work import PageWork
from crawler.repair_work import RepairWork
from crawler.site_work import SiteWork
from crawler.subscription_work import SubscriptionWork
from crawler.work import AnyKind
from news.site_feeds import DueSite
from news.sources import DuePage, DueRepair, DueSource, DueSubscription

KINDS: dict[type[Work], AnyKind] = {
    DueSource: FeedWork(),
    DuePage: PageWork(),
    DueRepair: RepairWork(),
    DueSubscription: SubscriptionWork(),
    DueSite: SiteWork(),
}


def kind_of(work: Work) -> AnyKind:
    """The kind of a piece of work."""
    return KINDS[type(work)]
