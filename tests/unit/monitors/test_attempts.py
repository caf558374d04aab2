from dataclasses import replace
from datetime import timedelta

from monitors.attempts import Progress, accepted, final, judge_attempt, redact, retry
from news.alerts import DeliveryStatus
from tests.outbox import MORNING, make_bundle

BUNDLE = make_bundle()


def test_an_accepted_message_is_sent():
    result = judge_attempt(BUNDLE, accepted(), Progress(), MORNING, 0.0)
    assert (result.status, result.next_attempt_at, result.error) == (DeliveryStatus.SENT, None, None)
    assert (result.bundle_id, result.delivery_ids, result.attempted_at) == (BUNDLE.bundle_id, BUNDLE.delivery_ids, MORNING)


def test_an_accepted_message_keeps_its_note():
    assert judge_attempt(BUNDLE, accepted("b@ was refused"), Progress(), MORNING, 0.0).error == "b@ was refused"


def test_a_final_answer_makes_the_delivery_dead_at_once():
    result = judge_attempt(BUNDLE, final("410"), Progress(), MORNING, 0.0)
    assert (result.status, result.next_attempt_at, result.error) == (DeliveryStatus.DEAD, None, "410")


def test_the_first_failure_is_followed_by_a_retry_after_five_seconds():
    result = judge_attempt(BUNDLE, retry("busy"), Progress(), MORNING, 0.0)
    assert (result.status, result.next_attempt_at, result.error) == (DeliveryStatus.PENDING, MORNING + timedelta(seconds=5), "busy")


def test_later_failures_wait_longer():
    result = judge_attempt(replace(BUNDLE, attempts=3), retry("busy"), Progress(), MORNING, 0.0)
    assert result.next_attempt_at == MORNING + timedelta(seconds=40)


def test_after_three_days_the_delivery_is_dead_and_says_what_failed_last():
    result = judge_attempt(replace(BUNDLE, attempts=80), retry("busy"), Progress(), MORNING + timedelta(days=3), 0.0)
    assert (result.status, result.next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert result.error == "given up after 3 days; last: busy"


def test_an_error_is_one_short_line_that_any_database_can_hold():
    error = judge_attempt(BUNDLE, retry("a\r\nb\x00\x1b[31m\udcff" + "x" * 10_000), Progress(), MORNING, 0.0).error
    assert error is not None
    assert error.startswith("a b [31m x")
    assert len(error) <= 500
    assert error.encode().decode() == error


def test_secrets_are_cut_out_wherever_they_stand():
    assert redact("no hunter2, HUNTER2 or hunter2!", "hunter2", None, "") == "no …, HUNTER2 or …!"
