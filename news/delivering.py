"""What is told together, and when: the plan for the deliveries of a channel that are due. Pure.

A delivery (an alert on its way to a channel) waits until it is due. Then it is planned: it becomes part of a message, is held until later,
or is given up, the last two with a reason. A planned message is sealed: written, with its id and its deliveries, before its first attempt,
so that every attempt is the same message under the same id. How a channel wants to be told is its `Policy`.

Nothing is remembered of a policy: until when a delivery is held follows from when its alert was made, so that a changed policy holds from
the next look on for all that waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum, StrEnum

from news.alerts import Roll, RollKind, Subject, SubjectKind, make_bundle_id
from news.escalating import Escalation
from news.muting import Mentioned, Mute, MuteKind, find_mute
from news.pace import Pace
from news.schedules import Quiet, Schedule
from news.timing import DELIVERY_LIFETIME
from news.wording import Wording

ABSENT_CHANNEL_WAIT = timedelta(hours=1)
"""Until it is looked again whether what waits for an absent channel has waited too long. A channel that is back is not kept waiting."""


GATHERING = timedelta(minutes=5)
"""Where operational alerts are told together, they wait for the end of such a stretch of the clock: an outage has fifty of them."""
_HOUR = timedelta(hours=1)
MOST_AHEAD = timedelta(hours=1)
"""An alert that is to be made later than that was made by a clock that was ahead: what counts from then on would never come."""
FIRST_POLLS_WAIT = timedelta(hours=1)
"""What a source held when it was first seen waits at most so long for the rest of it, and for other sources that are as new."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Together(StrEnum):
    """Which of the alerts that wait for a channel become one message of it."""

    NONE = "none"
    """Each is a message of its own."""
    SUBJECT = "subject"
    """Those on one subject that were made together; and all operational alerts of a few minutes, on whatever subject."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a channel wants to be told. Alerts on something else than an article keep quiet hours, and are otherwise told as they come."""

    together: Together = Together.NONE
    when: Schedule | None = None
    """Once a period, all of it in one message, a digest; None: as it comes."""
    quiet: Quiet | None = None
    """When nothing is told."""
    most_per_hour: int | None = None
    """How many messages may begin within an hour; what is beyond becomes one summary at its end."""
    escalate: Escalation | None = None
    """To which other channel goes what is given up, or what nobody acknowledges in time."""
    zone: tzinfo = UTC
    """Whose clock schedule and quiet hours go by."""
    pace: Pace = field(default_factory=Pace)
    """How fast its messages may follow each other; no matter of the plan."""

    @property
    def rolls_up(self) -> bool:
        """Whether many deliveries may become one message, so that planning must see all of them."""
        return self.when is not None or self.most_per_hour is not None


class HoldKind(StrEnum):
    """What something waits for, other than its next attempt."""

    ABSENT = "absent"
    """Its channel is not in the configuration."""
    GATHERED = "gathered"
    """Other operational alerts may follow, of which it is to be one message."""
    QUIET = "quiet"
    """Its channel keeps quiet hours."""
    DIGEST = "digest"
    """Its channel is told once a period."""
    LIMIT = "limit"
    """Its channel has been told as often as it may be within an hour."""
    FIRST_POLL = "first_poll"
    """It is what a source held when it was first seen, of which more is still being read."""
    ASKED = "asked"
    """For nothing: somebody asked for it, and it is told at once whatever is muted or wanted."""


HOLDS_OF_POLICIES = frozenset({HoldKind.QUIET, HoldKind.DIGEST, HoldKind.LIMIT, HoldKind.FIRST_POLL})
"""Of what waits because it is wanted so; nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that is due and in no message yet."""

    delivery_id: str
    subject: Subject
    alerted_at: datetime
    """When its alert was made; of one that was escalated to this channel, when that was."""
    due_at: datetime
    give_up_at: datetime
    """When it is given up, if nothing could be planned for it until then."""
    held: HoldKind | None = None
    """What it has waited for until now."""
    urgent: bool = False
    """Whether it is told at once, whatever the policy."""
    topic: str = ""
    source: str | None = None
    """The source that brought the article, or that an operational alert is about, by its URL."""
    first_poll: bool = False
    """Whether its alert speaks of what a source held when it was first seen: that is told in one message."""
    more_to_come: bool = False
    """Whether more of that is still being read, of this source or others that are as new."""
    acknowledged: bool = False
    """Whether it was escalated to this channel, and somebody has acknowledged it since."""


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """What goes out as one message, from `due_at` on and at the latest at `give_up_at`."""

    message_id: str
    delivery_ids: tuple[str, ...]
    due_at: datetime
    give_up_at: datetime
    roll: Roll | None = None
    """That it is a digest or a summary, and when it should have gone out."""
    escalate_at: datetime | None = None
    """When what nobody has acknowledged goes to a second channel; None if it never does."""


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
    muted: tuple[tuple[str, str], ...] = ()
    """By delivery id, with the reason: what nobody wants to hear, or to hear any more."""


