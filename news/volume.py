"""How much a topic is written about: its usual rate, by the hours of the week, and when a rise is a surge that is told.

What is counted are articles that alerted, in the hour of their publication. The usual rate is learned from the last twelve weeks by the
model that tells when sources publish (`news.rhythm`). What was a surge must not become what is usual: a day counts for no more than the
seventh-greatest of these weeks, or three robust standard deviations above their median. Around the usual rate, counts are taken to be
distributed as a negative binomial distribution, since news comes in heaps: how large the heaps are is learned too.

Pure. Hours are numbered from 1970 on, in UTC.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from news.rhythm import HALF_LIFE, HOURS_OF_WEEK, WEEK, Rhythm, hour_of_week, rates_of
from news.surges import Surge, SurgeBar

HISTORY = 12 * WEEK
"""How far back the usual rate is learned from; older hours are forgotten."""
LEAST_HISTORY = 2 * WEEK
"""How long a topic is followed before anything is held to be unusual of it: each day of the week was seen twice."""
SPANS = (3, 24)
"""Hours in which a rise is looked for, the shorter first: something happens; something is on everybody's mind."""
FEWEST = 5
"""Articles of a surge. Fewer are told one by one anyway, and one event is written about by several sources."""
LEAST_FACTOR = 2.0
"""How much more than usual it must be: of a busy topic, a rise may be certain and still not worth telling."""
FALSE_ALARMS_A_YEAR = 0.5
"""How often a topic whose volume is as it is taken to be would be said to surge; real ones are wilder (`bench/surges.py`)."""

