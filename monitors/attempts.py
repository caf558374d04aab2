"""What came of one attempt to send, and what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from monitors.rendering import one_line
from news.alerts import AttemptResult, Bundle, DeliveryStatus, RecipientOutcome, RecipientStatus
from news.timing import next_attempt
from news.wording import Wording

LONGEST_ERROR = 500
"""Characters of an error that are kept: enough for a reason and the beginning of what the other side said."""
LONGEST_REASON = 150
"""Characters of why one recipient does not have a message: one server's long answer must not push the names of the others out."""
INTERRUPTED = "the program was stopped before the other side had answered; it is sent again under the same id"


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


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long the other side may take, in seconds. Passed in, so that a test need not take minutes."""

    request: float = 30.0
    """A request and its answer together, where one answer is all there is (webhook)."""
    command: float = 300.0
    """An answer within a dialogue: 5 minutes for each command (RFC 5321 §4.5.3.2)."""
    acceptance: float = 600.0
    """The answer for a message that has been handed over: 10 minutes (RFC 5321 §4.5.3.2.6). Giving up sooner tells people twice."""


@dataclass(slots=True)
class Progress:
    """What is certain of an attempt while it is under way: it counts also if the attempt is broken off."""

    recipients: dict[str, RecipientOutcome] = field(default_factory=dict)

    def note(self, recipient: str, status: RecipientStatus, reason: str | None = None) -> None:
        """From now on, this is how the recipient stands. The reason may be a server's own words, in whatever encoding and length."""
        self.recipients[recipient] = RecipientOutcome(recipient, status, one_line(reason, LONGEST_REASON) if reason else None)


class Sender(Protocol):
    """A channel that can send, within time limits of its own.

    Whatever the network or the other side does is an `Outcome`; an exception is a fault of this program.
    """

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:
        """Send the bundle once, and say how it was taken; a channel with several recipients notes in `progress` how each stands."""
        ...

    async def close(self) -> None:
        """Let go of what is kept for the next message: nothing more is sent. Waits for nobody."""
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


def conclude(recipients: Iterable[RecipientOutcome]) -> Outcome:
    """The outcome of a message that each recipient takes or refuses alone.

    It is to be repeated while somebody is owed it; then it is accepted if somebody has it, and refused for good if nobody has.
    """
    known = list(recipients)
    told = [one for one in known if one.status is RecipientStatus.HAS]
    refused = [one for one in known if one.status is RecipientStatus.REFUSED]
    owed = [one for one in known if one.status is RecipientStatus.OWED]
    if owed:
        return retry(_say_who_is_owed(_name(owed), _name(refused), others_have_it=bool(told)))
    if told:
        return accepted(Wording("refused for {refused}", refused=_name(refused)) if refused else None)
    return final(Wording("refused for every recipient: {refused}", refused=_name(refused)))


def _say_who_is_owed(owed: str, refused: str, *, others_have_it: bool) -> str:
    """Who has not taken the message yet, who never will, and whether anybody has it. `refused` may be empty."""
    if refused and others_have_it:
        return Wording("not yet taken for {owed}; refused for good for {refused} (the others have it)", owed=owed, refused=refused)
    if refused:
        return Wording("not yet taken for {owed}; refused for good for {refused}", owed=owed, refused=refused)
    if others_have_it:
        return Wording("not yet taken for {owed} (the others have it)", owed=owed)
    return Wording("not yet taken for {owed}", owed=owed)


def _name(recipients: Iterable[RecipientOutcome]) -> str:
    """The recipients with their reasons, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for one in recipients:
        by_reason.setdefault(one.reason or Wording("no answer"), []).append(one.recipient)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


def judge_attempt(bundle: Bundle, outcome: Outcome, progress: Progress, now: datetime, jitter: float) -> AttemptResult:
    """What to record of an attempt that ended at `now`: sent, to be repeated and when, or given up and why."""
    status, at = DeliveryStatus.PENDING, None
    reason = one_line(outcome.reason, LONGEST_ERROR) if outcome.reason else None
    if outcome.verdict is Verdict.ACCEPTED:
        status = DeliveryStatus.SENT
    elif outcome.verdict is Verdict.FINAL:
        status = DeliveryStatus.DEAD
    else:
        at = next_attempt(bundle.attempts + 1, now, bundle.give_up_at, jitter, outcome.retry_after)
        if at is None:
            status, reason = DeliveryStatus.DEAD, one_line(Wording("given up after 3 days; last: {reason}", reason=reason), LONGEST_ERROR)
    return AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, status, at, reason, tuple(progress.recipients.values()))


def judge_interruption(bundle: Bundle, progress: Progress, now: datetime) -> AttemptResult:
    """What to record of an attempt that we broke off at `now`: whether the other side took it is unknown, so it is due again at once.

    Recipients who are known to have it are not given it again.
    """
    recipients = tuple(progress.recipients.values())
    return AttemptResult(bundle.bundle_id, bundle.delivery_ids, now, DeliveryStatus.PENDING, now, INTERRUPTED, recipients)
