"""What is told together, and when: the plan for the deliveries of a channel that are due. Pure.

A delivery (an alert on its way to a channel) waits until it is due. Then it is planned: it becomes part of a message, is held until later,
or is given up, the last two with a reason. A planned message is sealed: written, with its id and its deliveries, before its first attempt,
so that every attempt is the same message under the same id. How a channel wants to be told is its `Policy`.

Nothing is remembered of a policy: until when a delivery is held follows from when its alert was made, so that a changed policy holds from
the next look on for all that waits.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from news.alerts import Roll, RollKind, make_bundle_id
from news.grouping import Grouping, Rolled, StoryGroup
from news.muting import Mentioned, Mute, MuteKind, find_mute
from news.plans import Follows, GiveUp, Hold, HoldKind, Plan, PlannedMessage, Policy, Together, WaitingDelivery
from news.timing import DELIVERY_LIFETIME, MOST_AHEAD
from news.wording import Wording

ABSENT_CHANNEL_WAIT = timedelta(hours=1)
"""Until it is looked again whether what waits for an absent channel has waited too long. A channel that is back is not kept waiting."""
GATHERING = timedelta(minutes=5)
"""Where operational alerts are told together, they wait for the end of such a stretch of the clock: an outage has fifty of them."""
_HOUR = timedelta(hours=1)
FIRST_POLLS_WAIT = timedelta(hours=1)
"""What a source held when it was first seen waits at most so long for the rest of it, and for other sources that are as new."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plan_messages(
    channel: str,
    waiting: Sequence[WaitingDelivery],
    policy: Policy,
    now: datetime,
    *,
    told_lately: Sequence[datetime] = (),
    mutes: Sequence[Mute] = (),
) -> Plan:
    """What goes out as which message to a channel of that policy, what is held, and what is muted.

    `told_lately`: when it was told messages within the last hour, the earliest first; asked where the policy has a limit. However long a
    delivery has waited (the program did not run for a week), it is tried: the days to succeed begin when it is planned.
    """
    limit = _Limit(policy, told_lately, now)
    ready: list[WaitingDelivery] = []
    held: list[tuple[str, Hold]] = []
    muted: list[tuple[str, str]] = []
    for delivery in sorted(waiting, key=lambda one: (one.due_at, one.alerted_at, one.subject, one.delivery_id)):
        silence = _silence(channel, delivery, mutes)
        hold = _hold_first_poll(delivery, now) or _hold(delivery, policy, now) or limit.still_holds(delivery)
        if silence is not None:
            muted.append((delivery.delivery_id, silence))
        elif hold is None:
            ready.append(delivery)
        else:
            held.append((delivery.delivery_id, hold))
    grouped = Grouping(policy, now).group(ready)
    messages = []
    for group, together in grouped.groups.items():
        if isinstance(group, Rolled) or limit.lets_pass(together):
            messages.append(_make_message(channel, together, policy, now, group))
        else:
            held += [(delivery.delivery_id, limit.hold) for delivery in together]
    return Plan(tuple(messages), (*held, *grouped.held), muted=(*muted, *grouped.muted))


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
    loud_again_at = policy.loud_again_at(now)
    if loud_again_at is not None:
        return Hold(loud_again_at, HoldKind.QUIET, Wording("quiet hours"))
    if policy.when is None or not delivery.is_on_article or _is_from_ahead(delivery, now):
        return None
    told_at = policy.when.next_after(delivery.alerted_at, policy.zone)
    return Hold(policy.loud_from(told_at), HoldKind.DIGEST, Wording("digest")) if now < told_at else None


def _hold_first_poll(delivery: WaitingDelivery, now: datetime) -> Hold | None:
    """Until when at the latest the rest of a first poll is waited for; None if it is not."""
    end = delivery.alerted_at + FIRST_POLLS_WAIT
    if not delivery.more_to_come or delivery.held is HoldKind.ASKED or now >= end or _is_from_ahead(delivery, now):
        return None
    return Hold(end, HoldKind.FIRST_POLL, Wording("digest"))


