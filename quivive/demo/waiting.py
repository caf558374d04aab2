"""Waiting until something has come, without asking the clock over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Rung at every arrival; who waits looks again each time. Belongs to one event loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Have everybody who waits look again."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait_until(self, predicate: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until `predicate` holds, at most that long; whether it does."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while not predicate():
                    await self._rung.wait()
        except TimeoutError:
            return predicate()
        return True
