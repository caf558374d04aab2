"""What a site wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.freshness import NO_WISHES, FeedWishes, Wishes, after_skipped, wished_wait

HOUR = timedelta(hours=1)
MONDAY = datetime(2025, 3, 3, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wishes", "wait"),
    [
        (NO_WISHES, timedelta()),
        (Wishes(FeedWishes(HOUR)), HOUR),
        (Wishes(fresh_for=HOUR), HOUR),
        (Wishes(FeedWishes(HOUR), 2 * HOUR), 2 * HOUR),
        (Wishes(FeedWishes(2 * HOUR), HOUR), 2 * HOUR),
    ],
)
def test_of_two_wishes_the_longer_counts(wishes: Wishes, wait: timedelta) -> None:
    assert wished_wait(wishes) == wait


def skipping(hours: set[int], days: set[int], latest: timedelta = 48 * HOUR) -> datetime:
    return after_skipped(MONDAY, Wishes(FeedWishes(None, frozenset(hours), frozenset(days))), MONDAY + latest)


def test_hours_and_days_that_are_to_be_skipped_are() -> None:
    assert skipping(set(), set()) == MONDAY
    assert skipping({10, 12}, {6}) == MONDAY
    assert skipping({11, 12}, set()) == datetime(2025, 3, 3, 13, tzinfo=UTC)
    assert skipping(set(), {0}) == datetime(2025, 3, 4, tzinfo=UTC)
    assert skipping({0}, {0}) == datetime(2025, 3, 4, 1, tzinfo=UTC)


def test_what_skips_too_much_is_not_heeded() -> None:
    assert skipping({11, 12}, set(), latest=HOUR) == MONDAY
    assert skipping({11}, set(), latest=40 * timedelta(minutes=1)) == datetime(2025, 3, 3, 12, tzinfo=UTC)
    assert skipping(set(range(24)), set(), latest=1000 * HOUR) == MONDAY
