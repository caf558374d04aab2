"""What escalates to a second channel, and what people acknowledge, in an archive that is in use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from news.alerts import AttemptResult, DeliveryStatus, EscalatedFrom, EscalationCause, source_subject
from news.errors import ArchiveError
from news.escalating import Escalated, Escalation
from news.health_news import HealthEvent, HealthNews
from news.muting import Mute, MuteKind
from news.plans import Policy
from news.schedules import parse_quiet
from news.timing import DELIVERY_LIFETIME
from news.topics import Topic
from storage import acknowledge, mute, retry_deliveries
from storage.recording.health import raise_health_alert
from tests.desk import A, Desk, entry

MINUTE = timedelta(minutes=1)
TO_ASTREINTE = Escalation(30 * MINUTE, "astreinte")
TO_CHIEF = Escalation(10 * MINUTE, "chef")
BACK = Escalation(10 * MINUTE, "hook")
POLICY = Policy(escalate=TO_ASTREINTE)
HOOK = {"hook": TO_ASTREINTE}


@pytest.fixture
def told(desk: Desk) -> Desk:
    """An archive with one alert, whose message to `hook` is sealed."""
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()
    return desk


def attempt(desk: Desk, status: DeliveryStatus, channel: str = "hook") -> None:
    (bundle,) = desk.archive.due_messages(channel, desk.now, 100, ())
    error = None if status is DeliveryStatus.SENT else "gone"
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, desk.now, status, None, error)]).result()


def escalate(desk: Desk, after: timedelta, wanted: dict[str, Escalation] | None = None) -> list[Escalated]:
    """Move on by so much, and escalate what is due then."""
    desk.tick(desk.now + after)
    return desk.archive.escalate_due(HOOK if wanted is None else wanted, desk.now, 100).result()


def deliveries(desk: Desk) -> dict[str, dict[str, Any]]:
    (alert,) = desk.log(topic="Espace")
    return {one["channel"]: one for one in alert["deliveries"]}


def alert_id(desk: Desk) -> str:
    (alert,) = desk.log(topic="Espace")
    return str(alert["id"])


def test_what_nobody_acknowledges_in_time_goes_to_the_second_channel_once_across_a_restart(told: Desk) -> None:
    attempt(told, DeliveryStatus.SENT)
    assert deliveries(told)["hook"]["escalates_at"] == "2025-02-10T12:33:00Z"
    assert not told.archive.has_due_escalations(told.now + 30 * MINUTE - timedelta(seconds=1))
    told.reopen()
    assert told.archive.has_due_escalations(told.now + 30 * MINUTE)
    (one,) = escalate(told, 30 * MINUTE)
    assert (one.channel, one.to, one.cause) == ("hook", "astreinte", EscalationCause.UNACKNOWLEDGED)
    told.reopen()
    assert not told.archive.has_due_escalations(told.now + 99 * MINUTE)
    assert escalate(told, 30 * MINUTE) == []
    (bundle,) = told.due()
    assert (bundle.channel, bundle.alerts[0].alert_id) == ("astreinte", alert_id(told))
    assert told.rows("SELECT julianday(give_up_at) - julianday(created_at) FROM deliveries WHERE channel = 'astreinte'") == [
        (pytest.approx(DELIVERY_LIFETIME / timedelta(days=1)),)
    ]
    second = deliveries(told)["astreinte"]
    assert (second["escalated_from"], second["escalated_because"]) == ("hook", "unacknowledged")
    assert deliveries(told)["hook"]["escalates_at"] is None


@pytest.mark.parametrize("cause", EscalationCause)
def test_its_message_knows_from_where_it_escalated_and_that_of_the_first_channel_says_nothing(told: Desk, cause: EscalationCause) -> None:
    (first,) = told.archive.due_messages("hook", told.now, 100, ())
    attempt(told, DeliveryStatus.DEAD if cause is EscalationCause.DEAD else DeliveryStatus.SENT)
    escalate(told, 30 * MINUTE)
    told.archive.seal_messages("astreinte", Policy(), told.now, 100).result()
    (second,) = told.archive.due_messages("astreinte", told.now, 100, ())
    assert (first.escalated, second.escalated) == ((), (EscalatedFrom(alert_id(told), "hook", cause),))


def test_what_is_given_up_goes_there_at_once(told: Desk) -> None:
    assert escalate(told, MINUTE) == []
    attempt(told, DeliveryStatus.DEAD)
    (one,) = escalate(told, timedelta())
    assert one.cause is EscalationCause.DEAD
    assert escalate(told, 60 * MINUTE) == []


def test_what_was_escalated_is_not_again_when_it_is_sent_again_and_given_up_again(told: Desk) -> None:
    attempt(told, DeliveryStatus.DEAD)
    escalate(told, MINUTE)
    retry_deliveries(told.path, [alert_id(told)], told.now)
    attempt(told, DeliveryStatus.DEAD)
    assert escalate(told, 60 * MINUTE) == []


def test_what_was_sealed_while_its_channel_did_not_escalate_does_not_when_it_is_given_up(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    desk.seal("hook")
    attempt(desk, DeliveryStatus.DEAD)
    assert not desk.archive.has_due_escalations(desk.now)


def test_a_crash_within_the_step_leaves_it_to_be_done_and_done_once(told: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("storage.recording.escalations.insert_escalated", lambda *_: 1 / 0)
        with pytest.raises((ArchiveError, ZeroDivisionError)):
            escalate(told, 30 * MINUTE)
    assert list(deliveries(told)) == ["hook"]
    assert len(escalate(told, timedelta())) == 1


def test_an_acknowledged_alert_stays_where_it_is(told: Desk) -> None:
    attempt(told, DeliveryStatus.SENT)
    assert acknowledge(told.path, [alert_id(told)[:8]], told.now) == (1, [])
    assert acknowledge(told.path, [alert_id(told)], told.now + MINUTE) == (1, [])
    assert told.log()[0]["acknowledged_at"] == "2025-02-10T12:03:00Z"
    assert deliveries(told)["hook"]["escalates_at"] is None
    assert not told.archive.has_due_escalations(told.now + 60 * MINUTE)
    assert escalate(told, 60 * MINUTE) == []
    assert list(deliveries(told)) == ["hook"]


def test_an_alert_is_acknowledged_by_its_delivery_and_by_the_message_that_tells_it_with_others(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)), Topic("Ariane", "fusée", ("hook",)))
    desk.watch(A)
    desk.mail = frozenset({"hook"})
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    (bundle,) = desk.due()
    assert acknowledge(desk.path, [bundle.delivery_ids[0]], desk.now) == (1, [])
    assert [alert["acknowledged_at"] is None for alert in desk.log()].count(True) == 1
    assert acknowledge(desk.path, [bundle.bundle_id], desk.now) == (2, [])
    assert all(alert["acknowledged_at"] for alert in desk.log())
    assert acknowledge(desk.path, ["nothing", "zzzz9999"], desk.now) == (0, ["nothing", "zzzz9999"])


def test_an_alert_acknowledged_before_its_message_is_sealed_does_not_escalate(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    acknowledge(desk.path, [alert_id(desk)], desk.now)
    desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()
    assert deliveries(desk)["hook"]["escalates_at"] is None
    assert escalate(desk, 30 * MINUTE) == []


def test_what_waits_for_quiet_hours_to_end_escalates_only_after_it_was_told(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))  # at 12:03
    policy = Policy(quiet=parse_quiet("12:00-13:00"), escalate=TO_ASTREINTE)
    desk.archive.seal_messages("hook", policy, desk.now, 100).result()
    assert escalate(desk, 57 * MINUTE) == []
    desk.archive.seal_messages("hook", policy, desk.now, 100).result()
    assert deliveries(desk)["hook"]["escalates_at"] == "2025-02-10T13:30:00Z"


def test_what_is_acknowledged_while_it_waits_at_the_second_channel_is_not_told_there(told: Desk) -> None:
    escalate(told, 30 * MINUTE)
    acknowledge(told.path, [alert_id(told)], told.now)
    assert [bundle.channel for bundle in told.due()] == ["hook"]
    second = deliveries(told)["astreinte"]
    assert (second["status"], second["reason"]) == ("muted", "it was acknowledged before it was told here")


def test_an_acknowledged_alert_is_told_all_the_same_where_its_topic_wants_it(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    acknowledge(desk.path, [alert_id(desk)], desk.now)
    assert [bundle.channel for bundle in desk.due()] == ["hook"]


def test_a_channel_that_has_the_alert_already_is_not_told_again(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook", "astreinte")))
    desk.watch(A)
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()
    assert escalate(desk, 30 * MINUTE) == []
    assert deliveries(desk)["astreinte"]["escalated_from"] is None
    assert not desk.archive.has_due_escalations(desk.now)


def test_channels_that_escalate_in_a_circle_are_told_once_each(told: Desk) -> None:
    wanted = {"hook": TO_ASTREINTE, "astreinte": TO_CHIEF, "chef": BACK}
    assert [one.to for one in escalate(told, 30 * MINUTE, wanted)] == ["astreinte"]
    told.archive.seal_messages("astreinte", Policy(escalate=TO_CHIEF), told.now, 100).result()
    assert escalate(told, 9 * MINUTE, wanted) == []
    assert [one.to for one in escalate(told, MINUTE, wanted)] == ["chef"]
    told.archive.seal_messages("chef", Policy(escalate=BACK), told.now, 100).result()
    assert escalate(told, 10 * MINUTE, wanted) == []
    assert list(deliveries(told)) == ["astreinte", "chef", "hook"]


def test_without_the_key_what_waited_to_escalate_no_longer_does(told: Desk) -> None:
    assert escalate(told, 30 * MINUTE, {}) == []
    assert escalate(told, 30 * MINUTE) == []


def test_a_topic_that_was_muted_meanwhile_is_not_told_there_either(told: Desk) -> None:
    mute(told.path, Mute(MuteKind.TOPIC, "Espace", "Espace", told.now + MINUTE))
    escalate(told, 30 * MINUTE)
    assert [bundle.channel for bundle in told.due()] == ["hook"]
    assert deliveries(told)["astreinte"]["status"] == "muted"


def test_so_many_at_a_time_and_the_longest_due_first(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    for number in range(3):
        desk.poll(A, entry(f"La fusée {number}", f"https://a.example/{number}"))
        desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()
    desk.tick(desk.now + 60 * MINUTE)
    first = desk.archive.escalate_due(HOOK, desk.now, 2).result()
    rest = desk.archive.escalate_due(HOOK, desk.now, 2).result()
    titles = {alert["id"]: alert["article_title"] for alert in desk.log()}
    assert [titles[one.alert_id] for one in (*first, *rest)] == ["La fusée 0", "La fusée 1", "La fusée 2"]


def test_a_clock_that_was_ahead_puts_no_escalation_off(told: Desk) -> None:
    told.archive.set_back(timedelta(minutes=20), told.now).result()
    assert deliveries(told)["hook"]["escalates_at"] == "2025-02-10T12:13:00Z"


def operational(desk: Desk, *problems: bool) -> None:
    """A source that fails, or is well, poll by poll; what of it is told goes to `hook`."""
    desk.follow(health_notify=("hook",))
    desk.watch(A)
    for is_failing in problems:
        for _ in range(4):
            desk.tick(desk.now + 30 * MINUTE)
            desk.fail_poll(A) if is_failing else desk.poll(A, entry("Rien", "https://a.example/0"))
        desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()


def test_a_trouble_that_goes_on_escalates(desk: Desk) -> None:
    operational(desk, False, True)
    assert len(escalate(desk, 30 * MINUTE)) == 1


def test_what_was_told_of_another_matter_of_the_source_since_outdates_nothing(desk: Desk) -> None:
    desk.follow(health_notify=("hook",))
    desk.watch(A)
    for event, after in ((HealthEvent.GAP, "gap"), (HealthEvent.STATE, "failing")):
        news = HealthNews(event, "Le Journal", after)
        desk.archive._submit(raise_health_alert, ("hook",), source_subject(A), news, desk.tick()).result()
        desk.archive.seal_messages("hook", POLICY, desk.now, 100).result()
    assert len(escalate(desk, 30 * MINUTE)) == 2


def test_neither_that_a_trouble_is_over_nor_what_was_told_of_it_before_escalates(desk: Desk) -> None:
    operational(desk, False, True, False)
    assert len(desk.log()) == 2
    assert escalate(desk, 30 * MINUTE) == []
