"""The clock. Everything outside this package is given the time."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def utc_now() -> datetime:
    """The current moment, aware and in UTC."""
    return datetime.now(UTC)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as a clock of that zone shows it; in UTC where the calendar ends before (`mute --until 9999-12-31`)."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment
