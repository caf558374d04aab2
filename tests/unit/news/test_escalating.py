"""When an alert goes to a second channel, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.alerts import DeliveryStatus, EscalationCause
from news.escalating import DueEscalation, Escalate, Escalation, NoEscalation, decide_escalation

TO_ASTREINTE = Escalation(timedelta(minutes=30), "astreinte")
SENT, DEAD, PENDING = DeliveryStatus.SENT, DeliveryStatus.DEAD, DeliveryStatus.PENDING
UNACKNOWLEDGED = Escalate("astreinte", EscalationCause.UNACKNOWLEDGED)
GIVEN_UP = Escalate("astreinte", EscalationCause.DEAD)


def test_it_is_due_so_long_after_the_message_was_sealed() -> None:
    sealed_at = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    assert TO_ASTREINTE.due_at(sealed_at) == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "verdict"),
    [
        (DueEscalation(SENT), UNACKNOWLEDGED),
        (DueEscalation(PENDING), UNACKNOWLEDGED),
        (DueEscalation(DEAD), GIVEN_UP),
        (DueEscalation(SENT, is_acknowledged=True), NoEscalation.ACKNOWLEDGED),
        (DueEscalation(DEAD, is_acknowledged=True), NoEscalation.ACKNOWLEDGED),
        (DueEscalation(SENT, is_outdated=True), NoEscalation.OUTDATED),
        (DueEscalation(DEAD, is_outdated=True), NoEscalation.OUTDATED),
        (DueEscalation(SENT, is_over=True), NoEscalation.OVER),
        (DueEscalation(DEAD, is_over=True), GIVEN_UP),
    ],
)
def test_what_was_given_up_or_acknowledged_by_nobody_goes_on_unless_it_is_settled(due: DueEscalation, verdict: object) -> None:
    assert decide_escalation(due, TO_ASTREINTE) == verdict


@pytest.mark.parametrize("status", [SENT, DEAD, PENDING])
def test_a_channel_that_does_not_want_it_any_more_escalates_nothing(status: DeliveryStatus) -> None:
    assert decide_escalation(DueEscalation(status), None) is NoEscalation.NOT_WANTED
