"""Making anew, beside everything else, what a new version of the program must make anew of the archive's texts; said in the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from news.rebuilding import RebuildingProgress
from storage import Archive

log = structlog.get_logger("quivive")

REST_SECONDS = 0.05
"""Between two steps, for whoever waits to write and for the event loop: rebuilding has time, an alert has not."""
TOLD_PERCENT = 10.0
EXTRA_SECONDS = 5.0
"""How much longer a round of polling may take for it: a small archive is then done, a large one goes on in the next round."""


async def rebuild(archive: Archive) -> None:
    """Take step after step until nothing is left. May be cancelled at any time: the next start goes on where this one stopped."""
    told: RebuildingProgress | None = None
    while (progress := await asyncio.wrap_future(archive.rebuild_step())) is not None:
        if _is_worth_telling(progress, told):
            log.info("rebuilding for this version of the program", part=str(progress.part), percent=progress.percent)
            told = progress
        await asyncio.sleep(REST_SECONDS)
    if told is not None:
        log.info("rebuilt for this version of the program")


def _is_worth_telling(progress: RebuildingProgress, told: RebuildingProgress | None) -> bool:
    return told is None or progress.part is not told.part or progress.percent - told.percent >= TOLD_PERCENT


@asynccontextmanager
async def rebuilding_beside(archive: Archive) -> AsyncIterator[None]:
    """Rebuild while the body runs, and for `EXTRA_SECONDS` after it. What is left then waits for the next writer."""
    task = asyncio.create_task(rebuild(archive))
    try:
        yield
        await asyncio.wait({task}, timeout=EXTRA_SECONDS)
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
