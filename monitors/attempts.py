"""What came of one attempt to send, and what follows from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from monitors.rendering import one_line
from news.alerts import AttemptResult, Bundle, DeliveryStatus
from news.timing import next_attempt

LONGEST_ERROR = 500
"""Characters of an error that are kept: enough for a reason and the beginning of what the other side said."""


class Verdict(Enum):
    """How the other side took a message."""

    ACCEPTED = auto()
    RETRY = auto()
    """Not now; the same message may be taken later."""
    FINAL = auto()
    """Never; asking again would be pointless."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel says of one attempt. `reason` is for people; an accepted message may have one too (a recipient was refused)."""

    verdict: Verdict
    reason: str | None = None
    retry_after: timedelta | None = None
    """How long the other side asked us to wait."""


class Sender(Protocol):
    """A channel that can send. Whatever the network or the other side does is an `Outcome`; an exception is a fault of this program."""

    async def send(self, bundle: Bundle, now: datetime) -> Outcome:
        """Send the bundle once, and say how it was taken."""
        ...


def retry(reason: str, retry_after: timedelta | None = None) -> Outcome:
    """The outcome of an attempt that is to be repeated."""
    return Outcome(Verdict.RETRY, reason, retry_after)


def final(reason: str) -> Outcome:
    """The outcome of an attempt that was refused for good."""
    return Outcome(Verdict.FINAL, reason)


def accepted(note: str | None = None) -> Outcome:
    """The outcome of an attempt that succeeded."""
    return Outcome(Verdict.ACCEPTED, note)


def redact(text: str, *secrets: str | None) -> str:
    """`text` without any of the secrets: receivers like to echo what they were sent."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    return text


def judge_attempt(bundle: Bundle, outcome: Outcome, now: datetime, jitter: float) -> AttemptResult:
    """What to record of an attempt that ended at `now`: sent, to be repeated and when, or given up and why."""
    reason = one_line(outcome.reason, LONGEST_ERROR) if outcome.reason else None
    if outcome.verdict is Verdict.ACCEPTED:
        return _result(bundle, now, DeliveryStatus.SENT, reason)
    if outcome.verdict is Verdict.FINAL:
        return _result(bundle, now, DeliveryStatus.DEAD, reason)
    at = next_attempt(bundle.attempts + 1, now, bundle.give_up_at, jitter, outcome.retry_after)
    if at is None:
        return _result(bundle, now, DeliveryStatus.DEAD, one_line(f"given up after 3 days; last: {reason}", LONGEST_ERROR))
    return _result(bundle, now, DeliveryStatus.PENDING, reason, at)


def _result(
    bundle: Bundle, now: datetime, status: DeliveryStatus, error: str | None, next_attempt_at: datetime | None = None
) -> AttemptResult:
    return AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, status, next_attempt_at, error)