def plan_messages(
    channel: str,
    waiting: Sequence[WaitingDelivery],
    policy: Policy,
    now: datetime,
    *,
    sealed_lately: Sequence[datetime] = (),
    mutes: Sequence[Mute] = (),
) -> Plan:
    """What goes out as which message to a channel of that policy, what is held, and what is muted.

    `sealed_lately`: when its messages of the last hour were sealed, the earliest first; asked where the policy has a limit. However long a
    delivery has waited (the program did not run for a week), it is tried: the days to succeed begin when it is planned.
    """
    groups: dict[Hashable, list[WaitingDelivery]] = defaultdict(list)
    held: list[tuple[str, Hold]] = []
    muted: list[tuple[str, str]] = []
    for delivery in sorted(waiting, key=lambda one: (one.due_at, one.alerted_at, one.subject, one.delivery_id)):
        silence = _silence(channel, delivery, mutes)
        hold = _hold_first_poll(delivery, now) or _hold(delivery, policy, now)
        if silence is not None:
            muted.append((delivery.delivery_id, silence))
        elif hold is None:
            groups[_group_of(delivery, policy)].append(delivery)
        else:
            held.append((delivery.delivery_id, hold))
    limit = _Limit(policy, sealed_lately, now)
    messages = []
    for group, together in groups.items():
        if isinstance(group, _Rolled) or limit.lets_pass(together):
            messages.append(_make_message(channel, together, policy, now, _roll_of(group, together, policy, now)))
        else:
            held += [(delivery.delivery_id, limit.hold) for delivery in together]
    return Plan(tuple(messages), tuple(held), muted=tuple(muted))


def _silence(channel: str, delivery: WaitingDelivery, mutes: Sequence[Mute]) -> str | None:
    """Why nobody is told; None if somebody is."""
    if delivery.held is HoldKind.ASKED:
        return None
    if delivery.acknowledged:
        return Wording("it was acknowledged before it was told here")
    mute = find_mute(mutes, Mentioned(delivery.topic, delivery.source, channel), delivery.alerted_at)
    return None if mute is None else _tell_mute(mute)


def _tell_mute(mute: Mute) -> str:
    match mute.kind:
        case MuteKind.TOPIC:
            return Wording("the topic {name} was muted", name=mute.name)
        case MuteKind.CHANNEL:
            return Wording("the channel {name} was muted", name=mute.name)
        case MuteKind.SOURCE:
            return Wording("the source {name} was muted", name=mute.name)


def _hold(delivery: WaitingDelivery, policy: Policy, now: datetime) -> Hold | None:
    """Why a delivery waits, and until when; None if it is to be told now."""
    if delivery.held is HoldKind.ASKED:
        return None
    gathered = _gather(delivery, policy, now)
    if gathered is not None or delivery.urgent:
        return gathered
    loud_again_at = policy.quiet.end_after(now, policy.zone) if policy.quiet else None
    if loud_again_at is not None:
        return Hold(loud_again_at, HoldKind.QUIET, Wording("quiet hours"))
    if policy.when is None or not _is_article(delivery) or _is_from_ahead(delivery, now):
        return None
    told_at = policy.when.next_after(delivery.alerted_at, policy.zone)
    return Hold(told_at, HoldKind.DIGEST, Wording("digest")) if now < told_at else None


