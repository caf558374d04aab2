"""What dispatch needs of the archive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from news.alerts import AttemptResult, Bundle
from news.circuits import Circuit
from news.plans import Hold, Policy


class Outbox(Protocol):
    """The deliveries that are still to be made. They live on disk: nothing is ever sent from memory.

    Those that give a list block while they read; dispatch calls them from a thread of its own. Their cost does not grow with what waits for
    other channels. A future ends when what was asked is safely on disk, or with the error that kept it from being so.
    """

    def due_channels(self, now: datetime) -> list[str]:
        """The names of the channels for which something is due at `now`, in the configuration or not."""
        ...

    def due_messages(self, channel: str, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
        """At most `limit` sealed messages to a channel that are due at `now`, the longest waiting first, without those in `except_ids`."""
        ...

    def seal_messages(self, channel: str, policy: Policy, now: datetime, limit: int) -> Future[int]:
        """Plan some `limit` of the deliveries that are due for a channel and in no message yet; how many were planned.

        Those that were made together are planned together, so they may be a few more.
        """
        ...

    def put_off(self, channel: str, hold: Hold, now: datetime, limit: int) -> Future[int]:
        """Let some `limit` of the sealed messages to a channel that are due wait, with the reason, but for pressing ones; how many."""
        ...

    def hold_for_channel(self, channel: str, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        """Hold, with the reason, or give up some `limit` of what is due for an absent channel.

        What became of each; nothing when no more is due.
        """
        ...

    def sync_channels(self, channels: Collection[str], now: datetime) -> Future[None]:
        """Take over which channels there are: what was held for one that is back is due at once."""
        ...

    def record_attempts(self, results: Sequence[AttemptResult]) -> Future[None]:
        """Write what came of attempts, all or none. The next ones are told how each recipient stands; who has a message keeps it."""
        ...

    def note_circuit(self, channel: str, circuit: Circuit) -> Future[None]:
        """Write how a channel answers, for whoever asks why nothing goes out, and for the next start."""
        ...

    def load_circuits(self) -> list[tuple[str, Circuit]]:
        """The channels that are left alone for now, or have just been. Somebody may have asked meanwhile that one be told at once."""
        ...

    def give_up_overdue(self, channel: str, reason: str | None, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        """Give up some `limit` of the messages whose days to succeed are over while their channel is left alone; nothing when none is.

        `reason` is why the last message to it did not arrive.
        """
        ...
