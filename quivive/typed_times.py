"""Moments as people type them: a date, a date with time, or an age; in the display timezone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from news.durations import parse_duration
from news.errors import UsageError
from news.query import MomentParser
from news.wording import Wording

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_AGE = re.compile(r"\d+[smhdw]$")


def make_moments(now: datetime, timezone: ZoneInfo) -> MomentParser:
    """What reads `since:` and `until:` within a query."""
    return MomentParser(
        since=lambda text: parse_since(text, now, timezone),
        until=lambda text: parse_until(text, now, timezone),
    )


def parse_since(text: str, now: datetime, timezone: ZoneInfo) -> datetime:
    """The first moment that counts. Raises `UsageError` for what is no moment."""
    moment = _parse(text, now, timezone)
    return _in_utc(datetime.combine(moment, time.min, timezone) if not isinstance(moment, datetime) else moment)


def parse_until(text: str, now: datetime, timezone: ZoneInfo) -> datetime:
    """The first moment that does not count any more: a date includes that day. Raises `UsageError` for what is no moment."""
    moment = _parse(text, now, timezone)
    if isinstance(moment, datetime):
        return _in_utc(moment)
    if moment == date.max:  # no day follows
        return _LAST
    return _in_utc(datetime.combine(moment + timedelta(days=1), time.min, timezone))


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; one that lies beyond the calendar there is its first or its last."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST


def _parse(text: str, now: datetime, timezone: ZoneInfo) -> date | datetime:
    stripped = text.strip()
    try:
        if _AGE.match(stripped):
            return now - parse_duration(stripped)
        if len(stripped) == len("2026-03-01"):
            return date.fromisoformat(stripped)
        moment = datetime.fromisoformat(stripped)
    except (ValueError, OverflowError) as error:
        message = Wording(
            "'{text}' is no moment: give a date (2026-03-01), a date with time (2026-03-01T10:15) or an age (30s 15m 12h 7d 4w)",
            text=text,
        )
        raise UsageError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
