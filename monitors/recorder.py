"""Writing down what came of attempts, in groups: what ends while a group is written is the next group.

A commit costs one flush of the disk, whether it holds one result or a hundred.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future as Writing
from functools import partial
from typing import Protocol

from news.alerts import AttemptResult

MOST_TOGETHER = 100
"""Results of one group."""


class Record(Protocol):
    """Writes results in one go; the future ends when they are on disk, or with the error that kept them from being so."""

    def __call__(self, results: Sequence[AttemptResult], /) -> Writing[None]: ...


class Recorder:
    """Belongs to one event loop."""

    def __init__(self, write: Record) -> None:
        self._write = write
        self._waiting: deque[tuple[AttemptResult, asyncio.Future[None]]] = deque()
        self._is_writing = False

    async def record(self, result: AttemptResult) -> None:
        """Done when the result is on disk; raises what kept it from being so. Whoever no longer waits takes nothing back."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((result, done))
        if not self._is_writing:
            self._begin()
        await asyncio.shield(done)

    def _begin(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        self._is_writing = True
        written = asyncio.wrap_future(self._write([result for result, _ in group]))
        written.add_done_callback(partial(self._end, [done for _, done in group]))

    def _end(self, group: Sequence[asyncio.Future[None]], written: asyncio.Future[None]) -> None:
        self._is_writing = False
        if self._waiting:
            self._begin()
        for done in group:
            if written.cancelled():
                done.cancel()
            elif error := written.exception():
                done.set_exception(error)
            else:
                done.set_result(None)
