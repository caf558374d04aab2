"""What dispatch relies on in an outbox: one contract, held by the archive and by the outbox in a list that tests of sending use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors import Outbox
from news.alerts import (
    AttemptResult,
    Bundle,
    DeliveryStatus,
    RecipientOutcome,
    RecipientStatus,
    Roll,
    RollKind,
    make_bundle_id,
    make_delivery_id,
)
from news.circuits import CLOSED, Circuit
from news.delivering import hold_sealed
from news.plans import Policy, Together
from news.schedules import parse_quiet, parse_schedule
from news.topics import Topic
from tests.desk import A, Desk, entry
from tests.outbox import MORNING, ListOutbox, make_alert, make_bundle

MAIL, HOOK = Policy(Together.SUBJECT), Policy()
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
TOPICS = ("Ariane", "Fusée")


class Listed:
    """Alerts brought to the outbox in a list."""

    def __init__(self) -> None:
        self.outbox: Outbox = ListOutbox()
        self.now = MORNING

    def bring(self, name: str, *channels: str, topics: Sequence[str] = TOPICS) -> datetime:
        self.now += timedelta(minutes=1)
        for topic in topics:
            (article,) = make_bundle(number=int(name)).alerts
            self.outbox.find(make_alert(topic, article.about, self.now), *channels)
        return self.now


class Archived:
    """Alerts brought to an archive, by articles that match."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.outbox: Outbox = desk.archive
        desk.watch(A)

    @property
    def now(self) -> datetime:
        return self._desk.now

    def bring(self, name: str, *channels: str, topics: Sequence[str] = TOPICS) -> datetime:
        self._desk.follow(*(Topic(topic, "fusée", channels) for topic in topics))
        self._desk.poll(A, entry(f"La fusée {name}", f"https://a.example/{name}"))
        return self._desk.now


Office = Listed | Archived


@pytest.fixture(params=["list", "archive"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    if request.param == "list":
        yield Listed()
    else:
        with Desk(tmp_path / "archive.db", []) as desk:
            yield Archived(desk)


def due(office: Office, channel: str, at: datetime | None = None, limit: int = 100, without: Sequence[str] = ()) -> list[Bundle]:
    return office.outbox.due_messages(channel, at or office.now, limit, frozenset(without))


def seal(office: Office, channel: str, policy: Policy = MAIL, at: datetime | None = None, limit: int = 100) -> int:
    return office.outbox.seal_messages(channel, policy, at or office.now, limit).result()


def attempt(office: Office, bundle: Bundle, status: DeliveryStatus, again_at: datetime | None = None) -> None:
    error = None if status is DeliveryStatus.SENT else "no"
    office.outbox.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, office.now, status, again_at, error)]).result()


def test_attempts_are_recorded_together(office: Office) -> None:
    office.bring("1", "hook")
    seal(office, "hook", HOOK)
    first, second = due(office, "hook")
    office.outbox.record_attempts(
        [
            AttemptResult(first.bundle_id, first.delivery_ids, office.now, DeliveryStatus.SENT),
            AttemptResult(second.bundle_id, second.delivery_ids, office.now, DeliveryStatus.PENDING, office.now + SECOND, "no"),
        ]
    ).result()
    assert due(office, "hook") == []
    assert [(one.bundle_id, one.attempts) for one in due(office, "hook", office.now + SECOND)] == [(second.bundle_id, 1)]


def test_which_channels_are_left_alone_is_kept_until_all_is_as_usual(office: Office) -> None:
    paused = Circuit(frozenset("a"), 2, 3, office.now, office.now + DAY, asked=True, reason="no")
    office.outbox.note_circuit("redaction", paused).result()
    office.outbox.note_circuit("hook", replace(paused, until=None, asked=False)).result()
    kept = replace(paused, failed=frozenset(), arrived=0)
    assert office.outbox.load_circuits() == [("hook", replace(kept, until=None, asked=False)), ("redaction", kept)]
    office.outbox.note_circuit("redaction", CLOSED).result()
    assert [name for name, _ in office.outbox.load_circuits()] == ["hook"]


