"""When a source publishes, learned from what it brought."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.rhythm import (
    HALF_LIFE,
    HOURS_OF_WEEK,
    LATELY,
    Brought,
    Lately,
    Pauses,
    Rhythm,
    begin_rhythm,
    entries_per_instalment,
    expected,
    hour_of_week,
    lately_of,
    learn,
    rates_of,
    when_expected,
)

MONDAY = datetime(2025, 3, 3, 11, 0, tzinfo=UTC)
"""Noon in Paris."""
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LEAST = 5 * MINUTE
UNKNOWN = begin_rhythm(Brought(10, ()), MONDAY, LEAST)


def brought(*dates: datetime | None, entries: int = 10) -> Brought:
    return Brought(entries, dates)


def daily(weeks: int, hour: int = 12, days: range = range(5)) -> Rhythm:
    """A source that publishes on these days of the week at that hour in Paris (in winter), watched for so many weeks until MONDAY."""
    start = MONDAY - weeks * WEEK
    rhythm = begin_rhythm(brought(), start, LEAST)
    for day in range(weeks * 7):
        at = start + day * DAY + (hour - 12) * HOUR
        if at.weekday() in days and at > start:
            rhythm = learn(rhythm, brought(at), at - HOUR, at + MINUTE, LEAST)
    return rhythm


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (datetime(2025, 3, 2, 23, 0, tzinfo=UTC), 0),
        (datetime(2025, 3, 2, 22, 59, tzinfo=UTC), 167),
        (MONDAY, 12),
        (datetime(2025, 7, 1, 12, 30, tzinfo=UTC), 24 + 14),
    ],
    ids=["Monday at midnight", "just before", "in winter", "in summer"],
)
def test_hours_of_the_week_are_those_of_paris(moment: datetime, hour: int) -> None:
    assert hour_of_week(moment) == hour


def test_the_dates_of_the_first_body_are_a_history() -> None:
    rhythm = begin_rhythm(brought(MONDAY - 3 * HOUR, MONDAY - HOUR, MONDAY - 2 * HOUR), MONDAY, LEAST)
    assert (rhythm.since, rhythm.last_news_at, rhythm.at, rhythm.window) == (MONDAY - 3 * HOUR, MONDAY - HOUR, MONDAY, 10)
    assert sum(rhythm.counts) == pytest.approx(3, abs=0.01)
    assert rhythm.pauses.count == Pauses().count + 2
    assert lately_of(rhythm, rates_of(rhythm, MONDAY), MONDAY) == Lately(0, 0)


def test_dates_that_cannot_be_and_old_ones_are_no_history() -> None:
    assert begin_rhythm(brought(None, MONDAY + MINUTE, MONDAY - 8 * WEEK), MONDAY, LEAST) == UNKNOWN
    assert begin_rhythm(brought(MONDAY - 8 * WEEK + MINUTE), MONDAY, LEAST).since == MONDAY - 8 * WEEK + MINUTE
    pinned = begin_rhythm(brought(MONDAY - 7 * WEEK, *(MONDAY - number * HOUR for number in range(8))), MONDAY, LEAST)
    assert pinned.since == MONDAY - 7 * HOUR


def test_entries_within_the_shortest_interval_are_one_instalment_and_the_rest_waits_for_the_next_poll() -> None:
    rhythm = learn(UNKNOWN, brought(*(MONDAY + number * MINUTE for number in (10, 10, 12, 14, 16))), MONDAY, MONDAY + HOUR, LEAST)
    assert sum(rhythm.counts) == pytest.approx(3, abs=0.01)  # polls at 10, 15, 20
    assert entries_per_instalment(rhythm) == pytest.approx(6 / 4, abs=0.01)


def test_what_came_is_counted_at_the_hour_that_its_date_tells_if_it_can_have_come_then() -> None:
    def hours(*dates: datetime | None) -> dict[int, float]:
        rhythm = learn(UNKNOWN, brought(*dates), MONDAY + 2 * HOUR, MONDAY + 6 * HOUR, LEAST)
        return {hour: round(count, 1) for hour, count in enumerate(rhythm.counts) if count}

    assert hours(MONDAY + 3 * HOUR) == {15: 1}
    assert hours(MONDAY + HOUR) == {16: 1}  # a date before the poll that did not find it: in the middle between the polls
    assert hours(None, None) == {15: 1, 17: 1}
    assert hours(MONDAY + 7 * HOUR) == {16: 1}  # in the future


def test_nothing_new_teaches_nothing() -> None:
    assert learn(UNKNOWN, brought(), MONDAY, MONDAY + HOUR, LEAST) is UNKNOWN


def test_a_clock_that_was_ahead_teaches_nothing_that_lasts() -> None:
    ahead = learn(daily(8), brought(None), MONDAY - HOUR, MONDAY + 365 * DAY, LEAST)
    rhythm, start = ahead, MONDAY + DAY
    for number in range(24 * 14):
        now = start + number * HOUR
        rhythm = learn(rhythm, brought(now), now - HOUR, now, LEAST)
    assert rhythm.at == rhythm.last_news_at == now
    assert sum(rhythm.counts) > 24 * 10


def test_the_window_is_that_of_the_last_body() -> None:
    assert learn(UNKNOWN, brought(None, entries=33), MONDAY, MONDAY + HOUR, LEAST).window == 33


def test_a_source_of_which_nothing_is_known_is_taken_for_one_that_publishes_now_and_then() -> None:
    assert sum(rates_of(UNKNOWN, MONDAY)) == pytest.approx(7 * 0.5)
    assert sum(rates_of(UNKNOWN, MONDAY + 20 * DAY)) < 0.3


def test_what_was_learned_long_ago_counts_less() -> None:
    rhythm = daily(3)
    later = learn(rhythm, brought(MONDAY + 6 * WEEK), MONDAY, MONDAY + 6 * WEEK, LEAST)
    assert sum(later.counts) - 1 == pytest.approx(sum(rhythm.counts) * 0.5 ** ((MONDAY + 6 * WEEK - rhythm.at) / HALF_LIFE), abs=0.01)


def test_what_is_learned_is_rounded_for_168_figures_are_stored_with_each_change() -> None:
    rhythm = learn(daily(3), brought(MONDAY + 6 * HOUR), MONDAY, MONDAY + 7 * HOUR, LEAST)
    assert {count for count in rhythm.counts if count} == {round(count, 3) for count in rhythm.counts if count}
    assert rhythm.entries == round(rhythm.entries, 3)
    for figure in (rhythm.lately, rhythm.lately_expected, rhythm.pauses.count, rhythm.pauses.total, rhythm.pauses.squares):
        assert figure == round(figure, 4)


def test_after_weeks_the_hour_and_the_days_of_a_source_are_known() -> None:
    rates = rates_of(daily(8), MONDAY)
    noon, sunday, night = rates[12], rates[6 * 24 + 12], rates[3]
    assert noon > 0.6 > 6 * sunday
    assert night < 0.02
    assert sum(rates) == pytest.approx(5, rel=0.15)


def test_days_that_were_not_watched_yet_are_not_taken_for_quiet_ones() -> None:
    rhythm = begin_rhythm(brought(), MONDAY - DAY, LEAST)
    for hour in range(12):
        at = MONDAY + hour * HOUR
        rhythm = learn(rhythm, brought(at), at - HOUR, at + MINUTE, LEAST)
    rates = rates_of(rhythm, rhythm.at)
    days = [sum(rates[24 * day : 24 * day + 24]) for day in range(7)]
    assert days[0] > days[1] == pytest.approx(days[4])
    assert days[1] > 2
    assert days[6] < days[1]  # half of Sunday was watched, and was quiet


def test_what_is_expected_is_the_rate_of_each_hour_for_as_long_as_it_lasts() -> None:
    rates = [0.0] * HOURS_OF_WEEK
    rates[12], rates[14] = 2.0, 3.0
    assert expected(rates, MONDAY, MONDAY + HOUR / 2) == pytest.approx(1)
    assert expected(rates, MONDAY + HOUR / 4, MONDAY + 3 * HOUR) == pytest.approx(1.5 + 3)
    assert expected(rates, MONDAY, MONDAY + 2 * WEEK + HOUR / 2) == pytest.approx(11)
    assert expected(rates, MONDAY, MONDAY - HOUR) == 0


@given(st.lists(st.floats(0, 5), min_size=168, max_size=168), st.floats(0.1, 20), st.integers(0, 10_000))
def test_when_so_much_is_expected_is_the_inverse_of_how_much_is(rates: list[float], instalments: float, minutes: int) -> None:
    start, longest = MONDAY + minutes * MINUTE, timedelta(days=5)
    wait = when_expected(rates, start, instalments, longest)
    assert wait <= longest
    found = expected(rates, start, start + wait)
    assert found == pytest.approx(instalments, abs=0.001) if wait < longest else found <= instalments + 0.001


def test_what_is_going_on_lately_is_compared_with_what_is_usual_and_soon_forgotten() -> None:
    rhythm = replace(daily(4), at=MONDAY, lately=6.0, lately_expected=1.0)
    quiet = [0.0] * HOURS_OF_WEEK
    assert lately_of(rhythm, quiet, MONDAY).factor == pytest.approx(8 / 3)
    assert lately_of(rhythm, quiet, MONDAY + LATELY).factor == pytest.approx(5 / 2.5)
    busy = [2.0] * HOURS_OF_WEEK
    assert lately_of(rhythm, busy, MONDAY + DAY).factor == pytest.approx(2 / (2 + 2 * 2 / 0.6931), rel=0.03)


def test_a_day_that_was_watched_in_part_counts_in_part() -> None:
    wednesday_noon, saturday_evening = MONDAY + 2 * DAY, MONDAY + 5 * DAY + 6 * HOUR
    rates = rates_of(begin_rhythm(brought(), wednesday_noon, LEAST), saturday_evening)
    watched = [0.0, 0.0, 0.5, 1.0, 1.0, 0.75, 0.0]
    usual = 0.5 / (sum(watched) + 1)
    for day, share in enumerate(watched):
        assert sum(rates[24 * day :][:24]) == pytest.approx(3 * usual / (share + 1) / (share + 3))


def test_an_hour_is_judged_by_what_it_brought_itself_and_by_its_day_and_its_hour_of_the_day() -> None:
    counts = [float(number * number % 17) for number in range(HOURS_OF_WEEK)]
    by_day = [counts[day * 24 :][:24] for day in range(7)]
    by_hour = [sum(hours) for hours in zip(*by_day, strict=True)]
    rates = rates_of(replace(UNKNOWN, counts=tuple(counts), since=MONDAY - 3000 * WEEK), MONDAY)
    weeks, total = 6 / math.log(2), sum(counts)
    usual = (total + 0.5) / (7 * weeks + 1)
    for number, rate in enumerate(rates):
        day, hour = divmod(number, 24)
        of_day = (sum(by_day[day]) + usual) / (weeks + 1)
        share = ((by_hour[hour - 1] + 2 * by_hour[hour] + by_hour[hour - 23]) / 4 + 4 / 24) / (total + 4)
        assert rate == pytest.approx((counts[number] + 3 * of_day * share) / (weeks + 3))
    assert len(rates) == HOURS_OF_WEEK


def test_a_burst_is_seen_in_what_it_brings() -> None:
    rhythm = daily(8)
    dates = [MONDAY + number * 6 * MINUTE for number in range(1, 9)]
    burst = learn(rhythm, brought(*dates), MONDAY, MONDAY + HOUR, LEAST)
    assert lately_of(burst, rates_of(burst, burst.at), burst.at).factor > 3


def test_pauses_are_measured_by_what_was_expected_meanwhile() -> None:
    rhythm = daily(12)
    fresh = rhythm.pauses.count - Pauses().count * 0.5 ** (12 / 26)
    assert fresh == pytest.approx(59, rel=0.15)
    mean = rhythm.pauses.total / rhythm.pauses.count
    assert mean == pytest.approx(1, abs=0.25)
    assert rhythm.pauses.squares / rhythm.pauses.count - mean * mean < 0.5  # a weekend is no long pause
