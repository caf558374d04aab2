"""When an alert goes to a second channel: it could not be delivered to the first, or nobody there has acknowledged it in time. Pure.

An escalation is a delivery of the same alert to the other channel, whose id is derived like any other: it can only be made once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from news.alerts import DeliveryStatus, EscalationCause

LONGEST_AFTER = timedelta(days=1)
"""What nobody has looked at for a day is no longer a case for those on call."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """To which channel an alert goes that was given up, or that nobody has acknowledged so long after its message was sealed."""

    after: timedelta
    to: str

    def due_at(self, sealed_at: datetime) -> datetime:
        """When it goes there, unless somebody acknowledges it first.

        From sealing on, and not from when it was sent: a mail server that is down for an hour must not put off those on call by as much.
        What waits for a digest or the end of quiet hours is not sealed: nobody could have acknowledged it.
        """
        return sealed_at + self.after


@dataclass(frozen=True, slots=True)
class DueEscalation:
    """A delivery whose moment to be escalated has come."""

    status: DeliveryStatus
    is_acknowledged: bool = False
    is_over: bool = False
    """Whether its alert says that a trouble is over."""
    is_outdated: bool = False
    """Whether its alert is an operational one, and something newer was told of the same matter."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """The alert goes to that channel."""

    to: str
    cause: EscalationCause


class NoEscalation(StrEnum):
    """Why it goes to no other channel after all."""

    ACKNOWLEDGED = "acknowledged"
    NOT_WANTED = "not_wanted"
    """The channel is not in the configuration any more, or no longer escalates."""
    OUTDATED = "outdated"
    OVER = "over"
    """It arrived, and asks nobody to do anything."""


@dataclass(frozen=True, slots=True)
class Escalated:
    """An alert that went from one channel to another."""

    alert_id: str
    channel: str
    to: str
    cause: EscalationCause


def decide_escalation(one: DueEscalation, escalation: Escalation | None) -> Escalate | NoEscalation:
    """Whether a delivery is made to a second channel. `escalation`: what its channel says now, None if nothing."""
    if one.is_acknowledged:
        return NoEscalation.ACKNOWLEDGED
    if escalation is None:
        return NoEscalation.NOT_WANTED
    if one.is_outdated:
        return NoEscalation.OUTDATED
    if one.status is DeliveryStatus.DEAD:
        return Escalate(escalation.to, EscalationCause.DEAD)
    if one.is_over:
        return NoEscalation.OVER
    return Escalate(escalation.to, EscalationCause.UNACKNOWLEDGED)
