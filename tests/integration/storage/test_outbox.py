"""The outbox: what is due, what came of an attempt, and sending again beside a writer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerts import AttemptResult, Bundle, DeliveryStatus, RecipientOutcome, RecipientStatus
from news.errors import ArchiveMissing
from news.plans import Hold, HoldKind, Policy, Together
from news.topics import Topic
from storage import retry_deliveries
from storage.file.connection import open_for_reading
from storage.file.database import Database
from storage.recording import outbox
from tests.desk import A, Desk, entry

ARIANE = Topic("Ariane", "Ariane", ("redaction",))
FUSEE = Topic("Fusée", "fusée", ("redaction",))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [ARIANE, FUSEE], mail=["redaction"]) as running:
        running.watch(A)
        yield running


def due(desk: Desk, limit: int = 100, without: frozenset[str] = frozenset()) -> list[Bundle]:
    desk.seal("redaction")
    return desk.archive.due_messages("redaction", desk.now, limit, without)


def bring(desk: Desk, *names: str) -> list[Bundle]:
    """An article for each name, a minute apart; the messages about them, the oldest first."""
    known = []
    for name in names:
        known.insert(0, entry(f"La fusée Ariane {name}", f"https://a.example/{name}"))
        desk.poll(A, *known)
    return due(desk)


def attempt(desk: Desk, bundle: Bundle, status: DeliveryStatus, again_after: timedelta | None = None, error: str | None = None) -> None:
    now = desk.tick()
    again_at = now + again_after if again_after else None
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, status, again_at, error)]).result()


def attempt_for(desk: Desk, bundle: Bundle, status: DeliveryStatus, **recipients: str) -> None:
    """An attempt of which each recipient is `has`, `refused` or `owed`; what is not done is due again at once."""
    outcomes = tuple(RecipientOutcome(name, RecipientStatus(how), None if how == "has" else "451") for name, how in recipients.items())
    now = desk.tick()
    again_at = now if status is DeliveryStatus.PENDING else None
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, status, again_at, None, outcomes)]).result()


def standing(bundle: Bundle) -> dict[str, str]:
    return {one.recipient: str(one.status) for one in bundle.recipients}


def test_who_has_a_message_is_handed_to_the_next_attempt_also_by_another_run(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    assert bundle.recipients == ()
    attempt_for(desk, bundle, DeliveryStatus.PENDING, a="has", b="owed", c="refused")
    desk.reopen()
    (again,) = due(desk)
    assert standing(again) == {"a": "has", "b": "owed", "c": "refused"}
    assert {one.reason for one in again.recipients} == {None, "451"}
    (told,) = desk.log()[0]["deliveries"]
    assert sorted((one["recipient"], one["status"]) for one in told["recipients"]) == sorted(standing(again).items())
    attempt_for(desk, again, DeliveryStatus.PENDING, b="has", d="owed")
    assert standing(due(desk)[0]) == {"a": "has", "b": "has", "c": "refused", "d": "owed"}


def test_nothing_takes_a_message_away_again_from_who_has_it(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt_for(desk, bundle, DeliveryStatus.PENDING, a="has")
    attempt_for(desk, bundle, DeliveryStatus.PENDING, a="owed")
    assert standing(due(desk)[0]) == {"a": "has"}


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.DEAD])
def test_retry_goes_only_to_those_who_do_not_have_it(desk: Desk, status: DeliveryStatus) -> None:
    (bundle,) = bring(desk, "1")
    attempt_for(desk, bundle, status, a="has", b="refused", c="owed")
    retry_deliveries(desk.path, [*bundle.delivery_ids, bundle.alerts[0].alert_id], desk.tick())
    assert standing(due(desk)[0]) == {"a": "has", "b": "owed", "c": "owed"}


def test_retry_of_what_everybody_has_goes_to_everybody(desk: Desk) -> None:
    told, other = bring(desk, "1", "2")
    attempt_for(desk, told, DeliveryStatus.SENT, a="has", b="has")
    attempt_for(desk, other, DeliveryStatus.SENT, a="has")
    retry_deliveries(desk.path, [told.delivery_ids[0]], desk.tick())
    assert [standing(one) for one in due(desk)] == [{}]
    retry_deliveries(desk.path, [other.delivery_ids[0]], desk.tick())
    assert [standing(one) for one in due(desk)] == [{}, {}]


def deliveries(desk: Desk) -> list[dict[str, object]]:
    return [delivery for alert in desk.log() for delivery in alert["deliveries"]]


def test_what_waits_longest_is_due_first_and_what_is_in_hand_is_left_out(desk: Desk) -> None:
    first, second, third = bring(desk, "1", "2", "3")
    assert [bundle.bundle_id for bundle in due(desk, 2)] == [first.bundle_id, second.bundle_id]
    assert due(desk, 2, frozenset({first.bundle_id})) == [second, third]
    assert due(desk, 1, frozenset({first.bundle_id, third.bundle_id})) == [second]


def test_a_sent_message_is_never_due_again(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.SENT)
    assert desk.due(desk.now + timedelta(days=9)) == []
    assert [(one["status"], one["attempts"], one["next_attempt_at"]) for one in deliveries(desk)] == [("sent", 1, None)] * 2
    assert {one["sent_at"] for one in deliveries(desk)} == {desk.now.strftime("%FT%TZ")}


def test_a_failed_attempt_is_due_again_when_it_says_with_its_error_and_its_id(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.PENDING, timedelta(seconds=5), "451 greylisted")
    assert due(desk) == []
    (again,) = desk.due(desk.now + timedelta(seconds=5))
    assert (again.bundle_id, again.delivery_ids, again.attempts) == (bundle.bundle_id, bundle.delivery_ids, 1)
    assert {one["last_error"] for one in deliveries(desk)} == {"451 greylisted"}


def test_a_dead_message_is_kept_visible_and_not_due(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.DEAD, error="410 Gone")
    assert due(desk) == []
    assert [one["status"] for one in deliveries(desk)] == ["dead", "dead"]
    assert desk.status()["deliveries"] == {"pending": 0, "held": 0, "sent": 0, "dead": 2, "muted": 0}
    assert len(desk.log(status="dead")) == 2


def test_retry_by_any_of_its_ids_sends_the_whole_message_again_under_the_same_id(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    for one in (bundle.delivery_ids[0], bundle.delivery_ids[1], bundle.alerts[0].alert_id):
        attempt(desk, bundle, DeliveryStatus.DEAD, error="410 Gone")
        assert retry_deliveries(desk.path, [one], desk.tick()) == (2, [])
        (again,) = due(desk)
        assert (again.bundle_id, again.delivery_ids, again.attempts) == (bundle.bundle_id, bundle.delivery_ids, 0)
        assert again.give_up_at == desk.now + timedelta(days=3)


def test_retry_has_the_right_to_write_before_it_reads_so_that_a_busy_daemon_is_waited_for(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.DEAD)
    foreign = sqlite3.connect(desk.path, timeout=0, isolation_level=None)

    class Asked(list[str]):
        def __iter__(self) -> Iterator[str]:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                foreign.execute("BEGIN IMMEDIATE")
            return super().__iter__()

    assert retry_deliveries(desk.path, Asked(bundle.delivery_ids), desk.tick()) == (2, [])
    foreign.close()


def test_retry_sends_what_was_given_up_before_it_was_in_a_message(desk: Desk) -> None:
    desk.poll(A, entry("La fusée Ariane", "https://a.example/1"))
    desk.archive.hold_for_channel("redaction", desk.now + timedelta(days=3), 100).result()
    assert {(one["status"], one["next_attempt_at"]) for one in deliveries(desk)} == {("dead", None)}
    assert retry_deliveries(desk.path, [], desk.tick(), all_dead=True) == (2, [])
    assert {(one["status"], one["last_error"]) for one in deliveries(desk)} == {("pending", None)}
    (bundle,) = due(desk)
    assert len(bundle.alerts) == 2
    assert bundle.give_up_at == desk.now + timedelta(days=3)


def test_what_waits_for_nothing_any_more_is_not_shown_as_held(desk: Desk) -> None:
    def holds(table: str) -> list[tuple[object, ...]]:
        return desk.rows(f"SELECT DISTINCT hold FROM {table}")  # literals

    desk.poll(A, entry("La fusée Ariane", "https://a.example/1"))
    desk.archive.hold_for_channel("redaction", desk.now, 100).result()
    assert holds("deliveries") == [("absent",)]
    desk.seal("redaction", desk.now + timedelta(hours=1))
    assert holds("deliveries") == [(None,)]
    (bundle,) = desk.due(desk.now + timedelta(hours=1))
    for end in (DeliveryStatus.SENT, DeliveryStatus.DEAD):
        desk.archive.hold_for_channel("redaction", desk.now + timedelta(hours=1), 100).result()
        assert holds("messages") == [("absent",)]
        attempt(desk, bundle, end)
        assert holds("messages") == [(None,)]
        retry_deliveries(desk.path, [bundle.delivery_ids[0]], desk.now)
    desk.archive.hold_for_channel("redaction", desk.now, 100).result()
    retry_deliveries(desk.path, [bundle.delivery_ids[0]], desk.now)
    assert holds("messages") == [("asked",)]


def test_what_was_held_and_is_asked_for_is_held_by_nothing_more(desk: Desk) -> None:
    desk.poll(A, entry("La fusée Ariane", "https://a.example/1"))
    desk.archive.hold_for_channel("redaction", desk.now, 100).result()
    retry_deliveries(desk.path, [str(one["id"]) for one in deliveries(desk)], desk.now)
    assert desk.rows("SELECT DISTINCT status, hold FROM deliveries") == [("pending", "asked")]


def test_the_alerts_of_a_message_stand_in_the_order_of_their_topics(desk: Desk) -> None:
    desk.follow(FUSEE, ARIANE)
    (bundle,) = bring(desk, "1")
    assert [alert.topic for alert in bundle.alerts] == ["Ariane", "Fusée"]


def test_what_was_held_and_then_given_up_is_not_shown_as_held(desk: Desk) -> None:
    desk.poll(A, entry("La fusée Ariane", "https://a.example/1"))
    desk.archive.hold_for_channel("redaction", desk.now, 100).result()
    desk.archive.hold_for_channel("redaction", desk.now + timedelta(days=3), 100).result()
    assert desk.rows("SELECT DISTINCT status, hold FROM deliveries") == [("dead", None)]


def test_what_is_retried_for_an_absent_channel_waits_three_days_more(desk: Desk) -> None:
    desk.poll(A, entry("La fusée Ariane", "https://a.example/1"))
    late = desk.now + timedelta(days=3)
    desk.archive.hold_for_channel("redaction", late, 100).result()
    retry_deliveries(desk.path, [], late, all_dead=True)
    told = desk.archive.hold_for_channel("redaction", late + timedelta(days=2), 100).result()
    assert [one.status for one in told] == [DeliveryStatus.PENDING] * 2


def test_a_retry_does_not_move_when_a_delivery_was_made(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    made = desk.rows("SELECT id, created_at FROM deliveries")
    attempt(desk, bundle, DeliveryStatus.DEAD)
    retry_deliveries(desk.path, [], desk.tick(), all_dead=True)
    assert desk.rows("SELECT id, created_at FROM deliveries") == made


def test_what_waits_for_an_absent_channel_says_so_in_the_delivery_log(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    desk.poll(A, entry("La fusée Ariane", "https://a.example/2"), entry("La fusée Ariane 1", "https://a.example/1"))
    attempt(desk, bundle, DeliveryStatus.PENDING, timedelta(hours=1), "no answer")
    desk.archive.sync_channels([], desk.now).result()
    desk.archive.hold_for_channel("redaction", desk.now, 100).result()
    again = (desk.now + timedelta(hours=1)).strftime("%FT%TZ")
    assert {(one["status"], one["next_attempt_at"]) for one in deliveries(desk)} == {("pending", again)}
    assert all("channel redaction is not in the configuration" in str(one["last_error"]) for one in deliveries(desk))
    desk.archive.hold_for_channel("redaction", desk.now + timedelta(days=4), 100).result()
    assert {(one["status"], one["attempts"]) for one in deliveries(desk)} == {("dead", 1), ("dead", 0)}
    assert all("given up after 3 days" in str(one["last_error"]) for one in deliveries(desk))
    assert desk.status()["deliveries"] == {"pending": 0, "held": 0, "sent": 0, "dead": 4, "muted": 0}


def test_a_message_is_what_it_was_sealed_as_whatever_comes_after(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    desk.mail = frozenset()  # the channel is a webhook now
    desk.poll(A, entry("La fusée Ariane", "https://a.example/2"), entry("La fusée Ariane 1", "https://a.example/1"))
    assert [len(one.alerts) for one in due(desk)] == [2, 1, 1]
    assert due(desk)[0] == bundle


def steps(desk: Desk, question: Callable[[Database], object]) -> int:
    """How many instructions SQLite needs for an answer."""
    db = open_for_reading(desk.path)
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    db.conn.set_progress_handler(step, 1)
    question(db)
    db.conn.close()
    return count


@pytest.mark.parametrize("sealed", [True, False])
def test_a_look_costs_no_more_however_much_waits_for_another_channel(desk: Desk, sealed: bool) -> None:
    topics = [Topic(f"Fusée {number}", "fusée", ("dead", "alive") if number == 0 else ("dead",)) for number in range(100)]
    desk.follow(*topics[:1])
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))

    def look(db: Database) -> None:
        outbox.list_due_channels(db, desk.now)
        outbox.list_due_messages(db, "alive", desk.now, 10, frozenset())

    seal_dead = (lambda: desk.seal("dead")) if sealed else (lambda: 0)
    desk.seal("alive")
    seal_dead()
    before = steps(desk, look)
    desk.follow(*topics[1:])
    desk.poll(A, entry("La fusée 2", "https://a.example/2"), entry("La fusée 1", "https://a.example/1"))
    seal_dead()
    assert len(deliveries(desk)) == 101
    assert steps(desk, look) <= before + 10  # pages of the index split; its rows are not read


def test_retry_of_an_unknown_id_is_told_and_does_nothing(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.SENT)
    assert retry_deliveries(desk.path, ["nothing"], desk.tick()) == (0, ["nothing"])
    assert due(desk) == []


def test_what_was_sent_is_sent_again_only_when_it_is_named(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.SENT)
    assert retry_deliveries(desk.path, [], desk.tick(), all_dead=True) == (0, [])
    assert retry_deliveries(desk.path, [bundle.delivery_ids[0]], desk.now) == (len(bundle.delivery_ids), [])
    assert [one.bundle_id for one in due(desk)] == [bundle.bundle_id]


def test_when_a_message_was_accepted_stays_known_though_it_is_sent_again(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.SENT)
    sent_at = desk.now.strftime("%FT%TZ")
    retry_deliveries(desk.path, [bundle.delivery_ids[0]], desk.tick())
    attempt(desk, bundle, DeliveryStatus.PENDING, timedelta(seconds=5), "no answer")
    assert {(one["status"], one["sent_at"]) for one in deliveries(desk)} == {("pending", sent_at)}


def test_retry_of_all_dead_leaves_the_others_alone(desk: Desk) -> None:
    dead, waiting, sent = bring(desk, "1", "2", "3")
    attempt(desk, dead, DeliveryStatus.DEAD)
    attempt(desk, waiting, DeliveryStatus.PENDING, timedelta(hours=1))
    attempt(desk, sent, DeliveryStatus.SENT)
    assert retry_deliveries(desk.path, [], desk.tick(), all_dead=True) == (2, [])
    assert [bundle.bundle_id for bundle in due(desk)] == [dead.bundle_id]


def test_retry_makes_a_message_that_waits_for_its_time_due_now(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.PENDING, timedelta(hours=1))
    retry_deliveries(desk.path, [bundle.alerts[0].alert_id], desk.tick())
    assert [one.bundle_id for one in due(desk)] == [bundle.bundle_id]


def test_retry_works_from_another_process_beside_an_open_writer_which_sees_it_at_once(desk: Desk, project: Path) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.DEAD)
    program = f"""