_HOURS_A_YEAR = 365 * 24
_OVER = 1.5
"""A surge is over once a day brings no more than so many times the usual."""
_CALM = 2
"""Articles of a day that are calm whatever is usual."""
_USUAL_AFTER = 14
"""What happens more often than once in so many days is usual."""
_LEAST_HEAPED, _MOST_HEAPED = {3: 1.5, 24: 2.0}, 40.0
"""News always comes in heaps, of which a few hours show less than a day: one event is written about by several sources, also where the
last weeks show nothing of that (they are learned without the days that stand out)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_DAY = 24
_BARS_OF_DAYS = 14


@dataclass(frozen=True, slots=True)
class Volume:
    """What is on record of a topic."""

    since: datetime
    """From when on it is followed, with the query that it has."""
    hours: Mapping[int, int]
    """Articles by the hour in which they were published; none where an hour is missing."""
    told_at: datetime | None = None
    """When a surge was last told."""


class NoSurge(StrEnum):
    """Why nothing is told of a topic's volume."""

    TOO_NEW = "too_new"
    FEW = "few"
    USUAL = "usual"
    TOLD = "told"
    """It is the surge that was told, which is not over."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """The usual rates by hour of the week, and the hours from `first` until before `end` that they are learned from, without surges."""

    rates: Sequence[float]
    hours: Mapping[int, float]
    first: int
    end: int


def hour_number(moment: datetime) -> int:
    """The number of the hour that a moment is in."""
    return (moment - _EPOCH) // _HOUR


def oldest_hour(now: datetime) -> int:
    """The first hour that is still remembered."""
    return hour_number(now - HISTORY)


def judge_volume(topic: str, volume: Volume, now: datetime) -> Surge | NoSurge:
    """Whether the topic is written about much more than usual, which nobody was told yet."""
    if now - volume.since < LEAST_HISTORY:
        return NoSurge.TOO_NEW
    last = hour_number(now)
    if _count(volume.hours, last - _DAY + 1, last + 1) < FEWEST:
        return NoSurge.FEW
    usual = _learn(volume, last - _DAY + 1)
    risen = next((span for span in SPANS if _has_risen(volume, usual, span, now)), None)
    if risen is None:
        return NoSurge.USUAL
    told_at = volume.told_at if volume.told_at is not None and volume.told_at <= now else None  # or a clock was ahead
    if told_at is not None and not _is_over(volume, usual.rates, told_at, last):
        return NoSurge.TOLD
    return _make_surge(topic, volume, usual.rates, risen, now)


def usual_a_day(volume: Volume, now: datetime) -> float | None:
    """How many articles the 24 hours before `now` would have, as usual; None as long as too little is known."""
    if now - volume.since < LEAST_HISTORY:
        return None
    last = hour_number(now)
    return _expected(_learn(volume, last - _DAY + 1).rates, last - _DAY + 1, now)


def _count(hours: Mapping[int, int], first: int, end: int) -> int:
    return sum(hours.get(hour, 0) for hour in range(first, end))


def _learn(volume: Volume, end: int) -> _Usual:
    """What is usual, by all hours before `end`."""
    first = max(hour_number(volume.since), end - HISTORY // _HOUR)
    until = _start_of(end)
    hours = _cap_days(volume.hours, first, end)
    counts = [0.0] * HOURS_OF_WEEK
    for hour, count in hours.items():
        counts[_hour_of_week(hour)] += count * math.exp2((hour - end) * _HOUR / HALF_LIFE)
    rates = rates_of(Rhythm(_start_of(first), until, until, tuple(counts), 0.0, 0), until)
    return _Usual(rates, hours, first, end)


def _cap_days(hours: Mapping[int, int], first: int, end: int) -> dict[int, float]:
    """The hours that had articles, without what days had beyond the usual; days end at the hour at which `end` does."""
    days: dict[int, list[int]] = {}
    for hour, count in hours.items():
        if first <= hour < end and count:
            days.setdefault((end - 1 - hour) // _DAY, []).append(hour)
    totals = [sum(hours[hour] for hour in days.get(day, ())) for day in range((end - first) // _DAY)]
    most = _most_usual(totals)
    capped: dict[int, float] = {}
    for of_day in days.values():
        total = sum(hours[hour] for hour in of_day)
        capped |= {hour: hours[hour] * min(1.0, most / total) for hour in of_day}
    return capped


def _most_usual(totals: Sequence[int]) -> float:
    """How many articles a day may have before it counts as unusual."""
    median = statistics.median(totals)
    deviation = 1.4826 * statistics.median(abs(total - median) for total in totals)  # as a standard deviation, were they normal
    often = sorted(totals, reverse=True)[len(totals) // _USUAL_AFTER]
    return float(max(_CALM, median + 3 * deviation, often))


def _measure_heaps(usual: _Usual, span: int) -> float:
    """The variance of the counts of spans of so many hours by their mean; it would be 1 if each article came by itself."""
    squares = total = 0.0
    for start in range(usual.end - span, usual.first - 1, -span):
        count = sum(usual.hours.get(hour, 0.0) for hour in range(start, start + span))
        expected = _sum_rates(usual.rates, start, start + span)
        squares += (count - expected) ** 2
        total += expected
    return min(max(squares / total, _LEAST_HEAPED[span]), _MOST_HEAPED)


def _has_risen(volume: Volume, usual: _Usual, span: int, now: datetime) -> bool:
    """Whether the last hours had more articles than chance alone brings `FALSE_ALARMS_A_YEAR` times a year.

    The last hours are looked at with every article, so that chance has more tries than there are spans side by side in a year: about as
    many more as the heaps by which the count is above the usual. Without that factor, busier topics would surge falsely more often. It is
    the rate at which a scanning window reaches a count (S. E. Alm, On the distribution of the scan statistic of a Poisson process, 1983),
    with heaps in the place of single articles.
    """
    first = hour_number(now) - span + 1
    count = _count(volume.hours, first, first + span)
    doubt = 1 + WEEK / (now - volume.since)  # as long as little is known
    expected = _expected(usual.rates, first, now) * doubt
    if count < max(FEWEST, LEAST_FACTOR * expected):
        return False
    heaped = _measure_heaps(usual, span)
    looks_a_year = _HOURS_A_YEAR / span * len(SPANS) * max(1.0, (count - expected) / heaped)
    times_a_year = looks_a_year * chance_of(count, expected, heaped)
    return times_a_year < FALSE_ALARMS_A_YEAR


def chance_of(count: int, mean: float, heaped: float) -> float:
    """How likely so many or more are, where `mean` are usual, with a variance of `heaped` times that; `count` is more than the mean.

    The tail of a negative binomial distribution, of Poisson's where nothing is heaped.
    """
    heaped = max(heaped, 1.001)
    shape, share = mean / (heaped - 1), 1 - 1 / heaped
    at = math.exp(
        math.lgamma(shape + count) - math.lgamma(shape) - math.lgamma(count + 1) + count * math.log(share) - shape * math.log(heaped)
    )
    total = 0.0
    while at > total * 1e-6:
        total += at
        at *= share * (shape + count) / (count + 1)
        count += 1
    return total


def _is_over(volume: Volume, rates: Sequence[float], told_at: datetime, last: int) -> bool:
    """Whether a day has been calm since a surge was told; it lasts a day at least."""
    first = max(hour_number(told_at) + _DAY, last - HISTORY // _HOUR)
    counts = [volume.hours.get(hour, 0) for hour in range(first - _DAY + 1, last + 1)]
    usual = [_sum_rates(rates, hour, hour + 1) for hour in range(first - _DAY + 1, last + 1)]
    return any(count <= max(_CALM, _OVER * rate) for count, rate in zip(_days_of(counts), _days_of(usual), strict=True))


def _days_of(hours: Sequence[float]) -> list[float]:
    """The sums of each hour with the 23 before it."""
    sums = [0.0, *accumulate(hours)]
    return [sums[end] - sums[end - _DAY] for end in range(_DAY, len(sums))]


def _sum_rates(rates: Sequence[float], first: int, end: int) -> float:
    start = _hour_of_week(first)
    return sum(rates[(start + offset) % HOURS_OF_WEEK] for offset in range(end - first))


def _expected(rates: Sequence[float], first: int, now: datetime) -> float:
    """How many are usual from the beginning of an hour until `now`."""
    last = hour_number(now)
    begun = (now - _start_of(last)) / _HOUR
    return _sum_rates(rates, first, last) + begun * _sum_rates(rates, last, last + 1)


@lru_cache(maxsize=4096)  # all that are remembered; each topic asks for the same
def _hour_of_week(hour: int) -> int:
    return hour_of_week(_start_of(hour))


def _start_of(hour: int) -> datetime:
    return _EPOCH + hour * _HOUR


def _make_surge(topic: str, volume: Volume, rates: Sequence[float], span: int, now: datetime) -> Surge:
    end = hour_number(now) + 1
    step, bars = (1, _DAY) if span < _DAY else (_DAY, _BARS_OF_DAYS)
    starts = [end - step * (bars - number) for number in range(bars)]
    made = tuple(
        SurgeBar(_start_of(start), _count(volume.hours, start, start + step), round(_sum_rates(rates, start, start + step), 2))
        for start in starts
    )
    return Surge(
        topic=topic,
        since=_start_of(end - span),
        until=now,
        articles=_count(volume.hours, end - span, end),
        usual=round(_expected(rates, end - span, now), 2),
        bars=made,
    )
