"""When a source publishes: learned from what it brought, by hour of the week, and asked what is to be expected of it.

What is counted are instalments: entries that appear within the shortest interval between two polls are one, since one poll finds them all.
They are counted by the hour of the week, in the time of Paris, where the sources are and people work by the clock on the wall; older ones
weigh less. An hour of which little is known is judged by its hour of the day and its day of the week, and these by the source as a whole.

Pure. Rates are instalments an hour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

PLACE = ZoneInfo("Europe/Paris")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
HOURS_OF_WEEK = 168

HALF_LIFE = timedelta(weeks=6)
"""After which an instalment counts half: long enough for a profile of the week, short enough for a site that changes its habits."""
PAUSE_HALF_LIFE = timedelta(weeks=26)
"""The same for pauses: how irregular a source is shows only in many of them."""
LATELY = timedelta(hours=2)
"""The half-life of what is held to be going on just now: a burst of news, or a holiday."""
OLDEST_HISTORY = timedelta(weeks=8)
"""How far back the dates of the first body tell anything."""

_PRIOR_INSTALMENTS, _PRIOR_DAYS = 0.5, 1.0
"""What a source of which nothing is known is taken for: half an instalment in a day."""
_HOUR_WEIGHT, _DAY_WEIGHT, _CELL_WEIGHT = 4.0, 1.0, 3.0
"""How much of what is known more generally goes into an hour of the day (instalments), a day of the week, an hour of the week (weeks)."""
_LATELY_WEIGHT = 2.0
_PRIOR_PAUSES = 4.0
"""Pauses as of a source that publishes at random, with which every source begins."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long pauses between instalments were, as the number of instalments that were expected meanwhile."""

    count: float = _PRIOR_PAUSES
    total: float = _PRIOR_PAUSES
    squares: float = 2 * _PRIOR_PAUSES
    """Their squares, summed: twice the square of the mean where news comes at random."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is remembered of when a source publishes. The sums are as of `at`, when it last brought something new."""

    since: datetime
    """From when on its instalments are known."""
    at: datetime
    last_news_at: datetime
    """When the latest instalment appeared, as far as that is known; never after `at`."""
    counts: tuple[float, ...]
    """Instalments by hour of the week, from Monday at midnight in Paris; each counts half after HALF_LIFE."""
    entries: float
    """In all these instalments."""
    window: int
    """How many entries its last body had."""
    pauses: Pauses = Pauses()
    lately: float = 0.0
    """Instalments of the last hours; each counts half after LATELY."""
    lately_expected: float = 0.0
    """As many were expected."""
    pace: float = 0.0
    """How densely it is polled; see `news.pacing`."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a body brought: how many entries it had, and when the new among them say that they were published, if they do."""

    entries: int
    published: tuple[datetime | None, ...]


