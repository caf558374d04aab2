"""What a site wishes: how long its feed stays as it is, and when it does not want to be asked.

Wishes are often none: WordPress says "hourly" in every feed, generators write a ttl of a day into that of a news agency, and some servers
give their feeds the month that they give to pictures. What is made of them is decided in `news.scheduling`.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
_SKIPPING_AHEAD = 8 * 24
"""How many hours are looked at for one that is not skipped: some feeds name all of them."""


@dataclass(frozen=True, slots=True)
class FeedWishes:
    """What a feed says of itself."""

    every: timedelta | None = None
    """`ttl` (RSS 2.0), or `sy:updatePeriod` by `sy:updateFrequency` (RSS 1.0 syndication): the longer, where it has both."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day, in UTC, from 0 to 23 (RSS 2.0 `skipHours`)."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week, in UTC, from 0 for Monday (RSS 2.0 `skipDays`)."""


NO_FEED_WISHES = FeedWishes()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the feed says, and how long its server says that an answer stays fresh (RFC 9111 §4.2)."""

    feed: FeedWishes = NO_FEED_WISHES
    fresh_for: timedelta | None = None


NO_WISHES = Wishes()


def wished_wait(wishes: Wishes) -> timedelta:
    """How long feed or server wish to be left alone; the longer, if both say so."""
    return max(wishes.feed.every or timedelta(), wishes.fresh_for or timedelta())


def after_skipped(moment: datetime, wishes: Wishes, latest: datetime) -> datetime:
    """The moment, or the end of the hours and days that the feed wants skipped, if that comes until `latest`."""
    feed = wishes.feed
    if not (feed.skip_hours or feed.skip_days):
        return moment
    utc = moment.astimezone(UTC)
    for _ in range(_SKIPPING_AHEAD):
        if utc.hour not in feed.skip_hours and utc.weekday() not in feed.skip_days:
            return utc
        utc = utc.replace(minute=0, second=0, microsecond=0) + HOUR
        if utc > latest:
            return moment
    return moment
