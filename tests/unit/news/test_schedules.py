"""Schedules and quiet hours, over a year with both changes of the clock. In 2026 Paris changes on 29 March and on 25 October."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from news.schedules import Schedule, parse_quiet, parse_schedule

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    """A moment by the clock in Paris, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def schedule(text: str) -> Schedule:
    parsed = parse_schedule(text)
    assert parsed is not None
    return parsed


def year_of(text: str) -> list[datetime]:
    """All moments of 2026, by the clock in Paris."""
    one, moment, moments = schedule(text), at("2026-01-01 00:00"), []
    while (moment := one.next_after(moment, PARIS)) < at("2027-01-01 00:00"):
        moments.append(moment.astimezone(PARIS))
    return moments


def test_now_is_no_schedule() -> None:
    assert parse_schedule("now") is None


def test_daily_comes_once_a_day_at_the_same_time_of_the_wall_clock() -> None:
    moments = year_of("daily 08:00")
    assert len({moment.date() for moment in moments}) == len(moments) == 365
    assert {(moment.hour, moment.minute) for moment in moments} == {(8, 0)}


def test_a_time_that_the_clock_leaves_out_comes_when_it_has_gone_on_and_one_that_comes_twice_is_meant_once() -> None:
    moments = year_of("daily 02:30")
    assert len(moments) == 365
    odd = [moment for moment in moments if (moment.hour, moment.minute) != (2, 30)]
    assert [moment.isoformat() for moment in odd] == ["2026-03-29T03:00:00+02:00"]
    assert sum(moment.date().isoformat() == "2026-10-25" for moment in moments) == 1


def test_weekdays_leave_out_saturday_and_sunday() -> None:
    moments = year_of("weekdays 07:30")
    assert {moment.weekday() for moment in moments} == {0, 1, 2, 3, 4}
    assert (len(moments), {(moment.hour, moment.minute) for moment in moments}) == (261, {(7, 30)})


def test_hourly_comes_each_hour_also_when_the_clock_changes() -> None:
    moments = [moment.astimezone(UTC) for moment in year_of("hourly")]
    assert len(moments) == 365 * 24 - 1  # the first is after the beginning of the year
    assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(hours=1)}


def test_cron_says_what_cron_says() -> None:
    assert [moment.day for moment in year_of("0 9 1 * *")] == [1] * 12
    assert len(year_of("*/15 9-17 * * 1")) == 52 * 9 * 4
    assert schedule("30  7 * * 1-5").cron == "30 7 * * 1-5"


def test_the_next_moment_is_later_than_the_last() -> None:
    assert schedule("daily 08:00").next_after(at("2026-05-04 08:00"), PARIS) == at("2026-05-05 08:00")
    assert schedule("daily 08:00").next_after(at("2026-05-04 07:59"), PARIS) == at("2026-05-04 08:00")


@pytest.mark.parametrize(
    "text", ["", "daily", "daily 24:00", "daily 8h", "weekly 08:00", "hourly 3", "60 * * * *", "0 0 30 2 *", "0 0 * *", "Now"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time of telling|cron|never comes"):
        parse_schedule(text)


def is_quiet(text: str, moment: datetime) -> bool:
    """By the wall clock alone."""
    local = moment.astimezone(PARIS)
    clock = f"{local:%H:%M}"
    return {"22:00-07:00": clock >= "22:00" or clock < "07:00", "12:00-14:00": "12:00" <= clock < "14:00", "sat sun": local.weekday() > 4,
            "01:30-02:30": "01:30" <= clock < "02:30"}[text]  # fmt: skip


@pytest.mark.parametrize(
    "texts", [["22:00-07:00"], ["sat sun"], ["22:00-07:00", "sat sun"], ["12:00-14:00", "22:00-07:00"], ["01:30-02:30"]]
)
@pytest.mark.parametrize("first", ["2026-03-27 00:00", "2026-10-23 00:00", "2026-06-05 00:00"])
def test_quiet_holds_by_the_wall_clock_and_ends_with_the_first_moment_that_is_not(texts: list[str], first: str) -> None:
    quiet = parse_quiet(" ".join(texts))
    moments = [at(first) + timedelta(minutes=minute) for minute in range(0, 5 * 24 * 60, 5)]
    loud = [not any(is_quiet(text, moment) for text in texts) for moment in moments]
    following: datetime | None = None
    for moment, is_loud in zip(reversed(moments), reversed(loud), strict=True):
        following = moment if is_loud else following
        if following is not None:
            assert quiet.end_after(moment, PARIS) == (None if is_loud else following), moment.astimezone(PARIS)


@pytest.mark.parametrize(
    "text", ["", "22:00", "22-7", "07:00-07:00", "25:00-07:00", "samedi", "22:00-07:00,sat", "mon tue wed thu fri sat sun"]
)
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"quiet hours|all of the week"):
        parse_quiet(text)


def test_quiet_hours_that_leave_a_minute_are_quiet_hours() -> None:
    assert parse_quiet("00:01-00:00").end_after(at("2026-05-04 00:00"), PARIS) is None
    with pytest.raises(ValueError, match="all of the week"):
        parse_quiet("00:00-12:00 12:00-00:00")


def test_in_the_hour_that_comes_twice_the_next_moment_is_not_one_of_its_first_pass() -> None:
    schedule = parse_schedule("daily 02:30")
    assert schedule is not None
    for minutes in (0, 29, 30, 59):
        again = datetime(2026, 10, 25, 1, minutes, tzinfo=UTC)  # 02:00 to 02:59, the second time
        assert schedule.next_after(again, PARIS) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_all_of_the_week_in_many_pieces_is_refused_too() -> None:
    hours = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
    pieces = [f"{begin}-{end}" for begin, end in zip(hours, [*hours[1:], hours[0]], strict=True)]
    with pytest.raises(ValueError, match="nothing would ever be told"):
        parse_quiet(" ".join(pieces))
    ends_at = parse_quiet(" ".join(pieces[1:])).end_after(datetime(2026, 3, 4, 23, 30, tzinfo=UTC), UTC)
    assert ends_at == datetime(2026, 3, 5, tzinfo=UTC)
