"""What operational alerts say, and their ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.alerts import OUR_LINE, Subject, channel_subject, parse_subject, source_subject
from news.health_news import DEAD, DOWN, WELL, HealthEvent, HealthNews, make_health_alert_id
from news.sources import SourceStatus

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
FAILING = HealthNews(HealthEvent.STATE, "Le Journal", "failing", since=NOW)


@pytest.mark.parametrize(
    ("event", "after"),
    [
        *((HealthEvent.STATE, status.value) for status in SourceStatus if status.value not in {"new", "unreachable"}),
        (HealthEvent.GAP, "gap"),
        *((HealthEvent.DELIVERIES, after) for after in (DEAD, WELL)),
        *((HealthEvent.LINE, after) for after in (DOWN, WELL)),
    ],
)
def test_whatever_can_happen_has_a_title_of_its_own(event: HealthEvent, after: str) -> None:
    title = HealthNews(event, "Le Journal", after).title
    assert title != f"Le Journal: {after}"
    assert (event is HealthEvent.LINE) != ("Le Journal" in title)


def test_it_is_over_when_all_is_well_again() -> None:
    assert (FAILING.is_over, replace(FAILING, after="ok").is_over) == (False, True)


def test_the_same_event_has_the_same_id_and_any_other_another() -> None:
    others = [
        make_health_alert_id("source:a", FAILING, 1),
        make_health_alert_id("source:b", FAILING, 1),
        make_health_alert_id("source:a", FAILING, 2),
        make_health_alert_id("source:a", replace(FAILING, after="ok"), 1),
        make_health_alert_id("source:a", replace(FAILING, event=HealthEvent.GAP), 1),
        make_health_alert_id("source:a", replace(FAILING, since=NOW + timedelta(seconds=1)), 1),
        make_health_alert_id("source:a", replace(FAILING, until=NOW + timedelta(seconds=1)), 1),
    ]
    assert len(set(others)) == len(others)
    assert make_health_alert_id("source:a", replace(FAILING, message="in other words"), 1) == others[0]


@pytest.mark.parametrize("subject", [OUR_LINE, channel_subject("mail: desk"), source_subject("https://a.example/feed?x=1")])
def test_whatever_an_operational_alert_is_about_is_read_back_as_it_was_written(subject: Subject) -> None:
    assert parse_subject(subject.text) == subject
