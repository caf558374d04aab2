"""How densely a source is polled."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from news.pacing import POLLS_PER_INSTALMENT, Bounds, crowded_wait, wait_of, with_pace
from news.rhythm import HOUR, Rhythm, rates_of
from tests.unit.news.test_rhythm import MONDAY, daily

BOUNDS = Bounds(timedelta(minutes=5), timedelta(hours=12))
WEEK = timedelta(weeks=1)


def flat(an_hour: float, window: int = 1000) -> Rhythm:
    """A source that publishes at one rate, and has been watched for long."""
    weeks = 6 / math.log(2) * (1 - 0.5 ** (52 / 6))
    counts = (an_hour * weeks,) * 168
    return with_pace(Rhythm(MONDAY - 52 * WEEK, MONDAY, MONDAY, counts, an_hour * weeks * 168, window), BOUNDS)


def polls_of(rhythm: Rhythm, bounds: Bounds = BOUNDS) -> list[timedelta]:
    """The waits of a week in which it goes as usual."""
    passed, waits = timedelta(), []
    while passed < WEEK:
        now = MONDAY + passed
        usual = replace(rhythm, at=now, lately=0.0, lately_expected=0.0)
        waits.append(wait_of(usual, now, bounds))
        passed += waits[-1]
    return waits


def test_a_source_of_one_rate_is_polled_a_little_more_often_than_it_publishes() -> None:
    assert len(polls_of(flat(1.0))) == pytest.approx(168 * POLLS_PER_INSTALMENT, rel=0.02)


def test_a_source_that_hardly_publishes_is_polled_a_little_more_often_than_the_longest_interval_asks_for() -> None:
    assert len(polls_of(flat(0.001))) == pytest.approx(14 * POLLS_PER_INSTALMENT, rel=0.05)


def test_no_wait_is_shorter_or_longer_than_allowed() -> None:
    assert max(polls_of(flat(60.0))) - BOUNDS.least < timedelta(seconds=1)
    assert min(polls_of(flat(60.0))) >= BOUNDS.least
    assert max(polls_of(daily(20, days=range(1)))) == BOUNDS.most
    assert wait_of(flat(1.0), MONDAY, Bounds(2 * HOUR, 12 * HOUR)) == 2 * HOUR


def test_a_source_is_polled_soon_after_the_time_at_which_it_publishes() -> None:
    rhythm = with_pace(daily(20), BOUNDS)
    before, at, night = (wait_of(rhythm, MONDAY + hours * HOUR, BOUNDS) for hours in (-4, 0.1, 10))
    assert at < before
    assert night > 3 * at


def test_busy_hours_are_polled_by_the_root_of_their_rate() -> None:
    rhythm = flat(0.5)
    counts = tuple(count * (16 if hour % 24 == 12 else 1) for hour, count in enumerate(rhythm.counts))
    busy = with_pace(replace(rhythm, counts=counts, entries=sum(counts)), BOUNDS)
    rates = rates_of(busy, MONDAY)
    ratio = wait_of(busy, MONDAY - 5 * HOUR, BOUNDS) / wait_of(busy, MONDAY, BOUNDS)
    assert ratio == pytest.approx(math.sqrt(rates[12] / rates[7]), rel=0.02)


def test_a_burst_shortens_the_wait_and_a_holiday_lengthens_it() -> None:
    usual = wait_of(flat(1.0), MONDAY, BOUNDS)
    assert wait_of(replace(flat(1.0), lately=12.0, lately_expected=1.0), MONDAY, BOUNDS) < 0.6 * usual
    assert wait_of(replace(flat(1.0), lately=0.0, lately_expected=3.0), MONDAY, BOUNDS) > 1.3 * usual


def test_a_small_window_is_polled_before_a_quarter_of_it_is_new() -> None:
    assert wait_of(flat(1.0, window=2), MONDAY, BOUNDS) == pytest.approx(HOUR / 2, rel=0.01)
    assert wait_of(replace(flat(1.0, window=4), entries=3 * flat(1.0).entries), MONDAY, BOUNDS) == pytest.approx(HOUR / 3, rel=0.01)


@pytest.mark.parametrize(("new", "minutes"), [(5, None), (6, 25), (10, 15), (20, 7.5)])
def test_after_a_body_that_was_new_for_more_than_half_the_next_is_had_when_a_quarter_is_new(new: int, minutes: float | None) -> None:
    wait = crowded_wait(flat(1.0, window=10), new, HOUR)
    assert wait == (None if minutes is None else timedelta(minutes=minutes))
