"""When a channel is left alone, and how it is told again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.circuits import (
    ARRIVALS_TO_CLOSE,
    CLOSED,
    FAILURES_TO_OPEN,
    FIRST_PAUSE,
    LONGEST_ASKED_PAUSE,
    LONGEST_PAUSE,
    Circuit,
    note_answer,
    note_failure,
    resume,
)

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fail(circuit=CLOSED, *messages, now=NOON, jitter=0.0, asked=None):
    for message in messages:
        circuit = note_failure(circuit, message, "no answer", now, jitter, asked)
    return circuit


def opened(now=NOON):
    return fail(CLOSED, *"abcde", now=now)


def test_five_different_messages_that_fail_in_a_row_open_the_circuit_and_four_do_not():
    assert FAILURES_TO_OPEN == 5
    four = fail(CLOSED, *"abcd")
    assert (four.is_open(NOON), four.most_at_once(4, NOON)) == (False, 4)
    five = fail(four, "e")
    assert five == Circuit(pauses=1, since=NOON, until=NOON + FIRST_PAUSE, reason="no answer")
    assert five.most_at_once(4, NOON) == 0


def test_one_message_that_fails_on_and_on_says_nothing_of_the_channel():
    assert not fail(CLOSED, *"a" * 50).is_open(NOON)


def test_what_arrives_in_between_begins_the_row_anew():
    assert not fail(note_answer(fail(CLOSED, *"abcd")), *"efgh").is_open(NOON)


def test_a_pause_ends_at_its_moment_and_one_message_is_on_probation():
    circuit = opened()
    end = NOON + FIRST_PAUSE
    assert circuit.is_open(end - SECOND)
    assert not circuit.is_open(end)
    assert circuit.most_at_once(4, end) == 1


def test_each_further_pause_is_twice_as_long_up_to_five_minutes_and_they_have_one_beginning():
    circuit, now, pauses = opened(), NOON, []
    for _ in range(8):
        pauses.append(circuit.until - now)
        now = circuit.until
        circuit = fail(circuit, "x", now=now)
    assert [pause.total_seconds() for pause in pauses] == [15, 30, 60, 120, 240, 300, 300, 300]
    assert circuit.since == NOON
    assert pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize(("jitter", "seconds"), [(-1, 12), (1, 18)])
def test_chance_moves_a_pause_by_a_fifth(jitter, seconds):
    assert fail(CLOSED, *"abcde", jitter=jitter).until - NOON == seconds * SECOND


def test_what_was_under_way_when_the_pause_began_makes_it_no_longer():
    assert fail(opened(), *"fgh") == opened()


def test_after_a_pause_each_message_that_arrives_lets_one_more_be_under_way_until_all_is_as_usual():
    circuit, end = opened(), NOON + FIRST_PAUSE
    allowed = []
    for _ in range(ARRIVALS_TO_CLOSE):
        allowed.append(circuit.most_at_once(4, end))
        circuit = note_answer(circuit)
    assert allowed == [1, 2, 3, 4, 4, 4, 4, 4]
    assert circuit == CLOSED


def test_what_arrives_in_a_pause_ends_it():
    assert not note_answer(opened()).is_open(NOON)


def test_once_a_message_has_arrived_one_that_fails_is_no_reason_for_another_pause():
    returning, end = note_answer(opened()), NOON + FIRST_PAUSE
    assert not fail(returning, "x", now=end).is_open(end)
    again = fail(returning, *"vwxyz", now=end)
    assert (again.pauses, again.until) == (2, end + 2 * FIRST_PAUSE)


def test_a_receiver_that_asks_to_be_left_alone_is_at_its_first_word_and_never_for_more_than_an_hour():
    circuit = fail(CLOSED, "a", asked=timedelta(seconds=90))
    assert (circuit.until, circuit.asked) == (NOON + timedelta(seconds=90), True)
    assert fail(CLOSED, "a", asked=timedelta(days=1)).until == NOON + LONGEST_ASKED_PAUSE
    assert fail(CLOSED, "a", asked=SECOND).until == NOON + FIRST_PAUSE
    assert note_answer(circuit).asked is False


def test_who_asks_within_a_pause_may_make_it_longer_and_never_shorter():
    longer = fail(opened(), "f", asked=timedelta(minutes=10))
    assert (longer.pauses, longer.until, longer.asked) == (1, NOON + timedelta(minutes=10), True)
    assert fail(longer, "g", asked=SECOND).until == longer.until


def test_a_clock_that_was_ahead_makes_no_pause_of_days():
    assert not opened(NOON + timedelta(days=1)).is_open(NOON)


def test_a_program_that_starts_tries_one_message_at_once_unless_the_receiver_asked_to_be_left_alone():
    resumed = resume(opened(), NOON + SECOND)
    assert (resumed.is_open(NOON + SECOND), resumed.most_at_once(4, NOON + SECOND), resumed.pauses) == (False, 1, 1)
    asked = replace(opened(), asked=True)
    assert resume(asked, NOON + SECOND) == asked
    late = opened()
    assert resume(late, NOON + timedelta(days=1)) == late
    assert resume(CLOSED, NOON) == CLOSED
