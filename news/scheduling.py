"""When a source is polled next, and when a page is fetched again. Times are aware and in UTC. For deliveries see `timing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from news.freshness import NO_WISHES, Wishes, after_skipped, wished_wait
from news.pacing import Bounds, crowded_wait, wait_of
from news.rhythm import Rhythm, lately_of, rates_of, when_expected
from news.timing import LONGEST_RETRY_AFTER, doubled

PAGE_RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720))
"""Waits before each further fetch of a page; after the last it is given up, about 17 hours after the first."""

PAGE_PROBLEMS_FOR_GOOD = frozenset(
    {"http_410", "http_451", "forbidden_address", "unsupported_url", "not_html", "too_large", "teaser", "paywall", "cut_short"}
)
"""Answers that a repetition will not change."""

LEAST_PAGE_INTERVAL = timedelta(hours=1)
"""A page whose entry keeps changing is fetched at most this often."""


WATCHED_SHARE = 10
"""A source is left alone for a tenth of the time that it has been watched: so HTTP guesses how long something that has not changed for so
long will stay as it is (RFC 9111 §4.2.2)."""
FIRST_DAY = timedelta(days=1)
"""During the first day a tenth of the time since the last news, if that is shorter."""
BELIEVED_INSTALMENTS = 2.0
"""A site that asks to be left alone for longer than it leaves itself alone is believed until so many instalments are to be expected."""
BELIEVED_AT_FIRST = timedelta(hours=1)
"""As long, while nothing is known of it."""
JITTER = 0.1
"""The part of a wait by which it may be longer or shorter, so that sources that were polled together do not stay together."""


@dataclass(frozen=True, slots=True)
class PollTiming:
    """How often a source is polled at first: `interval`, never under `least`, doubled by failures up to `most`.

    `is_own`: the configuration gives this source that interval, and it is kept whatever its rhythm.
    """

    interval: timedelta
    least: timedelta
    most: timedelta
    is_own: bool = False

    @property
    def bounds(self) -> Bounds:
        """Between which the rhythm may move the interval."""
        return Bounds(self.least, max(self.most, self.least))


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a source when its next poll is planned, after one at which it answered well."""

    url: str
    since: datetime
    """When its first body was read."""
    rhythm: Rhythm | None
    new: int = 0
    """Entries of this poll that were new."""
    polled_before: datetime | None = None
    """When it last answered well."""
    wishes: Wishes = NO_WISHES


def next_regular_poll_at(now: datetime, timing: PollTiming, watched: Watched) -> datetime:
    """When to poll a source that answered well at `now`: by its rhythm, as far as that is known, and by what the site wishes."""
    if timing.is_own or watched.rhythm is None:
        return now + max(timing.interval, timing.least)
    longest = _longest_wait(now, timing, watched, watched.rhythm)
    jittered = wait_of(watched.rhythm, now, timing.bounds) * (1 + JITTER * _chance(watched.url, now))
    wait = min(max(min(jittered, longest), timing.least), timing.bounds.most)
    if watched.wishes == NO_WISHES:
        return now + wait
    believed = _believed(now, timing, watched.rhythm, longest)
    wait = max(wait, min(wished_wait(watched.wishes), believed))
    return after_skipped(now + wait, watched.wishes, now + max(wait, believed))


def _chance(url: str, now: datetime) -> float:
    """Between -1 and 1, and the same whenever it is asked: this room throws no dice."""
    return float(2 * crc32(f"{url} {now.isoformat()}".encode()) / 2**32 - 1)


def _longest_wait(now: datetime, timing: PollTiming, watched: Watched, rhythm: Rhythm) -> timedelta:
    """What experience allows: little of it, or a body that was new for more than half, allow less than the rhythm may ask for."""
    experience = now - watched.since
    if experience < FIRST_DAY:
        experience = min(experience, now - rhythm.at)
    longest = max(timing.interval, experience / WATCHED_SHARE)
    crowded = crowded_wait(rhythm, watched.new, now - watched.polled_before) if watched.polled_before else None
    return longest if crowded is None else min(longest, crowded)


def _believed(now: datetime, timing: PollTiming, rhythm: Rhythm, longest: timedelta) -> timedelta:
    """How long a site that wishes to be left alone is left alone at most."""
    if now - rhythm.since < FIRST_DAY:
        return min(BELIEVED_AT_FIRST, timing.bounds.most)
    rates = rates_of(rhythm, now)
    instalments = BELIEVED_INSTALMENTS / max(lately_of(rhythm, rates, now).factor, 1.0)
    return when_expected(rates, now, instalments, min(timing.bounds.most, max(longest, BELIEVED_AT_FIRST)))


def next_poll_at(
    now: datetime, timing: PollTiming, failures: int = 0, retry_after: timedelta | None = None, rhythm: Rhythm | None = None
) -> datetime:
    """When to poll next after a poll at `now` that was the `failures`-th failure in a row (0: it went well).

    What is doubled is the interval, or less where the rhythm asks for less: of a busy source much would come and go in twice a long one.
    """
    usual = timing.interval if rhythm is None or timing.is_own else min(timing.interval, wait_of(rhythm, now, timing.bounds))
    wait = max(usual, timing.least)
    return now + _as_asked(doubled(wait, failures, max(timing.most, wait)), retry_after)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands on the schedule when a configuration comes into force. `failures`: in a row, up to now."""

    last_polled_at: datetime | None
    next_poll_at: datetime
    interval: timedelta
    """As the configuration before had it."""
    failures: int = 0


def poll_at_from_now_on(now: datetime, standing: Standing, timing: PollTiming) -> datetime:
    """When to poll a source under a configuration that comes into force at `now`, as at a start and a reload.

    A healthy source keeps the moment it had, so that no restart undoes its rhythm, unless its interval became shorter. A failing one is
    due, since whoever restarts or reloads may just have mended what ailed it; but no source is ever polled more often than `timing.least`.
    """
    last, planned = standing.last_polled_at, standing.next_poll_at
    if last is None or last > now:  # never polled, or by a clock that was ahead, which put it off
        return min(planned, now)
    if standing.failures:
        return max(now, min(planned, last + timing.least))
    if timing.is_own or timing.interval < standing.interval:
        return max(now, min(planned, last + max(timing.interval, timing.least)))
    return max(now, min(planned, last + max(timing.most, LONGEST_RETRY_AFTER))) if planned > now else planned


def next_page_fetch_at(now: datetime, attempts: int, code: str, retry_after: timedelta | None = None) -> datetime | None:
    """When to fetch a page again after `attempts` failed fetches, the last with problem `code`; None: give it up."""
    if code in PAGE_PROBLEMS_FOR_GOOD or attempts > len(PAGE_RETRY_DELAYS):
        return None
    return now + _as_asked(PAGE_RETRY_DELAYS[attempts - 1], retry_after)


def _as_asked(wait: timedelta, retry_after: timedelta | None) -> timedelta:
    """The wait, or the longer one that the site asked for, as far as that is honoured."""
    return wait if retry_after is None else max(wait, min(retry_after, LONGEST_RETRY_AFTER))


def next_page_refresh_at(now: datetime, last_fetched_at: datetime | None) -> datetime:
    """When to fetch a page whose entry changed at `now`: at once, but at most hourly."""
    if last_fetched_at is None:
        return now
    return max(now, last_fetched_at + LEAST_PAGE_INTERVAL)
