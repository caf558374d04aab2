"""Whether a source's pages can still be read: decided from a mark for each of the last ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.care import UnreadPages, find_unread_pages
from news.page_readings import PageReadings, note_page
from news.sources import ExtractedPage, PageOutcome, Problem

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
PAGE = ExtractedPage("Le titre", "Le texte.")


def note(
    readings: PageReadings, code: str | None = None, judged: str | None = None, *, attempts: int = 0, at: datetime = NOW
) -> PageReadings:
    outcome = PageOutcome(1, 1, "https://a.example/1", at, 0.1, page=None if code else PAGE, problem=Problem(code, "") if code else None)
    return note_page(readings, outcome, Problem(judged, "") if judged else None, attempts, at)


def after(marks: str, readings: PageReadings | None = None) -> PageReadings:
    """What is on record after pages that were read (`+`) and that were not (`-`), an hour apart; `marks[0]` is at NOW."""
    readings = readings or PageReadings()
    for hour, mark in enumerate(marks):
        readings = note(readings, None if mark == "+" else "no_text", at=NOW + timedelta(hours=hour))
    return readings


@pytest.mark.parametrize("code", ["no_text", "teaser", "wall", "other_page"])
def test_a_page_that_was_had_and_of_which_nothing_could_be_read_counts_once(code: str) -> None:
    assert note(PageReadings(), code).marks == "-"
    assert note(PageReadings(), judged=code).marks == "-"
    assert note(PageReadings("-"), judged=code, attempts=1).marks == "-", "it is the same page, tried again"
    assert note(PageReadings("-"), attempts=3).marks == "-+"


@pytest.mark.parametrize("code", ["http_404", "timeout", "robots", "not_html", "http_503"])
def test_a_page_that_could_not_be_had_does_not_count(code: str) -> None:
    assert note(PageReadings("+"), code) == PageReadings("+")


@pytest.mark.parametrize("judged", ["paywall", "cut_short", "parts_missing"])
def test_a_page_that_shows_only_a_part_was_read(judged: str) -> None:
    assert note(PageReadings(), judged=judged).marks == "+"


def test_as_many_pages_are_remembered_as_are_needed() -> None:
    assert after("-" + "+" * 20).marks == "+" * 20


@pytest.mark.parametrize(
    ("marks", "hour"),
    [
        ("++-", 2),
        ("+++++-----", 5),
        ("+++++--+--", 8),
        ("+++++---+--", 5),
        ("+++++--++-+", None),
        ("+++-++", None),
        ("-", 0),
        ("+-++++++--", 8),
        ("---++", 0),
    ],
)
def test_failures_last_from_the_first_one_until_most_pages_are_read_again(marks: str, hour: int | None) -> None:
    assert after(marks).failing_since == (None if hour is None else NOW + timedelta(hours=hour))


@pytest.mark.parametrize(
    "marks", ["+++++-----", "+" * 20 + "-----", "+++++--+-----", "++++++++--+---+--+--", "+++++" + "-" * 40, "++++-+++-------"]
)
def test_pages_that_used_to_be_read_and_no_longer_are_are_told(marks: str) -> None:
    readings = after(marks)
    assert readings.is_broken
    assert readings.failing_since is not None
    assert find_unread_pages("A", readings) == UnreadPages("A", readings.unread, len(readings.marks), readings.failing_since)


@pytest.mark.parametrize(
    "marks",
    [
        "",
        "-" * 20,
        "+++++--+-+--+-+-",
        "+++++----",
        "++++-----",
        "+-+-+-+-+-+-----",
        "+++++-----+++",
        "+++++--+--+--+",
        "+" * 20 + "-++--+--+",
    ],
)
def test_others_are_not(marks: str) -> None:
    assert find_unread_pages("A", after(marks)) is None
