"""Ending a command that works for a while: SIGTERM is heeded as Ctrl-C is, so that what was begun is tidied up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

Result = TypeVar("Result")


def run_interruptibly(work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work` in an event loop of its own; SIGTERM and SIGINT cancel it. Raises `click.Abort` once it has tidied up."""
    return asyncio.run(_heed_signals(work))


async def _heed_signals(work: Coroutine[Any, Any, Result]) -> Result:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError as error:
        raise click.Abort from error
