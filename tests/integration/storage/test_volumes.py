"""The volume of topics in the archive: what is counted, and that a surge is told once, whatever is interrupted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitors.rendering_webhook import render_webhook
from news.alerts import AlertKind
from news.one_thing import WholeAlert
from news.topics import Topic
from quivive.cli.csv_answers import ALERTS, make_csv
from quivive.cli.json_whole import whole_json
from storage.recording import volumes
from tests.desk import A, B, Desk, entry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = datetime(2025, 3, 5, 10, 15, tzinfo=UTC)
OTAN = Topic("OTAN", "OTAN", ("hook", "redaction"))


def write_about(desk: Desk, count: int, at: datetime, url: str = A) -> None:
    """So many articles about the topic, which the source has published within the hour before it is polled."""
    moments = [at - timedelta(minutes=10 + number) for number in range(count)]
    desk.poll(url, *(entry(f"L’OTAN, {at:%d %H:%M} {n}", f"{url}/{at:%d%H%M}/{n}", published_at=m) for n, m in enumerate(moments)), at=at)


def watch(desk: Desk, at: datetime | None = None) -> list[str]:
    """Let the volumes be watched; the topics of which a surge was told."""
    told = []
    for _ in range(100):
        tally = desk.archive.watch_volumes(desk.tick(at)).result()
        told += [alert.topic for alert in tally.alerts]
        if not tally.has_more:
            return told
    raise AssertionError("it never ends")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An archive that has followed the topic for three weeks, in which it was written about each third day."""
    with Desk(tmp_path / "archive.db", [OTAN], mail=["redaction"]) as running:
        running.now = MORNING - 22 * DAY
        running.watch(A, name="Le Journal")
        running.watch(B, name="La Gazette")
        assert watch(running) == []
        running.poll(A, at=MORNING - 21 * DAY)
        running.poll(B, at=MORNING - 21 * DAY)
        for day in range(19, 0, -3):
            write_about(running, 1, MORNING - day * DAY)
        yield running


def test_a_rise_raises_one_alert_with_a_delivery_for_each_channel_of_the_topic(desk: Desk) -> None:
    write_about(desk, 14, MORNING)
    assert watch(desk) == ["OTAN"]
    (alert,) = desk.log(kind=AlertKind.SURGE)
    assert (alert["topic"], alert["kind"], alert["article_id"], alert["delay_seconds"]) == ("OTAN", "surge", None, None)
    assert [one["channel"] for one in alert["deliveries"]] == ["hook", "redaction"]
    assert (alert["surge"]["articles"], len(alert["surge"]["latest"])) == (14, 5)
    assert alert["surge"]["latest"][0]["title"] == "L’OTAN, 05 10:15 0"
    assert alert["surge"]["title"] == "14 articles in 3 hours, where there is usually hardly one"


def test_it_is_told_as_alert_surge_with_the_figures(desk: Desk) -> None:
    write_about(desk, 14, MORNING)
    watch(desk)
    (bundle,) = [one for one in desk.due() if one.channel == "hook" and one.alerts[0].kind is AlertKind.SURGE]
    body = json.loads(render_webhook(bundle.alerts[0]))
    assert body["type"] == "alert.surge"
    assert body["data"] == {
        "alert_id": bundle.alerts[0].alert_id,
        "topic": "OTAN",
        "kind": "surge",
        "surge": desk.log(kind=AlertKind.SURGE)[0]["surge"],
    }


def test_it_is_shown_whole_and_listed_as_csv(desk: Desk) -> None:
    write_about(desk, 14, MORNING)
    watch(desk)
    (listed,) = desk.log(kind=AlertKind.SURGE)
    (thing,) = desk.archive.find_things(listed["id"], ["OTAN"])
    whole = desk.archive.tell_whole(thing, [OTAN], {}, desk.now)
    assert isinstance(whole, WholeAlert)
    assert whole_json(whole)["surge"] == listed["surge"]
    assert listed["surge"]["title"].encode() in b"".join(make_csv(ALERTS, [listed]))


