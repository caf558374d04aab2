"""The line in which the messages of one channel wait, asked without a dispatcher."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

from monitors.line import Counter, Line
from news.alerts import AttemptResult, Bundle, DeliveryStatus
from news.pace import MOST_UNRECORDED, Pace
from tests.outbox import MORNING, make_bundle


class Shelf:
    """Messages that are due; each that is sent is under way until it is let end, and the second look for more takes its time."""

    def __init__(self, count: int) -> None:
        self.due = [make_bundle("hook", number=number) for number in range(count)]
        self.under_way: dict[str, asyncio.Event] = {}
        self.at_once = 4
        self.looks = 0
        self.second_look = asyncio.Event()
        self.changed = asyncio.Event()

    async def take(self, _moment: datetime, limit: int, in_hand: Collection[str]) -> list[Bundle]:
        self.looks += 1
        self.changed.set()
        if self.looks == 2:
            await self.second_look.wait()
        return [one for one in self.due if one.bundle_id not in in_hand][:limit]

    async def attempt(self, message: Bundle) -> None:
        ending = self.under_way.setdefault(message.bundle_id, asyncio.Event())
        self.changed.set()
        await ending.wait()
        self.due.remove(message)
        del self.under_way[message.bundle_id]
        self.changed.set()

    async def record(self, _result: AttemptResult) -> None:
        raise AssertionError("nothing was tried")

    def make_line(self, most: int, pace: Pace | None = None) -> Line:
        return Line(self.take, Counter(lambda: self.at_once, self.attempt, self.record), pace or Pace(), most)

    def end(self, count: int) -> None:
        for ending in [one for one in self.under_way.values() if not one.is_set()][:count]:
            ending.set()

    async def until(self, looks: int, under_way: int) -> None:
        async with asyncio.timeout(20):
            while (self.looks, len(self.under_way)) != (looks, under_way):
                self.changed.clear()
                await self.changed.wait()


def test_what_ends_while_more_is_fetched_is_made_good_for_at_once() -> None:
    async def scene() -> None:
        shelf = Shelf(8)
        line = shelf.make_line(most=4)
        assert await line.fill(MORNING) == 4
        await shelf.until(looks=1, under_way=4)
        shelf.end(2)
        await shelf.until(looks=2, under_way=2)
        shelf.end(2)
        await shelf.until(looks=2, under_way=0)
        shelf.second_look.set()  # it has asked for two, and room is for four by now
        await shelf.until(looks=3, under_way=4)
        shelf.end(4)
        await asyncio.gather(*line.tasks())
        assert shelf.due == []
        assert line.failures == []

    asyncio.run(scene())


def test_no_more_begin_within_a_second_than_the_channel_bears() -> None:
    async def scene() -> list[float]:
        shelf, loop, begun = Shelf(4), asyncio.get_running_loop(), []

        async def attempt(message: Bundle) -> None:
            begun.append(loop.time())
            shelf.due.remove(message)

        line = Line(shelf.take, Counter(lambda: 4, attempt, shelf.record), Pace(per_second=20), most=9)
        await line.fill(MORNING)
        while tasks := line.tasks():
            await asyncio.wait(tasks)
        assert shelf.due == []
        return begun

    begun = asyncio.run(scene())
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert min(gaps) > 0.04
    assert 20 * Pace(per_second=20).gap_seconds == 1


def test_what_waits_for_a_channel_that_is_to_be_left_alone_is_let_go() -> None:
    async def scene() -> None:
        shelf = Shelf(8)
        line = shelf.make_line(most=8)
        await line.fill(MORNING)
        await shelf.until(looks=1, under_way=4)
        shelf.at_once = 0
        shelf.end(4)
        while tasks := line.tasks():
            await asyncio.wait(tasks)
        assert (shelf.looks, len(shelf.due)) == (1, 4)

    asyncio.run(scene())


def test_a_few_results_may_be_written_while_further_messages_are_sent() -> None:
    async def scene() -> None:
        shelf, sent, written = Shelf(MOST_UNRECORDED + 9), 0, asyncio.Event()

        async def attempt(message: Bundle) -> AttemptResult:
            nonlocal sent
            sent += 1
            shelf.due.remove(message)
            return AttemptResult(message.bundle_id, message.delivery_ids, MORNING, DeliveryStatus.SENT)

        async def record(_result: AttemptResult) -> None:
            await written.wait()

        line = Line(shelf.take, Counter(lambda: 1, attempt, record), Pace(), most=100)
        await line.fill(MORNING)
        for _ in range(3 * MOST_UNRECORDED):
            await asyncio.sleep(0)
        assert sent == MOST_UNRECORDED + 1
        written.set()
        while tasks := line.tasks():
            await asyncio.wait(tasks)
        assert shelf.due == []

    asyncio.run(scene())
