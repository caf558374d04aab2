"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from quivive.typed_times import FIRST, LAST, parse_since, parse_until

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")


def test_a_date_is_that_day_in_the_display_timezone_and_until_includes_it() -> None:
    assert parse_since("2026-03-01", NOW, PARIS) == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert parse_until("2026-03-01", NOW, PARIS) == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", [PARIS, NEW_YORK, ZoneInfo("UTC")])
@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31T23:59:59", "9999-12-31T23:59:59-12:00"])
def test_the_end_of_the_calendar_is_a_moment_that_any_zone_can_write(text: str, zone: ZoneInfo) -> None:
    for moment in (parse_since(text, NOW, zone), parse_until(text, NOW, zone)):
        assert datetime(9999, 12, 30, tzinfo=UTC) < moment.astimezone(UTC) <= LAST


@pytest.mark.parametrize("zone", [PARIS, NEW_YORK, ZoneInfo("UTC")])
@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00", "0001-01-01T00:00+14:00"])
def test_so_is_its_beginning(text: str, zone: ZoneInfo) -> None:
    for moment in (parse_since(text, NOW, zone), parse_until(text, NOW, zone)):
        assert FIRST <= moment.astimezone(UTC) < datetime(1, 1, 4, tzinfo=UTC)