def test_what_is_due_and_has_had_its_days_is_given_up_a_portion_at_a_time_and_the_rest_is_not(office: Office) -> None:
    office.bring("1", "hook", "redaction")
    seal(office, "hook", HOOK)
    seal(office, "redaction")
    ids = {one.bundle_id for one in due(office, "hook")}
    ended = office.now + 3 * DAY
    assert office.outbox.give_up_overdue("hook", "no", ended - SECOND, 9).result() == []
    portions = [office.outbox.give_up_overdue("hook", "no", ended, 1).result() for _ in range(3)]
    assert [len(portion) for portion in portions] == [1, 1, 0]
    given_up = [result for portion in portions for result in portion]
    assert {result.bundle_id for result in given_up} == ids == {one for result in given_up for one in result.delivery_ids}
    assert {(result.status, result.error) for result in given_up} == {(DeliveryStatus.DEAD, "given up after 3 days; last: no")}
    assert due(office, "hook", ended) == []
    assert len(due(office, "redaction", ended)) == 1


def test_an_empty_outbox_has_nothing_due(office: Office) -> None:
    assert office.outbox.due_channels(office.now + 9 * DAY) == []
    assert due(office, "redaction") == []
    assert seal(office, "redaction") == 0
    assert office.outbox.hold_for_channel("redaction", office.now, 10).result() == []


def test_channels_are_due_by_name_as_soon_as_something_waits_for_them(office: Office) -> None:
    at = office.bring("1", "redaction", "hook", "autre")
    assert office.outbox.due_channels(at - SECOND) == []
    assert office.outbox.due_channels(at) == ["autre", "hook", "redaction"]


def test_a_channel_stays_due_while_its_messages_are_and_not_when_they_wait(office: Office) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction")
    assert office.outbox.due_channels(office.now) == ["redaction"]
    (bundle,) = due(office, "redaction")
    attempt(office, bundle, DeliveryStatus.PENDING, office.now + SECOND)
    assert office.outbox.due_channels(office.now) == []
    assert office.outbox.due_channels(office.now + SECOND) == ["redaction"]


def test_nothing_is_a_message_before_it_is_sealed(office: Office) -> None:
    office.bring("1", "redaction")
    assert due(office, "redaction", office.now + DAY) == []
    assert seal(office, "redaction") == 2
    assert len(due(office, "redaction")) == 1


def test_nothing_is_sealed_before_it_is_due_nor_twice(office: Office) -> None:
    at = office.bring("1", "redaction")
    assert seal(office, "redaction", at=at - SECOND) == 0
    assert [seal(office, "redaction"), seal(office, "redaction")] == [2, 0]


def test_the_policy_says_what_is_one_message(office: Office) -> None:
    at = office.bring("1", "redaction", "hook")
    seal(office, "redaction", MAIL)
    seal(office, "hook", HOOK)
    (mail,) = due(office, "redaction")
    assert [alert.topic for alert in mail.alerts] == ["Ariane", "Fusée"]
    assert mail.delivery_ids == tuple(make_delivery_id(alert.alert_id, "redaction") for alert in mail.alerts)
    assert (mail.bundle_id, mail.channel, mail.attempts) == (make_bundle_id("redaction", mail.delivery_ids), "redaction", 0)
    assert mail.give_up_at == at + 3 * DAY
    posts = due(office, "hook")
    assert sorted(post.alerts[0].topic for post in posts) == ["Ariane", "Fusée"]
    assert [(post.bundle_id,) for post in posts] == [post.delivery_ids for post in posts]


