"""What a digest shows of many alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from news.alerts import Alert, AlertKind
from news.digests import arrange_digest
from news.matches import Hit
from tests.outbox import ARTICLE, MORNING, make_alert

IN_TITLE, IN_TEXT = Hit("@otan", "OTAN", "title", "L’[OTAN]"), Hit("@otan", "OTAN", "text", "l’[OTAN]")
OTHER_TERM = Hit("@openai", "OpenAI", "text", "[OpenAI]")


def alert(name: str, *hits: Hit, topic: str = "OTAN", minutes: int = 0) -> Alert:
    made = make_alert(topic, replace(ARTICLE, url=f"https://a.example/{name}"), MORNING + timedelta(minutes=minutes))
    return replace(made, alert_id=name, matches=hits or (IN_TEXT,))


def order(*alerts: Alert) -> list[str]:
    (only,) = arrange_digest(alerts)
    return [one.alert_id for one in only.shown]


def test_what_speaks_of_the_topic_in_its_title_comes_first() -> None:
    assert order(alert("text", IN_TEXT, OTHER_TERM, minutes=5), alert("title", IN_TITLE)) == ["title", "text"]


def test_then_what_holds_more_of_its_terms_then_more_often_then_the_newest() -> None:
    few = alert("few", IN_TEXT, minutes=9)
    often = alert("often", IN_TEXT, IN_TEXT, minutes=1)
    several = alert("several", IN_TEXT, OTHER_TERM)
    newer = alert("newer", IN_TEXT, minutes=10)
    assert order(few, often, several, newer) == ["several", "often", "newer", "few"]


def test_topics_come_by_their_number_of_alerts_and_then_by_name() -> None:
    told = [alert("1", topic="Puces"), alert("2", topic="Fibre"), alert("3", topic="OTAN"), alert("4", topic="OTAN")]
    assert [(one.topic, len(one.shown), one.left_out) for one in arrange_digest(told)] == [("OTAN", 2, 0), ("Fibre", 1, 0), ("Puces", 1, 0)]


def in_story(name: str, story: int, kind: AlertKind = AlertKind.FOLLOW_UP, *hits: Hit, minutes: int = 0) -> Alert:
    return replace(alert(name, *hits, minutes=minutes), kind=kind, story_id=story)


def shapes(*alerts: Alert, most: int = 25) -> list[tuple[str, list[str]]]:
    (only,) = arrange_digest(alerts, most)
    return [(story.first.alert_id, [one.alert_id for one in story.others]) for story in only.stories]


def test_what_follows_in_a_story_stands_beneath_its_first_as_it_came() -> None:
    first = in_story("first", 1, AlertKind.NEW)
    late, early = in_story("late", 1, AlertKind.FOLLOW_UP, IN_TITLE, minutes=9), in_story("early", 1, minutes=5)
    assert shapes(late, alert("other", IN_TITLE, minutes=1), early, first) == [("other", []), ("first", ["early", "late"])]


def test_what_follows_a_first_that_was_told_before_stands_beneath_the_most_relevant_of_it() -> None:
    assert shapes(in_story("one", 1), in_story("two", 1, AlertKind.FOLLOW_UP, IN_TITLE)) == [("two", ["one"])]
    assert shapes(in_story("one", 1, minutes=1), in_story("two", 2)) == [("one", []), ("two", [])]


def test_alerts_that_are_no_follow_ups_stand_by_themselves_whatever_their_story() -> None:
    told = [in_story("new", 1, AlertKind.NEW, IN_TITLE), in_story("edit", 1, AlertKind.CORRECTED), in_story("next", 1)]
    assert shapes(*told) == [("new", ["next"]), ("edit", [])]
    unplaced = replace(alert("old"), kind=AlertKind.FOLLOW_UP)
    assert shapes(unplaced, replace(unplaced, alert_id="older")) == [("old", []), ("older", [])]


def test_a_story_is_cut_where_there_is_room_for_no_more_alerts() -> None:
    told = [in_story("first", 1, AlertKind.NEW), *(in_story(f"{n}", 1, minutes=n) for n in range(1, 5)), in_story("other", 2)]
    assert shapes(*told, most=3) == [("first", ["1", "2"])]
    assert shapes(*told, most=5) == [("first", ["1", "2", "3", "4"])]


def test_what_is_left_out_is_counted() -> None:
    told = [alert(f"{number:02}", minutes=number) for number in range(30)]
    (only,) = arrange_digest(told)
    assert (len(only.shown), only.left_out, only.shown[0].alert_id) == (25, 5, "29")
    assert [len(one.shown) for one in arrange_digest(told, most=30)] == [30]
