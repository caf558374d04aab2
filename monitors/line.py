"""What is in hand for one channel: the line in which its messages wait for their turn, and which fetches more as it empties."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from news.alerts import Bundle

Take = Callable[[datetime, int, Collection[str]], Awaitable[list[Bundle]]]
"""At most so many messages that are due at a moment, without those of the given ids."""


class Line:
    """The messages to one channel that are under way, or wait for one of the few that may be. Belongs to one event loop.

    It holds a bounded number; what is due beyond stays in the outbox until half of them are done. `send` is called with one
    message after the other, `at_once` of them at a time.
    """

    def __init__(self, take: Take, send: Callable[[Bundle], Awaitable[None]], at_once: int, most: int) -> None:
        self._take = take
        self._send = send
        self._most = most
        self._gate = asyncio.Semaphore(at_once)
        self._filling = asyncio.Lock()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._refilling: asyncio.Task[int] | None = None
        self._more_at: datetime | None = None
        """The moment at which more may have been due than there was room for."""
        self._closed = False
        self.failures: list[BaseException] = []
        """What has gone wrong against all expectation."""

    async def fill(self, moment: datetime) -> int:
        """Take up what is due at `moment`, as far as there is room, and see to it that the rest follows; returns how many it took up."""
        async with self._filling:
            return await self._fill(moment)

    async def _fill(self, moment: datetime) -> int:
        room = self._most - len(self._in_hand)
        if self._closed or room <= 0:
            self._more_at = moment
            return 0
        messages = await self._take(moment, room, frozenset(self._in_hand))
        self._more_at = moment if len(messages) == room else None
        return sum(self._begin(message) for message in messages)

    async def _fill_again(self) -> int:
        async with self._filling:  # asked only now: whoever filled meanwhile may have found that no more is due, or was of a later moment
            return 0 if self._more_at is None else await self._fill(self._more_at)

    def close(self) -> None:
        self._closed = True

    def tasks(self) -> list[asyncio.Task[None] | asyncio.Task[int]]:
        """Attempts under way, and the look for more, for whoever has to wait for them or break them off."""
        return [*self._in_hand.values(), *([] if self._refilling is None else [self._refilling])]

    def _begin(self, message: Bundle) -> bool:
        if self._closed:
            return False
        task = asyncio.create_task(self._wait_and_send(message), name=f"deliver {message.bundle_id}")
        self._in_hand[message.bundle_id] = task
        task.add_done_callback(lambda done: self._let_go(message.bundle_id, done))
        return True

    async def _wait_and_send(self, message: Bundle) -> None:
        async with self._gate:
            if not self._closed:
                await self._send(message)

    def _let_go(self, message_id: str, task: asyncio.Task[None]) -> None:
        del self._in_hand[message_id]
        self._note_failure(task)
        self._refill()

    def _refill(self) -> None:
        """Fetch more once half is done. Not after a failure: what could not be recorded is still due, and would be sent on and on."""
        if self._more_at is None or self._closed or self.failures:
            return
        if self._refilling is None and len(self._in_hand) <= self._most // 2:
            self._refilling = asyncio.create_task(self._fill_again(), name="refill")
            self._refilling.add_done_callback(self._end_refill)

    def _end_refill(self, task: asyncio.Task[int]) -> None:
        self._refilling = None
        self._note_failure(task)
        self._refill()  # what ended while this went on has not asked

    def _note_failure(self, task: asyncio.Task[None] | asyncio.Task[int]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failures.append(error)
