"""The senders of the channels: each is made with its first message, and keeps its connections until its channel or the program leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from monitors.attempts import Sender, TimeLimits
from monitors.channels import Channel
from monitors.presentation import Presentation


@dataclass(slots=True)
class _Kept:
    sender: Sender
    users: int = 0
    retired: bool = False


class Senders:
    """Belongs to one event loop."""

    def __init__(self, limits: TimeLimits) -> None:
        self._limits = limits
        self._kept: dict[str, _Kept] = {}
        self._retired: list[_Kept] = []

    @asynccontextmanager
    async def lend(self, channel: Channel, presentation: Presentation) -> AsyncIterator[Sender]:
        """The channel's sender, for one attempt. A retired one is closed after the last attempt that has it."""
        if channel.name not in self._kept:
            self._kept[channel.name] = _Kept(channel.make_sender(presentation, self._limits))
        kept = self._kept[channel.name]
        kept.users += 1
        try:
            yield kept.sender
        finally:
            kept.users -= 1
            if kept.retired and not kept.users:
                await self._close(kept)

    def retire(self, names: Collection[str]) -> None:
        """Send no more by the senders of these channels: they have changed, or are gone."""
        for name in names:
            if (kept := self._kept.pop(name, None)) is not None:
                kept.retired = True
                self._retired.append(kept)

    async def close_retired(self) -> None:
        """Close the retired ones that nobody sends by any more."""
        for kept in [one for one in self._retired if not one.users]:
            await self._close(kept)

    async def close(self) -> None:
        """Close all of them, whoever sends."""
        self.retire(tuple(self._kept))
        for kept in tuple(self._retired):
            await self._close(kept)

    async def _close(self, kept: _Kept) -> None:
        if kept in self._retired:
            self._retired.remove(kept)
            await kept.sender.close()