def test_what_waits_longest_is_due_first_and_what_is_in_hand_is_left_out(office: Office) -> None:
    for name in ("1", "2", "3"):
        office.bring(name, "redaction")
    seal(office, "redaction")
    first, second, third = due(office, "redaction")
    assert first.alerts[0].created_at < second.alerts[0].created_at < third.alerts[0].created_at
    assert due(office, "redaction", limit=2) == [first, second]
    assert due(office, "redaction", limit=2, without=[first.bundle_id]) == [second, third]
    assert due(office, "redaction", limit=1, without=[first.bundle_id, third.bundle_id]) == [second]


def test_the_oldest_are_sealed_first_and_what_was_made_together_is_never_cut_in_two(office: Office) -> None:
    for name in ("1", "2", "3"):
        office.bring(name, "redaction")
    assert [seal(office, "redaction", limit=limit) for limit in (1, 3, 1)] == [2, 4, 0]
    messages = due(office, "redaction")
    assert [len(one.alerts) for one in messages] == [2, 2, 2]
    assert messages == sorted(messages, key=lambda one: one.alerts[0].created_at)


def test_channels_know_nothing_of_each_other(office: Office) -> None:
    office.bring("1", "redaction", "hook")
    seal(office, "redaction")
    assert due(office, "hook") == []
    (mail,) = due(office, "redaction")
    attempt(office, mail, DeliveryStatus.SENT)
    assert seal(office, "hook", HOOK) == 2


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.DEAD])
def test_what_is_sent_or_given_up_is_never_due_again(office: Office, status: DeliveryStatus) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction")
    (bundle,) = due(office, "redaction")
    attempt(office, bundle, status)
    assert due(office, "redaction", office.now + 9 * DAY) == []
    assert office.outbox.due_channels(office.now + 9 * DAY) == []


def test_a_message_that_is_tried_again_is_the_same_message_with_one_attempt_more(office: Office) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction")
    (bundle,) = due(office, "redaction")
    attempt(office, bundle, DeliveryStatus.PENDING, office.now + 5 * SECOND)
    assert due(office, "redaction", office.now + 4 * SECOND) == []
    (again,) = due(office, "redaction", office.now + 5 * SECOND)
    assert (again.bundle_id, again.delivery_ids, again.alerts) == (bundle.bundle_id, bundle.delivery_ids, bundle.alerts)
    assert (again.attempts, again.give_up_at) == (1, bundle.give_up_at)


def held(office: Office, at: datetime | None = None, limit: int = 100) -> list[AttemptResult]:
    return office.outbox.hold_for_channel("hook", at or office.now, limit).result()


def test_what_waits_for_an_absent_channel_is_held_with_the_reason_whether_it_is_sealed_or_not(office: Office) -> None:
    office.bring("1", "hook")
    seal(office, "hook", HOOK)
    office.bring("2", "hook")
    told = held(office)
    assert len(told) == 4
    assert {(one.status, one.next_attempt_at) for one in told} == {(DeliveryStatus.PENDING, office.now + timedelta(hours=1))}
    assert all("channel hook is not in the configuration" in (one.error or "") for one in told)
    assert held(office) == []
    assert office.outbox.due_channels(office.now) == []


def test_what_is_held_is_looked_at_again_and_at_last_given_up_for_good(office: Office) -> None:
    at = office.bring("1", "hook")
    seal(office, "hook", HOOK)
    office.bring("2", "hook")
    held(office)
    assert office.outbox.due_channels(office.now + timedelta(hours=1)) == ["hook"]
    told = held(office, at + 4 * DAY)
    assert [(one.status, one.next_attempt_at) for one in told] == [(DeliveryStatus.DEAD, None)] * 4
    assert all("given up after 3 days" in (one.error or "") for one in told)
    office.outbox.sync_channels(["hook"], at + 4 * DAY).result()
    assert office.outbox.due_channels(at + 9 * DAY) == []


