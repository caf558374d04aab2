"""Moments and spans as people read them: short where they stand in a list, whole where one thing is shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quivive.cli.wording import say

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEVER = "–"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def short_time(moment: datetime | None, now: datetime, timezone: ZoneInfo) -> str:
    """As short as it can be understood: `today 10:27`, `24 Nov 10:27`, `24 Nov 2025`; `–` for none."""
    if moment is None:
        return NEVER
    local, today = moment.astimezone(timezone), now.astimezone(timezone).date()
    time = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return say("today {time}", time=time)
    if days == -1:
        return say("yesterday {time}", time=time)
    if days == 1:
        return say("tomorrow {time}", time=time)
    date = say("{day} {month}", day=local.day, month=MONTHS[local.month - 1])
    if local.year == today.year:
        return say("{date} {time}", date=date, time=time)
    return say("{date} {year}", date=date, year=local.year)


def whole_time(moment: datetime | None, timezone: ZoneInfo) -> str:
    """With date and time: `26 Nov 2026 at 10:27`; `–` for none."""
    if moment is None:
        return NEVER
    local = moment.astimezone(timezone)
    date = say("{day} {month}", day=local.day, month=MONTHS[local.month - 1])
    return say("{date} {year} at {time}", date=date, year=local.year, time=f"{local:%H:%M}")


def span(length: timedelta) -> str:
    """How long something took: `41 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. Beside minutes, seconds say nothing."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < _MINUTE:
        return say("{count} s", count=seconds)
    if seconds < _HOUR:
        return say("{count} min", count=seconds // _MINUTE)
    if seconds < _DAY:
        return _join(say("{count} h", count=seconds // _HOUR), "{count} min", seconds % _HOUR // _MINUTE)
    return _join(say("{count} d", count=seconds // _DAY), "{count} h", seconds % _DAY // _HOUR)


def _join(greater: str, name: str, lesser: int) -> str:
    return f"{greater} {say(name, count=lesser)}" if lesser else greater


def late(seconds: int | None) -> str:
    """How long after its publication something was told."""
    if seconds is None:
        return say("published at an unknown time")
    return say("{span} after publication", span=span(timedelta(seconds=seconds)))


def make_bars(counts: Sequence[int]) -> str:
    """A row of bars, one a count, the tallest for the greatest; a blank for none."""
    signs, most = "▁▂▃▄▅▆▇█", max(counts, default=0)
    return "".join(signs[(count * 8 - 1) // most] if count else "·" for count in counts)
