"""What is told together, and when: the plan for the deliveries of a channel that are due. Pure.

A delivery (an alert on its way to a channel) waits until it is due. Then it is planned: it becomes part of a message, is held until later,
or is given up, the last two with a reason. A planned message is sealed: written, with its id and its deliveries, before its first attempt,
so that every attempt is the same message under the same id. How a channel wants to be told is its `Policy`; digests, quiet hours, limits
and escalation are fields of it, and questions asked here, once they exist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from news.alerts import Subject, SubjectKind, make_bundle_id
from news.timing import DELIVERY_LIFETIME

ABSENT_CHANNEL_WAIT = timedelta(hours=1)
"""Until it is looked again whether what waits for an absent channel has waited too long. A channel that is back is not kept waiting."""


GATHERING = timedelta(minutes=5)
"""Where operational alerts are told together, they wait for the end of such a stretch of the clock: an outage has fifty of them."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Together(StrEnum):
    """Which of the alerts that wait for a channel become one message of it."""

    NONE = "none"
    """Each is a message of its own."""
    SUBJECT = "subject"
    """Those on one subject that were made together; and all operational alerts of a few minutes, on whatever subject."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a channel wants to be told."""

    together: Together = Together.NONE


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that is due and in no message yet."""

    delivery_id: str
    subject: Subject
    alerted_at: datetime
    """When its alert was made."""
    due_at: datetime
    give_up_at: datetime
    """When it is given up, if nothing could be planned for it until then."""


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """What goes out as one message, from `due_at` on and at the latest at `give_up_at`."""

    message_id: str
    delivery_ids: tuple[str, ...]
    due_at: datetime
    give_up_at: datetime


class HoldKind(StrEnum):
    """What something waits for, other than its next attempt."""

    ABSENT = "absent"
    """Its channel is not in the configuration."""
    GATHERED = "gathered"
    """Other operational alerts may follow, of which it is to be one message."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Something waits until that moment, or until what it waits for comes."""

    until: datetime
    kind: HoldKind
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Something will not be sent, unless a person asks for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of deliveries that are due: each is in one message, is held, or is given up."""

    messages: tuple[PlannedMessage, ...] = ()
    held: tuple[tuple[str, Hold], ...] = ()
    """By delivery id."""
    given_up: tuple[tuple[str, GiveUp], ...] = ()
    """By delivery id."""


def plan_messages(channel: str, waiting: Sequence[WaitingDelivery], policy: Policy, now: datetime) -> Plan:
    """What goes out as which message to a channel of that policy.

    However long a delivery has waited (the program did not run for a week), it is tried: the days to succeed begin when it is planned.
    """
    groups: dict[Hashable, list[WaitingDelivery]] = defaultdict(list)
    held: list[tuple[str, Hold]] = []
    for delivery in sorted(waiting, key=lambda one: (one.due_at, one.alerted_at, one.subject, one.delivery_id)):
        hold = _gather(delivery, policy, now)
        if hold is None:
            groups[_group_of(delivery, policy)].append(delivery)
        else:
            held.append((delivery.delivery_id, hold))
    return Plan(tuple(_make_message(channel, together, now) for together in groups.values()), tuple(held))


def _gather(delivery: WaitingDelivery, policy: Policy, now: datetime) -> Hold | None:
    """Until when an operational alert waits for others, where they are told together: for all of them the same moments."""
    if policy.together is Together.NONE or delivery.subject.kind is SubjectKind.ARTICLE:
        return None
    end = _EPOCH + ((delivery.alerted_at - _EPOCH) // GATHERING + 1) * GATHERING
    return None if now >= end else Hold(end, HoldKind.GATHERED, "it waits a few minutes for other operational alerts, to be one mail")


_ALL_HEALTH = "health"


def _group_of(delivery: WaitingDelivery, policy: Policy) -> Hashable:
    """The same for deliveries that are one message."""
    match policy.together:
        case Together.NONE:
            return delivery.delivery_id
        case Together.SUBJECT:
            return (delivery.subject, delivery.alerted_at) if delivery.subject.kind is SubjectKind.ARTICLE else _ALL_HEALTH


def _make_message(channel: str, together: Sequence[WaitingDelivery], now: datetime) -> PlannedMessage:
    ids = tuple(delivery.delivery_id for delivery in together)
    return PlannedMessage(make_bundle_id(channel, ids), ids, min(delivery.due_at for delivery in together), now + DELIVERY_LIFETIME)


def plan_absent(channel: str, waiting: Sequence[WaitingDelivery], now: datetime) -> Plan:
    """What becomes of deliveries whose channel is not in the configuration."""
    judged = [(one.delivery_id, judge_absent(channel, one.give_up_at, now)) for one in waiting]
    return Plan(
        held=tuple((one, verdict) for one, verdict in judged if isinstance(verdict, Hold)),
        given_up=tuple((one, verdict) for one, verdict in judged if isinstance(verdict, GiveUp)),
    )


def judge_absent(channel: str, give_up_at: datetime, now: datetime) -> Hold | GiveUp:
    """What becomes of a delivery or a message whose channel is not in the configuration: it waits for it, but not for ever."""
    if now >= give_up_at:
        return GiveUp(f"given up after 3 days: channel {channel} is not in the configuration; put it back and use `quivive alerts retry`")
    reason = f"channel {channel} is not in the configuration; it goes out once the channel is back, and is given up after 3 days"
    return Hold(min(now + ABSENT_CHANNEL_WAIT, give_up_at), HoldKind.ABSENT, reason)
