from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.timing import DELIVERY_LIFETIME, next_attempt, retry_delay

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
GIVE_UP = NOW + DELIVERY_LIFETIME
jitters = st.floats(-1, 1)


@pytest.mark.parametrize(
    ("attempts_made", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (9, 1280), (10, 2560), (11, 3600), (12, 3600), (10**9, 3600)]
)
def test_the_delay_begins_at_five_seconds_and_doubles_up_to_an_hour(attempts_made, seconds):
    assert retry_delay(attempts_made, 0.0) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("jitter", "seconds"), [(-1.0, 4), (1.0, 6)])
def test_chance_moves_the_delay_by_a_fifth_at_most(jitter, seconds):
    assert retry_delay(1, jitter) == timedelta(seconds=seconds)


def test_a_receiver_that_asks_for_more_time_gets_it():
    assert next_attempt(1, NOW, GIVE_UP, 0.0, timedelta(minutes=10)) == NOW + timedelta(minutes=10)


def test_a_receiver_that_asks_for_less_than_the_usual_delay_changes_nothing():
    assert next_attempt(5, NOW, GIVE_UP, 0.0, timedelta(seconds=1)) == NOW + timedelta(seconds=80)


def test_a_receiver_that_asks_for_more_than_a_day_is_asked_after_a_day():
    assert next_attempt(1, NOW, GIVE_UP, 0.0, timedelta(days=365)) == NOW + timedelta(days=1)


def test_an_attempt_exactly_at_the_end_of_its_time_is_still_made():
    assert next_attempt(1, GIVE_UP - timedelta(seconds=5), GIVE_UP, 0.0, None) == GIVE_UP


def test_a_message_is_given_up_when_its_next_attempt_would_come_later_than_that():
    assert next_attempt(1, GIVE_UP - timedelta(seconds=4), GIVE_UP, 0.0, None) is None


@given(st.integers(1, 10**6), jitters, st.none() | st.timedeltas(timedelta(days=-9), timedelta(days=999)))
def test_the_next_attempt_is_always_in_the_future_and_in_time(attempts_made, jitter, retry_after):
    give_up_at = GIVE_UP - timedelta(days=1)
    at = next_attempt(attempts_made, NOW, give_up_at, jitter, retry_after)
    assert at is not None
    assert NOW < at <= give_up_at
