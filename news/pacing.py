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

from news.rhythm import HOUR, HOURS_OF_WEEK, LATELY, Rhythm, entries_per_instalment, lately_of, rates_of, spans

POLLS_PER_INSTALMENT = 1.25
"""So many polls are made for each that somebody would make who knew when there is something."""
_ROUNDS = 4
"""Until the bounds and the sum of the densities agree; more change nothing worth a poll."""
WINDOW_SHARE = 4
"""Polled when this part of a feed's entries may be new, so that a burst of four times the usual still overlaps with the last poll."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which intervals a source is polled."""

    least: timedelta
    most: timedelta


def with_pace(rhythm: Rhythm, bounds: Bounds) -> Rhythm:
    """The rhythm with how densely it is to be polled from now on."""
    return replace(rhythm, pace=round(_find_pace(rates_of(rhythm, rhythm.at), bounds), 5))


def _find_pace(rates: Sequence[float], bounds: Bounds) -> float:
    """What the roots of the rates are to be multiplied with, so that the densities, within their bounds, have the sum they shall have."""
    longest, densest = bounds.most / HOUR, HOUR / bounds.least
    roots = [math.sqrt(rate) for rate in rates]
    wanted = POLLS_PER_INSTALMENT * sum(_needed(rate, longest) for rate in rates)
    wanted = min(max(wanted, HOURS_OF_WEEK / longest), HOURS_OF_WEEK * densest)
    pace = wanted / sum(roots)
    for _ in range(_ROUNDS):
        pace *= wanted / sum(min(max(pace * root, 1 / longest), densest) for root in roots)
    return pace


def _needed(rate: float, longest: float) -> float:
    """How many polls an hour are needed by who knows when there is something, and looks after `longest` hours at the latest."""
    return rate / -math.expm1(-rate * longest)


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
