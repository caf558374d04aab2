"""What goes out as one message, what waits, and what is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from news.alerts import OUR_LINE, Subject, article_subject, channel_subject, make_bundle_id, source_subject
from news.delivering import (
    GATHERING,
    GiveUp,
    Hold,
    HoldKind,
    Plan,
    Policy,
    Together,
    WaitingDelivery,
    judge_absent,
    plan_absent,
    plan_messages,
)

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
