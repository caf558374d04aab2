"""Living through a topic's articles, judged by the program's own decision, and putting rises in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench.year_world import DAY, HOUR, PARIS
from news.surges import Surge
from news.volume import LEAST_HISTORY, Volume, hour_number, judge_volume, oldest_hour

PUT_IN_EVERY = timedelta(days=40)
"""In the mean."""
RISE_HOURS = 4.0
LEAST_RISE = 12
"""Articles."""
_MOST_HOURS = 2_500
"""Kept until the old ones among them are dropped; the decision knows some 2,000."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a topic's year: when surges were told, and when those began that had been put in."""

    articles: int
    told: tuple[Surge, ...]
    put_in: tuple[datetime, ...] = ()
    years: float = 1.0


def live(moments: Sequence[datetime], since: datetime, heeded: Callable[[datetime], bool] = lambda _moment: True) -> list[Surge]:
    """The surges that are told of a topic with articles at these moments, in order. It is judged only at moments that are `heeded`."""
    hours: dict[int, int] = {}
    told: list[Surge] = []
    for moment in moments:
        hour = hour_number(moment)
        hours[hour] = hours.get(hour, 0) + 1
        if moment - since < LEAST_HISTORY or not heeded(moment):
            continue
        told_at = told[-1].until if told else None
        judged = judge_volume("", Volume(since, hours, told_at), moment)
        if isinstance(judged, Surge):
            told.append(judged)
        if len(hours) > _MOST_HOURS:
            for old in [hour for hour in hours if hour < oldest_hour(moment)]:
                del hours[old]
    return told


def put_in_rises(moments: Sequence[datetime], a_day: float, random: Random) -> tuple[list[datetime], list[datetime]]:
    """The same with four hours, now and then, that have as much more as two usual days, twelve articles at least; and when these begin."""
    starts, added = [], []
    start = moments[0] + 5 * 7 * DAY
    while start < moments[-1] - DAY:
        begins = (start.astimezone(PARIS).replace(hour=8) + random.random() * 10 * HOUR).astimezone(UTC)
        starts.append(begins)
        more = max(LEAST_RISE, round(2 * a_day))
        added += [begins + timedelta(hours=RISE_HOURS * random.random()) for _ in range(more)]
        start += PUT_IN_EVERY * random.uniform(0.8, 1.2)
    return sorted([*moments, *added]), starts


def delays(lived: Lived) -> list[timedelta]:
    """How long after its beginning each rise was told that was put in, of those that were within a day."""
    found = []
    ends = [surge.until for surge in lived.told]
    for start in lived.put_in:
        after = bisect_right(ends, start)
        if after < len(ends) and ends[after] - start < DAY:
            found.append(ends[after] - start)
    return found