def _gather(delivery: WaitingDelivery, policy: Policy, now: datetime) -> Hold | None:
    """Until when an operational alert waits for others, where they are told together: for all of them the same moments."""
    if policy.together is Together.NONE or not delivery.is_operational or _is_from_ahead(delivery, now):
        return None
    end = _EPOCH + ((delivery.alerted_at - _EPOCH) // GATHERING + 1) * GATHERING
    return None if now >= end else Hold(end, HoldKind.GATHERED, "it waits a few minutes for other operational alerts, to be one mail")


def _is_from_ahead(delivery: WaitingDelivery, now: datetime) -> bool:
    return delivery.alerted_at > now + MOST_AHEAD


def count_as_told(sealed_at: datetime, sent_at: datetime | None, now: datetime) -> datetime:
    """When a message counts as told, of those that count to the limit of an hour: when it was sealed, and anew when it arrived.

    What nobody has yet, and was sealed before, counts as if it were told now: in an outage all of that arrives within an hour, once it is
    over.
    """
    return max((at for at in (sealed_at, sent_at) if at is not None and now - _HOUR < at <= now), default=now)


class _Limit:
    """How many more messages a channel may have now, and until when the rest is held."""

    def __init__(self, policy: Policy, told_lately: Sequence[datetime], now: datetime) -> None:
        self._left = None if policy.most_per_hour is None else max(0, policy.most_per_hour - len(told_lately))
        self._now = now
        self._first_told_at = told_lately[0] if told_lately else now
        self.hold = Hold(policy.loud_from(self._first_told_at + _HOUR), HoldKind.LIMIT, Wording("limit"))

    def still_holds(self, delivery: WaitingDelivery) -> Hold | None:
        """How what was held already goes on waiting, if it is looked at early; None if it is to be in a summary now.

        No longer than an hour after its alert: what the channel is told meanwhile would put that off otherwise.
        """
        until = min(self.hold.until, delivery.alerted_at + _HOUR)
        goes_on = delivery.held is HoldKind.LIMIT and self._left == 0 and self._first_told_at < self._now < until
        return replace(self.hold, until=until) if goes_on else None

    def lets_pass(self, together: Sequence[WaitingDelivery]) -> bool:
        """Whether these may be a message of their own now; it counts if they may. What is urgent, or about no article, always may."""
        if self._left is None or not together[0].is_on_article or any(one.urgent or one.held is HoldKind.ASKED for one in together):
            return True
        self._left -= 1
        return self._left >= 0


def _roll_of(group: Hashable, together: Sequence[WaitingDelivery], policy: Policy, now: datetime) -> Roll | None:
    """What a message on many alerts is to say of itself: which it is, and when the first of its alerts was to be told."""
    if isinstance(group, StoryGroup):
        return Roll(RollKind.FOLLOW_UP, min(delivery.due_at for delivery in together))
    if not isinstance(group, Rolled):
        return None
    if group is not Rolled.DIGEST or policy.when is None:
        return Roll(group.value, min(delivery.due_at for delivery in together))
    planned_at = min(now, *(policy.when.next_after(delivery.alerted_at, policy.zone) for delivery in together))
    return Roll(group.value, policy.loud_from(planned_at))


def _make_message(channel: str, together: Sequence[WaitingDelivery], policy: Policy, now: datetime, group: Hashable) -> PlannedMessage:
    ids = tuple(delivery.delivery_id for delivery in together)
    due_at = min(delivery.due_at for delivery in together)
    escalate_at = policy.escalate.due_at(now) if policy.escalate else None
    topics = tuple(sorted({delivery.topic for delivery in together}))
    return PlannedMessage(
        message_id=make_bundle_id(channel, ids),
        delivery_ids=ids,
        due_at=due_at,
        give_up_at=now + DELIVERY_LIFETIME,
        roll=_roll_of(group, together, policy, now),
        escalate_at=escalate_at,
        follows=Follows(group.story_id, topics) if isinstance(group, StoryGroup) else None,
    )


def hold_sealed(policy: Policy, now: datetime) -> Hold | None:
    """Until when sealed messages wait that are due now, but for pressing ones; None if they may be sent.

    Quiet hours may have begun since they were sealed, in an outage for example.
    """
    loud_again_at = policy.loud_again_at(now)
    return None if loud_again_at is None else Hold(loud_again_at, HoldKind.QUIET, Wording("it waits for the end of quiet hours"))


def plan_absent(channel: str, waiting: Sequence[WaitingDelivery], now: datetime) -> Plan:
    """What becomes of deliveries whose channel is not in the configuration."""
    judged = [(one.delivery_id, _keep_asked(one, judge_absent(channel, one.give_up_at, now))) for one in waiting]
    return Plan(
        held=tuple((one, verdict) for one, verdict in judged if isinstance(verdict, Hold)),
        given_up=tuple((one, verdict) for one, verdict in judged if isinstance(verdict, GiveUp)),
    )


def _keep_asked(delivery: WaitingDelivery, verdict: Hold | GiveUp) -> Hold | GiveUp:
    """What somebody asked for is told whatever is muted or wanted, also once its channel is back."""
    return replace(verdict, kind=HoldKind.ASKED) if isinstance(verdict, Hold) and delivery.held is HoldKind.ASKED else verdict


def judge_absent(channel: str, give_up_at: datetime, now: datetime) -> Hold | GiveUp:
    """What becomes of a delivery or a message whose channel is not in the configuration: it waits for it, but not for ever."""
    if now >= give_up_at:
        return GiveUp(f"given up after 3 days: channel {channel} is not in the configuration; put it back and use `quivive alerts retry`")
    reason = f"channel {channel} is not in the configuration; it goes out once the channel is back, and is given up after 3 days"
    return Hold(min(now + ABSENT_CHANNEL_WAIT, give_up_at), HoldKind.ABSENT, reason)