def test_what_was_held_is_due_at_once_and_in_order_when_its_channel_is_back(office: Office) -> None:
    office.bring("1", "hook", topics=["Fusée"])
    seal(office, "hook", HOOK)
    (before,) = due(office, "hook")
    office.bring("2", "hook", topics=["Fusée"])
    office.bring("3", "hook", topics=["Fusée"])
    held(office)
    office.outbox.sync_channels(["hook"], office.now).result()
    assert seal(office, "hook", HOOK) == 2
    messages = due(office, "hook")
    assert messages[0] == before
    assert messages == sorted(messages, key=lambda one: one.alerts[0].created_at)
    assert len(messages) == 3


def test_a_channel_that_is_not_back_stays_held(office: Office) -> None:
    office.bring("1", "hook")
    held(office)
    office.outbox.sync_channels(["redaction"], office.now).result()
    assert office.outbox.due_channels(office.now) == []


def test_what_waits_for_its_next_attempt_is_looked_at_once_its_channel_is_gone_and_due_when_that_is_back(office: Office) -> None:
    office.bring("1", "hook", topics=["Fusée"])
    seal(office, "hook", HOOK)
    (bundle,) = due(office, "hook")
    attempt(office, bundle, DeliveryStatus.PENDING, office.now + timedelta(hours=9))
    office.outbox.sync_channels(["hook"], office.now).result()
    assert office.outbox.due_channels(office.now) == []
    office.outbox.sync_channels([], office.now).result()
    assert [one.bundle_id for one in held(office)] == [bundle.bundle_id]
    office.outbox.sync_channels(["hook"], office.now).result()
    assert [(one.bundle_id, one.attempts) for one in due(office, "hook")] == [(bundle.bundle_id, 1)]


def test_the_next_attempt_is_told_how_each_recipient_stands_and_nothing_takes_a_message_away_again(office: Office) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction")
    for told in ({"a": "has", "b": "owed", "c": "refused"}, {"a": "owed", "b": "has"}):
        (bundle,) = due(office, "redaction")
        recipients = tuple(RecipientOutcome(name, RecipientStatus(status)) for name, status in told.items())
        result = AttemptResult(bundle.bundle_id, bundle.delivery_ids, office.now, DeliveryStatus.PENDING, office.now, "no", recipients)
        office.outbox.record_attempts([result]).result()
    (bundle,) = due(office, "redaction")
    assert {one.recipient: str(one.status) for one in bundle.recipients} == {"a": "has", "b": "has", "c": "refused"}


DIGEST = Policy(Together.SUBJECT, when=parse_schedule("hourly"))


def test_a_schedule_holds_all_until_its_moment_and_makes_one_message_of_it(office: Office) -> None:
    for name in ("1", "2"):
        office.bring(name, "redaction")
    at = office.now
    assert seal(office, "redaction", DIGEST) == 4
    assert (due(office, "redaction", at + DAY), office.outbox.due_channels(at)) == ([], [])
    moment = DIGEST.when.next_after(at, UTC)
    assert office.outbox.due_channels(moment) == ["redaction"]
    assert seal(office, "redaction", DIGEST, moment + SECOND) == 4
    (digest,) = due(office, "redaction", moment + SECOND)
    assert (len(digest.alerts), digest.roll) == (4, Roll(RollKind.DIGEST, moment, moment + SECOND))
    assert digest.bundle_id == make_bundle_id("redaction", digest.delivery_ids)


def test_a_digest_holds_more_than_is_planned_at_a_time(office: Office) -> None:
    for name in ("1", "2", "3"):
        office.bring(name, "redaction")
    moment = DIGEST.when.next_after(office.now, UTC)
    assert seal(office, "redaction", DIGEST, moment, limit=1) == 6
    assert len(due(office, "redaction", moment)) == 1


def test_a_changed_policy_holds_for_what_waits_from_the_reload_on(office: Office) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction", DIGEST)
    office.outbox.sync_channels(["redaction"], office.now + SECOND).result()
    assert seal(office, "redaction", MAIL, office.now + SECOND) == 2
    (mail,) = due(office, "redaction", office.now + SECOND)
    assert mail.roll is None


