"""When a delivery is tried again, when it is given up, how pauses double, and what Retry-After asks.

Pure rules of time; `now` and chance are arguments.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
JITTER_SHARE = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)
"""A receiver that asks for more than a day is asked again after a day: an overlong wish must not cost the alert."""
DELIVERY_LIFETIME = timedelta(days=3)
"""How long a message is tried, and how long a delivery waits for a channel that was removed."""
MOST_AHEAD = timedelta(hours=1)
"""What is said to come later than that from now was made by a clock that was ahead: whatever counts from then on would never come."""

_MOST_DOUBLINGS = 20
"""A second becomes twelve days; a bound on the exponent keeps the arithmetic finite."""


def doubled(pause: timedelta, times: int, longest: timedelta) -> timedelta:
    """A pause that was doubled so many times; at most `longest`."""
    return min(pause * (1 << min(times, _MOST_DOUBLINGS)), longest)


def retry_delay(attempts_made: int, jitter: float) -> timedelta:
    """How long to wait after the `attempts_made`-th attempt failed (1 is the first): 5 s, doubling up to 1 h, ±20 %.

    `jitter` is between -1 and 1; it spreads the retries of many deliveries that failed together.
    """
    return doubled(FIRST_RETRY, max(attempts_made, 1) - 1, LONGEST_RETRY) * (1 + JITTER_SHARE * jitter)


def next_attempt(attempts_made: int, now: datetime, give_up_at: datetime, jitter: float, retry_after: timedelta | None) -> datetime | None:
    """When to send a message again, or None to give it up: the moment would be later than `give_up_at`.

    `attempts_made` counts the attempt that has just failed. `retry_after` is what the receiver asked for (RFC 9110 §10.2.3): never
    sooner than that, and never more than a day later because of it.
    """
    asked = min(retry_after, LONGEST_RETRY_AFTER) if retry_after is not None else timedelta()
    at = now + max(retry_delay(attempts_made, jitter), asked)
    return at if at <= give_up_at else None


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