def begin_rhythm(brought: Brought, now: datetime, least: timedelta) -> Rhythm:
    """The rhythm of a source whose first body came at `now`: its entries' dates are a history, as far as they are given.

    What is kept at the top of a feed for months is no history: of many dates the oldest eighth is left out.
    """
    dated = sorted(date for date in brought.published if date is not None and now - OLDEST_HISTORY < date <= now)
    history = dated[len(dated) // 8 :]
    nothing = Rhythm(now, now, now, (0.0,) * HOURS_OF_WEEK, 0.0, brought.entries)
    if not history:
        return nothing
    appeared = list(_instalments(history, history[0] - least, least))
    begun = _add(replace(nothing, since=history[0], at=history[0], last_news_at=history[0]), appeared, len(history), now)
    rates, pauses = rates_of(begun, now), Pauses()
    for before, moment in pairwise(appeared):
        pauses = _with_pause(pauses, expected(rates, before, moment))
    return replace(begun, pauses=_rounded(pauses), lately=0.0, lately_expected=0.0)


def learn(rhythm: Rhythm, brought: Brought, polled_before: datetime, now: datetime, least: timedelta) -> Rhythm:
    """The rhythm after a body with something new; the one before came at `polled_before`.

    New entries appeared since. A date between the two polls tells when; one before them is that of an entry that came late, and is as
    good as none. Those without are taken to have come evenly.
    """
    if not brought.published:
        return rhythm
    if rhythm.at > now:  # by a clock that was ahead: what is learned would be nothing until that time comes again
        rhythm = replace(rhythm, since=min(rhythm.since, now), at=now, last_news_at=min(rhythm.last_news_at, now))
    start = min(max(polled_before, rhythm.last_news_at), now)
    dated = [date for date in brought.published if date is not None and start < date <= now]
    others = len(brought.published) - len(dated)
    spread = [start + (now - start) * ((index + 0.5) / others) for index in range(others)]
    appeared = list(_instalments(sorted([*dated, *spread]), rhythm.last_news_at, least))
    return replace(_add(rhythm, appeared, len(brought.published), now), window=brought.entries)


def _instalments(appeared: Sequence[datetime], last: datetime, least: timedelta) -> Iterator[datetime]:
    """Those which a poll would have been worth while for: what came until `least` after such a poll waits for the next one."""
    polled = last
    for moment in appeared:
        if moment > polled:
            polled = max(moment, polled + least)
            yield moment


def _add(rhythm: Rhythm, instalments: Sequence[datetime], entries: int, now: datetime) -> Rhythm:
    kept = _halved(now - rhythm.at, HALF_LIFE)
    counts = [count * kept for count in rhythm.counts]
    rates = rates_of(rhythm, rhythm.at)
    lately = lately_of(rhythm, rates, now)
    pauses, last, observed = _forget_pauses(rhythm.pauses, now - rhythm.at), rhythm.last_news_at, lately.observed
    for moment in instalments:
        counts[hour_of_week(moment)] += _halved(now - moment, HALF_LIFE)
        observed += _halved(now - moment, LATELY)
        pauses = _with_pause(pauses, expected(rates, last, moment))
        last = moment
    return Rhythm(
        since=rhythm.since,
        at=now,
        last_news_at=last,
        counts=tuple(round(count, 3) for count in counts),  # exact enough, and as short as it is stored
        entries=round(rhythm.entries * kept + entries, 3),
        window=rhythm.window,
        pauses=_rounded(pauses),
        lately=round(observed, 4),
        lately_expected=round(lately.expected, 4),
    )


def _forget_pauses(pauses: Pauses, age: timedelta) -> Pauses:
    kept = _halved(age, PAUSE_HALF_LIFE)
    return Pauses(pauses.count * kept, pauses.total * kept, pauses.squares * kept)


def _rounded(pauses: Pauses) -> Pauses:
    return Pauses(round(pauses.count, 4), round(pauses.total, 4), round(pauses.squares, 4))


def _with_pause(pauses: Pauses, length: float) -> Pauses:
    return Pauses(pauses.count + 1, pauses.total + length, pauses.squares + length * length)


def _halved(age: timedelta, half_life: timedelta) -> float:
    return math.exp2(-max(age, timedelta()) / half_life)


def hour_of_week(moment: datetime) -> int:
    """Which hour of the week a moment belongs to, in Paris; 0 is Monday from midnight on."""
    local = moment.astimezone(PLACE)
    return local.weekday() * 24 + local.hour


def rates_of(rhythm: Rhythm, now: datetime) -> tuple[float, ...]:
    """The rate of each hour of the week, as what is known at `now` has it; a silence since the last news makes them lower."""
    return _rates(rhythm.counts, rhythm.since, _halved(now - rhythm.at, HALF_LIFE), now)


@lru_cache(maxsize=16)
def _rates(counts: tuple[float, ...], since: datetime, kept: float, now: datetime) -> tuple[float, ...]:
    """As `rates_of`, which is asked several times in one poll; of each count, `kept` is left."""
    days = [kept * sum(counts[midnight : midnight + 24]) for midnight in range(0, HOURS_OF_WEEK, 24)]
    watched = _watched(since, now)
    total, time = sum(days), sum(watched)
    mean = (total + _PRIOR_INSTALMENTS) / (time + _PRIOR_DAYS)
    shares = _shares([kept * sum(counts[hour::24]) for hour in range(24)], total)
    rates: list[float] = []
    for day in range(7):
        of_day = (days[day] + _DAY_WEIGHT * mean) / (watched[day] + _DAY_WEIGHT)
        weight, general = watched[day] + _CELL_WEIGHT, _CELL_WEIGHT * of_day
        if not days[day]:  # as most days of a source that seldom has news; this is asked at every poll
            rates += [general * share / weight for share in shares]
            continue
        rates += [(count * kept + general * share) / weight for count, share in zip(counts[day * 24 : day * 24 + 24], shares, strict=True)]
    return tuple(rates)


def _shares(hours: Sequence[float], total: float) -> list[float]:
    """Which part of a day's instalments each hour has; neighbours lend each other some of theirs."""
    whole, equal = total + _HOUR_WEIGHT, _HOUR_WEIGHT / 24
    return [((hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4 + equal) / whole for hour in range(24)]


def _watched(since: datetime, now: datetime) -> list[float]:
    """How often each day of the week was watched, older ones counting less. A partly watched day counts in part."""
    age = now - since
    if age >= 2 * WEEK:
        return [HALF_LIFE / WEEK / math.log(2) * (1 - _halved(age, HALF_LIFE))] * 7
    days = [0.0] * 7
    moment = since.astimezone(PLACE).replace(tzinfo=None)
    end = moment + max(age, timedelta())
    while moment < end:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        days[moment.weekday()] += (min(midnight, end) - moment) / DAY
        moment = midnight
    return days


def spans(start: datetime) -> Iterator[tuple[int, float]]:
    """From `start` on: hours of the week, each with how much of it is left (in hours), without end.

    Summer time is overlooked after the first: an hour twice a year.
    """
    local = start.astimezone(PLACE)
    hour = local.weekday() * 24 + local.hour
    yield hour, 1 - (local.minute * 60 + local.second + local.microsecond / 1e6) / 3600
    while True:
        hour = (hour + 1) % HOURS_OF_WEEK
        yield hour, 1.0


def expected(rates: Sequence[float], start: datetime, end: datetime) -> float:
    """How many instalments these rates let expect from `start` to `end`."""
    weeks, rest = divmod(max(end - start, timedelta()), WEEK)
    left, found = rest / HOUR, weeks * sum(rates) if weeks else 0.0
    for hour, length in spans(start):
        if left <= length:
            return found + rates[hour] * left
        found += rates[hour] * length
        left -= length
    raise AssertionError  # hours have no end


def when_expected(rates: Sequence[float], start: datetime, instalments: float, longest: timedelta) -> timedelta:
    """How long after `start` so many instalments are to be expected; at most `longest`."""
    passed, left = 0.0, instalments
    most = longest / HOUR
    for hour, length in spans(start):
        if rates[hour] * length >= left:
            return min(timedelta(hours=passed + left / rates[hour]), longest)
        left -= rates[hour] * length
        passed += length
        if passed >= most:
            break
    return longest


@dataclass(frozen=True, slots=True)
class Lately:
    """What the last hours brought, and what was expected of them."""

    observed: float
    expected: float

    @property
    def factor(self) -> float:
        """How much more than usual is going on."""
        return (self.observed + _LATELY_WEIGHT) / (self.expected + _LATELY_WEIGHT)


def lately_of(rhythm: Rhythm, rates: Sequence[float], now: datetime) -> Lately:
    """What is going on at `now`. Older hours have no weight to speak of."""
    age = now - rhythm.at
    kept = _halved(age, LATELY)
    start = max(rhythm.at, now - 6 * LATELY)
    found, moment = rhythm.lately_expected * kept, start
    for hour, length in spans(start):
        if moment >= now:
            break
        step = min(timedelta(hours=length), now - moment)
        found += rates[hour] * (step / HOUR) * _halved(now - moment - step / 2, LATELY)
        moment += step
    return Lately(rhythm.lately * kept, found)


def entries_per_instalment(rhythm: Rhythm) -> float:
    """How many entries come at once, in the mean."""
    return (rhythm.entries + 1) / (sum(rhythm.counts) + 1)
