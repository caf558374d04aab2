"""What is silenced, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.alerts import article_subject, source_subject
from news.delivering import plan_messages
from news.muting import Appearance, Mentioned, Mute, MuteKind, find_mute, is_loud_elsewhere
from news.plans import HoldKind, Plan, Policy, Together, WaitingDelivery
from news.schedules import parse_schedule

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = "https://a.example/feed"
OTAN = Mute(MuteKind.TOPIC, "OTAN", "OTAN", NOW, NOW + HOUR)


@pytest.mark.parametrize(
    ("kind", "key", "is_muted"),
    [
        (MuteKind.TOPIC, "OTAN", True),
        (MuteKind.TOPIC, "hook", False),
        (MuteKind.CHANNEL, "hook", True),
        (MuteKind.CHANNEL, "OTAN", False),
        (MuteKind.SOURCE, SOURCE, True),
        (MuteKind.SOURCE, "OTAN", False),
    ],
)
def test_a_mute_silences_what_is_of_its_kind_and_key(kind: MuteKind, key: str, is_muted: bool) -> None:
    mute = Mute(kind, key, "name", NOW)
    assert find_mute([mute], Mentioned("OTAN", SOURCE, "hook"), NOW) == (mute if is_muted else None)


def test_it_silences_what_was_made_while_it_held_its_beginning_included_and_its_end_not() -> None:
    moments = (NOW - HOUR, NOW, NOW + HOUR - timedelta(seconds=1), NOW + HOUR)
    assert [OTAN.holds_at(moment) for moment in moments] == [False, True, True, False]
    assert replace(OTAN, until=None).holds_at(NOW + 999 * HOUR)


def waiting(name: str, at: datetime = NOW, **rest: object) -> WaitingDelivery:
    fields = {"topic": "OTAN", "source": SOURCE, **rest}
    return WaitingDelivery(name, article_subject(1), at, at, at + 72 * HOUR, **fields)  # type: ignore[arg-type]


def plan(*deliveries: WaitingDelivery, policy: Policy | None = None, mutes: tuple[Mute, ...] = (OTAN,)) -> Plan:
    return plan_messages("hook", deliveries, policy or Policy(), NOW, mutes=mutes)


def test_what_is_muted_is_no_message_and_carries_its_reason() -> None:
    made = plan(waiting("a"), waiting("b", topic="Fibre"), waiting("c", at=NOW - HOUR))
    assert [message.delivery_ids for message in made.messages] == [("c",), ("b",)]
    assert (made.muted, made.held) == ((("a", "the topic OTAN was muted"),), ())


def test_what_is_muted_is_muted_before_it_is_held() -> None:
    made = plan(waiting("a"), policy=Policy(when=parse_schedule("daily 08:00")))
    assert (made.held, len(made.muted)) == ((), 1)


def test_each_kind_says_what_was_muted() -> None:
    mutes = (Mute(MuteKind.CHANNEL, "hook", "hook", NOW), Mute(MuteKind.SOURCE, SOURCE, "Le Journal", NOW))
    assert [plan(waiting("a"), mutes=(mute,)).muted[0][1] for mute in mutes] == [
        "the channel hook was muted",
        "the source Le Journal was muted",
    ]


def test_an_operational_alert_on_a_muted_source_is_muted() -> None:
    failing = replace(waiting("a"), subject=source_subject(SOURCE), topic="")
    assert plan(failing, mutes=(Mute(MuteKind.SOURCE, SOURCE, "Le Journal", NOW),)).muted


def test_what_somebody_asked_for_goes_out_whatever_is_muted_or_wanted() -> None:
    daily = Policy(Together.SUBJECT, when=parse_schedule("daily 08:00"), most_per_hour=1)
    asked = replace(waiting("a"), held=HoldKind.ASKED)
    made = plan_messages("hook", [asked], daily, NOW, told_lately=[NOW], mutes=[OTAN])
    assert [(message.delivery_ids, message.roll) for message in made.messages] == [(("a",), None)]


ELSEWHERE = "https://b.example/feed"


@pytest.mark.parametrize(
    ("appearances", "is_loud"),
    [
        ([], False),
        ([Appearance(SOURCE, NOW)], False),
        ([Appearance(SOURCE, NOW), Appearance(ELSEWHERE, NOW - HOUR)], True),
        ([Appearance(ELSEWHERE, NOW)], False),
        ([Appearance(ELSEWHERE, NOW + HOUR)], True),
    ],
)
def test_an_article_is_loud_elsewhere_if_a_source_shows_it_that_is_not_muted_then(appearances: list[Appearance], is_loud: bool) -> None:
    mutes = [Mute(MuteKind.SOURCE, SOURCE, "A", NOW), Mute(MuteKind.SOURCE, ELSEWHERE, "B", NOW, NOW + HOUR)]
    assert is_loud_elsewhere(SOURCE, appearances, mutes) is is_loud
