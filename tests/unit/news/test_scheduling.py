"""When a source is polled next, and when a page is fetched again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.scheduling import (
    LEAST_PAGE_INTERVAL,
    PAGE_PROBLEMS_FOR_GOOD,
    PAGE_RETRY_DELAYS,
    PollTiming,
    Standing,
    next_page_fetch_at,
    next_page_refresh_at,
    next_poll_at,
    poll_at_from_now_on,
)
from news.timing import LONGEST_RETRY_AFTER

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
