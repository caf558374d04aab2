"""How much a topic is written about: what is usual, and what is a surge."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from news.surges import Surge
from news.volume import FEWEST, LEAST_HISTORY, NoSurge, Volume, chance_of, hour_number, judge_volume, oldest_hour, usual_a_day

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # a Wednesday
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
QUIET = Volume(NOW - 12 * WEEK, {})


def steady(a_day: int, *, weekend: int | None = None, now: datetime = NOW, weeks: int = 12) -> Volume:
    """So many articles between 8 and 18 each day until now, in an order of chance that is always the same."""
    random = Random("steady")
    hours: dict[int, int] = {}
    for day in range(weeks * 7 + 1):
        midnight = (now - day * DAY).replace(hour=0, minute=0)
        for _ in range(a_day if weekend is None or midnight.weekday() < 5 else weekend):
            moment = midnight + random.randint(7, 17) * HOUR
            if moment <= now:
                hours[hour_number(moment)] = hours.get(hour_number(moment), 0) + 1
    return Volume(now - weeks * WEEK, hours)


def with_more(volume: Volume, count: int, at: datetime = NOW) -> Volume:
    hours = dict(volume.hours)
    hours[hour_number(at)] = hours.get(hour_number(at), 0) + count
    return replace(volume, hours=hours)


def least_surge(volume: Volume, at: datetime = NOW, now: datetime = NOW) -> int:
    """How many more articles it takes in one hour until somebody is told."""
    return next(count for count in itertools.count() if isinstance(judge_volume("OTAN", with_more(volume, count, at), now), Surge))


def test_of_a_topic_that_is_hardly_ever_written_about_a_handful_of_articles_is_a_surge():
    assert judge_volume("OTAN", with_more(QUIET, FEWEST - 1), NOW) is NoSurge.FEW
    count = least_surge(QUIET)
    assert FEWEST <= count <= 7
    surge = judge_volume("OTAN", with_more(QUIET, count), NOW)
    assert isinstance(surge, Surge)
    assert (surge.topic, surge.articles, surge.until) == ("OTAN", count, NOW)
    assert surge.usual < 0.1


@pytest.mark.parametrize(("a_day", "least"), [(3, 12), (20, 17), (200, 34)])
def test_the_more_is_usual_the_more_it_takes(a_day, least):
    """If each heap of articles were not one more look that chance has, 10 and 14 would do; of 200 a day it takes twice the usual."""
    assert least_surge(steady(a_day)) == least


def test_what_is_usual_on_a_working_day_is_a_surge_on_a_sunday():
    volume, sunday = steady(20, weekend=1), NOW - 3 * DAY
    until_then = replace(volume, hours={hour: count for hour, count in volume.hours.items() if hour <= hour_number(sunday)})
    assert isinstance(judge_volume("OTAN", with_more(until_then, 16, sunday), sunday), Surge)
    assert judge_volume("OTAN", volume, NOW) is NoSurge.USUAL


def test_what_is_usual_by_day_is_a_surge_by_night():
    night = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
    assert least_surge(steady(20, now=night), night, night) < least_surge(steady(20))


def test_a_rise_that_takes_a_day_is_told_with_the_days_before():
    volume = steady(4)
    for back in range(22):
        volume = with_more(volume, 1, NOW - back * HOUR)
    surge = judge_volume("OTAN", volume, NOW)
    assert isinstance(surge, Surge)
    assert surge.since == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert [bar.start for bar in surge.bars] == [surge.since - n * DAY for n in range(13, -1, -1)]
    assert sum(bar.articles for bar in surge.bars[:-1]) == pytest.approx(13 * 4, abs=3)
    assert (surge.bars[-1].articles, surge.hours) == (surge.articles, 24)
    assert sum(bar.usual for bar in surge.bars) == pytest.approx(14 * 4, rel=0.15)


def test_a_rise_of_hours_is_told_with_the_hours_before():
    surge = judge_volume("OTAN", with_more(steady(20), 30), NOW)
    assert isinstance(surge, Surge)
    assert (surge.since, surge.hours) == (datetime(2026, 3, 4, 13, tzinfo=UTC), 3)
    assert [bar.start for bar in surge.bars] == [datetime(2026, 3, 3, 16, tzinfo=UTC) + n * HOUR for n in range(24)]
    assert surge.bars[-1].articles >= 30
    assert surge.articles == sum(bar.articles for bar in surge.bars[-3:])


def test_nothing_is_unusual_of_a_topic_of_two_weeks_or_less():
    new = Volume(NOW - LEAST_HISTORY + HOUR, {})
    assert judge_volume("OTAN", with_more(new, 100), NOW) is NoSurge.TOO_NEW
    assert usual_a_day(new, NOW) is None
    assert isinstance(judge_volume("OTAN", with_more(replace(new, since=NOW - LEAST_HISTORY), 100), NOW), Surge)


def test_as_long_as_little_is_known_it_takes_more():
    assert least_surge(steady(20, weeks=2)) > least_surge(steady(20))


def test_a_surge_of_the_past_makes_nothing_usual():
    past = steady(5)
    for day in (10, 11, 12):
        past = with_more(past, 200, NOW - day * DAY)
    assert usual_a_day(past, NOW) < 2 * usual_a_day(steady(5), NOW)
    assert least_surge(past) <= 2 * least_surge(steady(5))


def test_what_happens_each_week_is_usual():
    weekly = QUIET
    for week in range(1, 12):
        weekly = with_more(weekly, 12, NOW - week * WEEK)
    assert judge_volume("OTAN", with_more(weekly, 14), NOW) is NoSurge.USUAL
    assert isinstance(judge_volume("OTAN", with_more(QUIET, 14), NOW), Surge)


def test_articles_that_come_in_heaps_must_be_more_to_be_told():
    random, heaps = Random("heaps"), QUIET
    for _ in range(60):
        heaps = with_more(heaps, 5, NOW - random.random() * 12 * WEEK)
    single = QUIET
    for _ in range(300):
        single = with_more(single, 1, NOW - random.random() * 12 * WEEK)
    assert least_surge(heaps) > 1.3 * least_surge(single)


def test_a_surge_is_told_once_while_it_lasts():
    told = replace(with_more(steady(5), 40), told_at=NOW)
    assert judge_volume("OTAN", told, NOW) is NoSurge.TOLD
    later, lasting = NOW, told
    for day in range(1, 5):
        later = NOW + day * DAY
        lasting = with_more(lasting, 40, later)
        assert judge_volume("OTAN", lasting, later) is NoSurge.TOLD


def test_after_a_calm_day_the_next_surge_is_told():
    told = replace(with_more(steady(5), 40), told_at=NOW)
    calm = told
    for day in (1, 2):
        calm = with_more(calm, 5, NOW + day * DAY)
    later = NOW + 3 * DAY
    assert isinstance(judge_volume("OTAN", with_more(calm, 40, later), later), Surge)


def test_within_a_day_of_a_surge_no_other_is_told():
    volume = replace(with_more(QUIET, FEWEST), told_at=NOW)
    later = NOW + 23 * HOUR
    assert judge_volume("OTAN", with_more(volume, 30, later), later) is NoSurge.TOLD


def test_what_is_older_than_twelve_weeks_is_forgotten():
    assert oldest_hour(NOW) == hour_number(NOW) - 12 * 168
    old = with_more(QUIET, 1000, NOW - 13 * WEEK)
    assert usual_a_day(replace(old, since=NOW - 20 * WEEK), NOW) == usual_a_day(replace(QUIET, since=NOW - 20 * WEEK), NOW)


def test_the_usual_volume_of_a_day_is_that_of_the_weeks_before():
    assert usual_a_day(steady(20), NOW) == pytest.approx(20, rel=0.15)
    assert usual_a_day(QUIET, NOW) < 0.05


@pytest.mark.parametrize("now", [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2025, 10, 26, 1, 30, tzinfo=UTC)])
def test_on_the_nights_in_which_the_clock_changes_nothing_is_unusual(now):
    assert judge_volume("OTAN", steady(40, now=now), now) is NoSurge.USUAL


@pytest.mark.parametrize(("count", "mean", "heaped", "chance"), [(1, 1.0, 1.0, 0.6321), (5, 1.0, 1.0, 0.00366), (20, 10.0, 3.0, 0.05935)])
def test_chances_are_those_of_the_tables(count, mean, heaped, chance):
    assert chance_of(count, mean, heaped) == pytest.approx(chance, rel=0.02)


def test_chances_of_large_counts_are_numbers():
    assert 0 <= chance_of(5000, 1000.0, 2.0) < 1e-100
    assert 0 < chance_of(1100, 1000.0, 1.0) < 0.01


def test_a_surge_that_was_told_by_a_clock_that_was_ahead_keeps_none_from_being_told():
    volume = with_more(steady(4), 30)
    assert judge_volume("OTAN", replace(volume, told_at=NOW), NOW) is NoSurge.TOLD
    assert isinstance(judge_volume("OTAN", replace(volume, told_at=NOW + 365 * DAY), NOW), Surge)
