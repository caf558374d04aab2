"""When sources are due, what they are called, and what is told of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from news.source_specs import SourceSpec
from storage.file.times import to_text
from tests.desk import DOWN, QUARTER, A, B, Desk, entry

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"


def next_poll(desk: Desk, url: str = A) -> timedelta:
    """How long after the last poll the next one is."""
    report = next(report for report in desk.sources() if report["url"] == url)
    return datetime.fromisoformat(report["next_poll_at"]) - desk.now


def test_a_new_source_is_due_at_once_and_then_after_its_interval(desk: Desk) -> None:
    desk.watch(A)
    assert [source.url for source in desk.archive.due_sources(desk.now, 10)] == [A]
    desk.poll(A, entry("Un", ONE))
    assert desk.archive.due_sources(desk.now + QUARTER - timedelta(seconds=1), 10) == []
    assert [source.url for source in desk.archive.due_sources(desk.now + QUARTER, 10)] == [A]


def test_the_longest_overdue_source_comes_first(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(B)
    desk.poll(A)
    assert [source.url for source in desk.archive.due_sources(desk.now + timedelta(days=1), 1)] == [B]


def test_sources_in_hand_are_not_listed_as_due_however_long_they_are(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(B)
    desk.poll(A)
    tomorrow = desk.now + timedelta(days=1)
    (longest,) = desk.archive.due_sources(tomorrow, 1)
    assert [source.url for source in desk.archive.due_sources(tomorrow, 1, {longest.source_id})] == [A]


def test_failures_double_the_interval_up_to_the_longest_and_a_success_ends_that(desk: Desk) -> None:
    desk.watch(A)
    waits = []
    for _ in range(8):
        desk.fail_poll(A)
        waits.append(next_poll(desk))
    assert waits == [timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480, 720, 720, 720)]
    (report,) = desk.sources()
    assert (report["status"], report["consecutive_failures"]) == ("failing", 8)
    assert report["last_error"] == {"code": DOWN.code, "message": DOWN.message}
    desk.poll(A)
    (report,) = desk.sources()
    assert (report["status"], report["consecutive_failures"], report["last_error"], next_poll(desk)) == ("ok", 0, None, QUARTER)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(timedelta(minutes=5), timedelta(minutes=30)), (timedelta(hours=3), timedelta(hours=3)), (timedelta(days=400), timedelta(days=1))],
)
def test_retry_after_is_honoured_beyond_the_doubled_interval_up_to_a_day(desk: Desk, asked: timedelta, wait: timedelta) -> None:
    desk.watch(A)
    desk.fail_poll(A, replace(DOWN, retry_after=asked))
    assert next_poll(desk) == wait


def test_a_shorter_interval_takes_effect_at_once(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    desk.specs = [replace(spec, interval=timedelta(minutes=6)) for spec in desk.specs]
    desk.sync()
    assert next_poll(desk, A) == timedelta(minutes=5)  # one minute has passed since the poll


def test_a_configuration_that_comes_into_force_makes_a_failing_source_due_and_leaves_a_healthy_one_its_moment(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A)
    for _ in range(5):
        desk.fail_poll(B)
    planned = next_poll(desk, A)
    desk.sync()
    assert next_poll(desk, A) == planned - timedelta(minutes=1)
    assert next_poll(desk, B) == timedelta(minutes=4)  # never more often than min_interval, of 5 minutes here


def test_a_moment_later_than_the_interval_outlives_a_restart(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A)
    with closing(sqlite3.connect(desk.archive.path, isolation_level=None, timeout=20)) as connection:
        connection.execute("UPDATE sources SET next_poll_at = ?", (to_text(desk.now + timedelta(hours=5)),))
    desk.sync()
    assert next_poll(desk, A) == timedelta(hours=5) - timedelta(minutes=1)


def test_a_source_that_is_renamed_stays_what_it_is(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, name="Avant")
    desk.poll(A, entry("Un", ONE), etag='"1"')
    before = desk.source(A)
    desk.specs = [SourceSpec(A, name="Après", articles=desk.specs[0].articles)]
    desk.sync()
    assert desk.source(A) == before
    assert desk.poll(A, entry("L’OTAN", TWO), entry("Un", ONE)).entries_new == 1
    assert ([one["name"] for one in desk.sources()], [one["source"] for one in desk.articles()]) == (
        ["Après"],
        ["Après", "Après"],
    )
    assert desk.alerts() == [("OTAN", "new")]


def test_a_source_without_a_name_is_called_by_its_host_and_then_by_its_feeds_title(desk: Desk) -> None:
    desk.watch(A)
    assert desk.sources()[0]["name"] == "a.example"
    desk.poll(A, title="Le Journal")
    assert desk.sources()[0]["name"] == "Le Journal"
    desk.sync()
    assert desk.sources()[0]["name"] == "Le Journal"
    assert [source.url for source in desk.archive.find_sources(["le journal"])[0]] == [A]


def test_the_configurations_name_goes_before_the_feeds_title(desk: Desk) -> None:
    desk.watch(A, name="Mon nom")
    desk.poll(A, title="Le Journal")
    assert desk.sources()[0]["name"] == "Mon nom"


def test_a_source_that_is_removed_rests_with_all_it_brought_and_comes_back_as_it_was(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un", ONE), etag='"1"')
    specs, desk.specs = desk.specs, desk.specs[1:]
    desk.sync()
    later = desk.now + timedelta(days=2)
    assert [source.url for source in desk.archive.due_sources(later, 10)] == [B]
    assert desk.archive.due_pages(later, 10) == []
    assert desk.archive.find_sources([A]) == ([], [A])
    assert [one["url"] for one in desk.sources()] == [B]
    desk.specs = specs
    desk.sync()
    assert desk.source(A).etag == '"1"'
    assert [page.url for page in desk.archive.due_pages(later, 10)] == [ONE]
    tally = desk.poll(A, entry("L’OTAN", TWO), entry("Un", ONE))
    assert (tally.entries_new, tally.entries_silent) == (1, 0)


def test_sources_are_found_by_name_or_url_and_what_is_unknown_is_told(desk: Desk) -> None:
    desk.watch(A, name="Le Journal")
    desk.watch(B)
    found, unknown = desk.archive.find_sources(["le journal", B, A, "rien"])
    assert ([source.url for source in found], unknown) == ([A, B], ["rien"])
    assert len(desk.archive.find_sources([])[0]) == 2


def test_the_report_of_a_source_has_the_fields_of_the_outer_surface(desk: Desk) -> None:
    desk.watch(A, interval=timedelta(minutes=10))
    (report,) = desk.sources()
    assert report == {
        "name": "a.example",
        "url": A,
        "status": "new",
        "last_polled_at": None,
        "last_success_at": None,
        "next_poll_at": "2025-02-10T12:01:00Z",
        "interval_seconds": 600,
        "consecutive_failures": 0,
        "last_error": None,
        "articles": 0,
        "status_since": None,
        "moved_to": None,
        "pages": 0,
        "pages_unread": 0,
        "pages_failing_since": None,
    }
    desk.poll(A, entry("Un", ONE, "1"), entry("Un encore", ONE, "2"))
    (report,) = desk.sources()
    assert (report["status"], report["last_polled_at"], report["articles"]) == ("ok", "2025-02-10T12:02:00Z", 2)
