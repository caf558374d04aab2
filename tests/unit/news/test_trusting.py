"""Whether a server is believed that says that nothing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from news.rhythm import Brought
from news.trusting import DISTRUST, FULL_TRUST, LONGEST_BELIEF, SLACK, LastRead, Trust, after_body, after_unchanged
from tests.unit.news.test_pacing import flat
from tests.unit.news.test_rhythm import HOUR, MONDAY, UNKNOWN
from tests.unit.news.test_silence import RANDOM

SECOND = timedelta(seconds=1)
READ, SOON = MONDAY - 10 * HOUR, MONDAY + HOUR
DOUBTED = Trust(MONDAY - HOUR, is_doubted=True)
NOTHING = Brought(10, ())


def test_a_server_is_asked_on_condition_while_it_is_believed() -> None:
    assert FULL_TRUST.asks_on_condition
    assert not Trust(is_doubted=True).asks_on_condition
    assert not Trust(distrusted_at=MONDAY).asks_on_condition


def test_a_word_is_doubted_in_time_for_the_feed_to_be_read_every_eight_days_whatever_the_rhythm() -> None:
    read, next_at = LastRead(MONDAY), MONDAY + LONGEST_BELIEF - 12 * HOUR
    assert not after_unchanged(FULL_TRUST, read, None, next_at - 12 * HOUR, next_at).is_doubted
    assert after_unchanged(FULL_TRUST, read, None, next_at - 12 * HOUR, next_at + SECOND).is_doubted
    assert after_unchanged(FULL_TRUST, read, UNKNOWN, MONDAY + HOUR, MONDAY + 2 * HOUR) == Trust(MONDAY + HOUR)
    assert not after_unchanged(FULL_TRUST, LastRead(None), None, MONDAY, SOON).is_doubted


def test_a_word_is_doubted_if_the_last_body_came_by_a_clock_that_was_ahead() -> None:
    assert after_unchanged(FULL_TRUST, LastRead(MONDAY + SECOND), None, MONDAY, SOON).is_doubted


def test_a_word_is_doubted_sooner_where_there_should_be_news() -> None:
    hourly = replace(flat(1.0), pauses=RANDOM)
    assert not after_unchanged(FULL_TRUST, LastRead(MONDAY - 4 * HOUR), hourly, MONDAY, SOON).is_doubted
    assert after_unchanged(FULL_TRUST, LastRead(MONDAY - 5 * HOUR), hourly, MONDAY, SOON) == Trust(MONDAY, is_doubted=True)


def test_nobody_is_called_silent_on_the_word_of_a_server() -> None:
    assert after_unchanged(FULL_TRUST, LastRead(MONDAY - HOUR, MONDAY), None, MONDAY, SOON).is_doubted
    assert not after_unchanged(FULL_TRUST, LastRead(MONDAY - HOUR, MONDAY + SECOND), None, MONDAY, SOON).is_doubted
    assert not after_unchanged(FULL_TRUST, LastRead(MONDAY - HOUR, MONDAY - HOUR), None, MONDAY, SOON).is_doubted


@pytest.mark.parametrize(
    ("brought", "same_validators", "is_liar"),
    [
        pytest.param(NOTHING, True, False, id="nothing new"),
        pytest.param(Brought(10, (MONDAY,)), False, False, id="published since its last word"),
        pytest.param(Brought(10, (DOUBTED.unchanged_at - SLACK,)), False, False, id="published shortly before it"),
        pytest.param(Brought(10, (DOUBTED.unchanged_at - SLACK - SECOND,)), False, True, id="published before it"),
        pytest.param(Brought(10, (None, READ + SECOND)), False, True, id="another of them was"),
        pytest.param(Brought(10, (READ,)), False, False, id="dated back to before the last body"),
        pytest.param(Brought(10, (None,)), True, True, id="under the validators of before"),
    ],
)
def test_a_doubted_server_is_found_out_by_what_its_word_hid(brought: Brought, same_validators: bool, is_liar: bool) -> None:
    trust = after_body(DOUBTED, READ, brought, same_validators=same_validators, now=MONDAY)
    assert trust == (Trust(distrusted_at=MONDAY) if is_liar else FULL_TRUST)


def test_who_is_not_doubted_is_not_found_out() -> None:
    believed = replace(DOUBTED, is_doubted=False)
    assert after_body(believed, READ, Brought(10, (READ + SECOND,)), same_validators=True, now=MONDAY) == FULL_TRUST
    unsaid = replace(DOUBTED, unchanged_at=None)
    assert after_body(unsaid, READ, Brought(10, (READ + SECOND,)), same_validators=True, now=MONDAY) == FULL_TRUST
    assert after_body(DOUBTED, None, Brought(10, (READ + SECOND,)), same_validators=True, now=MONDAY) == FULL_TRUST


def test_without_dates_a_server_is_found_out_when_twice_in_a_row_only_doubt_brings_something() -> None:
    undated, dated = Brought(10, (None,)), Brought(10, (MONDAY,))

    def after(trust: Trust, brought: Brought) -> Trust:
        return after_body(trust, READ, brought, same_validators=False, now=MONDAY)

    once = after(DOUBTED, undated)
    assert once == Trust(strikes=1)
    assert after(once, NOTHING) == once
    assert after(replace(DOUBTED, strikes=1), undated) == Trust(distrusted_at=MONDAY)
    assert after(replace(DOUBTED, strikes=1), NOTHING) == once
    assert after(once, undated) == FULL_TRUST  # it came by itself
    assert after(replace(DOUBTED, strikes=1), dated) == FULL_TRUST
    assert after(replace(DOUBTED, unchanged_at=None), undated) == FULL_TRUST
    assert after_unchanged(once, LastRead(READ), None, MONDAY, SOON) == Trust(MONDAY, strikes=1)


def test_distrust_ends_after_a_while() -> None:
    since = MONDAY - DISTRUST
    recent = Trust(distrusted_at=since + SECOND)
    assert after_body(recent, READ, NOTHING, same_validators=False, now=MONDAY) == recent
    assert after_body(Trust(distrusted_at=since), READ, NOTHING, same_validators=False, now=MONDAY) == FULL_TRUST