def test_a_schedule_that_stays_holds_what_waits_also_after_a_reload(office: Office) -> None:
    office.bring("1", "redaction")
    seal(office, "redaction", DIGEST)
    office.outbox.sync_channels(["redaction"], office.now + SECOND).result()
    assert seal(office, "redaction", DIGEST, office.now + SECOND) == 2
    assert due(office, "redaction", office.now + DAY) == []


def test_what_is_beyond_the_limit_of_an_hour_is_one_summary_at_its_end(office: Office) -> None:
    limited = Policy(most_per_hour=1)
    first = office.bring("1", "hook", topics=TOPICS[:1])
    seal(office, "hook", limited)
    office.bring("2", "hook")
    assert seal(office, "hook", limited) == 2
    assert len(due(office, "hook", office.now + DAY)) == 1
    end = first + timedelta(hours=1)
    assert seal(office, "hook", limited, end) == 2
    _, summary = due(office, "hook", end)
    assert (len(summary.alerts), summary.roll) == (2, Roll(RollKind.SUMMARY, end, end))


LIMITED = Policy(most_per_hour=1)


def test_a_limit_that_stays_holds_what_waits_also_after_a_reload_and_one_that_is_gone_does_not(office: Office) -> None:
    first = office.bring("1", "hook", topics=TOPICS[:1])
    seal(office, "hook", LIMITED)
    office.bring("2", "hook")
    seal(office, "hook", LIMITED)
    reloaded = office.now + SECOND
    office.outbox.sync_channels(["hook"], reloaded).result()
    assert seal(office, "hook", LIMITED, reloaded) == 2
    assert len(due(office, "hook", reloaded)) == 1
    assert office.outbox.due_channels(first + timedelta(hours=1)) == ["hook"]
    office.outbox.sync_channels(["hook"], reloaded).result()
    assert seal(office, "hook", HOOK, reloaded) == 2
    _, summary = due(office, "hook", reloaded)
    assert len(summary.alerts) == 2


def test_what_nobody_has_yet_counts_to_the_limit_and_what_arrives_counts_from_then_on(office: Office) -> None:
    hour = timedelta(hours=1)
    office.bring("1", "hook", topics=TOPICS[:1])
    seal(office, "hook", LIMITED)
    (late,) = due(office, "hook")
    later = office.bring("2", "hook", topics=TOPICS[:1]) + 5 * hour
    assert seal(office, "hook", LIMITED, later) == 1
    assert [one.bundle_id for one in due(office, "hook", later)] == [late.bundle_id]
    result = AttemptResult(late.bundle_id, late.delivery_ids, later, DeliveryStatus.SENT)
    office.outbox.record_attempts([result]).result()
    office.bring("3", "hook", topics=TOPICS[:1])
    assert seal(office, "hook", LIMITED, later + hour / 2) == 1
    assert due(office, "hook", later + hour / 2) == []
    assert seal(office, "hook", LIMITED, later + hour) == 2
    (summary,) = due(office, "hook", later + hour)
    assert summary.roll is not None


def test_what_some_recipients_have_counts_to_the_limit_once(office: Office) -> None:
    office.bring("1", "redaction", topics=TOPICS[:1])
    seal(office, "redaction", LIMITED)
    (mail,) = due(office, "redaction")
    stands = (RecipientOutcome("a", RecipientStatus.HAS), RecipientOutcome("b", RecipientStatus.OWED))
    again_at = office.now + timedelta(hours=20)
    result = AttemptResult(mail.bundle_id, mail.delivery_ids, office.now, DeliveryStatus.PENDING, again_at, "full", stands)
    office.outbox.record_attempts([result]).result()
    later = office.bring("2", "redaction", topics=TOPICS[:1]) + timedelta(hours=2)
    assert seal(office, "redaction", LIMITED, later) == 1
    (alone,) = due(office, "redaction", later)
    assert alone.roll is None


QUIET = Policy(quiet=parse_quiet("00:00-23:59"))


