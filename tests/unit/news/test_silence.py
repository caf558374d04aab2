"""When a source that says nothing is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from news.rhythm import HOUR, Pauses, Rhythm, rates_of
from news.silence import (
    LEAST_SILENCE,
    easter_of,
    is_holiday,
    longest_pause,
    rates_on,
    silent_from,
    unlikely_pause,
    usual_pause,
)
from tests.unit.news.test_pacing import flat
from tests.unit.news.test_rhythm import DAY, MONDAY, UNKNOWN, WEEK, daily

RANDOM = Pauses(100.0, 100.0, 200.0)
REGULAR = Pauses(100.0, 100.0, 105.0)
BURSTS = Pauses(100.0, 100.0, 500.0)


def silence_of(rhythm: Rhythm) -> timedelta:
    since = silent_from(rhythm)
    assert since is not None
    return since - rhythm.last_news_at


def test_of_a_source_that_is_hardly_known_no_silence_is_told() -> None:
    assert silent_from(UNKNOWN) is None
    assert silent_from(replace(flat(1.0), pauses=Pauses(5.4, 6, 12))) is None
    assert silent_from(replace(flat(1.0), pauses=Pauses(5.6, 6, 12))) is not None


def test_while_little_is_known_a_pause_has_to_be_longer() -> None:
    known = replace(flat(1.0), pauses=RANDOM)
    new = replace(known, since=MONDAY - WEEK, counts=tuple(1.0 for _ in range(168)))
    assert silence_of(new) > 1.6 * silence_of(known)


def test_the_more_irregular_a_source_the_longer_a_pause_has_to_be() -> None:
    regular, by_chance, bursts = (silence_of(replace(flat(1.0), pauses=pauses)) for pauses in (REGULAR, RANDOM, BURSTS))
    assert regular < 4 * HOUR + LEAST_SILENCE
    assert 8 * HOUR < by_chance < 18 * HOUR
    assert bursts > 1.5 * by_chance


@pytest.mark.parametrize(("share", "pause"), [(0.05, 2.996), (0.01, 4.605), (0.001, 6.908)])
def test_of_a_source_that_publishes_by_chance_the_pauses_are_those_of_an_exponential_distribution(share: float, pause: float) -> None:
    assert unlikely_pause(replace(flat(1.0), pauses=RANDOM), share) == pytest.approx(pause, rel=0.03)


def test_the_more_often_a_source_publishes_the_more_improbable_a_pause_has_to_be() -> None:
    rhythm = replace(flat(1.0), pauses=RANDOM)
    assert longest_pause(rhythm, 100) < longest_pause(rhythm, 10_000) < longest_pause(rhythm, 1_000_000)
    assert longest_pause(rhythm, 0.01) == pytest.approx(3.0, rel=0.05)  # one in twenty at least


def test_a_busy_source_is_given_some_hours() -> None:
    assert silence_of(replace(flat(60.0), pauses=RANDOM)) == LEAST_SILENCE


def test_a_weekend_is_no_silence_and_a_missed_week_is_one() -> None:
    workdays = daily(30)
    assert 2 * DAY < silence_of(workdays) < 7 * DAY
    letter = daily(40, days=range(1))
    assert WEEK + HOUR < silence_of(letter) < 3 * WEEK


def test_the_usual_pause_is_the_mean() -> None:
    assert usual_pause(flat(0.5)) == pytest.approx(2 * HOUR, rel=0.02)


def test_holidays_are_as_quiet_as_sundays() -> None:
    rates = rates_of(daily(30), MONDAY)
    monday, sunday = list(rates[:24]), list(rates[6 * 24 :])
    assert rates_on(rates, date(2025, 3, 3)) == monday
    assert rates_on(rates, date(2025, 4, 21)) == [min(pair) for pair in zip(monday, sunday, strict=True)]
    assert rates_on(rates, date(2025, 9, 1)) == monday


def test_a_silence_over_the_holidays_is_told_later() -> None:
    rhythm = daily(30)

    def silence_after(monday: datetime) -> timedelta:
        return silence_of(replace(rhythm, at=monday, last_news_at=monday, since=monday - 30 * WEEK))

    advent, christmas = datetime(2025, 12, 8, 12, tzinfo=UTC), datetime(2025, 12, 22, 12, tzinfo=UTC)
    assert silence_after(christmas) > silence_after(advent) + 7 * DAY


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2025, 1, 1), True),
        (date(2025, 4, 20), False),  # Easter Sunday is a Sunday anyway
        (date(2025, 4, 21), True),
        (date(2025, 5, 29), True),
        (date(2025, 6, 9), True),
        (date(2025, 7, 14), True),
        (date(2025, 7, 15), False),
        (date(2025, 8, 15), True),
        (date(2025, 5, 1), True),
        (date(2025, 5, 8), True),
        (date(2025, 11, 1), True),
        (date(2025, 11, 11), True),
        (date(2025, 9, 15), False),
        (date(2025, 12, 23), False),
        (date(2025, 12, 24), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 2), False),
    ],
)
def test_the_holidays_are_those_of_france(day: date, is_one: bool) -> None:
    assert is_holiday(day) == is_one


@pytest.mark.parametrize(
    "day",
    [
        date(1598, 3, 22),
        date(1609, 4, 19),
        date(1666, 4, 25),
        date(1761, 3, 22),
        date(1818, 3, 22),
        date(1886, 4, 25),
        date(1943, 4, 25),
        date(1954, 4, 18),
        date(1961, 4, 2),
        date(1981, 4, 19),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2038, 4, 25),
        date(2049, 4, 18),
        date(2076, 4, 19),
        date(2100, 3, 28),
        date(2285, 3, 22),
    ],
)
def test_easter_is_when_it_is(day: date) -> None:
    assert easter_of(day.year) == day


def test_easter_is_when_the_rule_of_clavius_says() -> None:
    """As Knuth tells it (The Art of Computer Programming, volume 1, 1.3.2, exercise 14): another way to the same day."""
    for year in range(1583, 4100):
        golden, century = year % 19 + 1, year // 100 + 1
        epact = (11 * golden + 20 + (8 * century + 5) // 25 - 5 - (3 * century // 4 - 12)) % 30
        if epact == 24 or (epact == 25 and golden > 11):
            epact += 1
        full_moon = 44 - epact if epact < 24 else 74 - epact
        sundays = 5 * year // 4 - (3 * century // 4 - 12) - 10
        day = full_moon + 7 - (sundays + full_moon) % 7
        assert easter_of(year) == date(year, 3, 1) + timedelta(days=day - 1)


def test_a_silence_of_years_is_none() -> None:
    assert silent_from(replace(flat(0.0001), pauses=BURSTS)) is None