def test_none_is_told_again_of_the_same_surge_also_after_a_restart(desk: Desk) -> None:
    write_about(desk, 14, MORNING)
    assert watch(desk) == ["OTAN"]
    assert watch(desk) == []
    desk.reopen()
    write_about(desk, 14, MORNING + HOUR / 2)
    assert watch(desk) == []
    write_about(desk, 14, MORNING + 5 * DAY)
    assert watch(desk) == ["OTAN"]
    assert len({one["id"] for one in desk.log(kind=AlertKind.SURGE)}) == 2


def test_a_crash_before_the_end_of_a_step_leaves_all_of_it_to_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    write_about(desk, 14, MORNING)
    with monkeypatch.context() as patch:
        patch.setattr(volumes, "_conclude", _crash)
        with pytest.raises(RuntimeError, match="power cut"):
            watch(desk)
    assert desk.log(kind=AlertKind.SURGE) == []
    assert watch(desk) == ["OTAN"]
    assert desk.log(kind=AlertKind.SURGE)[0]["surge"]["articles"] == 14


def _crash(*_arguments: object) -> None:
    raise RuntimeError("power cut")


@pytest.mark.parametrize("silent", [True, False])
def test_what_a_source_held_when_it_was_first_read_is_no_rise(desk: Desk, *, silent: bool) -> None:
    new = "https://new.example/feed"
    desk.follow(OTAN, silent_first_poll=silent)
    desk.watch(new)
    write_about(desk, 30, MORNING, new)
    assert watch(desk) == []
    write_about(desk, 14, MORNING + HOUR, new)
    assert watch(desk) == ["OTAN"]
    assert desk.log(kind=AlertKind.SURGE)[0]["surge"]["articles"] == 14


def test_what_was_published_long_ago_is_no_rise(desk: Desk) -> None:
    old = [entry(f"L’OTAN, {n}", f"{A}/old/{n}", published_at=MORNING - n * DAY) for n in range(2, 40)]
    desk.poll(A, *old, at=MORNING)
    assert watch(desk) == []


def test_an_old_archive_is_counted_in_parts_and_judged_when_all_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "MOST_COUNTED", 4)
    write_about(desk, 14, MORNING)
    assert desk.archive.watch_volumes(MORNING).result().has_more
    assert desk.log(kind=AlertKind.SURGE) == []
    assert watch(desk, MORNING) == ["OTAN"]
    assert sum(count for (count,) in desk.rows("SELECT articles FROM topic_hours")) == 21


def test_many_topics_are_judged_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "MOST_JUDGED", 1)
    write_about(desk, 14, MORNING)
    assert desk.archive.watch_volumes(MORNING).result().has_more
    assert watch(desk) == []
    assert len(desk.log(kind=AlertKind.SURGE)) == 1


def test_a_topic_that_asks_for_something_else_or_was_away_is_a_new_one(desk: Desk) -> None:
    watch(desk)
    desk.follow(Topic("OTAN", "OTAN OR Journal", ("hook",)))
    write_about(desk, 14, MORNING)
    assert watch(desk) == []
    assert desk.rows("SELECT query, since > '2025-02-28' FROM topic_volumes") == [("OTAN OR Journal", 1)]
    desk.follow()
    watch(desk)
    assert desk.rows("SELECT * FROM topic_volumes") == desk.rows("SELECT * FROM topic_hours") == []


def test_a_topic_that_is_followed_since_a_clock_was_ahead_is_followed_since_now(desk: Desk) -> None:
    desk.follow(OTAN, Topic("Ariane", "Ariane"))
    watch(desk, MORNING + 10 * DAY)
    watch(desk, MORNING)
    assert dict(desk.rows("SELECT topic, since <= ? FROM topic_volumes", f"{MORNING + HOUR:%FT%TZ}")) == {"OTAN": 1, "Ariane": 1}
    assert desk.rows("SELECT DISTINCT topic FROM topic_hours") == [("OTAN",)]
