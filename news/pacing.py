"""How densely a source is polled: where news is likely often, where it is not seldom, with a number of polls that is a share over the news.

Of all ways to spread a number of polls over a week, the mean delay is least if their density follows the square root of the rate of news:
for a density p, an entry that appears at the rate r waits 1 / 2p, and the sum of r / 2p under a fixed sum of p is least for p ~ √r. So
quiet hours are polled more often than their news alone would ask for, and busy ones find some entries at once.

Pure. Densities are polls an hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from news.rhythm import HOUR, HOURS_OF_WEEK, LATELY, Rhythm, entries_per_instalment, lately_of, rates_of, spans

POLLS_PER_INSTALMENT = 1.2
"""So many polls are made for each that somebody would make who knew when there is something."""
_ROUNDS = 6
"""Until the bounds and the sum of the densities agree; more change nothing worth a poll."""
_ROUNDS_BESIDE = 1
"""The same beside a pace that was right for almost the same rates."""
WINDOW_SHARE = 4
"""Polled when this part of a feed's entries may be new, so that a burst of four times the usual still overlaps with the last poll."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which intervals a source is polled."""

    least: timedelta
    most: timedelta


def with_pace(rhythm: Rhythm, bounds: Bounds, before: float = 0.0) -> Rhythm:
    """The rhythm with how densely it is to be polled from now on; `before`: how densely it was, from which the search begins."""
    return replace(rhythm, pace=round(_find_pace(rates_of(rhythm, rhythm.at), bounds, before), 5))


def _find_pace(rates: Sequence[float], bounds: Bounds, pace: float) -> float:
    """What the roots of the rates are to be multiplied with, so that the densities, within their bounds, have the sum they shall have."""
    longest, densest = bounds.most / HOUR, HOUR / bounds.least
    roots = [math.sqrt(rate) for rate in rates]
    wanted = POLLS_PER_INSTALMENT * (sum(rates) + _polls_in_vain(rates, longest))
    wanted = min(max(wanted, HOURS_OF_WEEK / longest), HOURS_OF_WEEK * densest)
    rounds = _ROUNDS_BESIDE if pace else _ROUNDS
    pace = pace or wanted / sum(roots)
    lowest = 1 / longest
    for _ in range(rounds):
        densities = [pace * root for root in roots]
        pace *= wanted / sum(lowest if density < lowest else min(density, densest) for density in densities)
    return pace


def _polls_in_vain(rates: Sequence[float], longest: float) -> float:
    """How often in a week who knows when there is something polls because there was nothing for `longest` hours.

    Such polls come at the rate r / (exp(rL) - 1) where the rate r does not change; here rL is what the L hours before let expect.
    """
    hours = min(max(round(longest), 1), HOURS_OF_WEEK)
    sums = [0.0, *accumulate([*rates[-hours:], *rates])]
    before = [max((sums[hour + hours] - sums[hour]) * longest / hours, 1e-9) for hour in range(HOURS_OF_WEEK)]
    return sum(awaited / math.expm1(min(awaited, 700.0)) for awaited in before) / longest


def wait_of(rhythm: Rhythm, now: datetime, bounds: Bounds) -> timedelta:
    """How long after a poll at `now` the next one is due by the rhythm of the source."""
    rates = rates_of(rhythm, now)
    factor = lately_of(rhythm, rates, now).factor
    longest, densest = bounds.most / HOUR, HOUR / bounds.least
    crowd = entries_per_instalment(rhythm) * WINDOW_SHARE / max(rhythm.window, 1)
    passed = polls = 0.0
    for hour, length in spans(now):
        rate = rates[hour] * (1 + (factor - 1) * 0.5 ** (passed * HOUR / LATELY))
        density = min(max(rhythm.pace * math.sqrt(rate), rate * crowd, 1 / longest), densest)
        if polls + density * length >= 1:
            return timedelta(hours=passed + (1 - polls) / density)
        polls += density * length
        passed += length
    raise AssertionError  # the density is never nought


def crowded_wait(rhythm: Rhythm, new: int, elapsed: timedelta) -> timedelta | None:
    """The longest wait after a body of which more than half was new, `elapsed` after the one before; None after any other.

    At that pace the next quarter of the window is full by then.
    """
    if 2 * new <= rhythm.window:
        return None
    return elapsed * (rhythm.window / WINDOW_SHARE / new)
