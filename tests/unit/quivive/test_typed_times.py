"""Moments at the edge of the calendar are its first or its last, in any time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from quivive.typed_times import parse_since, parse_until

NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")]


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00", "9999-12-31", "9999-12-31T23:59", "9999-12-31T23:59:59-12:00"])
def test_any_date_of_the_calendar_is_a_moment_in_utc(zone: ZoneInfo, text: str) -> None:
    since, until = parse_since(text, NOW, zone), parse_until(text, NOW, zone)
    assert since <= until
    assert (since.tzinfo, until.tzinfo) == (UTC, UTC)
    assert since.year == (1 if text.startswith("0001") else 9999)


def test_the_last_day_is_included() -> None:
    assert parse_until("9999-12-31", NOW, ZONES[0]) == datetime.max.replace(tzinfo=UTC)
