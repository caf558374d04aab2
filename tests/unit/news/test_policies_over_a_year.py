"""Each policy of a channel, lived through a year in Paris with both nights on which the clocks are changed.

What should come of it is told here by the wall clock alone, without the code that decides it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

import pytest

from news.alerts import DeliveryStatus, EscalationCause, Roll, RollKind, article_subject
from news.delivering import hold_sealed, plan_messages
from news.escalating import DueEscalation, Escalate, Escalation, decide_escalation
from news.follow_ups import FollowUp, Told, parse_follow_up
from news.muting import Mute, MuteKind
from news.plans import HoldKind, PlannedMessage, Policy, Together, WaitingDelivery
from news.schedules import parse_quiet, parse_schedule

PARIS = ZoneInfo("Europe/Paris")
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AS_IT_COMES = Policy()
DAYS = [date(2026, 1, 1) + DAY * number for number in range(370)]


@cache
def alerts() -> list[WaitingDelivery]:
    """An alert every 433 minutes, and every 10 minutes around the nights on which the clocks are changed; one in five is urgent."""
    moments = {BEGIN + number * 433 * MINUTE for number in range((END - BEGIN) // (433 * MINUTE))}
    for night in (SPRING, AUTUMN):
        moments |= {datetime.combine(night, time(), UTC) - 3 * HOUR + number * 10 * MINUTE for number in range(72)}
    return [
        WaitingDelivery(f"{number:05}", article_subject(number), at, at, at + 3 * DAY, urgent=number % 5 == 0, topic="OTAN")
        for number, at in enumerate(sorted(moments))
    ]


@dataclass
class Life:
    """What a channel was told within a year: each message with its moment, and when and why each delivery was held or muted."""

    told: list[tuple[datetime, PlannedMessage]] = field(default_factory=list)
    at: dict[str, datetime] = field(default_factory=dict)
    held: dict[str, list[tuple[HoldKind, datetime]]] = field(default_factory=dict)
    muted: dict[str, str] = field(default_factory=dict)


def live(policy: Policy, waiting: Sequence[WaitingDelivery], mutes: Sequence[Mute] = ()) -> Life:
    """Plan all that is due whenever something is, as the outbox does."""
    life, policy = Life(), replace(policy, zone=PARIS)
    coming = [(one.due_at, one.delivery_id, one) for one in waiting]
    heapify(coming)
    while coming:
        now, due = coming[0][0], []
        while coming and coming[0][0] == now:
            due.append(heappop(coming)[2])
        lately = [at for at, message in life.told[-100:] if message.roll is None and at > now - HOUR]
        plan = plan_messages("redaction", due, policy, now, told_lately=lately, mutes=mutes)
        for message in plan.messages:
            life.told.append((now, message))
            life.at |= dict.fromkeys(message.delivery_ids, now)
        life.muted |= dict(plan.muted)
        held = {one.delivery_id: one for one in due}
        for name, hold in plan.held:
            assert hold.until > now
            life.held.setdefault(name, []).append((hold.kind, hold.until))
            heappush(coming, (hold.until, name, replace(held[name], due_at=hold.until, held=hold.kind)))
    assert len(life.at) + len(life.muted) == len(waiting)
    return life


def on_the_wall(day: date, hour: int, minute: int) -> datetime:
    """The first time that the clocks of Paris show this on that day; where they leave it out, when they have gone on."""
    wall = datetime.combine(day, time(hour, minute))
    if day == SPRING and hour == 2:
        wall = datetime.combine(day, time(3))
    return wall.replace(tzinfo=PARIS, fold=0).astimezone(UTC)


MOMENTS = {
    "hourly": [BEGIN + number * HOUR for number in range(24 * 370)],
    "daily 08:00": [on_the_wall(day, 8, 0) for day in DAYS],
    "daily 02:30": [on_the_wall(day, 2, 30) for day in DAYS],
    "weekdays 07:30": [on_the_wall(day, 7, 30) for day in DAYS if day.weekday() < 5],
    "15 6,18 * * 0": [on_the_wall(day, hour, 15) for day in DAYS if day.weekday() == 6 for hour in (6, 18)],
}


@pytest.mark.parametrize("when", MOMENTS)
def test_a_digest_comes_at_its_moments_with_all_of_the_period_and_what_is_urgent_at_once(when: str) -> None:
    moments = MOMENTS[when]
    life = live(Policy(Together.SUBJECT, when=parse_schedule(when)), alerts())
    for one in alerts():
        expected = one.alerted_at if one.urgent else moments[bisect_right(moments, one.alerted_at)]
        assert life.at[one.delivery_id] == expected, one.alerted_at
    digests = [(at, message.roll) for at, message in life.told if message.roll is not None]
    assert all(roll == Roll(RollKind.DIGEST, at) for at, roll in digests)
    assert len({at for at, _ in digests}) == len(digests)


@pytest.mark.parametrize("quiet", ["22:00-07:00", "02:15-02:45", "sat sun", "01:00-05:00 sun"])
def test_in_quiet_hours_only_what_is_urgent_is_told_and_the_rest_when_they_end(quiet: str) -> None:
    life = live(Policy(quiet=parse_quiet(quiet)), alerts())
    is_quiet = QUIET[quiet]
    for one in alerts():
        told_at = life.at[one.delivery_id]
        if one.urgent or not is_quiet(one.alerted_at.astimezone(PARIS)):
            assert told_at == one.alerted_at
        else:
            assert is_quiet((told_at - MINUTE).astimezone(PARIS))
            assert not is_quiet(told_at.astimezone(PARIS))
            meanwhile = range(0, (told_at - one.alerted_at) // MINUTE, 30)
            assert all(is_quiet((one.alerted_at + minutes * MINUTE).astimezone(PARIS)) for minutes in meanwhile)
            assert [kind for kind, _ in life.held[one.delivery_id]] == [HoldKind.QUIET]


QUIET = {
    "22:00-07:00": lambda local: local.hour >= 22 or local.hour < 7,
    "02:15-02:45": lambda local: local.hour == 2 and 15 <= local.minute < 45,
    "sat sun": lambda local: local.weekday() >= 5,
    "01:00-05:00 sun": lambda local: 1 <= local.hour < 5 or local.weekday() == 6,
}


def test_a_digest_that_falls_into_quiet_hours_comes_when_they_end() -> None:
    life = live(Policy(when=parse_schedule("daily 02:30"), quiet=parse_quiet("22:00-07:00")), alerts())
    ends = [on_the_wall(day, 7, 0) for day in DAYS]
    for one in alerts():
        if not one.urgent:
            digest_at = MOMENTS["daily 02:30"][bisect_right(MOMENTS["daily 02:30"], one.alerted_at)]
            assert life.at[one.delivery_id] == ends[bisect_right(ends, digest_at)]


def test_no_hour_of_the_year_has_more_messages_than_wanted_and_what_is_beyond_is_a_summary_at_its_end() -> None:
    storm = [replace(one, urgent=False) for one in alerts()]
    life = live(Policy(most_per_hour=2), storm)
    alone = [at for at, message in life.told if message.roll is None]
    assert all(later - first >= HOUR for first, later in zip(alone, alone[2:], strict=False))
    summaries = [(at, message) for at, message in life.told if message.roll is not None]
    assert len(summaries) >= 10
    assert all(message.roll.kind is RollKind.SUMMARY for _, message in summaries)
    assert {at - HOUR for at, _ in summaries} <= set(alone)
    assert all(life.at[one.delivery_id] - one.alerted_at <= HOUR for one in storm)
    urgent = live(Policy(most_per_hour=1), [replace(one, urgent=True) for one in alerts()])
    assert all(urgent.at[one.delivery_id] == one.alerted_at for one in alerts())


def test_what_nobody_acknowledges_escalates_half_an_hour_after_it_was_told_by_the_day_and_by_the_night_of_the_change() -> None:
    escalation = Escalation(30 * MINUTE, "astreinte")
    life = live(Policy(quiet=parse_quiet("22:00-07:00"), escalate=escalation), alerts())
    assert all(message.escalate_at == at + 30 * MINUTE for at, message in life.told)
    assert decide_escalation(DueEscalation(DeliveryStatus.SENT), escalation) == Escalate("astreinte", EscalationCause.UNACKNOWLEDGED)


@pytest.mark.parametrize(("night", "hours"), [(SPRING, 4), (AUTUMN, 6)])
def test_a_mute_until_a_moment_on_the_wall_silences_what_is_made_before_it(night: date, hours: int) -> None:
    begin, end = on_the_wall(night - DAY, 23, 0), on_the_wall(night, 4, 0)
    assert end - begin == hours * HOUR
    life = live(Policy(), alerts(), [Mute(MuteKind.TOPIC, "OTAN", "OTAN", begin, end)])
    assert set(life.muted) == {one.delivery_id for one in alerts() if begin <= one.alerted_at < end}
    assert len(life.muted) >= hours * 6


def stories(size: int = 12) -> list[WaitingDelivery]:
    """The alerts of the year, so many in a row on one story: the first of them, and what follows; none at the moment of a message."""
    made = [one.alerted_at + timedelta(seconds=1 + number % 53) for number, one in enumerate(alerts())]
    return [
        replace(one, alerted_at=at, due_at=at, urgent=False, story_id=number // size, is_follow_up=bool(number % size))
        for number, (one, at) in enumerate(zip(alerts(), made, strict=True))
    ]


def live_stories(follow_up: FollowUp, policy: Policy = AS_IT_COMES) -> Life:
    """As `live`, with what the archive says of a story: when its messages were sealed, and all of it that waits."""
    life, coming = Life(), sorted(stories(), key=lambda one: one.due_at)
    sealed: dict[int | None, tuple[datetime, ...]] = {}
    story_of = {one.delivery_id: one.story_id for one in coming}
    while coming:
        now = coming[0].due_at
        due = [one for one in coming if one.due_at <= now]
        due += [one for one in coming if one.due_at > now and one.alerted_at <= now and one.story_id in {each.story_id for each in due}]
        told = {story: Told(moments, has_arrived=True) for story, moments in sealed.items()}
        waiting = [replace(one, told=told.get(one.story_id), follow_up=follow_up) for one in due]
        plan = plan_messages("redaction", waiting, replace(policy, zone=PARIS), now)
        for message in plan.messages:
            life.told.append((now, message))
            life.at |= dict.fromkeys(message.delivery_ids, now)
            (story,) = {story_of[one] for one in message.delivery_ids}
            sealed[story] = (*sealed.get(story, ()), now)
        life.muted |= dict(plan.muted)
        held = dict(plan.held)
        assert all(hold.until > now for hold in held.values())
        done = {one.delivery_id for one in due} - held.keys()
        coming = [replace(one, due_at=held[one.delivery_id].until) if one.delivery_id in held else one for one in coming]
        coming = sorted((one for one in coming if one.delivery_id not in done), key=lambda one: one.due_at)
    assert len(life.at) + len(life.muted) == len(story_of)
    return life


@pytest.mark.parametrize("when", ["hourly", "daily 08:00", "daily 02:30", "weekdays 07:30"])
def test_what_follows_in_a_story_is_told_at_the_moments_that_its_topic_wants(when: str) -> None:
    life = live_stories(parse_follow_up(when))
    for one in stories():
        expected = MOMENTS[when][bisect_right(MOMENTS[when], one.alerted_at)] if one.is_follow_up else one.alerted_at
        assert life.at[one.delivery_id] == expected, one.alerted_at
    together = [(at, message.follows) for at, message in life.told if message.follows is not None]
    assert len(together) == len(set(together))


@pytest.mark.parametrize(("wanted", "least"), [("1h", HOUR), ("1d", DAY), ("now", MINUTE * 0)])
def test_what_follows_in_a_story_is_told_no_more_often_than_its_topic_wants_and_no_later(wanted: str, least: timedelta) -> None:
    life = live_stories(parse_follow_up(wanted))
    told_last: dict[int | None, datetime] = {}
    told_next: dict[int | None, datetime] = {}
    for one in stories():
        story = one.story_id
        if not one.is_follow_up:
            told_last[story] = expected = one.alerted_at
        else:
            if one.alerted_at >= told_next.get(story, told_last[story]):
                told_last[story] = told_next.get(story, told_last[story])
            expected = told_next[story] = max(one.alerted_at, told_last[story] + least)
        assert life.at[one.delivery_id] == expected, one.alerted_at


def test_where_follow_ups_are_off_only_the_first_of_a_story_is_told() -> None:
    life = live_stories(parse_follow_up("off"))
    assert set(life.at) == {one.delivery_id for one in stories() if not one.is_follow_up}
    assert set(life.muted.values()) == {"follow-ups are off"}


def test_quiet_hours_hold_what_follows_too_and_it_is_told_when_they_end() -> None:
    life = live_stories(parse_follow_up("now"), Policy(quiet=parse_quiet("22:00-07:00")))
    assert not any(QUIET["22:00-07:00"](at.astimezone(PARIS)) for at in life.at.values())
    assert all(life.at[one.delivery_id] - one.alerted_at <= 10 * HOUR for one in stories())


def test_what_was_sealed_before_quiet_hours_waits_for_their_end_whenever_it_is_tried_again() -> None:
    policy = Policy(quiet=parse_quiet("22:00-07:00"), zone=PARIS)
    ends = [on_the_wall(day, 7, 0) for day in DAYS]
    for one in alerts():
        hold = hold_sealed(policy, one.alerted_at)
        if QUIET["22:00-07:00"](one.alerted_at.astimezone(PARIS)):
            assert hold is not None
            assert hold.until == ends[bisect_right(ends, one.alerted_at)]
        else:
            assert hold is None


def test_what_a_source_held_when_first_seen_is_one_message_at_its_hour_whatever_the_clock_does() -> None:
    held = [replace(one, urgent=False, first_poll=True, more_to_come=True) for one in alerts()]
    life = live(Policy(), held)
    assert all(life.at[one.delivery_id] == one.alerted_at + HOUR for one in held)
    assert {message.roll.kind for _, message in life.told if message.roll} == {RollKind.FIRST_POLL}
