"""When a source is polled next, and when a page is fetched again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.freshness import FeedWishes, Wishes
from news.pacing import wait_of, with_pace
from news.rhythm import Rhythm
from news.scheduling import (
    LEAST_PAGE_INTERVAL,
    PAGE_PROBLEMS_FOR_GOOD,
    PAGE_RETRY_DELAYS,
    PollTiming,
    Standing,
    Watched,
    next_page_fetch_at,
    next_page_refresh_at,
    next_poll_at,
    next_regular_poll_at,
    poll_at_from_now_on,
)
from news.timing import LONGEST_RETRY_AFTER
from tests.unit.news.test_pacing import flat

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TIMING = PollTiming(interval=15 * MINUTE, least=5 * MINUTE, most=720 * MINUTE)


def wait(timing: PollTiming, failures: int = 0, retry_after: timedelta | None = None) -> timedelta:
    return next_poll_at(NOW, timing, failures, retry_after) - NOW


def test_a_source_is_polled_after_its_interval() -> None:
    assert wait(TIMING) == 15 * MINUTE


def test_a_source_is_never_polled_more_often_than_the_least_interval() -> None:
    assert wait(PollTiming(MINUTE, 5 * MINUTE, 720 * MINUTE)) == 5 * MINUTE


@pytest.mark.parametrize(("failures", "minutes"), [(1, 30), (2, 60), (3, 120), (5, 480), (6, 720), (7, 720), (10_000, 720)])
def test_failures_double_the_interval_up_to_the_longest(failures: int, minutes: int) -> None:
    assert wait(TIMING, failures) == minutes * MINUTE


def test_a_failure_doubles_the_wait_that_a_busy_source_is_used_to_and_no_rare_ones() -> None:
    def waits(rhythm: Rhythm, timing: PollTiming = TIMING) -> list[timedelta]:
        return [next_poll_at(NOW, timing, failures, None, rhythm) - NOW for failures in (1, 2, 3)]

    busy, rare = (with_pace(flat(rate), TIMING.bounds) for rate in (20.0, 0.01))
    assert waits(busy) == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE]
    assert waits(rare) == waits(busy, replace(TIMING, is_own=True)) == [30 * MINUTE, 60 * MINUTE, 120 * MINUTE]


def test_an_interval_beyond_the_longest_is_not_shortened_by_failures() -> None:
    assert wait(PollTiming(timedelta(days=2), MINUTE, timedelta(hours=12)), 3) == timedelta(days=2)


def test_retry_after_lengthens_a_wait_and_never_shortens_it() -> None:
    assert wait(TIMING, 1, MINUTE) == 30 * MINUTE
    assert wait(TIMING, 1, timedelta(hours=5)) == timedelta(hours=5)


def test_retry_after_cannot_silence_a_source_for_more_than_a_day() -> None:
    assert wait(TIMING, 1, timedelta(days=3650)) == LONGEST_RETRY_AFTER == timedelta(days=1)


@given(
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=365)),
    st.integers(min_value=0, max_value=10**6),
    st.one_of(st.none(), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20_000))),
)
def test_the_next_poll_is_never_sooner_than_the_interval_nor_later_than_its_bounds(
    interval: timedelta, failures: int, retry_after: timedelta | None
) -> None:
    waited = wait(PollTiming(interval, 5 * MINUTE, 720 * MINUTE), failures, retry_after)
    assert max(interval, 5 * MINUTE) <= waited <= max(interval, 720 * MINUTE, LONGEST_RETRY_AFTER)


def test_a_page_is_tried_again_ever_more_rarely_and_then_given_up() -> None:
    waits = [next_page_fetch_at(NOW, attempts, "timeout") for attempts in range(1, len(PAGE_RETRY_DELAYS) + 2)]
    assert waits == [*(NOW + delay for delay in PAGE_RETRY_DELAYS), None]
    assert sorted(PAGE_RETRY_DELAYS) == list(PAGE_RETRY_DELAYS)


@pytest.mark.parametrize("code", sorted(PAGE_PROBLEMS_FOR_GOOD))
def test_a_page_whose_answer_will_not_change_is_given_up_at_once(code: str) -> None:
    assert next_page_fetch_at(NOW, 1, code) is None


def test_a_page_waits_as_long_as_its_server_asks_up_to_a_day() -> None:
    assert next_page_fetch_at(NOW, 1, "http_429", timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert next_page_fetch_at(NOW, 1, "http_429", timedelta(days=9)) == NOW + LONGEST_RETRY_AFTER
    assert next_page_fetch_at(NOW, 1, "http_429", timedelta(0)) == NOW + PAGE_RETRY_DELAYS[0]


def test_a_changed_entrys_page_is_fetched_at_once_but_at_most_hourly() -> None:
    assert next_page_refresh_at(NOW, None) == NOW
    assert next_page_refresh_at(NOW, NOW - timedelta(hours=3)) == NOW
    assert next_page_refresh_at(NOW, NOW - 20 * MINUTE) == NOW + 40 * MINUTE
    assert next_page_refresh_at(NOW, NOW) == NOW + LEAST_PAGE_INTERVAL


@pytest.mark.parametrize(
    ("standing", "due"),
    [
        pytest.param(Standing(NOW - MINUTE, NOW + 300 * MINUTE, TIMING.interval), 300 * MINUTE, id="healthy: its moment is kept"),
        pytest.param(Standing(NOW - MINUTE, NOW + 59 * MINUTE, 60 * MINUTE), 14 * MINUTE, id="its interval became shorter"),
        pytest.param(Standing(NOW - 40 * MINUTE, NOW + 20 * MINUTE, 60 * MINUTE), 0 * MINUTE, id="shorter, and over already"),
        pytest.param(Standing(NOW - MINUTE, NOW + 4 * MINUTE, 5 * MINUTE), 4 * MINUTE, id="its interval became longer"),
        pytest.param(Standing(NOW - 60 * MINUTE, NOW + 600 * MINUTE, TIMING.interval, 6), 0 * MINUTE, id="failing: due"),
        pytest.param(Standing(NOW - MINUTE, NOW + 600 * MINUTE, TIMING.interval, 6), 4 * MINUTE, id="failing, polled just now"),
        pytest.param(Standing(None, NOW - MINUTE, TIMING.interval), -1 * MINUTE, id="never polled"),
        pytest.param(Standing(None, NOW + 600 * MINUTE, TIMING.interval), 0 * MINUTE, id="never polled, added by a clock that was ahead"),
        pytest.param(Standing(NOW + MINUTE, NOW + 16 * MINUTE, TIMING.interval), 0 * MINUTE, id="polled by a clock that was ahead"),
    ],
)
def test_a_configuration_that_comes_into_force_leaves_healthy_sources_their_rhythm(standing: Standing, due: timedelta) -> None:
    assert poll_at_from_now_on(NOW, standing, TIMING) == NOW + due


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOW - timedelta(weeks=52)
OFTEN, SELDOM = (with_pace(replace(flat(rate), at=NOW, last_news_at=NOW), TIMING.bounds) for rate in (2.0, 0.01))


def planned(timing: PollTiming = TIMING, **rest: Any) -> timedelta:
    watched = Watched(**{"url": "https://a.example/feed", "since": LONG_AGO, "rhythm": SELDOM, "polled_before": NOW - HOUR, **rest})
    return next_regular_poll_at(NOW, timing, watched) - NOW


def test_a_source_that_is_known_is_polled_by_its_rhythm() -> None:
    often, seldom = planned(rhythm=OFTEN), planned()
    assert 0.9 * wait_of(OFTEN, NOW, TIMING.bounds) <= often <= 1.1 * wait_of(OFTEN, NOW, TIMING.bounds) < HOUR
    assert 8 * HOUR < seldom <= TIMING.most


def test_of_two_sources_that_are_polled_together_each_goes_its_way_and_always_the_same() -> None:
    waits = {planned(url=f"https://{number}.example/feed") for number in range(20)}
    assert len(waits) == 20
    assert min(waits) < 0.95 * wait_of(SELDOM, NOW, TIMING.bounds) < 1.02 * wait_of(SELDOM, NOW, TIMING.bounds) < max(waits)
    assert planned() == planned()


def test_an_interval_of_its_own_is_kept_whatever_the_rhythm_and_the_wishes() -> None:
    own = replace(TIMING, is_own=True)
    wishes = Wishes(FeedWishes(DAY, frozenset(range(12, 20))), DAY)
    assert planned(own, rhythm=OFTEN, wishes=wishes, new=100) == planned(own, wishes=wishes) == TIMING.interval
    assert planned(replace(own, interval=MINUTE)) == TIMING.least


def test_a_source_of_which_no_body_was_read_is_polled_at_the_interval() -> None:
    assert planned(rhythm=None) == TIMING.interval


@pytest.mark.parametrize(
    ("watched", "quiet", "wait"),
    [
        (MINUTE, MINUTE, TIMING.interval),
        (5 * HOUR, 5 * HOUR, HOUR / 2),
        (5 * HOUR, HOUR, TIMING.interval),
        (20 * HOUR, 10 * HOUR, HOUR),
        (25 * HOUR, 10 * HOUR, 2.5 * HOUR),
        (2 * DAY, HOUR, 4.8 * HOUR),
    ],
    ids=["just added", "quiet", "with news", "with news for a day", "with news for more than a day", "known for two days"],
)
def test_a_new_source_is_left_alone_for_a_tenth_of_the_time_that_it_was_watched(
    watched: timedelta, quiet: timedelta, wait: timedelta
) -> None:
    assert planned(since=NOW - watched, rhythm=replace(SELDOM, at=NOW - quiet)) == wait


def test_a_body_that_was_new_for_more_than_half_is_followed_soon() -> None:
    small = replace(SELDOM, window=10)
    assert planned(rhythm=small, new=5) > 8 * HOUR
    assert planned(rhythm=small, new=10) == HOUR / 4
    assert planned(rhythm=small, new=10, polled_before=None) > 8 * HOUR
    assert planned(rhythm=small, new=10, polled_before=NOW - MINUTE) == TIMING.least


def test_a_site_that_wishes_to_be_left_alone_is_until_two_instalments_are_to_be_expected() -> None:
    wish = Wishes(FeedWishes(HOUR))
    assert planned(rhythm=OFTEN, wishes=wish) == pytest.approx(HOUR, rel=0.02)
    assert planned(rhythm=OFTEN, wishes=Wishes(fresh_for=30 * DAY)) == pytest.approx(HOUR, rel=0.02)
    assert planned(rhythm=OFTEN, wishes=Wishes(FeedWishes(50 * MINUTE))) == 50 * MINUTE
    assert planned(rhythm=replace(OFTEN, lately=20.0, lately_expected=2.0), wishes=wish) < 15 * MINUTE
    assert planned(wishes=Wishes(FeedWishes(30 * DAY))) == TIMING.most
    assert planned(wishes=wish) == planned()


def test_a_site_that_is_hardly_known_is_left_alone_for_an_hour_if_it_wishes_so() -> None:
    new = {"since": NOW - HOUR, "rhythm": replace(OFTEN, since=NOW - HOUR)}
    assert planned(**new, wishes=Wishes(fresh_for=30 * DAY)) == HOUR
    assert planned(**new, wishes=Wishes(fresh_for=40 * MINUTE)) == 40 * MINUTE
    assert planned(PollTiming(MINUTE, MINUTE, 30 * MINUTE), **new, wishes=Wishes(fresh_for=DAY)) == 30 * MINUTE


def test_hours_that_a_feed_wants_skipped_are_if_little_is_to_be_expected_of_them() -> None:
    night = Wishes(FeedWishes(None, frozenset({20, 21, 22})))
    assert NOW + planned(wishes=night) == datetime(2025, 2, 10, 23, 0, tzinfo=UTC)
    day = Wishes(FeedWishes(None, frozenset(range(12, 20))))
    assert planned(rhythm=OFTEN, wishes=day) == planned(rhythm=OFTEN)


def test_an_interval_of_its_own_that_comes_into_force_brings_the_next_poll_forward() -> None:
    standing = Standing(NOW - MINUTE, NOW + 600 * MINUTE, TIMING.interval)
    assert poll_at_from_now_on(NOW, standing, replace(TIMING, is_own=True)) == NOW + 14 * MINUTE
    assert poll_at_from_now_on(NOW, replace(standing, next_poll_at=NOW - MINUTE), TIMING) == NOW - MINUTE


def test_no_poll_stays_further_away_than_the_longest_wait_under_a_new_configuration() -> None:
    standing = Standing(NOW - MINUTE, NOW + 10 * DAY, TIMING.interval)
    assert poll_at_from_now_on(NOW, standing, TIMING) == NOW - MINUTE + DAY