def _hold_first_poll(delivery: WaitingDelivery, now: datetime) -> Hold | None:
    """Until when at the latest the rest of a first poll is waited for; None if it is not."""
    end = delivery.alerted_at + FIRST_POLLS_WAIT
    if not delivery.more_to_come or delivery.held is HoldKind.ASKED or now >= end or _is_from_ahead(delivery, now):
        return None
    return Hold(end, HoldKind.FIRST_POLL, Wording("digest"))


def _gather(delivery: WaitingDelivery, policy: Policy, now: datetime) -> Hold | None:
    """Until when an operational alert waits for others, where they are told together: for all of them the same moments."""
    if policy.together is Together.NONE or not _is_health(delivery) or _is_from_ahead(delivery, now):
        return None
    end = _EPOCH + ((delivery.alerted_at - _EPOCH) // GATHERING + 1) * GATHERING
    return None if now >= end else Hold(end, HoldKind.GATHERED, "it waits a few minutes for other operational alerts, to be one mail")


def _is_from_ahead(delivery: WaitingDelivery, now: datetime) -> bool:
    return delivery.alerted_at > now + MOST_AHEAD


def _is_article(delivery: WaitingDelivery) -> bool:
    return delivery.subject.kind is SubjectKind.ARTICLE


def _is_health(delivery: WaitingDelivery) -> bool:
    return not _is_article(delivery) and delivery.subject.kind is not SubjectKind.VOLUME


class _Rolled(Enum):
    """The groups that become a digest or a summary."""

    DIGEST = RollKind.DIGEST
    SUMMARY = RollKind.SUMMARY
    FIRST_POLL = RollKind.FIRST_POLL


_ALL_HEALTH = "health"


def _group_of(delivery: WaitingDelivery, policy: Policy) -> Hashable:
    """The same for deliveries that are one message."""
    if not _is_article(delivery):
        return _ALL_HEALTH if policy.together is Together.SUBJECT and _is_health(delivery) else delivery.delivery_id
    if policy.when is not None and not delivery.urgent and delivery.held is not HoldKind.ASKED:
        return _Rolled.DIGEST
    if delivery.first_poll and delivery.held is not HoldKind.ASKED:
        return _Rolled.FIRST_POLL
    if delivery.held is HoldKind.LIMIT and not delivery.urgent:
        return _Rolled.SUMMARY
    match policy.together:
        case Together.NONE:
            return delivery.delivery_id
        case Together.SUBJECT:
            return delivery.subject, delivery.alerted_at


class _Limit:
    """How many more messages a channel may have now, and until when the rest is held."""

    def __init__(self, policy: Policy, sealed_lately: Sequence[datetime], now: datetime) -> None:
        self._left = None if policy.most_per_hour is None else max(0, policy.most_per_hour - len(sealed_lately))
        self.hold = Hold((sealed_lately[0] if sealed_lately else now) + _HOUR, HoldKind.LIMIT, Wording("limit"))

    def lets_pass(self, together: Sequence[WaitingDelivery]) -> bool:
        """Whether these may be a message of their own now; it counts if they may. What is urgent, or about no article, always may."""
        if self._left is None or not _is_article(together[0]) or any(one.urgent or one.held is HoldKind.ASKED for one in together):
            return True
        self._left -= 1
        return self._left >= 0


def _roll_of(group: Hashable, together: Sequence[WaitingDelivery], policy: Policy, now: datetime) -> Roll | None:
    """What a digest or a summary is to say of itself: which it is, and when the first of its alerts was to be told."""
    if not isinstance(group, _Rolled):
        return None
    if group is not _Rolled.DIGEST or policy.when is None:
        return Roll(group.value, min(delivery.due_at for delivery in together))
    planned_at = min(now, *(policy.when.next_after(delivery.alerted_at, policy.zone) for delivery in together))
    loud_again_at = policy.quiet.end_after(planned_at, policy.zone) if policy.quiet else None
    return Roll(group.value, loud_again_at or planned_at)


def _make_message(channel: str, together: Sequence[WaitingDelivery], policy: Policy, now: datetime, roll: Roll | None) -> PlannedMessage:
    ids = tuple(delivery.delivery_id for delivery in together)
    due_at = min(delivery.due_at for delivery in together)
    escalate_at = policy.escalate.due_at(now) if policy.escalate else None
    return PlannedMessage(make_bundle_id(channel, ids), ids, due_at, now + DELIVERY_LIFETIME, roll, escalate_at)


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
