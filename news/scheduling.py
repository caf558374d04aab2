"""When a source is polled next, and when a page is fetched again. Times are aware and in UTC. For deliveries see `timing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from news.timing import LONGEST_RETRY_AFTER

PAGE_RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720))
"""Waits before each further fetch of a page; after the last it is given up, about 17 hours after the first."""

PAGE_PROBLEMS_FOR_GOOD = frozenset(
    {"http_410", "http_451", "forbidden_address", "unsupported_url", "not_html", "too_large", "teaser", "paywall", "cut_short"}
)
"""Answers that a repetition will not change."""

LEAST_PAGE_INTERVAL = timedelta(hours=1)
"""A page whose entry keeps changing is fetched at most this often."""


@dataclass(frozen=True, slots=True)
class PollTiming:
    """How often a source is polled: `interval`, never under `least`, doubled by failures up to `most`."""

    interval: timedelta
    least: timedelta
    most: timedelta


def next_poll_at(now: datetime, timing: PollTiming, failures: int = 0, retry_after: timedelta | None = None) -> datetime:
    """When to poll next after a poll at `now` that was the `failures`-th failure in a row (0: it went well)."""
    wait = max(timing.interval, timing.least)
    if failures:
        wait = min(wait * 2 ** min(failures, 20), max(timing.most, wait))
    return now + _as_asked(wait, retry_after)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands on the schedule when a configuration comes into force. `failures`: in a row, up to now."""

    last_polled_at: datetime | None
    next_poll_at: datetime
    interval: timedelta
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
    if timing.interval < standing.interval:
        return max(now, min(planned, last + max(timing.interval, timing.least)))
    return planned


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
