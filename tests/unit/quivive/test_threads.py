"""Threads that are there before memory can be short."""

from __future__ import annotations

import asyncio
import threading

from quivive.threads import start_common_threads


def test_all_common_threads_are_running_before_the_first_is_needed_and_no_other_comes() -> None:
    async def scene() -> None:
        before = set(threading.enumerate())
        start_common_threads(3)
        started = set(threading.enumerate()) - before
        assert len(started) == 3
        used = await asyncio.gather(*(asyncio.to_thread(threading.current_thread) for _ in range(9)))
        assert set(used) <= started

    asyncio.run(scene())
