"""What goes out as one message, what waits, and what is given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.alerts import (
    OUR_LINE,
    Roll,
    RollKind,
    Subject,
    article_subject,
    channel_subject,
    make_bundle_id,
    source_subject,
    volume_subject,
)
from news.delivering import GATHERING, count_as_told, judge_absent, plan_absent, plan_messages
from news.escalating import Escalation
from news.follow_ups import Told
from news.muting import Mute, MuteKind
from news.plans import GiveUp, Hold, HoldKind, Plan, Policy, Together, WaitingDelivery
from news.schedules import parse_quiet, parse_schedule

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MAIL, HOOK = Policy(Together.SUBJECT), Policy()


def waiting(name: str, article: int = 1, at: datetime = NOW, due_at: datetime | None = None) -> WaitingDelivery:
    return WaitingDelivery(name, article_subject(article), at, due_at or at, at + 3 * DAY)


def ids(plan: Plan) -> list[tuple[str, ...]]:
    return [message.delivery_ids for message in plan.messages]


def test_nothing_that_waits_is_an_empty_plan() -> None:
    assert plan_messages("redaction", [], MAIL, NOW) == Plan()


def test_each_alert_is_a_message_of_its_own_under_the_id_of_its_delivery() -> None:
    plan = plan_messages("hook", [waiting("a"), waiting("b")], HOOK, NOW)
    assert [(message.message_id, message.delivery_ids) for message in plan.messages] == [("a", ("a",)), ("b", ("b",))]


def test_the_alerts_made_together_on_one_subject_are_one_message_where_the_channel_wants_it() -> None:
    plan = plan_messages("redaction", [waiting("b"), waiting("a")], MAIL, NOW)
    assert ids(plan) == [("a", "b")]
    assert plan.messages[0].message_id == make_bundle_id("redaction", ["a", "b"])


def test_alerts_on_other_subjects_or_of_another_moment_are_other_messages() -> None:
    plan = plan_messages("redaction", [waiting("a"), waiting("b", article=2), waiting("c", at=NOW + SECOND)], MAIL, NOW)
    assert ids(plan) == [("a",), ("b",), ("c",)]


def test_what_has_waited_longest_comes_first() -> None:
    late, early = waiting("a", article=1), waiting("z", article=2, at=NOW - SECOND)
    assert ids(plan_messages("hook", [late, early], HOOK, NOW)) == [("z",), ("a",)]
    assert ids(plan_messages("redaction", [late, early], MAIL, NOW)) == [("z",), ("a",)]


def test_a_message_is_due_since_the_first_of_its_deliveries_was() -> None:
    (message,) = plan_messages("redaction", [waiting("a", due_at=NOW - SECOND), waiting("b", due_at=NOW - 2 * SECOND)], MAIL, NOW).messages
    assert message.due_at == NOW - 2 * SECOND


def test_a_message_has_three_days_from_its_sealing_however_long_its_alerts_have_waited() -> None:
    (message,) = plan_messages("hook", [waiting("a", at=NOW - 9 * DAY)], HOOK, NOW).messages
    assert message.give_up_at == NOW + 3 * DAY


@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(1, 3), st.integers(0, 3)), unique_by=lambda one: one[0]), st.sampled_from(Together)
)
def test_every_delivery_is_in_exactly_one_message_whatever_the_order(drawn: list[tuple[int, int, int]], together: Together) -> None:
    deliveries = [waiting(str(name), article, NOW + minutes * SECOND) for name, article, minutes in drawn]
    plan = plan_messages("redaction", deliveries, Policy(together), NOW)
    assert sorted(one for message in plan.messages for one in message.delivery_ids) == sorted(one.delivery_id for one in deliveries)
    assert plan == plan_messages("redaction", deliveries[::-1], Policy(together), NOW)
    assert len({message.message_id for message in plan.messages}) == len(plan.messages)


def test_what_waits_for_an_absent_channel_is_held_for_an_hour_and_says_so() -> None:
    hold = judge_absent("hook", NOW + DAY, NOW)
    assert isinstance(hold, Hold)
    assert (hold.until, hold.kind) == (NOW + timedelta(hours=1), HoldKind.ABSENT)
    assert "channel hook is not in the configuration" in hold.reason


def test_it_is_held_no_longer_than_until_it_is_given_up() -> None:
    hold = judge_absent("hook", NOW + SECOND, NOW)
    assert isinstance(hold, Hold)
    assert hold.until == NOW + SECOND


def test_it_is_given_up_when_its_time_has_come_and_says_what_to_do() -> None:
    verdict = judge_absent("hook", NOW, NOW)
    assert isinstance(verdict, GiveUp)
    assert verdict.reason.startswith("given up after 3 days: channel hook is not in the configuration")


def test_an_absent_channel_gets_no_message_but_each_delivery_its_reason() -> None:
    plan = plan_absent("hook", [waiting("a"), waiting("b", at=NOW - 3 * DAY)], NOW)
    assert plan.messages == ()
    assert [(name, hold.kind) for name, hold in plan.held] == [("a", HoldKind.ABSENT)]
    assert [name for name, _ in plan.given_up] == ["b"]


def health(name: str, subject: Subject = OUR_LINE, at: datetime = NOW + SECOND) -> WaitingDelivery:
    return WaitingDelivery(name, subject, at, at, at + 3 * DAY)


def test_operational_alerts_of_a_few_minutes_wait_for_each_other_and_are_one_mail() -> None:
    told = [health("a", source_subject("https://a.example/feed")), health("b", channel_subject("hook"), NOW + 200 * SECOND)]
    plan = plan_messages("redaction", told, MAIL, NOW + 201 * SECOND)
    assert (ids(plan), [(one, hold.until, hold.kind) for one, hold in plan.held]) == (
        [],
        [(one, NOW + GATHERING, HoldKind.GATHERED) for one in ("a", "b")],
    )
    assert ids(plan_messages("redaction", told, MAIL, NOW + GATHERING)) == [("a", "b")]


def test_an_operational_alert_of_a_full_moment_waits_for_the_next_one() -> None:
    assert plan_messages("redaction", [health("a", at=NOW)], MAIL, NOW).held[0][1].until == NOW + GATHERING


def test_an_operational_alert_goes_to_a_webhook_at_once_and_alone() -> None:
    plan = plan_messages("hook", [health("a"), health("b")], HOOK, NOW + SECOND)
    assert (ids(plan), plan.held) == ([("a",), ("b",)], ())


def test_an_article_waits_for_no_operational_alert_and_is_a_mail_of_its_own() -> None:
    plan = plan_messages("redaction", [health("a"), waiting("b", at=NOW + SECOND)], MAIL, NOW + SECOND)
    assert (ids(plan), [one for one, _ in plan.held]) == ([("b",)], ["a"])
    assert ids(plan_messages("redaction", [health("a"), waiting("b")], MAIL, NOW + GATHERING)) == [("b",), ("a",)]


PARIS = ZoneInfo("Europe/Paris")
MORNING_DIGEST = Policy(Together.SUBJECT, when=parse_schedule("daily 08:00"), zone=PARIS)
NIGHTS = Policy(Together.SUBJECT, quiet=parse_quiet("22:00-07:00"), zone=PARIS)
LIMITED = Policy(most_per_hour=2)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EIGHT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
"""08:00 in Paris, on the day after `NOW`."""


def held(plan: Plan) -> dict[str, tuple[datetime, str]]:
    return {name: (hold.until, hold.reason) for name, hold in plan.held}


def test_a_channel_with_a_schedule_is_told_nothing_before_its_time() -> None:
    plan = plan_messages("redaction", [waiting("a"), waiting("b", article=2)], MORNING_DIGEST, NOW)
    assert plan.messages == ()
    assert held(plan) == {"a": (EIGHT, "digest"), "b": (EIGHT, "digest")}
    assert {hold.kind for _, hold in plan.held} == {HoldKind.DIGEST}


def test_all_of_a_period_is_one_message_that_says_when_it_was_to_go_out() -> None:
    waits = [waiting("a"), waiting("b", article=2, at=NOW + HOUR), waiting("c", article=3, at=EIGHT - SECOND)]
    (message,) = plan_messages("redaction", waits, MORNING_DIGEST, EIGHT).messages
    assert (set(message.delivery_ids), message.roll) == ({"a", "b", "c"}, Roll(RollKind.DIGEST, EIGHT))
    assert message.message_id == make_bundle_id("redaction", ["a", "b", "c"])


def test_what_comes_after_the_moment_waits_for_the_next_digest() -> None:
    plan = plan_messages("redaction", [waiting("a"), waiting("b", article=2, at=EIGHT)], MORNING_DIGEST, EIGHT)
    assert (ids(plan), held(plan)) == ([("a",)], {"b": (EIGHT + DAY, "digest")})


def test_a_digest_that_was_missed_is_made_at_once_and_says_since_when_it_is_late() -> None:
    waits = [waiting("a"), waiting("b", article=2, at=NOW + DAY)]
    (message,) = plan_messages("redaction", waits, MORNING_DIGEST, EIGHT + DAY + HOUR).messages
    assert (set(message.delivery_ids), message.roll) == ({"a", "b"}, Roll(RollKind.DIGEST, EIGHT))


def test_a_channel_of_single_messages_gets_a_digest_as_one_message_too() -> None:
    plan = plan_messages("hook", [waiting("a"), waiting("b", article=2)], replace(MORNING_DIGEST, together=Together.NONE), EIGHT)
    assert ids(plan) == [("a", "b")]


def test_in_quiet_hours_nothing_is_told_and_afterwards_all_of_it_as_ever() -> None:
    night = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    seven = EIGHT - HOUR
    waits = [waiting("a", at=night), waiting("b", article=2, at=night)]
    plan = plan_messages("redaction", waits, NIGHTS, night)
    assert (plan.messages, held(plan)) == ((), {"a": (seven, "quiet hours"), "b": (seven, "quiet hours")})
    assert {hold.kind for _, hold in plan.held} == {HoldKind.QUIET}
    after = plan_messages("redaction", waits, NIGHTS, seven)
    assert (ids(after), [message.roll for message in after.messages]) == ([("a",), ("b",)], [None, None])


def test_a_digest_that_falls_into_quiet_hours_comes_at_their_end_and_is_not_late() -> None:
    policy = replace(MORNING_DIGEST, quiet=parse_quiet("07:30-09:00"))
    nine = EIGHT + HOUR
    assert held(plan_messages("redaction", [waiting("a")], policy, EIGHT)) == {"a": (nine, "quiet hours")}
    (message,) = plan_messages("redaction", [waiting("a")], policy, nine).messages
    assert message.roll == Roll(RollKind.DIGEST, nine)


def test_what_is_held_until_quiet_hours_is_said_to_wait_for_their_end() -> None:
    two = NOW + 3 * HOUR  # in Paris
    siesta = Policy(when=parse_schedule("daily 13:00"), quiet=parse_quiet("12:30-14:00"), zone=PARIS)
    assert held(plan_messages("hook", [waiting("a")], siesta, NOW)) == {"a": (two, "digest")}
    limited = replace(siesta, when=None, most_per_hour=1)
    late = NOW + HOUR
    assert held(plan_messages("hook", [waiting("a", at=late)], limited, late, told_lately=[late])) == {"a": (two, "limit")}
    told = Told((late,), has_arrived=True)
    follows = replace(waiting("a", at=late), is_follow_up=True, story_id=1, told=told)
    assert held(plan_messages("hook", [follows], replace(siesta, when=None), late)) == {"a": (two, "follow-up")}


def test_beyond_the_limit_the_rest_of_the_hour_is_held_and_then_one_summary() -> None:
    first = NOW - 50 * MINUTE
    waits = [waiting(name, article=number) for number, name in enumerate("abc")]
    plan = plan_messages("hook", waits, LIMITED, NOW, told_lately=[first])
    assert (ids(plan), held(plan)) == ([("a",)], {"b": (first + HOUR, "limit"), "c": (first + HOUR, "limit")})
    assert {hold.kind for _, hold in plan.held} == {HoldKind.LIMIT}
    then = first + HOUR
    waits = [replace(waiting(name, article=number, at=NOW, due_at=then), held=HoldKind.LIMIT) for number, name in enumerate("bc")]
    (summary,) = plan_messages("hook", waits, LIMITED, then, told_lately=[NOW]).messages
    assert (summary.delivery_ids, summary.roll) == (("b", "c"), Roll(RollKind.SUMMARY, then))


def test_the_hour_of_a_limit_begins_with_the_first_message() -> None:
    waits = [waiting(name, article=number) for number, name in enumerate("abc")]
    plan = plan_messages("hook", waits, LIMITED, NOW)
    assert (ids(plan), held(plan)) == ([("a",), ("b",)], {"c": (NOW + HOUR, "limit")})


def test_a_summary_goes_out_whatever_the_limit_and_uses_none_of_it() -> None:
    waits = [replace(waiting("a"), held=HoldKind.LIMIT), waiting("b", article=2), waiting("c", article=3)]
    plan = plan_messages("hook", waits, LIMITED, NOW, told_lately=[NOW - MINUTE])
    assert [(message.delivery_ids, message.roll is None) for message in plan.messages] == [(("a",), False), (("b",), True)]
    assert set(held(plan)) == {"c"}


def test_what_is_urgent_is_held_by_no_policy_and_is_no_part_of_a_digest() -> None:
    night = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
    for policy in (MORNING_DIGEST, NIGHTS, replace(LIMITED, most_per_hour=1)):
        waits = [replace(waiting("a", at=night), urgent=True), replace(waiting("b", article=2, at=night), urgent=True)]
        plan = plan_messages("redaction", waits, policy, night, told_lately=[night])
        assert (ids(plan), [message.roll for message in plan.messages]) == ([("a",), ("b",)], [None, None])
    both = [replace(waiting("a"), urgent=True), waiting("b", article=2)]
    assert ids(plan_messages("redaction", both, MORNING_DIGEST, EIGHT)) == [("a",), ("b",)]


def test_of_alerts_made_together_one_urgent_takes_the_others_with_it_past_a_limit() -> None:
    waits = [replace(waiting("a"), urgent=True), waiting("b")]
    assert ids(plan_messages("redaction", waits, Policy(Together.SUBJECT, most_per_hour=1), NOW, told_lately=[NOW])) == [("a", "b")]


def test_operational_alerts_wait_for_quiet_hours_only() -> None:
    strict = Policy(when=parse_schedule("daily 08:00"), most_per_hour=1, zone=PARIS)
    failing = replace(waiting("a"), subject=source_subject("https://a.example/feed"))
    line = replace(waiting("b"), subject=OUR_LINE)
    assert ids(plan_messages("hook", [failing, line], strict, NOW, told_lately=[NOW])) == [("b",), ("a",)]
    quiet = replace(strict, quiet=parse_quiet("10:00-12:00"))
    assert set(held(plan_messages("hook", [failing], quiet, NOW))) == {"a"}


@given(
    times=st.lists(st.integers(0, 40 * 24 * 60), max_size=40),
    policy=st.sampled_from([MORNING_DIGEST, NIGHTS, LIMITED, replace(MORNING_DIGEST, quiet=parse_quiet("sat sun 22:00-07:00"))]),
)
def test_over_a_month_with_a_change_of_the_clock_each_alert_is_told_once_and_never_in_quiet_hours(times: list[int], policy: Policy) -> None:
    begin = datetime(2026, 3, 10, tzinfo=UTC)
    coming = sorted((begin + minute * MINUTE, f"d{number}") for number, minute in enumerate(times))
    waits: list[WaitingDelivery] = []
    told: list[str] = []
    sealed: list[datetime] = []
    now = begin
    while coming or waits:
        now = max(now, min([at for at, _ in coming[:1]] + [one.due_at for one in waits]))
        waits += [waiting(name, article=int(name[1:]), at=at) for at, name in coming if at <= now]
        coming = [(at, name) for at, name in coming if at > now]
        due = [one for one in waits if one.due_at <= now]
        plan = plan_messages("redaction", due, policy, now, told_lately=[at for at in sealed if at > now - HOUR])
        assert not (plan.messages and policy.quiet and policy.quiet.end_after(now, PARIS))
        told += [name for message in plan.messages for name in message.delivery_ids]
        sealed += [now for message in plan.messages if message.roll is None]
        holds = dict(plan.held)
        assert all(hold.until > now for hold in holds.values())
        gone = {name for message in plan.messages for name in message.delivery_ids}
        waits = [one for one in waits if one.delivery_id not in gone]
        waits = [
            replace(one, due_at=holds[one.delivery_id].until, held=holds[one.delivery_id].kind) if one.delivery_id in holds else one
            for one in waits
        ]
    assert sorted(told) == sorted(f"d{number}" for number in range(len(times)))
    if policy.most_per_hour:
        assert all(sum(at - HOUR < other <= at for other in sealed) <= policy.most_per_hour for at in sealed)


def test_a_surge_is_told_as_it_comes_by_itself_and_keeps_quiet_hours_alone() -> None:
    surge = WaitingDelivery("a", volume_subject("OTAN"), NOW, NOW, NOW + 3 * DAY, topic="OTAN")
    for together in Together:
        busy = Policy(together, when=parse_schedule("daily 08:00"), most_per_hour=1)
        plan = plan_messages("redaction", [surge, health("b", at=NOW - DAY), waiting("c")], busy, NOW, told_lately=[NOW])
        assert ("a",) in ids(plan)
        assert [name for name, _ in plan.held] == ["c"]
    quiet = Policy(Together.SUBJECT, quiet=parse_quiet("09:00-12:00"))
    assert [hold.kind for _, hold in plan_messages("redaction", [surge], quiet, NOW).held] == [HoldKind.QUIET]


def test_a_surge_is_muted_with_its_topic() -> None:
    surge = WaitingDelivery("a", volume_subject("OTAN"), NOW, NOW, NOW + 3 * DAY, topic="OTAN")
    mute = Mute(MuteKind.TOPIC, "OTAN", "OTAN", NOW - DAY, None)
    assert [name for name, _ in plan_messages("hook", [surge], HOOK, NOW, mutes=[mute]).muted] == ["a"]


def test_a_message_of_a_channel_that_escalates_says_when_it_does_from_its_sealing_on() -> None:
    later = NOW + timedelta(hours=1)
    (message,) = plan_messages("hook", [waiting("a")], Policy(escalate=Escalation(timedelta(minutes=30), "astreinte")), later).messages
    assert message.escalate_at == later + timedelta(minutes=30)
    (message,) = plan_messages("hook", [waiting("a")], HOOK, later).messages
    assert message.escalate_at is None


def test_what_was_escalated_and_acknowledged_since_is_told_nobody_unless_somebody_asks_for_it() -> None:
    settled = replace(waiting("a"), acknowledged=True)
    assert plan_messages("hook", [settled], HOOK, NOW).muted == (("a", "it was acknowledged before it was told here"),)
    assert ids(plan_messages("hook", [replace(settled, held=HoldKind.ASKED)], HOOK, NOW)) == [("a",)]


FIRST = replace(waiting("a"), first_poll=True)


def test_what_a_source_held_when_first_seen_waits_for_the_rest_of_it_an_hour_at_most() -> None:
    hour = timedelta(hours=1)
    early = replace(FIRST, more_to_come=True)
    for now in (NOW, NOW + hour - SECOND):
        plan = plan_messages("hook", [early, waiting("b")], HOOK, now)
        assert plan.held == (("a", Hold(NOW + hour, HoldKind.FIRST_POLL, "digest")),)
        assert ids(plan) == [("b",)]
    assert ids(plan_messages("hook", [early], HOOK, NOW + hour)) == [("a",)]
    assert ids(plan_messages("hook", [replace(early, held=HoldKind.ASKED)], HOOK, NOW)) == [("a",)]


def test_all_of_it_is_one_message_apart_from_what_is_news_and_counts_to_no_limit() -> None:
    first = [replace(waiting(name, article), first_poll=True) for article, name in enumerate("abc")]
    for policy in (HOOK, MAIL, Policy(most_per_hour=1)):
        plan = plan_messages("hook", [*first, waiting("z", article=9)], policy, NOW)
        assert ids(plan) == [("a", "b", "c"), ("z",)]
        assert [message.roll for message in plan.messages] == [Roll(RollKind.FIRST_POLL, NOW), None]
    assert ids(plan_messages("hook", [replace(one, held=HoldKind.ASKED) for one in first], HOOK, NOW)) == [("a",), ("b",), ("c",)]


def test_a_channel_with_a_digest_has_it_there_and_one_that_is_quiet_when_that_ends() -> None:
    daily = Policy(when=parse_schedule("daily 12:00"))
    assert plan_messages("hook", [FIRST], daily, NOW).held == (("a", Hold(NOW + timedelta(hours=2), HoldKind.DIGEST, "digest")),)
    (message,) = plan_messages("hook", [FIRST, waiting("z")], daily, NOW + DAY).messages
    assert (message.delivery_ids, message.roll) == (("a", "z"), Roll(RollKind.DIGEST, NOW + timedelta(hours=2)))
    quiet = Policy(quiet=parse_quiet("09:00-11:00"))
    assert [hold.kind for _, hold in plan_messages("hook", [FIRST], quiet, NOW).held] == [HoldKind.QUIET]


def test_what_is_urgent_in_it_passes_quiet_hours_and_digests_and_is_still_one_message() -> None:
    urgent = [replace(waiting(name, article), first_poll=True, urgent=True) for article, name in enumerate("ab")]
    policy = Policy(when=parse_schedule("daily 12:00"), quiet=parse_quiet("09:00-11:00"))
    (message,) = plan_messages("hook", urgent, policy, NOW).messages
    assert (message.delivery_ids, message.roll) == (("a", "b"), Roll(RollKind.FIRST_POLL, NOW))


def test_what_a_clock_that_was_ahead_has_made_waits_for_no_time_that_would_not_come() -> None:
    for policy, delivery in (
        (MORNING_DIGEST, waiting("a", at=NOW + 365 * DAY, due_at=NOW)),
        (MAIL, replace(health("a", at=NOW + 365 * DAY), due_at=NOW)),
        (MAIL, replace(waiting("a", at=NOW + 365 * DAY, due_at=NOW), first_poll=True, more_to_come=True)),
    ):
        (message,) = plan_messages("redaction", [delivery], policy, NOW).messages
        assert message.roll is None or message.roll.due_at == NOW
    a_second = waiting("a", at=NOW + SECOND, due_at=NOW)
    assert set(held(plan_messages("redaction", [a_second], MORNING_DIGEST, NOW))) == {"a"}


@pytest.mark.parametrize(
    ("sealed_at", "sent_at", "counts_at"),
    [
        (NOW - MINUTE, None, NOW - MINUTE),
        (NOW - 30 * MINUTE, NOW - 20 * MINUTE, NOW - 20 * MINUTE),
        (NOW - 5 * HOUR, NOW - MINUTE, NOW - MINUTE),
        (NOW - 5 * HOUR, None, NOW),
        (NOW - MINUTE, NOW + MINUTE, NOW - MINUTE),
    ],
)
def test_a_message_counts_from_when_it_was_sealed_then_arrived_and_as_told_now_while_nobody_has_it(
    sealed_at: datetime, sent_at: datetime | None, counts_at: datetime
) -> None:
    assert count_as_told(sealed_at, sent_at, NOW) == counts_at
