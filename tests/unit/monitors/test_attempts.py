from dataclasses import replace
from datetime import timedelta

import pytest

from monitors.attempts import LONGEST_ERROR, Progress, accepted, conclude, final, judge_attempt, judge_interruption, redact, retry
from news.alerts import DeliveryStatus, RecipientOutcome, RecipientStatus
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


HAS, REFUSED, OWED = RecipientStatus.HAS, RecipientStatus.REFUSED, RecipientStatus.OWED


def outcomes(**recipients):
    return [RecipientOutcome(name, status, None if status is HAS else "550 who?") for name, status in recipients.items()]


@pytest.mark.parametrize(
    ("recipients", "outcome"),
    [
        ({"a": HAS, "b": HAS}, accepted()),
        ({"a": HAS, "b": REFUSED}, accepted("refused for b: 550 who?")),
        ({"a": REFUSED, "b": REFUSED}, final("refused for every recipient: a, b: 550 who?")),
        ({"a": HAS, "b": OWED}, retry("not yet taken for b: 550 who? (the others have it)")),
        ({"a": OWED, "b": OWED}, retry("not yet taken for a, b: 550 who?")),
        ({"a": OWED, "b": REFUSED}, retry("not yet taken for a: 550 who?; refused for good for b: 550 who?")),
    ],
)
def test_a_message_is_what_its_recipients_make_of_it(recipients, outcome):
    assert conclude(outcomes(**recipients)) == outcome


def test_a_reason_in_no_encoding_can_be_written_down():
    progress = Progress()
    progress.note("a@example.org", OWED, "450 bo\udceete\r\nréessayez\x1b[31m")
    assert progress.recipients["a@example.org"].reason == "450 bo te réessayez [31m"


def test_one_long_answer_does_not_hide_who_else_lacks_the_message():
    progress = Progress()
    progress.note("a@example.org", OWED, "x" * 9999)
    progress.note("b@example.org", OWED, "451")
    reason = conclude(progress.recipients.values()).reason
    assert "b@example.org: 451" in reason[:LONGEST_ERROR]


def test_what_was_broken_off_is_due_again_at_once_and_keeps_who_has_it():
    progress = Progress()
    progress.note("a", HAS)
    progress.note("b", OWED)
    result = judge_interruption(BUNDLE, progress, MORNING)
    assert (result.status, result.next_attempt_at) == (DeliveryStatus.PENDING, MORNING)
    assert [(one.recipient, one.status) for one in result.recipients] == [("a", HAS), ("b", OWED)]


def test_secrets_are_cut_out_wherever_they_stand():
    assert redact("no hunter2, HUNTER2 or hunter2!", "hunter2", None, "") == "no …, HUNTER2 or …!"
