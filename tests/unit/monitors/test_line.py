"""The line in which the messages of one channel wait, asked without a dispatcher."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

from monitors.line import Line
from news.alerts import Bundle
from tests.outbox import MORNING, make_bundle


class Shelf:
    """Messages that are due; each that is sent is under way until it is let end, and the second look for more takes its time."""

    def __init__(self, count: int) -> None:
        self.due = [make_bundle("hook", number=number) for number in range(count)]
        self.under_way: dict[str, asyncio.Event] = {}
        self.looks = 0
        self.second_look = asyncio.Event()
        self.changed = asyncio.Event()

    async def take(self, _moment: datetime, limit: int, in_hand: Collection[str]) -> list[Bundle]:
        self.looks += 1
        self.changed.set()
        if self.looks == 2:
            await self.second_look.wait()
        return [one for one in self.due if one.bundle_id not in in_hand][:limit]

    async def send(self, message: Bundle) -> None:
        ending = self.under_way.setdefault(message.bundle_id, asyncio.Event())
        self.changed.set()
        await ending.wait()
        self.due.remove(message)
        del self.under_way[message.bundle_id]
        self.changed.set()

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
        line = Line(shelf.take, shelf.send, at_once=4, most=4)
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
