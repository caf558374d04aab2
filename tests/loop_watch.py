"""How long an event loop was away from its other work: the longest time that one turn of it took.

with watch_loop(crawl.loop) as watch:
    crawl.poll(url)
assert watch.longest_seconds < 0.1

Measured is the CPU time of the loop's own thread between two ticks, so that a busy machine, which takes the CPU away from everybody,
makes no difference.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_TICK_SECONDS = 0.001


class LoopWatch:
    """See the top of this file."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.longest_seconds = 0.0
        self._loop = loop
        self._last = 0.0
        self._is_on = False

    def start(self) -> None:
        """Begin to tick. Called on the loop, as the others are."""
        self._is_on = True
        self._last = time.thread_time()
        self._loop.call_later(_TICK_SECONDS, self._tick)

    def stop(self) -> None:
        """Tick once more, and no more after it."""
        self._tick()
        self._is_on = False

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest_seconds = max(self.longest_seconds, now - self._last)
        self._last = now
        if self._is_on:
            self._loop.call_later(_TICK_SECONDS, self._tick)


@contextmanager
def watch_loop(loop: asyncio.AbstractEventLoop) -> Iterator[LoopWatch]:
    """Watch a loop that runs in another thread. What the tests before have left is kept from the garbage collector meanwhile."""
    gc.collect()
    gc.freeze()
    watch = LoopWatch(loop)
    _call(loop, watch.start)
    try:
        yield watch
    finally:
        _call(loop, watch.stop)
        gc.unfreeze()


def _call(loop: asyncio.AbstractEventLoop, function: object) -> None:
    done = Event()
    loop.call_soon_threadsafe(lambda: (function(), done.set()))
    assert done.wait(60)
