"""When a channel is left alone because it answers nobody, and how it is told again. Pure.

A circuit is closed while messages arrive. After several messages in a row that did not, it is open: nothing is sent until a moment. From
then on one message is on probation: if it arrives, more and more follow, else the channel is left alone for twice as long. So an outage
is a pause for what waits, and no storm when it is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from news.timing import doubled

FAILURES_TO_OPEN = 5
"""Different messages that failed in a row. One alone, however often it is tried, says nothing of the channel."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
"""So late at most does a channel that is well again hear of what came meanwhile."""
LONGEST_ASKED_PAUSE = timedelta(hours=1)
"""A receiver that asks to be left alone for longer is asked again after an hour: what waits for it is given up after three days."""
PAUSE_JITTER = 0.2
ARRIVALS_TO_CLOSE = 8
"""Messages that must arrive after a pause before all is as usual."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a channel has answered lately."""

    failed: frozenset[str] = frozenset()
    """The messages that did not arrive since one did, by id; no more than it takes to open the circuit."""
    pauses: int = 0
    """Pauses in a row; 0 when all is as usual."""
    arrived: int = 0
    """Messages that arrived since the last pause."""
    since: datetime | None = None
    """When the first of these pauses began."""
    until: datetime | None = None
    """Nothing is sent before; None when nothing is amiss, or messages arrive again."""
    asked: bool = False
    """Whether it was the receiver who asked for this pause."""
    reason: str | None = None
    """Why the last message before the pause did not arrive."""

    def is_open(self, now: datetime) -> bool:
        """Whether the channel is left alone at `now`. Longer than any pause is only what a clock said that was ahead: that is over."""
        return self.until is not None and now < self.until <= now + LONGEST_ASKED_PAUSE * (1 + PAUSE_JITTER)

    def most_at_once(self, usual: int, now: datetime) -> int:
        """How many attempts may be under way: none in a pause, one after it, and one more with each message that arrives."""
        if self.is_open(now):
            return 0
        return usual if self.pauses == 0 else min(usual, 1 + self.arrived)


CLOSED = Circuit()


def note_answer(circuit: Circuit) -> Circuit:
    """A message arrived, or was refused for good: somebody is there."""
    arrived = circuit.arrived + 1
    if circuit.pauses == 0 or arrived >= ARRIVALS_TO_CLOSE:
        return CLOSED
    return replace(circuit, failed=frozenset(), arrived=arrived, until=None, asked=False)


def note_failure(
    circuit: Circuit, message_id: str, reason: str | None, now: datetime, jitter: float, asked: timedelta | None = None
) -> Circuit:
    """A message did not arrive, and is to be sent again. `asked`: for how long the receiver wants to be left alone (RFC 9110 §10.2.3).

    `jitter` is between -1 and 1; it spreads what is told again after an outage that many channels had in common.
    """
    if asked is not None:
        return _pause(circuit, reason, now, max(min(asked, LONGEST_ASKED_PAUSE), _usual_pause(circuit, jitter)), asked=True)
    if circuit.is_open(now):  # it was under way when the pause began, and says nothing new
        return circuit
    on_probation = circuit.pauses > 0 and circuit.arrived == 0
    failed = circuit.failed | {message_id}
    if on_probation or len(failed) >= FAILURES_TO_OPEN:
        return _pause(circuit, reason, now, _usual_pause(circuit, jitter), asked=False)
    return replace(circuit, failed=failed)


def resume(circuit: Circuit, now: datetime) -> Circuit:
    """A circuit as it is taken up by a program that starts: one message is tried at once, unless the receiver asked to be left alone."""
    return circuit if circuit.asked or circuit.until is None else replace(circuit, until=min(circuit.until, now))


def _usual_pause(circuit: Circuit, jitter: float) -> timedelta:
    return doubled(FIRST_PAUSE, circuit.pauses, LONGEST_PAUSE) * (1 + PAUSE_JITTER * jitter)


def _pause(circuit: Circuit, reason: str | None, now: datetime, pause: timedelta, *, asked: bool) -> Circuit:
    until = now + pause
    if circuit.is_open(now):  # asked while it is paused: longer perhaps, and still the same pause
        until = max(until, circuit.until or until)
        return replace(circuit, until=until, asked=asked, reason=reason)
    return Circuit(frozenset(), circuit.pauses + 1, 0, circuit.since or now, until, asked, reason)
