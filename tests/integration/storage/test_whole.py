"""One thing whole: what the archive tells of an article, an alert, a delivery, a source and a topic, and what people may call them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from news.alerting import Silence
from news.alerts import AttemptResult, DeliveryStatus
from news.articles import Identity
from news.one_thing import Whole, WholeAlert, WholeArticle, WholeDelivery, WholeSource, WholeTopic
from news.sources import PollKind
from news.things import Thing, ThingKind
from news.topics import Topic
from storage import retry_deliveries
from tests.desk import DOWN, NOW, OTAN, A, B, Desk, entry, prose

ONE = "https://a.example/1"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        desk.watch(A, name="Le Journal")
        desk.watch(B, name="L’Écho")
        yield desk


def find(desk: Desk, what: str) -> list[Thing]:
    return desk.archive.find_things(what, ["OTAN", "Rien"])


def whole(desk: Desk, what: str) -> Whole:
    (thing,) = find(desk, what)
    return desk.archive.tell_whole(thing, [OTAN], {}, desk.now)


def article_of(desk: Desk, what: str = "1") -> WholeArticle:
    told = whole(desk, what)
    assert isinstance(told, WholeArticle)
    return told


def attempt(desk: Desk, status: DeliveryStatus, answer: str | None, again: timedelta | None = None) -> None:
    (bundle,) = desk.due(desk.now + timedelta(days=1))
    at = desk.tick()
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, at, status, again and at + again, answer)]).result()


def test_an_article_is_told_with_its_versions_its_sightings_and_why_it_is_the_same(desk: Desk) -> None:
    text = prose("l’OTAN")
    desk.poll(A, entry("L’OTAN signe", ONE, "g1", content=text))
    desk.poll(B, entry("L’OTAN signe", ONE, content=text))
    desk.poll(A, entry("L’OTAN signe enfin", ONE, "g1", content=text + " Enfin."))
    told = article_of(desk)
    assert (told.text, told.deleted_at) == (text + " Enfin.", None)
    assert [(one.number, one.source, one.title, one.is_current) for one in told.versions] == [
        (1, "Le Journal", "L’OTAN signe", False),
        (2, "Le Journal", "L’OTAN signe enfin", True),
    ]
    assert [(one.source, one.identity) for one in told.article.sightings] == [
        ("Le Journal", Identity.FIRST),
        ("L’Écho", Identity.SAME_URL),
    ]


def test_an_article_is_told_with_the_topics_that_match_it_and_the_reason_where_no_alert_followed(tmp_path: Path) -> None:
    with Desk(tmp_path / "archive.db", [OTAN], silent=True) as desk:
        desk.watch(A)
        desk.poll(A, entry("L’OTAN signe", ONE))
        (match,) = article_of(desk).matches
        assert (match.topic, match.version, match.silence) == ("OTAN", 1, Silence.SILENT)
        assert [(hit.term, hit.found, hit.field) for hit in match.hits] == [("OTAN", "OTAN", "title")]


def test_every_attempt_is_kept_with_its_answer_also_when_a_delivery_is_sent_again_by_hand(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    attempt(desk, DeliveryStatus.PENDING, "503 busy", timedelta(seconds=5))
    attempt(desk, DeliveryStatus.DEAD, "410 Gone")
    delivery_id = desk.log()[-1]["deliveries"][0]["id"]
    assert retry_deliveries(desk.path, [delivery_id[:8]], desk.tick()) == (1, [])
    attempt(desk, DeliveryStatus.SENT, None)
    told = whole(desk, delivery_id[:8])
    assert isinstance(told, WholeDelivery)
    assert [(one.status, one.answer, one.next_attempt_at is None) for one in told.delivery.attempts] == [
        (DeliveryStatus.PENDING, "503 busy", False),
        (DeliveryStatus.DEAD, "410 Gone", True),
        (DeliveryStatus.SENT, None, True),
    ]
    assert (told.delivery.record.status, told.delivery.message_id, told.alert.topic) == (DeliveryStatus.SENT, delivery_id, "OTAN")


def test_an_alert_is_told_with_its_article_and_its_deliveries(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    alert_id = desk.log()[0]["id"]
    told = whole(desk, alert_id)
    assert isinstance(told, WholeAlert)
    assert (told.alert.record.alert_id, told.article and told.article.article.url) == (alert_id, ONE)
    assert [hit.found for hit in told.alert.record.hits] == ["OTAN"]
    assert [(one.record.channel, one.attempts, one.message_id) for one in told.alert.deliveries] == [("hook", (), None)]


def test_the_attempts_go_with_the_text_when_retention_deletes_the_article(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    attempt(desk, DeliveryStatus.SENT, None)
    assert desk.rows("SELECT count(*) FROM attempts") == [(1,)]
    later = desk.now + timedelta(days=400)
    assert desk.archive.forget_articles(later, later).result() == 1
    assert desk.rows("SELECT count(*) FROM attempts") == [(0,)]
    told = article_of(desk)
    assert (told.text, told.deleted_at) == ("", later)
    assert (told.alerts[0].deliveries[0].record.attempts, told.alerts[0].deliveries[0].attempts) == (1, ())


def test_a_source_is_told_with_its_polls_its_gaps_and_when_it_publishes(desk: Desk) -> None:
    desk.poll(A, entry("Un", ONE, published_at=NOW - timedelta(hours=3)), entry("Deux", "https://a.example/2", published_at=None))
    desk.fail_poll(A)
    desk.poll(A, entry("Trois", "https://a.example/3", published_at=NOW - timedelta(hours=3, minutes=5)))
    told = whole(desk, "le journal")
    assert isinstance(told, WholeSource)
    assert [(poll.kind, poll.entries_seen, poll.entries_new) for poll in told.polls] == [
        (PollKind.PARSED, 1, 1),
        (PollKind.FAILED, 0, 0),
        (PollKind.PARSED, 2, 2),
    ]
    assert told.polls[1].problem == DOWN
    assert [(gap.entries, gap.repaired_at) for gap in told.gaps] == [(1, None)]
    assert {(hour.start.hour, hour.count) for hour in told.hours} == {(8, 1), (9, 1), (12, 1)}
    assert (told.last_entry_at, told.is_configured, told.health.articles) == (desk.now, True, 3)


def test_a_source_that_has_left_the_configuration_can_still_be_looked_at(desk: Desk) -> None:
    desk.poll(A, entry("Un", ONE))
    desk.specs.pop(0)
    desk.sync()
    told = whole(desk, A)
    assert isinstance(told, WholeSource)
    assert (told.health.name, told.is_configured) == ("Le Journal", False)


def test_a_topic_is_told_with_its_last_alerts(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE), entry("L’OTAN hésite", "https://a.example/2"))
    told = whole(desk, "otan")
    assert isinstance(told, WholeTopic)
    assert (told.volume.alerts, told.volume.query, told.is_configured) == (2, "OTAN", True)
    assert {alert.article_title for alert in told.alerts} == {"L’OTAN signe", "L’OTAN hésite"}
    assert sum(hour.count for hour in told.hours) == 2


def test_a_topic_that_was_removed_is_known_by_its_alerts(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    (thing,) = desk.archive.find_things("otan", [])
    told = desk.archive.tell_whole(thing, [], {}, desk.now)
    assert isinstance(told, WholeTopic)
    assert (told.volume.name, told.volume.alerts, told.is_configured) == ("OTAN", 1, False)


def test_of_articles_that_share_a_link_each_is_found_by_its_own_address_and_all_by_the_link(desk: Desk) -> None:
    desk.watch(A)
    link = "https://www.a.example/direct"
    desk.poll(A, entry("Pannes de jeudi", link, "p1"), entry("Retour vendredi", link, "p2"), entry("Autre sujet", f"{link}#trois", "p3"))
    assert sorted(thing.name for thing in find(desk, link)) == ["Pannes de jeudi", "Retour vendredi"]
    assert [thing.name for thing in find(desk, f"{link}#trois")] == ["Autre sujet"]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("1", ThingKind.ARTICLE),
        (ONE, ThingKind.ARTICLE),
        ("http://www.a.example/1/", ThingKind.ARTICLE),
        (A, ThingKind.SOURCE),
        ("l'echo", None),
        ("L’ECHO", ThingKind.SOURCE),
        ("otan", ThingKind.TOPIC),
        ("rien", ThingKind.TOPIC),
        ("2", None),
        ("9" * 30, None),
        ("abc", None),
        ("https://elsewhere.example/", None),
        ("", None),
    ],
)
def test_a_thing_is_found_by_its_number_its_address_or_its_name(desk: Desk, what: str, kind: ThingKind | None) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    assert [thing.kind for thing in find(desk, what)] == ([kind] if kind else [])


def test_an_id_may_be_shortened_while_it_stays_unique(desk: Desk) -> None:
    desk.poll(A, *(entry(f"L’OTAN signe {number}", f"https://a.example/{number}") for number in range(40)))
    ids = [row[0] for table in ("alerts", "deliveries") for row in desk.rows(f"SELECT id FROM {table}")]
    for whole_id in ids:
        alike = {one for one in ids if one.startswith(whole_id[:4])}
        assert {thing.key for thing in find(desk, whole_id[:4].upper())} == alike
        assert [thing.key for thing in find(desk, whole_id)] == [whole_id]
        assert find(desk, whole_id[:3]) == []


def test_nothing_is_sent_again_by_the_beginning_of_two_ids(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN signe", ONE))
    (delivery,) = desk.rows("SELECT * FROM deliveries")
    twin = delivery[0][:8] + "z" * 18
    with closing(sqlite3.connect(desk.path)) as connection:
        connection.execute(f"INSERT INTO deliveries VALUES ({','.join('?' * len(delivery))})", (twin, *delivery[1:]))
        connection.commit()
    assert retry_deliveries(desk.path, [delivery[0][:8]], desk.tick()) == (0, [delivery[0][:8]])
    assert {thing.key for thing in find(desk, delivery[0][:8])} == {delivery[0], twin}


def test_the_id_of_a_mail_that_tells_several_alerts_leads_to_what_it_told(tmp_path: Path) -> None:
    topics = [Topic("OTAN", "OTAN", ("mail",)), Topic("Accords", "signe", ("mail",))]
    with Desk(tmp_path / "archive.db", topics, mail=["mail"]) as desk:
        desk.watch(A)
        desk.poll(A, entry("L’OTAN signe", ONE))
        (bundle,) = desk.due()
        assert len(bundle.delivery_ids) == 2
        (thing,) = find(desk, bundle.bundle_id)
        assert (thing.kind, thing.key) == (ThingKind.DELIVERY, min(bundle.delivery_ids))
