"""What follows in a story that a topic has alerted on: alerts like any other, told together once in a while, and none of them lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitors.rendering_webhook import render_messages
from news.alerts import AttemptResult, Bundle, DeliveryStatus
from news.consequences import MOST_EARLIER
from news.follow_ups import Per, parse_follow_up
from news.muting import Mute, MuteKind
from news.plans import Policy, Together
from news.schedules import parse_quiet, parse_schedule
from news.sources import FeedEntry
from news.topics import Revisions, Topic
from storage import mute, retry_deliveries
from tests.desk import NOW, OTAN, A, B, C, Desk, entry

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NATO = Topic("Alliance", "OTAN", ("hook",))
_EVENTS = {
    "Rungis": (
        "Rungis : un entrepôt chimique brûle",
        "Un entrepôt de produits chimiques de l’OTAN brûle à Rungis, dix pompiers soignent leurs brûlures au bord du canal.",
        "Le témoin numéro {number} décrit les flammes, la fumée et les fûts qui éclatent dans la cour {number}.",
    ),
    "Brest": (
        "Brest : un sous-marin s’échoue",
        "Le submersible nucléaire prêté à l’OTAN par la marine s’échoue sur une plage du Finistère, son équipage gagne la grève à la nage.",
        "Au ponton {number}, les remorqueurs attendent la prochaine marée haute, {number} matelots se sèchent.",
    ),
}


def tell(place: str, number: int) -> str:
    """What another source makes of what happened there: the same dispatch with a sentence of its own."""
    _, lead, fact = _EVENTS[place]
    return " ".join([f"Récit {number} de notre envoyé. {lead}", *(fact.format(number=one) for one in range(2, 22))])


def told_of(place: str, source: str, number: int) -> FeedEntry:
    """The entry with which a source tells of it."""
    address = source.replace("/feed", f"/{place}/{number}")
    return entry(f"{_EVENTS[place][0]}, récit {number}", address, summary=tell(place, number), published_at=NOW)


class Newsroom(Desk):
    """Three sources that write about two events; what is sealed for the channel, and what arrives there."""

    def publish(self, source: str, place: str, number: int, at: datetime | None = None) -> None:
        """The source publishes another article on what happened there."""
        self.poll(source, told_of(place, source, number), at=at)

    def told(self, at: datetime | None = None, policy: Policy | None = None, channel: str = "hook") -> list[Bundle]:
        """The messages that are sealed now, after they have arrived."""
        now = at or self.now
        self.archive.seal_messages(channel, policy or Policy(), now, 100).result()
        bundles = self.archive.due_messages(channel, now, 100, frozenset())
        self.settle(bundles, DeliveryStatus.SENT, now)
        return bundles

    def settle(self, bundles: list[Bundle], status: DeliveryStatus, now: datetime) -> None:
        for one in bundles:
            self.archive.record_attempts([AttemptResult(one.bundle_id, one.delivery_ids, now, status)]).result()


def numbers(bundles: list[Bundle]) -> list[list[str]]:
    """Which articles each message tells of, by the ends of their addresses."""
    return [sorted(alert.about.url.split("example/")[1] for alert in one.alerts) for one in bundles]  # type: ignore[union-attr]


def settings(follow_up: str = "1h", *topics: Topic) -> dict[str, object]:
    names = [topic.name for topic in topics or (OTAN,)]
    return {"per_of_topic": dict.fromkeys(names, Per.STORY), "follow_up_of_topic": dict.fromkeys(names, parse_follow_up(follow_up))}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path / "archive.db", [OTAN]) as desk:
        desk.follow(OTAN, **settings())
        for url, name in ((A, "Le Journal"), (B, "L’Écho"), (C, "La Gazette")):
            desk.watch(url, name=name)
        yield desk


def hold(desk: Desk) -> list[tuple[str, str | None, str | None]]:
    """Kind, until when it is held and why, of each delivery, the oldest first."""
    log = reversed(desk.log())
    return [(alert["kind"], one["held_until"], one["reason"]) for alert in log for one in alert["deliveries"]]


def test_the_first_article_of_a_story_is_told_at_once_and_what_follows_in_one_message_an_hour_later(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    assert numbers(desk.told()) == [["Rungis/1"]]
    told_at = desk.now
    desk.publish(B, "Rungis", 2)
    assert desk.told() == []
    desk.publish(C, "Rungis", 3)
    assert desk.told() == []
    until = (told_at + HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert hold(desk) == [("new", None, None), ("follow_up", until, "follow-up"), ("follow_up", until, "follow-up")]
    assert desk.due(told_at + HOUR - MINUTE) == []
    assert numbers(desk.told(told_at + HOUR)) == [["Rungis/2", "Rungis/3"]]
    assert [alert["deliveries"][0]["status"] for alert in desk.log()] == ["sent", "sent", "sent"]
    assert {alert["story_id"] for alert in desk.log()} == {1}


def test_another_story_is_told_at_once(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(A, "Brest", 1)
    assert numbers(desk.told()) == [["Brest/1"]]
    assert desk.alerts() == [("OTAN", "new"), ("OTAN", "new")]


def test_what_follows_after_the_hour_is_told_at_once_and_begins_another(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2, at=desk.now + 2 * HOUR)
    assert numbers(desk.told()) == [["Rungis/2"]]
    told_at = desk.now
    desk.publish(C, "Rungis", 3)
    assert desk.told() == []
    assert desk.told(told_at + HOUR - MINUTE) == []
    assert numbers(desk.told(told_at + HOUR)) == [["Rungis/3"]]


def test_a_webhook_is_told_a_follow_up_as_one_message_with_its_story(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    (first,) = desk.told()
    desk.publish(B, "Rungis", 2)
    desk.publish(C, "Rungis", 3)
    (bundle,) = desk.told(desk.now + HOUR)
    ((message_id, body),) = render_messages(bundle)
    message = json.loads(body)
    assert (message_id, message["type"]) == (bundle.bundle_id, "alert.follow_up")
    assert set(message["data"]) == {"alerts", "story_id", "title", "first_alert_id", "differences"}
    assert [(alert["kind"], alert["topic"]) for alert in message["data"]["alerts"]] == [("follow_up", "OTAN")] * 2
    assert (message["data"]["story_id"], message["data"]["first_alert_id"]) == (1, first.alerts[0].alert_id)
    assert message["data"]["title"].startswith("Rungis : un entrepôt chimique brûle, récit ")


def test_with_now_what_follows_is_told_at_once(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings("now"))
    desk.publish(A, "Rungis", 1)
    assert numbers(desk.told()) == [["Rungis/1"]]
    desk.publish(B, "Rungis", 2)
    (bundle,) = desk.told()
    assert bundle.roll is not None
    assert bundle.roll.followed is not None


def test_with_off_what_follows_is_listed_with_the_reason_once_the_first_has_arrived(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings("off"))
    desk.publish(A, "Rungis", 1)
    desk.publish(B, "Rungis", 2)
    (first,) = desk.told()
    assert numbers([first]) == [["Rungis/1"]]
    assert hold(desk)[1][2] == "follow-up"
    assert desk.told(desk.now + HOUR) == []
    assert hold(desk)[1] == ("follow_up", None, "follow-ups are off")
    assert [alert["deliveries"][0]["status"] for alert in desk.log()] == ["muted", "sent"]
    asked = desk.log()[0]["deliveries"][0]
    assert retry_deliveries(desk.path, [desk.log()[0]["id"]], desk.now + 2 * HOUR) == (1, []), asked
    assert numbers(desk.told(desk.now + 2 * HOUR)) == [["Rungis/2"]]


def test_with_moments_what_follows_waits_for_the_next_of_them(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings("daily 08:00"))
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2)
    morning = desk.now.replace(hour=8, minute=0) + timedelta(days=1)
    assert desk.told() == []
    assert desk.told(morning - MINUTE) == []
    assert numbers(desk.told(morning)) == [["Rungis/2"]]


def test_a_changed_key_holds_for_what_waits_too(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2)
    desk.told()
    desk.follow(OTAN, **settings("now"))
    desk.archive.sync_channels(["hook"], desk.now).result()
    assert numbers(desk.told()) == [["Rungis/2"]]


@pytest.mark.parametrize("status", [DeliveryStatus.DEAD, DeliveryStatus.PENDING])
def test_what_follows_depends_on_nothing_that_did_not_arrive(desk: Newsroom, status: DeliveryStatus) -> None:
    desk.publish(A, "Rungis", 1)
    desk.archive.seal_messages("hook", Policy(), desk.now, 100).result()
    (first,) = desk.archive.due_messages("hook", desk.now, 100, frozenset())
    desk.settle([first], status, desk.now)
    desk.publish(B, "Rungis", 2)
    told = desk.told()
    if status is DeliveryStatus.PENDING:
        assert told == []  # it may still arrive
        desk.settle([first], DeliveryStatus.DEAD, desk.now)
        told = desk.told(desk.now + HOUR)
    (second,) = told
    assert (numbers([second]), second.roll) == ([["Rungis/2"]], None)
    desk.publish(C, "Rungis", 3)
    assert desk.told() == []


def test_a_story_whose_first_alert_was_muted_is_told_when_it_is_heard_again(desk: Newsroom) -> None:
    mute(desk.path, Mute(MuteKind.TOPIC, "OTAN", "OTAN", desk.now, desk.now + 5 * MINUTE))
    desk.publish(A, "Rungis", 1)
    assert desk.told() == []
    desk.publish(B, "Rungis", 2, at=desk.now + 10 * MINUTE)
    assert numbers(desk.told()) == [["Rungis/2"]]
    assert desk.alerts() == [("OTAN", "new"), ("OTAN", "follow_up")]


def test_what_a_silent_first_poll_held_was_told_nobody(tmp_path: Path) -> None:
    with Newsroom(tmp_path / "archive.db", [OTAN], silent=True) as desk:
        desk.follow(OTAN, **settings())
        desk.watch(A, B)
        desk.poll(B)
        desk.publish(A, "Rungis", 1)
        desk.publish(B, "Rungis", 2)
        assert desk.alerts() == [("OTAN", "new")]
        assert numbers(desk.told()) == [["Rungis/2"]]


def test_a_topic_that_came_later_is_told_the_story_at_once(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.follow(OTAN, NATO, **settings("1h", OTAN, NATO))
    desk.publish(B, "Rungis", 2)
    assert [(alert["topic"], alert["kind"]) for alert in desk.log()[:2]] == [("Alliance", "new"), ("OTAN", "follow_up")]
    assert [(bundle.alerts[0].topic, bundle.roll) for bundle in desk.told()] == [("Alliance", None)]


def test_a_channel_that_came_later_is_told_the_story_at_once(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.follow(Topic("OTAN", "OTAN", ("hook", "other")), **settings())
    desk.publish(B, "Rungis", 2)
    assert desk.told() == []
    (other,) = desk.told(channel="other")
    assert (numbers([other]), other.roll) == ([["Rungis/2"]], None)


def test_a_topic_that_alerts_per_article_has_no_follow_ups(desk: Newsroom) -> None:
    desk.follow(OTAN, per_of_topic={"OTAN": Per.ARTICLE})
    desk.publish(A, "Rungis", 1)
    desk.publish(B, "Rungis", 2)
    assert desk.alerts() == [("OTAN", "new"), ("OTAN", "new")]
    assert numbers(desk.told()) == [["Rungis/1"], ["Rungis/2"]]


def test_where_the_alerts_on_one_article_are_one_mail_so_are_the_follow_ups_of_a_story(desk: Newsroom) -> None:
    mail = Policy(Together.SUBJECT)
    desk.follow(OTAN, NATO, **settings("1h", OTAN, NATO))
    desk.publish(A, "Rungis", 1)
    desk.publish(B, "Rungis", 2)
    assert numbers(desk.told(policy=mail)) == [["Rungis/1", "Rungis/1"]]
    desk.publish(C, "Rungis", 3)
    assert numbers(desk.told(desk.now + HOUR, policy=mail)) == [["Rungis/2", "Rungis/2", "Rungis/3", "Rungis/3"]]


def test_an_article_that_begins_a_story_for_one_topic_and_follows_in_it_for_another_is_one_mail(desk: Newsroom) -> None:
    mail = Policy(Together.SUBJECT)
    desk.publish(A, "Rungis", 1)
    desk.told(policy=mail)
    desk.follow(OTAN, NATO, **settings("1h", OTAN, NATO))
    desk.publish(B, "Rungis", 2)
    (told,) = desk.told(policy=mail)
    assert ([(alert.topic, alert.kind.value) for alert in told.alerts], told.roll) == ([("Alliance", "new"), ("OTAN", "follow_up")], None)
    assert desk.told(desk.now + HOUR, policy=mail) == []


def test_what_is_urgent_is_told_at_once_with_all_that_waits_of_its_story(desk: Newsroom) -> None:
    desk.follow(Topic("OTAN", "OTAN", ("hook",), urgent='"récit 3"'), **settings())
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2)
    assert desk.told() == []
    desk.publish(C, "Rungis", 3)
    assert numbers(desk.told()) == [["Rungis/2", "Rungis/3"]]


def test_a_digest_tells_follow_ups_too_and_quiet_hours_hold_them(desk: Newsroom) -> None:
    hourly = Policy(when=parse_schedule("hourly"))
    desk.publish(A, "Rungis", 1)
    desk.publish(B, "Rungis", 2)
    assert desk.told(policy=hourly) == []
    next_hour = desk.now.replace(minute=0) + HOUR
    assert numbers(desk.told(next_hour, policy=hourly)) == [["Rungis/1", "Rungis/2"]]
    quiet = Policy(quiet=parse_quiet("12:00-14:30"))
    desk.publish(C, "Rungis", 3, at=next_hour + MINUTE)
    assert desk.told(policy=quiet) == []
    assert hold(desk)[2][2] == "quiet hours"
    assert numbers(desk.told(next_hour.replace(hour=14, minute=30), policy=quiet)) == [["Rungis/3"]]


def test_a_follow_up_counts_to_the_messages_of_an_hour_and_is_in_the_summary_of_what_is_beyond(desk: Newsroom) -> None:
    limited = Policy(most_per_hour=1)
    desk.follow(OTAN, **settings("now"))
    desk.publish(A, "Rungis", 1)
    told_at = desk.now
    assert numbers(desk.told(policy=limited)) == [["Rungis/1"]]
    desk.publish(B, "Rungis", 2)
    assert desk.told(policy=limited) == []
    assert hold(desk)[1][2] == "limit"
    (summary,) = desk.told(told_at + HOUR, policy=limited)
    assert summary.roll is not None
    assert (summary.roll.kind, numbers([summary])) == ("summary", [["Rungis/2"]])
    desk.publish(C, "Rungis", 3, at=told_at + HOUR + MINUTE)
    (follow_up,) = desk.told(policy=limited)
    assert follow_up.roll is not None
    assert follow_up.roll.kind == "follow_up"
    desk.publish(A, "Brest", 1)
    assert desk.told(policy=limited) == []


def test_two_stories_that_are_joined_lose_nothing_and_tell_nothing_twice(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.publish(A, "Brest", 1)
    assert len(desk.told()) == 2
    desk.publish(B, "Rungis", 2)
    desk.publish(B, "Brest", 2)
    told_at = desk.now
    assert desk.told() == []
    join = "UPDATE story_articles SET story_id = 1", "UPDATE stories SET joined_into = 1 WHERE id = 2"
    for statement in join:
        desk.archive._writer.submit(lambda db, statement=statement: db.conn.execute(statement)).result()  # type: ignore[misc]
    assert numbers(desk.told(told_at + HOUR)) == [["Brest/2", "Rungis/2"]]
    assert {alert["deliveries"][0]["status"] for alert in desk.log()} == {"sent"}


def test_an_article_that_comes_into_a_story_of_which_nothing_was_told_is_told_at_once(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2)
    desk.poll(A, entry("Le Sénat vote le budget", "https://a.example/senat", summary="Les sénateurs ont voté dans la nuit."))
    move = "UPDATE story_articles SET story_id = 2 WHERE article_id = 2"
    desk.archive._writer.submit(lambda db: db.conn.execute(move)).result()
    (alone,) = desk.told()
    assert (numbers([alone]), alone.roll) == ([["Rungis/2"]], None)


def test_more_follow_ups_than_are_planned_at_one_look_are_one_message(desk: Newsroom) -> None:
    desk.publish(A, "Rungis", 1)
    desk.told()
    for number in range(2, 8):
        desk.publish(B, "Rungis", number)
    desk.told()
    desk.archive.seal_messages("hook", Policy(), desk.now + HOUR, 2).result()
    (told,) = desk.archive.due_messages("hook", desk.now + HOUR, 100, frozenset())
    assert len(told.alerts) == 6


def correct(desk: Newsroom, source: str, number: int) -> None:
    """The source edits its article on Rungis, and says the opposite."""
    address = source.replace("/feed", f"/Rungis/{number}")
    text = tell("Rungis", number).replace("de l’OTAN brûle", "de l’OTAN ne brûle pas")
    desk.poll(source, entry(f"{_EVENTS['Rungis'][0]}, récit {number}", address, summary=text, published_at=NOW))


def test_a_correction_of_what_is_not_told_yet_is_told_with_it(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings(), revisions_of_topic={"OTAN": Revisions.MATCHES})
    desk.publish(A, "Rungis", 1)
    desk.told()
    told_at = desk.now
    desk.publish(B, "Rungis", 2)
    correct(desk, B, 2)
    correct(desk, A, 1)
    (of_what_was_told,) = desk.told()
    assert [(alert.kind, alert.about.article_id) for alert in of_what_was_told.alerts] == [("corrected", 1)]  # type: ignore[union-attr]
    (later,) = desk.told(told_at + HOUR)
    assert [(alert.kind, alert.about.article_id) for alert in later.alerts] == [("follow_up", 2), ("corrected", 2)]  # type: ignore[union-attr]
    ((_, body),) = render_messages(later)
    assert [("changes" in alert) for alert in json.loads(body)["data"]["alerts"]] == [False, True]


def test_a_correction_of_what_is_told_nobody_is_told_nobody(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings("off"), revisions_of_topic={"OTAN": Revisions.MATCHES})
    desk.publish(A, "Rungis", 1)
    desk.told()
    desk.publish(B, "Rungis", 2)
    assert desk.told() == []
    correct(desk, B, 2)
    assert desk.told() == []
    assert [(alert["kind"], alert["deliveries"][0]["reason"]) for alert in desk.log()[:2]] == [
        ("corrected", "follow-ups are off"),
        ("follow_up", "follow-ups are off"),
    ]


def test_what_follows_what_was_told_before_stories_were_known_is_a_follow_up(desk: Newsroom) -> None:
    desk.follow(OTAN, per_of_topic={"OTAN": Per.ARTICLE})
    desk.publish(A, "Rungis", 1)
    desk.publish(C, "Rungis", 3)
    desk.told()
    told = desk.log()
    for table in ("story_articles", "sketches", "shingles", "waiting_shingles", "stories", "word_counts"):
        desk.archive._writer.submit(lambda db, table=table: db.conn.execute(f"DELETE FROM {table}")).result()  # type: ignore[misc]
    desk.archive._writer.submit(lambda db: db.conn.execute("DELETE FROM archive_state WHERE name = 'knows_stories'")).result()
    desk.archive._writer.submit(lambda db: db.conn.execute("UPDATE alerts SET placed_in = NULL")).result()
    desk.follow(OTAN, **settings())
    desk.reopen()
    desk.rebuild()
    assert [{**alert, "story_id": None} for alert in desk.log()] == [{**alert, "story_id": None} for alert in told]
    told_at = desk.now
    desk.publish(B, "Rungis", 2, at=told_at + 10 * MINUTE)
    assert desk.log()[0]["kind"] == "follow_up"
    assert desk.told() == []
    assert numbers(desk.told(told_at + HOUR)) == [["Rungis/2"]]


def test_follow_ups_of_a_body_take_three_statements_more_than_alerts_on_every_article(tmp_path: Path) -> None:
    counts = []
    for per in Per:
        with Newsroom(tmp_path / per, [OTAN]) as desk:
            desk.follow(OTAN, per_of_topic={"OTAN": per})
            desk.watch(A, B)
            desk.publish(A, "Rungis", 1)
            seen: list[str] = []
            desk.archive._db.conn.set_trace_callback(seen.append)
            desk.poll(B, *[told_of("Rungis", B, number) for number in (2, 3, 4)])
            desk.archive._db.conn.set_trace_callback(None)
            assert desk.alerts()[1:] == [("OTAN", "follow_up" if per is Per.STORY else "new")] * 3
            counts.append(len(seen))
    assert counts[0] == counts[1] + 3, "what was told of the story before, what that said, and what the sources are called"


def test_an_alert_knows_in_which_story_it_was_made(desk: Newsroom) -> None:
    desk.publish(A, "Brest", 1)
    desk.publish(A, "Rungis", 1)
    desk.publish(B, "Brest", 2)
    assert [alert.story_id for bundle in desk.told() for alert in bundle.alerts] == [1, 2]
    assert [alert["story_id"] for alert in desk.log()] == [1, 2, 1]


SAID = (
    "L’OTAN va déployer {count} drones de la société Calypse sur la base de Tarn avant l’été, et {how}renoncera au contrat de Brume. "
    "La société Calypse promet de former les équipes de la base de Tarn, selon son directeur, que nos journalistes ont rencontré."
)


def say(desk: Newsroom, source: str, *, count: str = "300", how: str = "", date: str = "") -> None:
    """A source tells of one contract, as it sees it."""
    title = "Calypse : les drones de l’OTAN arrivent sur la base de Tarn"
    address = source.replace("feed", f"tarn/{desk.now.timestamp():.0f}")
    desk.poll(source, entry(title, address, summary=date + SAID.format(count=count, how=how), published_at=NOW))


def differences(desk: Desk) -> list[tuple[str, str, str]]:
    """Of the last alert: in what it differs, from whom, and the words that differ."""
    return [(one["kind"], one["other_source"], one["passage"][:40]) for one in desk.log()[0]["story_differences"]]


def test_a_follow_up_that_gives_another_number_is_told_at_once_with_both_passages(desk: Newsroom) -> None:
    say(desk, A)
    desk.told()
    say(desk, B)
    assert (desk.told(), differences(desk)) == ([], [])
    say(desk, C, count="500")
    assert differences(desk) == [("number", "L’Écho", "L’OTAN va déployer 500 drones de la soci")]
    (bundle,) = desk.told()
    assert len(bundle.alerts) == 2, "what waited of the story goes with it"
    ((_, body),) = render_messages(bundle)
    (told,) = json.loads(body)["data"]["differences"]
    assert ("500 drones" in told["passage"], "300 drones" in told["other_passage"], told["other_source"]) == (True, True, "L’Écho")
    assert desk.told(desk.now + 2 * HOUR) == []


def test_what_an_earlier_article_has_said_is_not_told_again_as_a_difference(desk: Newsroom) -> None:
    say(desk, A)
    say(desk, B, count="500")
    desk.told()
    say(desk, C, count="500")
    assert (desk.told(), differences(desk)) == ([], [])
    say(desk, A, count="700")
    assert [kind for kind, _, _ in differences(desk)] == ["number"]


def test_of_two_articles_that_one_body_brings_the_second_tells_whom_it_contradicts(desk: Newsroom) -> None:
    title = "Calypse : les drones de l’OTAN arrivent sur la base de Tarn"
    both = [
        entry(title + how, f"https://a.example/tarn/{count}", summary=SAID.format(count=count, how=""), published_at=NOW)
        for count, how in (("500", " ce soir"), ("300", ""))
    ]
    desk.poll(A, *both)
    found = [(alert["kind"], one["kind"], one["other_source"]) for alert in desk.log() for one in alert["story_differences"]]
    assert found == [("follow_up", "number", "Le Journal")]


def test_another_date_is_told_with_the_others_when_the_hour_is_over(desk: Newsroom) -> None:
    when = "La base de Tarn ouvrira le {day} mars pour les drones de l’OTAN, selon la société Calypse. "
    say(desk, A, date=when.format(day=12))
    desk.told()
    say(desk, B, date=when.format(day=19))
    assert [kind for kind, _, _ in differences(desk)] == ["date"]
    assert desk.told() == []
    (bundle,) = desk.told(desk.now + HOUR)
    assert [one.kind.value for alert in bundle.alerts for one in alert.differences] == ["date"]


def test_a_follow_up_is_compared_with_what_was_told_last_of_each_article(desk: Newsroom) -> None:
    desk.follow(OTAN, **settings(), revisions_of_topic={"OTAN": Revisions.MATCHES})
    title, link = "Calypse : les drones de l’OTAN arrivent sur la base de Tarn", "https://a.example/tarn"
    for count in ("300", "500"):
        desk.poll(A, entry(title, link, summary=SAID.format(count=count, how=""), published_at=NOW))
    assert desk.alerts() == [("OTAN", "new"), ("OTAN", "corrected")]
    say(desk, B, count="500")
    assert differences(desk) == []
    say(desk, C, count="300")
    assert [kind for kind, _, _ in differences(desk)] == ["number"]


def test_differences_survive_a_death_before_they_are_planned(desk: Newsroom) -> None:
    say(desk, A)
    desk.told()
    say(desk, B, count="500")
    desk.reopen()
    (bundle,) = desk.told()
    assert [one.kind.value for one in bundle.alerts[0].differences] == ["number"]


def test_only_the_articles_that_were_told_last_are_compared(desk: Newsroom) -> None:
    say(desk, A, count="900")
    for _ in range(MOST_EARLIER):
        say(desk, B)
    say(desk, C, count="900")
    assert [kind for kind, _, _ in differences(desk)] == ["number"], "the first, which says so too, is too long ago"


def test_what_one_topic_was_told_hides_nothing_that_another_was_told(desk: Newsroom) -> None:
    court = Topic("Cour", '"Cour des comptes"', ("hook",))
    said = "La Cour des comptes trouve {count} drones de l’OTAN sur la base de Tarn. "
    desk.follow(OTAN, court, **settings("1h", OTAN, court))
    say(desk, A, date=said.format(count=300))
    for _ in range(2 * MOST_EARLIER):
        say(desk, B)
    say(desk, C, date=said.format(count=500))
    found = {alert["topic"]: [one["kind"] for one in alert["story_differences"]] for alert in desk.log()[:2]}
    assert found["Cour"] == ["number"]
