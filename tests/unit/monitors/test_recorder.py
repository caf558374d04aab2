"""Results are written in groups, and each who waits for one learns what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from monitors.recorder import MOST_TOGETHER, Recorder
from news.alerts import AttemptResult, DeliveryStatus
from tests.outbox import MORNING


class Paper:
    """Takes groups, and says that they are written when it is told to."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.writing: list[Future[None]] = []

    def write(self, results: Sequence[AttemptResult]) -> Future[None]:
        self.groups.append(len(results))
        self.writing.append(Future())
        return self.writing[-1]


def result(number: int) -> AttemptResult:
    return AttemptResult(str(number), (str(number),), MORNING, DeliveryStatus.SENT)


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_ends_while_a_group_is_written_is_the_next_group() -> None:
    async def scene() -> None:
        paper = Paper()
        recorder = Recorder(paper.write)
        waiting = [asyncio.create_task(recorder.record(result(number))) for number in range(MOST_TOGETHER + 3)]
        await turn()
        assert paper.groups == [1]
        paper.writing[0].set_result(None)
        await turn()
        assert paper.groups == [1, MOST_TOGETHER]
        assert [task.done() for task in waiting[:2]] == [True, False]
        paper.writing[1].set_result(None)
        await turn()
        assert paper.groups == [1, MOST_TOGETHER, 2]
        paper.writing[2].set_result(None)
        await asyncio.gather(*waiting)

    asyncio.run(scene())


def test_a_group_that_cannot_be_written_fails_for_all_in_it_and_for_nobody_else() -> None:
    async def scene() -> None:
        paper = Paper()
        recorder = Recorder(paper.write)
        waiting = [asyncio.create_task(recorder.record(result(number))) for number in range(3)]
        await turn()
        paper.writing[0].set_result(None)
        await turn()
        paper.writing[1].set_exception(OSError("disk full"))
        await waiting[0]
        for task in waiting[1:]:
            with pytest.raises(OSError, match="disk full"):
                await task
        after = asyncio.create_task(recorder.record(result(9)))
        await turn()
        paper.writing[2].set_result(None)
        await after

    asyncio.run(scene())


def test_whoever_no_longer_waits_takes_nothing_back() -> None:
    async def scene() -> None:
        paper = Paper()
        waiting = asyncio.create_task(Recorder(paper.write).record(result(1)))
        await turn()
        waiting.cancel()
        await turn()
        assert not paper.writing[0].cancelled()
        paper.writing[0].set_result(None)
        await turn()

    asyncio.run(scene())
