"""What is worth somebody's care, and what a supervisor is alarmed by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.care import (
    FEWEST_NEWS,
    HUNG_AFTER,
    LEAST_OVERDUE,
    LEAST_SILENCE,
    SILENCE_FACTOR,
    Alarm,
    AlarmKind,
    Care,
    ChannelTrouble,
    OverdueSource,
    SourceNews,
    Vitals,
    find_alarms,
    find_silence,
    is_long_overdue,
    measure_delays,
)

NOW = datetime(2026, 11, 26, 9, 42, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
WELL = Vitals(is_running=True, alive_at=NOW, waiting_since=None, waiting_reason=None)
NOTHING = Care((), (), (), (), ())


def news(polls: int, pause: timedelta, ago: timedelta) -> SourceNews:
    last = NOW - ago
    return SourceNews("A", polls, last - pause * (polls - 1), last)


@pytest.mark.parametrize(
    ("polls", "pause", "ago", "is_silent"),
    [
        (10, timedelta(hours=1), LEAST_SILENCE, False),
        (10, timedelta(hours=1), LEAST_SILENCE + MOMENT, True),
        (10, timedelta(days=1), SILENCE_FACTOR * timedelta(days=1), False),
        (10, timedelta(days=1), SILENCE_FACTOR * timedelta(days=1) + MOMENT, True),
        (FEWEST_NEWS - 1, timedelta(hours=1), timedelta(days=30), False),
        (FEWEST_NEWS, timedelta(hours=1), timedelta(days=30), True),
    ],
)
def test_a_source_is_silent_when_it_pauses_for_much_longer_than_it_used_to(polls, pause, ago, is_silent):
    silent = find_silence(news(polls, pause, ago), NOW)
    assert (silent is not None) == is_silent
    if silent:
        assert (silent.name, silent.since, silent.usual_pause) == ("A", NOW - ago, pause)


@pytest.mark.parametrize(
    ("interval", "late", "is_overdue"),
    [
        (timedelta(minutes=5), LEAST_OVERDUE, False),
        (timedelta(minutes=5), LEAST_OVERDUE + MOMENT, True),
        (timedelta(hours=2), timedelta(hours=4), False),
        (timedelta(hours=2), timedelta(hours=4) + MOMENT, True),
        (timedelta(minutes=5), -timedelta(hours=1), False),
    ],
)
def test_a_poll_is_long_overdue_when_no_busy_machine_explains_it(interval, late, is_overdue):
    assert is_long_overdue(NOW - late, interval, NOW) == is_overdue


@pytest.mark.parametrize(
    ("seconds", "median", "slow"), [([7], 7, 7), ([1, 2], 1, 2), (list(range(1, 101)), 50, 95), ([5, 1, 3], 3, 5), ([0] * 99 + [900], 0, 0)]
)
def test_delays_are_told_by_ranks_that_occurred(seconds, median, slow):
    told = measure_delays("A", seconds)
    assert (told.alerts, told.median, told.slow) == (len(seconds), timedelta(seconds=median), timedelta(seconds=slow))


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_at_least_half_of_all_delays_are_within_the_median_and_95_of_100_within_the_other(seconds):
    told = measure_delays(None, seconds)
    for share, bound in ((0.5, told.median), (0.95, told.slow)):
        assert sum(one <= bound.total_seconds() for one in seconds) >= share * len(seconds)


def test_a_daemon_that_runs_and_has_nothing_in_arrears_is_no_alarm():
    assert find_alarms(WELL, NOTHING, NOW) == ()
    assert find_alarms(Vitals(is_running=True, alive_at=None, waiting_since=None, waiting_reason=None), NOTHING, NOW) == ()


@pytest.mark.parametrize(("age", "kinds"), [(HUNG_AFTER, []), (HUNG_AFTER + MOMENT, [AlarmKind.HUNG])])
def test_a_daemon_without_a_sign_of_life_hangs(age, kinds):
    vitals = Vitals(is_running=True, alive_at=NOW - age, waiting_since=None, waiting_reason=None)
    assert [alarm.kind for alarm in find_alarms(vitals, NOTHING, NOW)] == kinds


def test_a_daemon_that_cannot_write_is_told_with_the_reason():
    vitals = Vitals(is_running=True, alive_at=NOW, waiting_since=NOW - MOMENT, waiting_reason="the disk is full")
    assert find_alarms(vitals, NOTHING, NOW) == (Alarm(AlarmKind.WAITING, since=NOW - MOMENT, reason="the disk is full"),)


def test_overdue_sources_are_one_alarm_and_none_where_no_daemon_runs():
    overdue = (OverdueSource("A", NOW - timedelta(hours=3)), OverdueSource("B", NOW - timedelta(hours=2)))
    care = Care((), (), overdue, (), ())
    assert find_alarms(WELL, care, NOW) == (Alarm(AlarmKind.OVERDUE, "A", 2, NOW - timedelta(hours=3)),)
    stopped = Vitals(is_running=False, alive_at=None, waiting_since=None, waiting_reason=None)
    assert find_alarms(stopped, care, NOW) == (Alarm(AlarmKind.STOPPED),)


def test_dead_deliveries_are_an_alarm_and_waiting_ones_are_none():
    channels = (ChannelTrouble("hook", 2, 0, NOW, "503"), ChannelTrouble("fil", 1, 3, NOW, "410"))
    assert find_alarms(WELL, Care((), (), (), channels, ()), NOW) == (Alarm(AlarmKind.DEAD, "fil", 3, NOW, "410"),)
