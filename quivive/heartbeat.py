"""The sign of life for a service manager's watchdog, given by the event loop and the archive's writing thread together."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from news.errors import ArchiveError
from quivive.service_manager import ServiceManager
from storage import Archive

_PARTS = 4
"""Signs of life within the time that the watchdog waits; sd_watchdog_enabled(3) asks for two at least."""


async def answer(archive: Archive) -> None:
    """Wait until the archive's writing thread gets round to answering."""
    with suppress(ArchiveError):  # an answer too: what the file ails is told, and dealt with, by those who need it
        await asyncio.wrap_future(archive.answer())


async def keep_beating(manager: ServiceManager, archive: Archive, watchdog_seconds: float) -> None:
    """Give a sign of life again and again, until cancelled: each after the writing thread has answered, so only if both live."""
    while True:
        await answer(archive)
        await manager.tell("WATCHDOG=1")
        await asyncio.sleep(watchdog_seconds / _PARTS)
