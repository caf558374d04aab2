"""The circuits of all channels (`news.circuits`): which are left alone for now, learned from their answers and kept in the outbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from monitors.attempts import Outcome, Progress, Verdict
from monitors.outbox import Outbox
from news.alerts import RecipientStatus
from news.circuits import CLOSED, Circuit, note_answer, note_failure, resume

_log = logging.getLogger(__name__)

OnRecord = tuple[str, Circuit]
"""A channel by name, and how it answers."""


class Switchboard:
    """Belongs to one event loop. What changes is saved by `save`, which whoever records the attempt calls."""

    def __init__(self, outbox: Outbox, clock: Callable[[], datetime], jitter: Callable[[], float]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._jitter = jitter
        self._circuits: dict[str, Circuit] = {}
        self._unsaved: set[str] = set()
        self._saving: set[str] = set()
        self._is_loaded = False

    def get(self, channel: str) -> Circuit:
        """How the channel has answered lately."""
        return self._circuits.get(channel, CLOSED)

    def most_at_once(self, channel: str, usual: int) -> int:
        """How many attempts may be under way on the channel now."""
        circuit = self._circuits.get(channel)
        return usual if circuit is None else circuit.most_at_once(usual, self._clock())

    def note(self, channel: str, message_id: str, outcome: Outcome, progress: Progress) -> None:
        """Learn from an attempt. A server that put some recipients off and took the message for others is there."""
        before = self.get(channel)
        somebody_has_it = any(one.status is RecipientStatus.HAS for one in progress.recipients.values())
        if outcome.verdict is Verdict.RETRY and not somebody_has_it:
            after = note_failure(before, message_id, outcome.reason, self._clock(), self._jitter(), outcome.retry_after)
        else:
            after = note_answer(before)
        self._change(channel, before, after)

    def forget(self, channels: Collection[str]) -> None:
        """What is known of these channels is no longer true: they lead elsewhere, or are gone."""
        for channel in channels:
            self._change(channel, self.get(channel), CLOSED)

    def _change(self, channel: str, before: Circuit, after: Circuit) -> None:
        if after == CLOSED:
            self._circuits.pop(channel, None)
        else:
            self._circuits[channel] = after
        if (before.pauses, before.until) == (after.pauses, after.until):
            return
        self._unsaved.add(channel)
        if after.until is not None and after.until != before.until:
            seconds = (after.until - self._clock()).total_seconds()
            _log.warning("channel %s is left alone for %d s: %s", channel, round(seconds), after.reason)
        elif not after.pauses:
            _log.info("channel %s is told again as usual", channel)

    async def save(self) -> None:
        """Write what has changed, for whoever asks why nothing goes out, and for the next start."""
        for channel in sorted(self._unsaved - self._saving):
            await self._save(channel)

    async def _save(self, channel: str) -> None:
        circuit = self.get(channel)
        self._saving.add(channel)
        try:
            await asyncio.shield(asyncio.wrap_future(self._outbox.note_circuit(channel, circuit)))
        finally:
            self._saving.discard(channel)
        if self.get(channel) == circuit:
            self._unsaved.discard(channel)

    async def load(self, read: Callable[[Callable[[], list[OnRecord]]], Awaitable[list[OnRecord]]]) -> None:
        """Take over what is on record: at the start all of it, later that somebody asked for a channel to be told at once.

        `read` asks the outbox in its thread.
        """
        known = {name for name, circuit in self._circuits.items() if circuit.pauses and name not in self._unsaved}
        if self._is_loaded and not known:
            return
        on_record = dict(await read(self._outbox.load_circuits))
        if not self._is_loaded:
            self._is_loaded = True
            self._circuits = {name: resume(circuit, self._clock()) for name, circuit in on_record.items()} | self._circuits
        for name in known - set(on_record) - self._unsaved:
            self._circuits.pop(name, None)