def test_sealed_messages_are_put_off_with_the_reason_but_for_pressing_ones_and_looked_at_again_after_a_reload(office: Office) -> None:
    for name in ("1", "2", "3"):
        office.bring(name, "hook", topics=TOPICS[:1])
    seal(office, "hook", HOOK)
    assert len(due(office, "hook")) == 3
    hold = hold_sealed(QUIET, office.now)
    assert hold is not None
    assert [office.outbox.put_off("hook", hold, office.now, 2).result() for _ in range(3)] == [2, 1, 0]
    assert (due(office, "hook"), office.outbox.due_channels(office.now)) == ([], [])
    assert len(due(office, "hook", hold.until)) == 3
    office.outbox.sync_channels(["hook"], office.now).result()
    assert len(due(office, "hook")) == 3


@pytest.mark.parametrize(("quiet", "left"), [("00:00-23:59", timedelta(days=2)), ("sat sun mon tue", timedelta(hours=3))])
def test_what_was_put_off_has_some_hours_left_once_quiet_hours_are_over(office: Office, quiet: str, left: timedelta) -> None:
    """An attempt that fails then must not be the last, nor may those behind it be given up untried."""
    at = office.bring("1", "hook", topics=TOPICS[:1]).replace(hour=12)
    at += timedelta(days=(5 - at.weekday()) % 7)  # a Saturday
    seal(office, "hook", HOOK, at)
    hold = hold_sealed(Policy(quiet=parse_quiet(quiet)), at)
    assert hold is not None
    assert office.outbox.put_off("hook", hold, at, 10).result() == 1
    (message,) = due(office, "hook", hold.until)
    assert left <= message.give_up_at - hold.until < left + timedelta(days=1)


def test_a_channel_that_is_hardly_ever_loud_keeps_no_message_for_ever(office: Office) -> None:
    at = office.bring("1", "hook", topics=TOPICS[:1])
    seal(office, "hook", HOOK, at)
    (message,) = due(office, "hook", at)
    for day in range(30):
        moment = at + timedelta(days=day)
        hold = hold_sealed(QUIET, moment)
        assert hold is not None
        office.outbox.put_off("hook", hold, moment, 10).result()
        (message,) = due(office, "hook", hold.until)
    assert timedelta(days=9) < message.give_up_at - at < timedelta(days=12)


WEEKLY = Policy(Together.SUBJECT, when=parse_schedule("0 8 * * 1"))


def test_a_digest_outlives_a_channel_that_is_away_for_a_while_and_says_so_meanwhile(office: Office) -> None:
    at = office.bring("1", "redaction")
    seal(office, "redaction", WEEKLY)
    moment = WEEKLY.when.next_after(at, UTC)
    office.outbox.sync_channels([], at + SECOND).result()
    held = office.outbox.hold_for_channel("redaction", at + SECOND, 10).result()
    assert {(one.status, "is not in the configuration" in one.error) for one in held} == {(DeliveryStatus.PENDING, True)}
    office.outbox.sync_channels(["redaction"], at + 2 * SECOND).result()
    assert seal(office, "redaction", WEEKLY, at + 2 * SECOND) == 2
    assert due(office, "redaction", moment) == []
    assert seal(office, "redaction", WEEKLY, moment) == 2
    (digest,) = due(office, "redaction", moment)
    assert digest.roll == Roll(RollKind.DIGEST, moment, moment)


def test_what_waits_for_a_digest_of_a_channel_that_is_gone_has_three_days_from_its_moment_on(office: Office) -> None:
    at = office.bring("1", "redaction")
    seal(office, "redaction", WEEKLY)
    moment = WEEKLY.when.next_after(at, UTC)
    office.outbox.sync_channels([], at).result()
    for later, status in ((moment, DeliveryStatus.PENDING), (moment + 3 * DAY, DeliveryStatus.DEAD)):
        assert {one.status for one in office.outbox.hold_for_channel("redaction", later, 10).result()} == {status}
