"""WebSub (W3C Recommendation, 23 January 2018): from which hubs to be told of news, and what to make of what comes from them.

Pure. A subscription is one of a source, at one hub, to one topic: the address under which the publisher tells the hub of news. Polling goes
on beside it: a hub that says nothing costs time, never news.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from news.sources import FeedLink, Problem
from news.timing import LONGEST_RETRY_AFTER, doubled
from news.wording import Wording

MOST_HUBS = 3
"""Of one feed. Each of several hubs is asked, so that it does not matter which of them the publisher still tells."""
WANTED_LEASE = timedelta(days=10)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=90)
"""What a hub may say; a lease that is named in no sensible way (§5.3 demands it, old hubs leave it out) is taken for a day."""
UNNAMED_LEASE = timedelta(days=1)
RENEWAL = 0.75
"""The part of a lease after which it is renewed: of ten days two and a half are left for hubs that are down."""
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=10), timedelta(days=1)
DENIAL_PAUSE = timedelta(days=1)
LATEST_TRY_TO_LEAVE = 3
"""Requests to end a subscription; a hub that does not heed them forgets it when the lease is over."""
SIGNATURES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
"""The methods of `X-Hub-Signature` (§7.1)."""
NOT_ASKED_BACK = Wording("the hub took the request and has not asked back yet")
_MOST_REASON = 200


class Mode(StrEnum):
    """What a request to a hub, or one of a hub's, is about (`hub.mode`)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


class SubscriptionState(StrEnum):
    """How a subscription stands. While it is `active`, its lease may be over all the same: see `is_live`."""

    FOUND = "found"
    """The feed names the hub; nobody has asked it yet."""
    ASKED = "asked"
    """The hub took the request, and has not asked back whether we mean it."""
    ACTIVE = "active"
    """The hub asked back, and tells of news until the lease is over."""
    REFUSED = "refused"
    """The hub refused, or could not be asked. It is asked again, ever more seldom."""
    LEAVING = "leaving"
    """It is no longer wanted; the hub is told so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a feed says of where news of it are told: a hub, and the topic's address."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is remembered. `token`: the last part of its callback's address, which only its hub learns."""

    subscription_id: int
    source_id: int
    hub: str
    topic: str
    token: str
    secret: str
    state: SubscriptionState = SubscriptionState.FOUND
    failures: int = 0
    """Requests in a row that came to nothing, unanswered ones among them."""
    next_attempt_at: datetime | None = None
    confirmed_at: datetime | None = None
    """When the hub last asked back, and was told that it is meant."""
    lease_ends_at: datetime | None = None
    told_at: datetime | None = None
    """When the hub last told of news, with a valid signature."""
    callback: str | None = None
    """The address that the hub was given last. If we are to be reached at another one since, it is asked again."""
    message: str | None = None
    """Why the hub refused, or what it did not do."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What came of a request to a hub that was sent at some moment: taken, or a problem."""

    subscription_id: int
    mode: Mode
    sent_at: datetime
    problem: Problem | None = None
    callback: str | None = None
    """The address that the hub was given."""


def find_hubs(links: Iterable[FeedLink], feed_url: str) -> tuple[Wanted, ...]:
    """Where the feed that was read at `feed_url` says news of it are told. The topic is what it calls its own address (`rel=self`, §4)."""
    listed = tuple(links)
    topic = next((link.url for link in listed if link.relation == "self"), feed_url).partition("#")[0]
    hubs = dict.fromkeys(link.url.partition("#")[0] for link in listed if link.relation == "hub")
    return tuple(Wanted(hub, topic) for hub in list(hubs)[:MOST_HUBS])


def with_header_links(links: Sequence[FeedLink], of_header: Sequence[FeedLink]) -> tuple[FeedLink, ...]:
    """The links of a feed whose answer's head names a hub: hub and topic are then those of the head (§4, the header comes first)."""
    if not any(link.relation == "hub" for link in of_header):
        return tuple(links)
    said = {link.relation for link in of_header}
    return (*of_header, *(link for link in links if link.relation not in said & {"hub", "self"}))


@dataclass(frozen=True, slots=True)
class Changes:
    """What follows for the subscriptions of a source from what its feed says: which are new, stand otherwise now, or are forgotten."""

    new: tuple[Wanted, ...]
    changed: tuple[Subscription, ...]
    forgotten: tuple[Subscription, ...] = ()


def compare_subscriptions(known: Iterable[Subscription], wanted: Sequence[Wanted], now: datetime) -> Changes:
    """What to begin and what to end, so that the subscriptions are those that are wanted; one that was to end may be wanted again."""
    by_place = {Wanted(one.hub, one.topic): one for one in known}
    new = tuple(one for one in wanted if one not in by_place)
    after = [(one, _begin_again(one, now) if place in wanted else leave(one, now)) for place, one in by_place.items()]
    changed = tuple(later for one, later in after if later is not None and later is not one)
    return Changes(new, changed, tuple(one for one, later in after if later is None))


def leave(known: Subscription, now: datetime) -> Subscription | None:
    """A subscription that is no longer wanted; None: its hub was never asked, so that it can be forgotten.

    While nobody listens to hubs, none is asked: those of a feed that gives itself another address each time would be kept for ever.
    """
    if known.state is SubscriptionState.LEAVING:
        return known
    if known.callback is None and known.confirmed_at is None:
        return None
    return replace(known, state=SubscriptionState.LEAVING, failures=0, next_attempt_at=now, message=None)


def _begin_again(known: Subscription, now: datetime) -> Subscription:
    if known.state is not SubscriptionState.LEAVING:
        return known
    return replace(known, state=SubscriptionState.FOUND, failures=0, next_attempt_at=now, message=None)


