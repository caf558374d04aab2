"""What is in hand for one channel: the line in which its messages wait for their turn, and which fetches more as it empties."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.alerts import AttemptResult, Bundle
from news.pace import Pace

Take = Callable[[datetime, int, Collection[str]], Awaitable[list[Bundle]]]
"""At most so many messages that are due at a moment, without those of the given ids."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a line hands in its messages."""

    most_at_once: Callable[[], int]
    """How many attempts may be under way now; 0 while the channel is to be left alone."""
    attempt: Callable[[Bundle], Awaitable[AttemptResult | None]]
    """Sends a message once; what came of it, or None if it was not tried."""
    record: Callable[[AttemptResult], Awaitable[None]]
    """Writes down what came of an attempt."""


class Line:
    """The messages to one channel that are under way, or wait for one of the few that may be. Belongs to one event loop.

    It holds a bounded number; what is due beyond stays in the outbox until half of them are done. The next message is sent while
    the results of a few are still being written.
    """

    def __init__(self, take: Take, counter: Counter, pace: Pace, most: int) -> None:
        self._take = take
        self._counter = counter
        self._most = most
        self._pace = pace
        self._next_at = 0.0
        """When the next attempt may begin, on the loop's clock."""
        self._waiting: deque[Bundle] = deque()
        self._begun: dict[str, asyncio.Task[None]] = {}
        self._under_way = 0
        self._filling = asyncio.Lock()
        self._refilling: asyncio.Task[int] | None = None
        self._pausing: asyncio.Task[None] | None = None
        """The wait for the moment at which the next attempt may begin."""
        self._more_at: datetime | None = None
        """The moment at which more may have been due than there was room for."""
        self._closed = False
        self.failures: list[BaseException] = []
        """What has gone wrong against all expectation."""

    async def fill(self, moment: datetime) -> int:
        """Take up what is due at `moment`, as far as there is room, and see to it that the rest follows; returns how many it took up."""
        async with self._filling:
            return await self._fill(moment)

    def keep_pace(self, pace: Pace) -> None:
        """From the next attempt on, go at this pace."""
        self._pace = pace

    async def _fill(self, moment: datetime) -> int:
        room = self._most - self._in_hand
        if self._closed or room <= 0:
            self._more_at = moment
            return 0
        messages = await self._take(moment, room, frozenset((*self._begun, *(one.bundle_id for one in self._waiting))))
        self._more_at = moment if len(messages) == room else None
        return self._put_in_line(messages)

    def _put_in_line(self, messages: Sequence[Bundle]) -> int:
        if self._closed:  # while they were fetched
            return 0
        self._waiting.extend(messages)
        self._begin_some()
        return len(messages)

    async def _fill_again(self) -> int:
        async with self._filling:  # asked only now: whoever filled meanwhile may have found that no more is due, or was of a later moment
            return 0 if self._more_at is None else await self._fill(self._more_at)

    def close(self) -> None:
        """Leave what waits in the outbox; what is being sent goes on."""
        self._closed = True
        self._waiting.clear()
        if self._pausing is not None:
            self._pausing.cancel()

    def tasks(self) -> list[asyncio.Task[None] | asyncio.Task[int]]:
        """Attempts under way, and the looks for more, for whoever has to wait for them or break them off."""
        refilling = [] if self._refilling is None else [self._refilling]
        return [*self._begun.values(), *refilling, *([] if self._pausing is None else [self._pausing])]

    @property
    def _in_hand(self) -> int:
        return len(self._begun) + len(self._waiting)

    def _begin_some(self) -> None:
        """Begin what may begin. What waits for a channel that is to be left alone is let go: it is still due."""
        most = self._counter.most_at_once()
        if most == 0:
            self._waiting.clear()
            self._more_at = None
        while self._waiting and self._under_way < most and len(self._begun) < most + self._pace.most_unrecorded:
            if not self._may_begin_now():
                return
            message = self._waiting.popleft()
            task = asyncio.create_task(self._see_to(message), name=f"deliver {message.bundle_id}")
            self._under_way += 1
            self._begun[message.bundle_id] = task
            task.add_done_callback(lambda done, message_id=message.bundle_id: self._let_go(message_id, done))  # type: ignore[misc]

    def _may_begin_now(self) -> bool:
        """Whether the channel's pace lets an attempt begin; if not, it is looked again as soon as it does."""
        if self._pausing is not None:
            return False
        loop = asyncio.get_running_loop()
        if (wait := self._next_at - loop.time()) > 0:
            self._pausing = asyncio.create_task(asyncio.sleep(wait), name="keep the pace")
            self._pausing.add_done_callback(self._end_pause)
            return False
        self._next_at = loop.time() + self._pace.gap_seconds
        return True

    def _end_pause(self, _task: asyncio.Task[None]) -> None:
        self._pausing = None
        self._begin_some()

    async def _see_to(self, message: Bundle) -> None:
        try:
            result = await self._counter.attempt(message)
        finally:
            self._under_way -= 1
            self._begin_some()
        if result is not None:
            await self._counter.record(result)

    def _let_go(self, message_id: str, task: asyncio.Task[None]) -> None:
        del self._begun[message_id]
        self._note_failure(task)
        self._begin_some()
        self._refill()

    def _refill(self) -> None:
        """Fetch more once half is done. Not after a failure: what could not be recorded is still due, and would be sent on and on."""
        if self._more_at is None or self._closed or self.failures:
            return
        if self._refilling is None and self._in_hand <= self._most // 2:
            self._refilling = asyncio.create_task(self._fill_again(), name="refill")
            self._refilling.add_done_callback(self._end_refill)

    def _end_refill(self, task: asyncio.Task[int]) -> None:
        self._refilling = None
        self._note_failure(task)
        self._refill()  # what ended while this went on has not asked

    def _note_failure(self, task: asyncio.Task[None] | asyncio.Task[int]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failures.append(error)
