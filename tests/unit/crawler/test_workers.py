"""Worker processes: what goes wrong in one costs one document."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from crawler.problems import FetchProblem
from crawler.reading import read_feed
from crawler.reading_queue import Document
from crawler.settings import CrawlSettings
from crawler.workers import Workers, WorkersStopped
from news.sources import ParsedFeed
from tests.news_site import item, rss

FEED = rss(item("Un", "https://journal.example/1")).encode()
Result = TypeVar("Result")
_numbers = itertools.count()


def with_workers(use: Callable[[Workers], Awaitable[Result]], **settings: object) -> Result:
    async def run() -> Result:
        workers = Workers(replace(CrawlSettings("test"), **{"workers": 1, **settings}))
        try:
            return await use(workers)
        finally:
            await workers.stop()

    return asyncio.run(run())


async def code_of(reading: Awaitable[object]) -> str | None:
    try:
        await reading
    except FetchProblem as error:
        return error.problem.code
    return None


def run(workers: Workers, function: Callable[..., Result], *arguments: object) -> Awaitable[Result]:
    """Have a document read by this function; each comes from a host and a source of its own."""
    number = next(_numbers)
    return workers.read(Document(f"host{number}.example", number, 1), function, *arguments)


def read(workers: Workers) -> Awaitable[object]:
    return run(workers, read_feed, FEED, "https://journal.example/feed", None, None)


@pytest.mark.parametrize(
    ("fatal", "arguments"), [(os._exit, (3,)), (os.abort, ()), (signal.raise_signal, (signal.SIGKILL,))], ids=["exit", "abort", "kill"]
)
def test_a_worker_that_dies_costs_its_document_and_is_replaced(fatal: Callable[..., object], arguments: tuple[object, ...]) -> None:
    async def use(workers: Workers) -> None:
        assert await code_of(run(workers, fatal, *arguments)) == "worker_crashed"
        assert isinstance(await read(workers), ParsedFeed)

    with_workers(use)


def test_documents_that_wait_are_read_although_others_kill_their_worker() -> None:
    async def use(workers: Workers) -> list[object]:
        deadly = [code_of(run(workers, os._exit, 1)) for _ in range(2)]
        harmless = [read(workers) for _ in range(6)]
        return list(await asyncio.gather(*deadly, *harmless))

    results = with_workers(use, workers=2)
    assert results[:2] == ["worker_crashed"] * 2
    assert all(isinstance(result, ParsedFeed) for result in results[2:])


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    async def use(workers: Workers) -> None:
        assert await code_of(run(workers, time.sleep, 600)) == "worker_timeout"
        assert isinstance(await read(workers), ParsedFeed)

    with_workers(use, worker_time_limit=timedelta(seconds=0.2))


def test_a_calculation_that_never_looks_up_is_given_up_too() -> None:
    async def use(workers: Workers) -> str | None:
        return await code_of(run(workers, math.factorial, 5_000_000))

    assert with_workers(use, worker_time_limit=timedelta(seconds=0.2)) == "worker_timeout"


def test_a_document_that_needs_too_much_memory_costs_itself() -> None:
    huge = rss(item("x" * 60_000_000, "https://journal.example/1")).encode()

    async def use(workers: Workers) -> None:
        with pytest.raises(FetchProblem, match="out of memory"):
            await run(workers, read_feed, huge, "https://journal.example/feed", None, None)
        assert isinstance(await read(workers), ParsedFeed)

    with_workers(use, worker_memory=150_000_000)


def test_an_idle_worker_that_is_killed_from_outside_costs_nothing() -> None:
    async def use(workers: Workers) -> None:
        os.kill(await run(workers, os.getpid), signal.SIGKILL)
        assert isinstance(await read(workers), ParsedFeed)

    with_workers(use)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_meant_for_the_whole_group_do_not_end_a_worker(number: signal.Signals) -> None:
    async def use(workers: Workers) -> None:
        process = await run(workers, os.getpid)
        os.kill(process, number)
        assert await run(workers, os.getpid) == process

    with_workers(use)


def test_stopping_drops_what_is_being_read() -> None:
    async def use(workers: Workers) -> None:
        process = psutil.Process(await run(workers, os.getpid))
        reading = asyncio.ensure_future(run(workers, time.sleep, 600))
        await asyncio.sleep(0)
        await workers.stop()
        with pytest.raises(WorkersStopped):
            await reading
        with pytest.raises(WorkersStopped):
            await read(workers)
        assert not process.is_running()

    with_workers(use)


def test_an_error_that_nobody_foresaw_costs_its_document_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def use(workers: Workers) -> None:
        with pytest.raises(FetchProblem, match="ValueError: math domain"):
            await run(workers, math.sqrt, -1)

    with_workers(use)
    assert "Traceback" in caplog.text


def test_a_worker_has_no_open_file_of_its_parent_and_nothing_to_say_on_standard_output(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)

        async def use(workers: Workers) -> list[str]:
            process = psutil.Process(await run(workers, os.getpid))
            return [*(file.path for file in process.open_files()), os.readlink(f"/proc/{process.pid}/fd/1")]  # noqa: PTH115 - instant

        assert with_workers(use) == ["/dev/null"]


PARENT = """
import asyncio, os, sys
from crawler.reading_queue import Document
from crawler.settings import CrawlSettings
from crawler.workers import Workers

async def main():
    workers = Workers(CrawlSettings("test"))
    print(await workers.read(Document("a.example", 1, 1), os.getpid), flush=True)
    import time
    await workers.read(Document("a.example", 1, 1), time.sleep, 600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_workers_end_with_their_parent_even_when_it_is_killed(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": str(project)}, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        int(parent.stdout.readline())
        descendants = psutil.Process(parent.pid).children(recursive=True)
        assert len(descendants) == 1
        parent.kill()
    _, alive = psutil.wait_procs(descendants, timeout=20)
    assert alive == []
