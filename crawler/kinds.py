"""The kinds of work that the crawl can do, by the type that stands for a piece of it. A new kind is one file, and one line here."""

from __future__ import annotations

from crawler.feed_work import FeedWork
from crawler.frontier import Work
from crawler.page_work import PageWork
from crawler.repair_work import RepairWork
from crawler.site_work import SiteWork
from crawler.subscription_work import SubscriptionWork
from crawler.work import AnyKind, Posting
from news.site_feeds import DueSite
from news.sources import DuePage, DueRepair, DueSource, DueSubscription

KINDS: dict[type[Work], AnyKind] = {
    DueSource: FeedWork(),
    DuePage: PageWork(),
    DueRepair: RepairWork(),
    DueSubscription: SubscriptionWork(),
    DueSite: SiteWork(),
}


_POSTING: dict[type[Work], Posting] = {work: kind for work, kind in KINDS.items() if isinstance(kind, Posting)}


def body_of(work: Work) -> bytes:
    """What a piece of work posts; nothing if it only asks."""
    posting = _POSTING.get(type(work))
    return posting.make_body(work) if posting else b""


def kind_of(work: Work) -> AnyKind:
    """The kind of a piece of work."""
    return KINDS[type(work)]
