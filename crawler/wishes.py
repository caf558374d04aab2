"""How often a site wishes to be asked: what its feed says, and the freshness that its server gives an answer.

Imports no scrapy: feeds are read in worker processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from news.freshness import FeedWishes
from news.header_times import parse_http_date

LONGEST = timedelta(days=365)
"""Nobody means more; and a number without end is no time."""

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}
"""Hours, of the periods of https://web.resource.org/rss/1.0/modules/syndication/."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPPED = re.compile(r"<skip(hours|days)\b[^>]{0,200}>(.{0,4000}?)</skip\1", re.IGNORECASE | re.DOTALL)
_VALUE = re.compile(r"<(?:hour|day)\b[^>]{0,200}>\s*([a-z0-9]{1,10})\s*<", re.IGNORECASE)
_HEAD_CHARACTERS = 100_000
_MAX_AGE = re.compile(r'(?:^|[,\s;])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)


def feed_wishes(feed: dict[str, Any], document: str) -> FeedWishes:
    """What a feed that feedparser has read says of itself; of hours and days to be skipped it keeps only the last: they are read here."""
    minutes, frequency = _number(dict.get(feed, "ttl")), _number(dict.get(feed, "sy_updatefrequency"))
    period = _PERIODS.get(str(dict.get(feed, "sy_updateperiod") or "").strip().lower())
    every = [timedelta(minutes=minutes)] if minutes else []
    every += [timedelta(hours=period) / max(frequency or 1, 1)] if period else []
    hours, days = _skipped(document)
    return FeedWishes(min(max(every), LONGEST) if every else None, hours, days)


def _number(value: object) -> int | None:
    text = str(value or "").strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _skipped(document: str) -> tuple[frozenset[int], frozenset[int]]:
    """Hours from 0 to 23 (RSS 0.91 counted to 24, which is midnight too), days from 0 for Monday."""
    found: dict[str, set[str]] = {"hours": set(), "days": set()}
    for name, inside in _SKIPPED.findall(document[:_HEAD_CHARACTERS]):
        found[name.lower()] |= {value.lower() for value in _VALUE.findall(inside)}
    hours = {int(hour) % 24 for hour in found["hours"] if hour.isdigit() and int(hour) <= 24}
    return frozenset(hours), frozenset(_DAYS.index(day) for day in found["days"] if day in _DAYS)


def fresh_for(header: Callable[[str], str | None]) -> timedelta | None:
    """How much longer an answer with these headers stays fresh (RFC 9111 §4.2); None if they do not say.

    `max-age` goes before `Expires`; what the answer has spent in caches already is over. An invalid date means "stale already".
    """
    lifetime = _lifetime(header)
    if lifetime is None:
        return None
    age = timedelta(seconds=min(_number(header("Age")) or 0, 10**8))
    return max(min(lifetime, LONGEST) - age, timedelta())


def _lifetime(header: Callable[[str], str | None]) -> timedelta | None:
    control = header("Cache-Control") or ""
    if re.search(r"\bno-(?:cache|store)\b", control, re.IGNORECASE):
        return timedelta()
    if found := _MAX_AGE.search(control):
        return min(timedelta(seconds=min(int(found[1]), 10**9)), LONGEST)
    expires, date = header("Expires"), parse_http_date(header("Date"))
    if expires is None or date is None:
        return None
    until = parse_http_date(expires)
    return max(until - date, timedelta()) if until else timedelta()