def mode_of(known: Subscription) -> Mode:
    """What its hub is asked for when it is due."""
    return Mode.UNSUBSCRIBE if known.state is SubscriptionState.LEAVING else Mode.SUBSCRIBE


def is_live(known: Subscription, now: datetime) -> bool:
    """Whether the hub tells of news, as far as it said."""
    return known.state is SubscriptionState.ACTIVE and known.lease_ends_at is not None and known.lease_ends_at > now


def after_asking(known: Subscription, asking: Asking, now: datetime) -> Subscription | None:
    """The subscription after a request to its hub; None: it is over, and forgotten.

    A hub may ask back before it answers the request: then the answer changes nothing any more. One that took the request and does not ask
    back is asked again, ever more seldom, like one that refuses; meanwhile a lease that is not over holds.
    """
    if asking.mode is not mode_of(known):
        return known  # it was wanted, or not wanted, again meanwhile
    if asking.mode is Mode.UNSUBSCRIBE:
        return _after_asking_to_leave(known, now)
    known = replace(known, callback=asking.callback)
    if known.confirmed_at is not None and known.confirmed_at >= asking.sent_at:
        return known
    failures = known.failures + 1
    problem = asking.problem
    again_at = now + _pause(failures, problem.retry_after if problem else None)
    state = known.state if is_live(known, now) else SubscriptionState.REFUSED if problem else SubscriptionState.ASKED
    message = problem.message if problem else NOT_ASKED_BACK
    return replace(known, state=state, failures=failures, next_attempt_at=again_at, message=message)


def _after_asking_to_leave(known: Subscription, now: datetime) -> Subscription | None:
    failures = known.failures + 1
    is_over = known.lease_ends_at is None or known.lease_ends_at <= now or failures >= LATEST_TRY_TO_LEAVE
    return None if is_over else replace(known, failures=failures, next_attempt_at=now + _pause(failures, None))


def _pause(failures: int, retry_after: timedelta | None) -> timedelta:
    pause = doubled(FIRST_RETRY, failures - 1, LONGEST_RETRY)
    return max(pause, min(retry_after, LONGEST_RETRY_AFTER)) if retry_after is not None else pause


def listen_elsewhere(known: Subscription, base: str, now: datetime) -> Subscription:
    """A subscription when the addresses of callbacks begin with `base` from now on: its hub must learn it soon, if it was given another."""
    if known.callback in {None, base + known.token} or known.state is SubscriptionState.LEAVING:
        return known
    return replace(known, failures=0, next_attempt_at=now)


def is_meant(known: Subscription | None, mode: str, topic: str) -> bool:
    """Whether to tell a hub that asks back (§5.3) that the request was ours: for its own topic, and for what is wanted now."""
    return known is not None and topic == known.topic and mode == mode_of(known)


def after_confirming(known: Subscription, lease_seconds: str | None, now: datetime) -> Subscription:
    """A subscription that its hub asked back about, with the lease that it gives."""
    lease = _lease(lease_seconds)
    return replace(
        known,
        state=SubscriptionState.ACTIVE,
        failures=0,
        confirmed_at=now,
        lease_ends_at=now + lease,
        next_attempt_at=now + max(timedelta(seconds=RENEWAL * lease.total_seconds()), SHORTEST_LEASE),
        message=None,
    )


def _lease(seconds: str | None) -> timedelta:
    digits = (seconds or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return UNNAMED_LEASE
    return max(SHORTEST_LEASE, min(timedelta(seconds=int(digits[:9])), LONGEST_LEASE))


def after_denial(known: Subscription, topic: str, reason: str | None, now: datetime) -> Subscription:
    """A subscription of which its hub says that it is none, or none any more (§5.2). It may come to be one: it is asked again later."""
    if topic != known.topic or known.state is SubscriptionState.LEAVING:
        return known
    said = " ".join((reason or "").split())[:_MOST_REASON]
    return replace(
        known,
        state=SubscriptionState.REFUSED,
        failures=known.failures + 1,
        lease_ends_at=None,
        next_attempt_at=now + DENIAL_PAUSE,
        message=Wording("the hub denies it: {reason}", reason=said) if said else Wording("the hub denies it"),
    )


class Refusal(StrEnum):
    """Why what came to a callback is ignored, although it is acknowledged."""

    NO_SIGNATURE = "no_signature"
    WRONG_SIGNATURE = "wrong_signature"
    ANOTHER_TOPIC = "another_topic"
    NOT_WANTED = "not_wanted"


def judge_telling(known: Subscription, body: bytes, signature: str | None, topics: Sequence[str]) -> Refusal | None:
    """Why to ignore what a hub tells; None if it is to be taken (§7, §7.1). `topics`: what its headers call the topic, if they do."""
    if known.state is SubscriptionState.LEAVING:
        return Refusal.NOT_WANTED
    if not signature:
        return Refusal.NO_SIGNATURE
    if not is_signed(body, known.secret, signature):
        return Refusal.WRONG_SIGNATURE
    return Refusal.ANOTHER_TOPIC if topics and known.topic not in topics else None


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether `signature` (`method=hexadecimal`) is that of the body; takes as long for a wrong one as for the right one."""
    method, _, given = signature.strip().partition("=")
    make = SIGNATURES.get(method.strip().lower())
    if make is None:
        return False
    right = hmac.new(secret.encode(), body, make).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "surrogateescape"))


def poll_at_when_told(now: datetime, planned: datetime, last_polled_at: datetime | None, least: timedelta) -> datetime:
    """When to poll a source whose hub says that there is news, and not which: now, but never more often than `least`."""
    soonest = now if last_polled_at is None else max(now, last_polled_at + least)
    return min(planned, soonest)


def after_telling(known: Subscription, now: datetime) -> Subscription:
    """A subscription whose hub told of news."""
    return replace(known, told_at=now)
