"""When a source that says nothing is silent: when its pause is longer than any that it would make by itself.

A pause is measured by how many instalments its rhythm let expect meanwhile, so that nights and weekends are none. How unequal such pauses
are is learned: a weekly letter is missed after its second Tuesday, a site that publishes in bursts after many times its mean. They are
taken to be distributed as a gamma distribution of the same mean and variance.

Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import NormalDist

from news.rhythm import DAY, HOUR, PLACE, WEEK, Rhythm, rates_of

FALSE_ALARMS_A_YEAR = 0.5
"""How often a source that is well would be called silent, if its pauses were as they are taken to be; they are worse."""
FEWEST_PAUSES = 1.5
"""Pauses from which it can be told what is usual. With three, a site of a dozen entries a year would go unmissed."""
LEAST_SILENCE = timedelta(hours=6)
"""A shorter silence is never told: an editor may be ill, a server may be mended."""
LONGEST_WATCH = timedelta(days=400)
_SHAPES = (0.15, 12.0)
"""Of the gamma distribution: more irregular, or more regular, no source is taken to be. Whoever never fails may leave out a day."""
_YEAR_IN_WEEKS = 365 / 7


def silent_from(rhythm: Rhythm) -> datetime | None:
    """From when on the source is silent if it brings nothing until then; None: too little is known, or that is years away."""
    if rhythm.pauses.count < FEWEST_PAUSES + 4:
        return None
    rates = rates_of(rhythm, rhythm.at)
    doubt = 1 + WEEK / max(rhythm.at - rhythm.since, DAY)  # as long as little is known
    return _when_expected(rates, rhythm.last_news_at, doubt * longest_pause(rhythm, sum(rates) * _YEAR_IN_WEEKS))


def usual_pause(rhythm: Rhythm) -> timedelta:
    """How far apart its instalments are in the mean, nights and weekends included."""
    return len(rhythm.counts) * HOUR / sum(rates_of(rhythm, rhythm.at))


def longest_pause(rhythm: Rhythm, instalments_a_year: float) -> float:
    """How many instalments may be expected in vain before a pause is none of the source's usual ones."""
    return unlikely_pause(rhythm, min(FALSE_ALARMS_A_YEAR / max(instalments_a_year, 1.0), 0.05))


def unlikely_pause(rhythm: Rhythm, share: float) -> float:
    """How many instalments are expected in a pause that all but this share of the source's pauses are shorter than."""
    pauses = rhythm.pauses
    mean = pauses.total / pauses.count
    variance = max(pauses.squares / pauses.count - mean * mean, mean * mean / _SHAPES[1])
    shape = min(max(mean * mean / variance, _SHAPES[0]), _SHAPES[1])
    return mean * _gamma_quantile(shape, 1 - share)


def _gamma_quantile(shape: float, share: float) -> float:
    """The quantile of a gamma distribution of mean 1 (Wilson and Hilferty 1931), which is good to a few hundredths."""
    ninth = 1 / (9 * shape)
    return float((1 - ninth + NormalDist().inv_cdf(share) * math.sqrt(ninth)) ** 3)


def _when_expected(rates: Sequence[float], start: datetime, instalments: float) -> datetime | None:
    """When so many instalments are to be expected since `start`, holidays taken into account; LEAST_SILENCE later at least."""
    local, left = start.astimezone(PLACE).replace(tzinfo=None), instalments
    moment, most = local, local + LONGEST_WATCH
    while moment < most:
        of_day = rates_on(rates, moment.date())
        whole = sum(of_day)
        if moment.hour == moment.minute == moment.second == moment.microsecond == 0 and whole < left:
            left, moment = left - whole, moment + DAY
            continue
        end = moment.replace(minute=0, second=0, microsecond=0) + HOUR
        rate, length = of_day[moment.hour], (end - moment) / HOUR
        if rate * length >= left:
            return max(start + (moment - local) + timedelta(hours=left / rate), start + LEAST_SILENCE)
        left, moment = left - rate * length, end
    return None


def rates_on(rates: Sequence[float], day: date) -> list[float]:
    """The rates of the hours of a day: those of a holiday are at most those of a Sunday."""
    own = list(rates[day.weekday() * 24 : day.weekday() * 24 + 24])
    return [min(pair) for pair in zip(own, rates[6 * 24 :], strict=True)] if is_holiday(day) else own


def is_holiday(day: date) -> bool:
    """Whether little is published in France on that day: public holidays (Code du travail, L3133-1), and from Christmas Eve to New Year."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11)}
    if (day.month, day.day) in fixed or (day.month == 12 and day.day >= 24):
        return True
    return (day - easter_of(day.year)).days in {1, 39, 50}  # Easter Monday, Ascension, Whit Monday


@lru_cache(maxsize=8)
def easter_of(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, as in Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
