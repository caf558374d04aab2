"""When a delivery is tried again, when it is given up, and how pauses double. Pure rules of time; `now` and chance are arguments."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
JITTER_SHARE = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)
"""A receiver that asks for more than a day is asked again after a day: an overlong wish must not cost the alert."""
DELIVERY_LIFETIME = timedelta(days=3)
"""How long a message is tried, and how long a delivery waits for a channel that was removed."""
LEFT_AFTER_QUIET = timedelta(hours=3)
"""At least so long a message is tried once quiet hours are over that it had to wait for: they may be a long weekend."""
MOST_KEPT_QUIET = DELIVERY_LIFETIME + timedelta(days=7)
"""How long after it was sealed a message still gets these: a channel that is hardly ever loud would keep it for ever."""
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
