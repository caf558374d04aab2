"""Waiting for what a running daemon answers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from quivive.beside.asking import _hear


def test_who_gives_up_waiting_as_an_answer_comes_is_heard() -> None:
    async def interrupt() -> None:
        reader = asyncio.StreamReader()
        hearing = asyncio.create_task(_hear(reader, Path("archive.db")))
        for _ in range(5):  # until it waits
            await asyncio.sleep(0)
        reader.feed_data(b"{}\n")
        hearing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hearing

    asyncio.run(interrupt())


def test_who_only_asks_brings_nothing_that_polls(project: Path) -> None:
    program = "import sys, quivive.beside; print([name for name in ('scrapy', 'trafilatura', 'lxml', 'aiohttp') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
