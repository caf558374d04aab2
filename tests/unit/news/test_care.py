"""What is worth somebody's care, and what a supervisor is alarmed by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.care import (
    HUNG_AFTER,
    LEAST_OVERDUE,
    Alarm,
    AlarmKind,
    Care,
    ChannelTrouble,
    OverdueSource,
    Vitals,
    find_alarms,
    is_long_overdue,
    measure_delays,
)

NOW = datetime(2026, 11, 26, 9, 42, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
WELL = Vitals(is_running=True, alive_at=NOW, waiting_since=None, waiting_reason=None)
NOTHING = Care((), (), (), (), ())


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