from datetime import datetime
from pathlib import Path
from storage import retry_deliveries
from storage.file.connection import open_for_reading
from storage.recording import outbox
print(retry_deliveries(Path({str(desk.path)!r}), [], datetime.fromisoformat({desk.tick().isoformat()!r}), all_dead=True))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "(2, [])"
    assert [one.bundle_id for one in due(desk)] == [bundle.bundle_id]
    attempt(desk, bundle, DeliveryStatus.SENT)
    assert {one["status"] for one in deliveries(desk)} == {"sent"}


def test_retry_without_an_archive_says_so(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(ArchiveMissing):
        retry_deliveries(tmp_path / "none.db", [], desk.now, all_dead=True)


@pytest.mark.parametrize(("together", "sizes"), [(Together.SUBJECT, [3, 3]), (Together.NONE, [1] * 6)])
def test_what_is_due_at_one_moment_is_planned_a_portion_at_a_time_and_never_cut_within_an_article(
    tmp_path: Path, together: Together, sizes: list[int]
) -> None:
    topics = [Topic(name, "OTAN", ("hook",)) for name in ("Un", "Deux", "Trois")]
    with Desk(tmp_path / "archive.db", topics) as desk:
        desk.watch(A)
        desk.poll(A, *(entry(f"L’OTAN, épisode {number}", f"https://a.example/{number}") for number in range(5)))
        planned = desk.archive.seal_messages("hook", Policy(together), desk.now, 4).result()
        messages = desk.rows(
            """SELECT count(*), count(DISTINCT article_id) FROM deliveries JOIN alerts ON alerts.id = alert_id
               WHERE message_id IS NOT NULL GROUP BY message_id"""
        )
        assert planned == 6
        assert messages == [(size, 1) for size in sizes]


def test_what_is_urgent_or_asked_for_is_not_put_off_and_what_is_says_why(desk: Desk) -> None:
    desk.follow(Topic("Espace", "fusée", ("redaction",), "explosion"))
    titles = ("Explosion d’une fusée", "Une fusée décolle", "Une autre fusée")
    desk.poll(A, *(entry(title, f"https://a.example/{number}") for number, title in enumerate(titles)))
    urgent, asked, waits = (by_title(desk)[title] for title in titles)
    until = desk.now + timedelta(hours=9)
    hold = Hold(until, HoldKind.QUIET, "it waits for the end of quiet hours")
    assert [one.is_pressing for one in (urgent, asked, waits)] == [True, False, False]
    retry_deliveries(desk.path, [asked.bundle_id], desk.now)
    assert desk.archive.put_off("redaction", hold, desk.now, 100).result() == 1
    assert by_title(desk).keys() == set(titles[:2])
    assert by_title(desk)[titles[1]].is_pressing
    (shown,) = (one["deliveries"][0] for one in desk.log() if one["article_title"] == titles[2])
    assert (shown["status"], shown["last_error"]) == ("pending", "it waits for the end of quiet hours")
    assert shown["next_attempt_at"] == until.isoformat().replace("+00:00", "Z")
    attempt(desk, by_title(desk)[titles[1]], DeliveryStatus.PENDING, timedelta(seconds=-1), "no")
    assert not by_title(desk)[titles[1]].is_pressing  # it has been tried


def by_title(desk: Desk) -> dict[str, Bundle]:
    return {str(one.alerts[0].about.title): one for one in due(desk)}


def test_what_waits_for_the_end_of_quiet_hours_is_nothing_to_look_at(desk: Desk) -> None:
    (bundle,) = bring(desk, "1")
    attempt(desk, bundle, DeliveryStatus.PENDING, timedelta(seconds=-1), "no")
    assert [one.channel for one in desk.archive.report_undelivered()] == ["redaction"]
    hold = Hold(desk.now + timedelta(hours=9), HoldKind.QUIET, "it waits for the end of quiet hours")
    assert desk.archive.put_off("redaction", hold, desk.now, 100).result() == 1
    assert desk.archive.report_undelivered() == []
