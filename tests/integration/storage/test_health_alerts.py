"""Operational alerts: raising them, whom they go to, what is told of them, and those about channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.alerts import AlertKind, AttemptResult, DeliveryStatus, source_subject
from news.delivering import GATHERING, Policy
from news.health_news import HealthEvent, HealthNews
from news.one_thing import WholeAlert, WholeDelivery
from news.topics import Topic
from quivive.cli.csv_answers import ALERTS, make_csv
from quivive.cli.json_whole import whole_json
from storage import AlertRequest
from storage.recording.health import raise_health_alert
from tests.desk import A, Desk, entry

FAILING = HealthNews(
    HealthEvent.STATE, "Le Journal", "failing", "ok", A, code="timeout", message="The whole answer did not arrive in time."
)
OTAN = Topic("OTAN", "OTAN", ("hook",))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [OTAN], mail=["redaction"]) as running:
        running.follow(OTAN, health_notify=("hook", "redaction"))
        running.watch(A, name="Le Journal")
        yield running


def raise_alert(desk: Desk, news: HealthNews = FAILING, url: str = A) -> str:
    watch, now = desk.archive._watch, desk.tick()
    return desk.archive._submit(raise_health_alert, watch.health_notify, source_subject(url), news, now).result().alert_id


def alerts(desk: Desk, **asked: Any) -> list[dict[str, Any]]:
    from quivive.cli.json_answers import alert_json

    return [alert_json(alert) for alert in desk.archive.report_alerts(AlertRequest(**asked)).alerts]


def attempt(desk: Desk, status: DeliveryStatus, channel: str = "hook", error: str | None = None) -> None:
    """The first message to a channel that is due ends so."""
    desk.seal(channel)
    now = desk.tick()
    bundle = desk.archive.due_messages(channel, now, 1, ())[0]
    desk.archive.record_attempts([AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, status, None, error)]).result()


def told_of(desk: Desk) -> list[tuple[str, str]]:
    return [(one["health"]["name"], one["health"]["after"]) for one in reversed(alerts(desk, kind=AlertKind.HEALTH))]


def test_an_operational_alert_has_a_delivery_for_each_channel_and_no_article(desk: Desk) -> None:
    raise_alert(desk)
    (alert,) = alerts(desk)
    assert {name: alert[name] for name in ("topic", "article_id", "article_url", "article_title", "kind", "delay_seconds", "matches")} == {
        "topic": None,
        "article_id": None,
        "article_url": None,
        "article_title": None,
        "kind": "health",
        "delay_seconds": None,
        "matches": [],
    }
    assert alert["health"] == {
        "event": "state",
        "title": "Le Journal is failing",
        "name": "Le Journal",
        "url": A,
        "before": "ok",
        "after": "failing",
        "since": None,
        "until": None,
        "code": "timeout",
        "message": "The whole answer did not arrive in time.",
    }
    assert [(one["channel"], one["status"]) for one in alert["deliveries"]] == [("hook", "pending"), ("redaction", "pending")]


def test_with_nobody_to_notify_it_is_listed_without_deliveries(desk: Desk) -> None:
    desk.follow(OTAN)
    raise_alert(desk)
    assert [(one["kind"], one["deliveries"]) for one in alerts(desk)] == [("health", [])]


def test_those_on_one_source_are_counted_and_each_has_an_id_of_its_own(desk: Desk) -> None:
    assert raise_alert(desk) != raise_alert(desk)
    rows = desk.rows("SELECT subject, sequence, topic FROM alerts ORDER BY sequence")
    assert [tuple(row) for row in rows] == [(f"source:{A}", 1, ""), (f"source:{A}", 2, "")]


def test_they_are_asked_for_by_their_kind_and_stand_among_the_others(desk: Desk) -> None:
    raise_alert(desk)
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    assert [one["kind"] for one in alerts(desk)] == ["new", "health"]
    assert [one["kind"] for one in alerts(desk, kind=AlertKind.HEALTH)] == ["health"]


def test_what_a_webhook_gets_is_what_was_told(desk: Desk) -> None:
    alert_id = raise_alert(desk)
    desk.seal("hook")
    (bundle,) = desk.archive.due_messages("hook", desk.now, 9, ())
    assert [(one.alert_id, one.about, one.subject) for one in bundle.alerts] == [(alert_id, FAILING, source_subject(A))]


def test_two_of_a_few_minutes_are_one_mail_that_waits_with_the_reason(desk: Desk) -> None:
    first, second = raise_alert(desk), raise_alert(desk, FAILING, "https://b.example/feed")
    desk.seal("redaction")
    assert desk.archive.due_messages("redaction", desk.now, 9, ()) == []
    (delivery,) = [one for one in alerts(desk)[0]["deliveries"] if one["channel"] == "redaction"]
    assert (delivery["status"], delivery["last_error"]) == (
        "pending",
        "it waits a few minutes for other operational alerts, to be one mail",
    )
    desk.tick(desk.now + GATHERING)
    assert desk.archive.due_channels(desk.now) == ["hook", "redaction"]
    desk.seal("redaction")
    (mail,) = desk.archive.due_messages("redaction", desk.now, 9, ())
    assert [one.alert_id for one in mail.alerts] == [first, second]


def test_one_is_shown_whole_without_an_article(desk: Desk) -> None:
    alert_id = raise_alert(desk)
    (thing,) = desk.archive.find_things(alert_id[:8], ["OTAN"])
    whole = desk.archive.tell_whole(thing, [OTAN], {}, desk.now)
    assert isinstance(whole, WholeAlert)
    told = whole_json(whole)
    assert (whole.article, told["shows"], told["article_id"], "text" in told) == (None, "alert", None, False)


def test_a_delivery_of_one_is_shown_whole(desk: Desk) -> None:
    raise_alert(desk)
    delivery_id = alerts(desk)[0]["deliveries"][0]["id"]
    (thing,) = desk.archive.find_things(delivery_id, ["OTAN"])
    whole = desk.archive.tell_whole(thing, [OTAN], {}, desk.now)
    assert isinstance(whole, WholeDelivery)
    assert whole.alert.title == "Le Journal is failing"


def test_no_topic_is_called_by_the_empty_name_of_operational_alerts(desk: Desk) -> None:
    raise_alert(desk)
    assert desk.archive.find_things("", ["OTAN"]) == []


def test_in_csv_it_says_what_happened_in_one_cell(desk: Desk) -> None:
    raise_alert(desk)
    line = list(make_csv(ALERTS, alerts(desk)))[1].decode()
    assert ",Le Journal is failing: The whole answer did not arrive in time.," in line


def test_in_sql_it_has_a_title_a_source_and_an_address(desk: Desk) -> None:
    raise_alert(desk)
    (row,) = desk.rows("SELECT title, source, url, kind FROM alerts_v")
    assert tuple(row) == ("Le Journal is failing", "Le Journal", A, "health")


def test_a_channel_is_told_of_when_its_first_message_is_given_up_and_when_one_arrives_again_and_not_in_between(desk: Desk) -> None:
    for number in range(4):
        desk.poll(A, entry(f"L’OTAN {number}", f"https://a.example/{number}"))
    attempt(desk, DeliveryStatus.PENDING, error="503")
    assert told_of(desk) == []
    attempt(desk, DeliveryStatus.DEAD, error="410 Gone")
    assert told_of(desk) == [("hook", "dead")]
    dead_at = desk.now
    desk.reopen()
    attempt(desk, DeliveryStatus.DEAD)
    assert told_of(desk) == [("hook", "dead")]
    attempt(desk, DeliveryStatus.SENT)
    assert told_of(desk) == [("hook", "dead"), ("hook", "ok")]
    well, dead = (json.loads(row[0]) for row in desk.rows("SELECT payload FROM alerts WHERE kind = 'health' ORDER BY sequence DESC"))
    advice = "once that is mended, `quivive alerts retry --dead` sends again all that was given up"
    assert (dead["message"], dead["since"], well["until"] > well["since"]) == (f"410 Gone; {advice}", well["since"], True)
    assert dead_at.isoformat()[:19] == dead["since"][:19]
    attempt(desk, DeliveryStatus.SENT)
    assert len(told_of(desk)) == 2


def test_what_works_from_the_beginning_is_no_news(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    attempt(desk, DeliveryStatus.SENT)
    assert told_of(desk) == []


def test_a_channel_whose_operational_alerts_are_given_up_is_told_of_once_and_goes_round_in_no_circle(desk: Desk) -> None:
    desk.follow(OTAN, health_notify=("hook",))
    raise_alert(desk)
    for _ in range(2):
        attempt(desk, DeliveryStatus.DEAD, error="410 Gone")
    desk.seal("hook")
    assert desk.archive.due_messages("hook", desk.now, 9, ()) == []
    assert told_of(desk) == [("Le Journal", "failing"), ("hook", "dead")]


def test_a_channel_that_left_the_configuration_is_told_of_when_what_waited_for_it_is_given_up(desk: Desk) -> None:
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    desk.archive.hold_for_channel("hook", desk.tick(), 9).result()
    assert told_of(desk) == []
    desk.archive.hold_for_channel("hook", desk.tick(desk.now + timedelta(days=4)), 9).result()
    assert told_of(desk) == [("hook", "dead")]


@pytest.mark.parametrize("first", ["operational", "ahead"])
def test_neither_an_operational_alert_nor_what_a_clock_ahead_has_sealed_counts_to_a_limit(desk: Desk, first: str) -> None:
    limited = Policy(most_per_hour=1)
    desk.follow(Topic("Espace", "fusée", ("hook",)))
    desk.watch(A)
    if first == "operational":
        news = HealthNews(HealthEvent.STATE, "Le Journal", "failing")
        desk.archive._submit(raise_health_alert, ("hook",), source_subject(A), news, desk.tick()).result()
        desk.archive.seal_messages("hook", limited, desk.now, 100).result()
    else:
        desk.poll(A, entry("La fusée 0", "https://a.example/0"))
        desk.archive.seal_messages("hook", limited, desk.now + timedelta(days=365), 100).result()
    desk.poll(A, entry("La fusée 1", "https://a.example/1"))
    desk.archive.seal_messages("hook", limited, desk.now, 100).result()
    assert {one["status"] for alert in desk.log() for one in alert["deliveries"]} == {"pending"}
