"""Ending a command that works for a while: what was begun is tidied up, whichever signal asks for it."""

from __future__ import annotations

import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

from quivive.signals import give_back, heed

Result = TypeVar("Result")


def run_interruptibly(work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work` in an event loop of its own; SIGTERM, SIGINT and SIGHUP cancel it. Raises `click.Abort` once it has tidied up."""
    import asyncio

    return asyncio.run(_heed_signals(work))


async def _heed_signals(work: Coroutine[Any, Any, Result]) -> Result:
    import asyncio

    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    is_cancelled = False

    def cancel_once() -> None:
        # A second signal must not break off the tidying up.
        nonlocal is_cancelled
        if not is_cancelled:
            is_cancelled = True
            task.cancel()

    def hear(_number: signal.Signals) -> None:
        loop.call_soon_threadsafe(cancel_once)

    heed(hear, at_deadline=lambda: 1)
    try:
        return await task
    except asyncio.CancelledError as error:
        raise click.Abort from error
    finally:
        give_back()  # the work is done: what is left, printing, may be broken off
