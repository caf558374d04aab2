"""How much of the last days a source was watched so that nothing can have been missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.covering import COVERAGE_SPAN, Missing, measure_coverage

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 100 * DAY


def ago(days: float) -> datetime:
    return NOW - days * DAY


def gap(start: float, end: float, missed: int | None = 3, known: float | None = None) -> Missing:
    """From the last good poll, so many days ago, to what was reached; `known`: when the newest item was published that was known."""
    return Missing(ago(start if known is None else known), ago(start), ago(end), missed)


def share(*gaps: Missing, first: datetime | None = LONG_AGO, last: datetime | None = NOW) -> float:
    return round(measure_coverage(first, last, gaps, NOW).share * COVERAGE_SPAN / DAY, 6)


def test_a_source_that_was_read_all_the_time_is_covered() -> None:
    assert share() == 30


def test_what_came_before_it_was_first_read_is_not() -> None:
    assert share(first=ago(10)) == 10


def test_what_came_after_its_last_good_poll_is_not() -> None:
    assert share(last=ago(4)) == 26
    assert share(last=ago(40)) == 0
    assert share(last=NOW + DAY) == 30, "by a clock that was ahead"


@pytest.mark.parametrize(("first", "last"), [(None, None), (None, NOW), (LONG_AGO, None)])
def test_of_a_source_that_was_never_read_nothing_is(first: datetime | None, last: datetime | None) -> None:
    assert share(gap(3, 2), first=first, last=last) == 0


def test_a_gap_is_not_from_the_last_good_poll_before_it_on() -> None:
    assert share(gap(5, 3)) == 28
    assert share(gap(5, 3, known=9)) == 28


def test_gaps_that_overlap_count_once() -> None:
    assert share(gap(5, 3), gap(4, 2)) == 27
    assert share(gap(4, 2), gap(5, 1)) == 26
    assert share(gap(5, 1), gap(4, 2)) == 26
    assert share(gap(8, 7), gap(4, 2)) == 27


def test_of_a_gap_counts_what_is_in_the_last_days_and_was_watched() -> None:
    assert share(gap(40, 28)) == 28
    assert share(gap(12, 8), first=ago(10)) == 8
    assert share(gap(5, 1), last=ago(3)) == 25


def test_a_gap_whose_entries_are_dated_before_the_last_good_poll_counts_by_their_dates() -> None:
    assert share(gap(3, 5, known=9)) == 26
    assert share(Missing(None, ago(3), ago(5), 1)) == 30
    assert share(Missing(None, None, ago(5), 1)) == 30


def test_gaps_are_counted_with_what_they_may_have_cost() -> None:
    coverage = measure_coverage(LONG_AGO, NOW, [gap(5, 3, 7), gap(2, 1, 0), gap(40, 30, 100)], NOW)
    assert (coverage.gaps, coverage.missed) == (2, 7)
    assert measure_coverage(LONG_AGO, NOW, [gap(5, 3, 7), gap(2, 1, None)], NOW).missed is None
    assert measure_coverage(LONG_AGO, NOW, [], NOW).missed == 0
