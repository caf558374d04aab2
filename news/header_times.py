"""Moments and waits that headers of HTTP tell: what Retry-After asks, and what a date means. Pure; `now` is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from news.timing import LONGEST_RETRY_AFTER


def parse_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait: seconds, or an HTTP date (RFC 9110 §10.2.3); None if it asks for nothing sensible."""
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        # Cut before it becomes a number: the other side may send digits without end.
        return min(timedelta(seconds=int(value[:9])), LONGEST_RETRY_AFTER)
    moment = parse_http_date(value)
    if moment is None:
        return None
    wait = moment - now
    return min(wait, LONGEST_RETRY_AFTER) if wait > timedelta() else None


def parse_http_date(value: str | None) -> datetime | None:
    """The moment that a header's date means (RFC 9110 §5.6.7), with its zone; None for what is none."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):  # the latter for a number that no calendar holds
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
