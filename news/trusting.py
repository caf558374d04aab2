"""Whether a server is believed that says that nothing changed (304, RFC 9110 §15.4.5): some say so for ever.

It is doubted when its word has stood alone for long, or when the source's rhythm makes it improbable: then the feed is asked for without
condition. What comes shows whether the word was true. A server whose word was not is asked without condition from then on, for a while.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.rhythm import Brought, Rhythm, expected, rates_of
from news.silence import unlikely_pause

LONGEST_BELIEF = timedelta(days=8)
"""How long a server is believed at most, before its feed is read again whatever it says."""
IMPROBABLE = 0.01
"""A pause is doubted of which the source makes one in so many."""
MOST_STRIKES = 2
DISTRUST = timedelta(days=60)
"""How long a server that lied is asked without condition: it may have been mended meanwhile."""
SLACK = timedelta(hours=1)
"""Dates are often some minutes early, and caches in between may answer for some minutes with what was."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How a server's word stands."""

    unchanged_at: datetime | None = None
    """When it last said that nothing changed, since its last body; None: not since."""
    is_doubted: bool = False
    """Whether its feed is to be asked for without condition next."""
    distrusted_at: datetime | None = None
    """Since when it is asked without condition at every poll, because its word was not true."""
    strikes: int = 0
    """How often in a row a body that came because it was doubted brought something without a date, and none that came by itself did."""

    @property
    def asks_on_condition(self) -> bool:
        """Whether it is asked whether anything changed, rather than for its feed whatever it says."""
        return not self.is_doubted and self.distrusted_at is None


FULL_TRUST = Trust()


@dataclass(frozen=True, slots=True)
class LastRead:
    """When the last body of a source came, if any did; and when the source is silent, if nothing new comes until then."""

    at: datetime | None
    silent_from: datetime | None = None


def after_unchanged(trust: Trust, read: LastRead, rhythm: Rhythm | None, now: datetime, next_poll_at: datetime) -> Trust:
    """How its word stands after it said at `now` that nothing changed since its last body; it is asked again at `next_poll_at`."""
    is_doubted = read.at is not None and (_is_old(read.at, now, next_poll_at) or _is_doubtful(read.at, read.silent_from, rhythm, now))
    return replace(trust, unchanged_at=now, is_doubted=is_doubted)


def _is_old(last_read_at: datetime, now: datetime, next_poll_at: datetime) -> bool:
    """Whether the poll after the next one would come too late to read the feed again; or a clock was ahead when it was read."""
    return last_read_at > now or next_poll_at + (next_poll_at - now) - last_read_at > LONGEST_BELIEF


def _is_doubtful(last_read_at: datetime, silent_from: datetime | None, rhythm: Rhythm | None, now: datetime) -> bool:
    if silent_from is not None and last_read_at < silent_from <= now:  # nobody is called silent on the word of a server
        return True
    if rhythm is None:
        return False
    return expected(rates_of(rhythm, now), last_read_at, now) >= unlikely_pause(rhythm, IMPROBABLE)


def after_body(trust: Trust, last_read_at: datetime | None, brought: Brought, *, same_validators: bool, now: datetime) -> Trust:
    """How its word stands after a body came at `now`; `same_validators`: with those that the body before it had.

    A body that came because its word was doubted shows it untrue by something new that the validators do not tell of, or that was published
    between the body before it and its last word. Without dates, that news comes only when it is doubted is proof enough, the second time.
    """
    strikes = _count_strikes(trust, brought)
    if strikes >= MOST_STRIKES or (trust.is_doubted and _was_untrue(trust, last_read_at, brought, same_validators=same_validators)):
        return Trust(distrusted_at=now)
    is_over = trust.distrusted_at is not None and now - trust.distrusted_at >= DISTRUST
    return Trust(distrusted_at=None if is_over else trust.distrusted_at, strikes=strikes)


def _count_strikes(trust: Trust, brought: Brought) -> int:
    if not brought.published:
        return trust.strikes
    return trust.strikes + 1 if trust.is_doubted and trust.unchanged_at and None in brought.published else 0


def _was_untrue(trust: Trust, last_read_at: datetime | None, brought: Brought, *, same_validators: bool) -> bool:
    if trust.unchanged_at is None or last_read_at is None or not brought.published:
        return False
    last_word = trust.unchanged_at - SLACK
    return same_validators or any(date is not None and last_read_at < date < last_word for date in brought.published)
