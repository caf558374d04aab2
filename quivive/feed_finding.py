"""Finding the feeds of a site, from what it declares to where feeds are by custom, each fetched once to see that it is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from news.site_feeds import FeedOffer, OfferWay, SiteFeeds, SiteOutcome, addresses_of, customary_addresses
from news.sources import ParsedFeed, Problem

if TYPE_CHECKING:
    from quivive.trial import Trial

_NO_CONNECTION = frozenset({"dns", "refused", "connection", "tls", "timeout", "not_http"})
"""After which an address without a scheme is asked for by the other one."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed of a site, fetched and read."""

    offer: FeedOffer
    feed: ParsedFeed


@dataclass(frozen=True, slots=True)
class FoundFeeds:
    """What was found for an address: the feeds, or why there are none."""

    url: str
    """Where the address led."""
    feeds: tuple[FoundFeed, ...] = ()
    problem: Problem | None = None
    """Why not even the address could be read."""
    failed: tuple[tuple[FeedOffer, Problem], ...] = ()
    """What the site declares, and is no feed or could not be had."""


async def find_feeds(trial: Trial, typed: str) -> FoundFeeds:
    """The feeds of the site whose address somebody typed: those of the surest way that gives any."""
    outcome = await _look(trial, typed)
    url = outcome.final_url or outcome.url
    if outcome.feeds is None:
        return FoundFeeds(url, problem=outcome.problem)
    if outcome.feeds.feed is not None:
        return FoundFeeds(url, (FoundFeed(FeedOffer(outcome.url, OfferWay.ITSELF), outcome.feeds.feed),))
    return await _find_offered(trial, url, outcome.feeds)


async def _look(trial: Trial, typed: str) -> SiteOutcome:
    first, *others = addresses_of(typed)
    outcome = await trial.look(first)
    for address in others:
        if outcome.problem is None or outcome.problem.code not in _NO_CONNECTION:
            break
        other = await trial.look(address)
        outcome = outcome if other.problem is not None and other.problem.code in _NO_CONNECTION else other
    return outcome


async def _find_offered(trial: Trial, url: str, said: SiteFeeds) -> FoundFeeds:
    failed: list[tuple[FeedOffer, Problem]] = []
    for _, offers in groupby(sorted(said.offers, key=_rank), key=_rank):
        feeds, problems = await _try_all(trial, offers)
        failed += problems
        if feeds:
            return FoundFeeds(url, feeds, failed=tuple(failed))
    for address in customary_addresses(url):
        feeds, _ = await _try_all(trial, [FeedOffer(address, OfferWay.PATH)])
        if feeds:
            return FoundFeeds(url, feeds, failed=tuple(failed))
    robots = await trial.look(urljoin(url, "/robots.txt"))
    feeds, problems = await _try_all(trial, robots.feeds.offers if robots.feeds else ())
    return FoundFeeds(url, feeds, failed=(*failed, *problems))


def _rank(offer: FeedOffer) -> int:
    """How sure the site is, least first: what it declares, by a header or by an element, goes before what only looks like a feed."""
    return int(offer.way not in {OfferWay.HEADER, OfferWay.LINK})


async def _try_all(trial: Trial, offers: Iterable[FeedOffer]) -> tuple[tuple[FoundFeed, ...], list[tuple[FeedOffer, Problem]]]:
    """The offers that are feeds, in their order, and what is wrong with the others; the crawl is polite, whatever it is asked at once."""
    tried = list(offers)
    outcomes = await asyncio.gather(*(trial.poll(offer.url) for offer in tried))
    feeds = tuple(FoundFeed(offer, outcome.feed) for offer, outcome in zip(tried, outcomes, strict=True) if outcome.feed is not None)
    failed = [
        (offer, outcome.problem)
        for offer, outcome in zip(tried, outcomes, strict=True)
        if outcome.feed is None and outcome.problem is not None
    ]
    return feeds, failed
