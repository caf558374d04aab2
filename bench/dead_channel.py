"""What a channel that answers nobody costs the others: 50,000 deliveries wait for it while a live webhook is sent to.

Two archives differ only in what waits for the dead channel. A dispatcher as the daemon makes it sends from each, in turns, a portion at a
time: what is measured is the CPU time of the whole process for each portion, with looking at what is due, sealing and writing. It looks
once a second of CPU, as the daemon would once a second if a core were its own. Both dispatchers go on from portion to portion, so that the
dead channel is tried, left alone and tried again as its circuit has it. Which of a pair is first changes at random; the first pair counts
for nothing. A portion beside the dead channel is compared with its neighbour alone: the pace of a shared machine changes from one second
to the next by more than what is to be found, and hits both.

A look alone, with nothing to send, is measured besides: that is what the dead channel costs a second as long as it is left alone (20 of
its messages are sealed at each look), without what sending varies by.

Printed is the median of the costs, and the range in which the true median is with a likelihood of 95 %, whatever their distribution is
(by their ranks); beside it the difference of all the seconds together.

Run: python -m bench.dead_channel [--quick] [--pairs N] [--waiting N]
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import shutil
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

from bench.common import make_parser, print_figure, print_load, print_machine, working_folder
from bench.delivering import fill, make_channel
from bench.sinks import running_sink
from bench.waiting import ENGLISH, dead_port, now
from monitors import Dispatcher
from monitors.channels import Channel
from news.alerts import AttemptResult
from news.query import Matcher
from storage import Archive, Watch

LOOKS = 200
"""Of each archive, alone."""
LATER = "2999-01-01T00:00:00.000000Z"
"""When what is not released yet is due."""


class Side:
    """An archive with its dispatcher, which sends a portion when asked to."""

    def __init__(self, path: Path, channels: dict[str, Channel], portion: int) -> None:
        self._path, self._portion = path, portion
        self._archive = Archive(path, Watch(Matcher([], {}), {}, silent_first_poll=False))
        self._dispatcher = Dispatcher(channels, self._archive, now, ENGLISH, self._count)
        self._done = asyncio.Event()
        self._sent = 0
        self.attempts_in_vain = 0

    def _count(self, channel: str, _result: AttemptResult) -> None:
        self._sent += channel == "live"
        self.attempts_in_vain += channel == "dead"
        if self._sent == self._portion:
            self._done.set()

    async def send(self) -> float:
        """Send a portion; returns the CPU seconds that it took, for each message."""
        _release(self._path, self._portion)
        self._done.clear()
        self._sent = 0
        started = time.process_time()
        while not self._done.is_set():
            await self._dispatcher.deliver_due()
            await _wait_for_a_second_of_cpu(self._done)
        await self._dispatcher.join()
        return (time.process_time() - started) / self._portion

    async def look(self) -> float:
        """Look what is due, of which nothing is for the live channel; returns the CPU milliseconds that it took."""
        started = time.process_time()
        await self._dispatcher.deliver_due()
        return 1000 * (time.process_time() - started)

    async def stop(self) -> None:
        """End sending, and close the archive."""
        await self._dispatcher.stop(0)
        self._archive.close()


async def _wait_for_a_second_of_cpu(done: asyncio.Event) -> None:
    since = time.process_time()
    while time.process_time() - since < 1:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 0.1)
        if done.is_set():
            return


def _hold_all(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE deliveries SET due_at = ? WHERE channel = 'live'", (LATER,))


def _release(path: Path, portion: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            """UPDATE deliveries SET due_at = created_at WHERE rowid IN
               (SELECT rowid FROM deliveries WHERE channel = 'live' AND due_at = ? LIMIT ?)""",
            (LATER, portion),
        )


async def measure(beside: Path, alone: Path, channels: dict[str, Channel], pairs: int, portion: int) -> None:
    """Send the portions of both, pair by pair, and print what came of it."""
    sides = [Side(alone, channels, portion), Side(beside, channels, portion)]
    seconds: tuple[list[float], list[float]] = ([], [])
    looks: tuple[list[float], list[float]] = ([], [])
    order = Random("pairs")
    for pair in range(pairs + 1):
        for number in order.sample((0, 1), 2):
            took = await sides[number].send()
            if pair:
                seconds[number].append(took)
    for number in order.choices((0, 1), k=2 * LOOKS):
        looks[number].append(await sides[number].look())
    for side in sides:
        await side.stop()
    print(f"the dead channel was tried {sides[1].attempts_in_vain} times in {pairs} pairs of {portion} messages")
    print_costs(*seconds)
    more = statistics.median(looks[1]) - statistics.median(looks[0])
    print_figure("a look, one a second, takes more beside the dead channel", [more], "ms of CPU")
    print_figure("what that is of a second", [more / 10], "%", "< 5")


def print_costs(alone: Sequence[float], beside: Sequence[float]) -> None:
    """What each portion took more than its neighbour, as a part of the time that it took: how much fewer messages a core sends."""
    print_figure("a live webhook alone, for each second of CPU", [len(alone) / sum(alone)], "messages")
    print_figure("beside what waits for a dead channel", [len(beside) / sum(beside)], "messages")
    costs = sorted(100 * (1 - one / other) for one, other in zip(alone, beside, strict=True))
    low, high = middle_ranks(len(costs))
    print_figure("what the dead channel costs, median of the pairs", [statistics.median(costs)], "%", "< 5")
    print(f"  with 95 % likelihood between {costs[low]:.2f} and {costs[high]:.2f}; of single pairs from {costs[0]:.1f} to {costs[-1]:.1f}")
    print_figure("what it costs, all seconds together", [100 * (1 - sum(alone) / sum(beside))], "%", "< 5")


def middle_ranks(count: int) -> tuple[int, int]:
    """Between which of so many values, in order, the median of their distribution is, with a likelihood of 95 % at least (sign test)."""
    low, below = 0, 0.5**count
    while below + math.comb(count, low + 1) * 0.5**count <= 0.025:
        below += math.comb(count, low + 1) * 0.5**count
        low += 1
    return low, count - 1 - low


def main() -> None:
    """Fill two archives, and send from both in turns."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--waiting", type=int, default=50_000)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--portion", type=int, default=800, help="messages: about a second of CPU")
    options = parser.parse_args()
    waiting, pairs, portion = (200, 8, 10) if options.quick else (options.waiting, options.pairs, options.portion)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print_machine("aiohttp")
    with working_folder(options.folder) as folder, ExitStack() as stack:
        beside, alone = folder / "beside.db", folder / "alone.db"
        fill(beside, {"live": (pairs + 1) * portion, "dead": waiting}).close()
        _hold_all(beside)
        shutil.copy(beside, alone)
        with closing(sqlite3.connect(alone)) as connection, connection:
            connection.execute("UPDATE deliveries SET status = 'muted', due_at = NULL WHERE channel = 'dead'")
        live, dead = stack.enter_context(running_sink("webhook")), stack.enter_context(dead_port(silent=False))
        channels = {"live": make_channel("webhook", live), "dead": make_channel("webhook", dead, "dead")}
        asyncio.run(measure(beside, alone, channels, pairs, portion))
    print_load()


if __name__ == "__main__":
    main()
