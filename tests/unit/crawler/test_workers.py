"""Worker processes: what goes wrong in one costs one document."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
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
from crawler.workers import MOST_TO_BE_RECORDED, Workers, WorkersStopped
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


async def until(condition: Callable[[], object]) -> None:
    """Return as soon as it is true."""
    while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
        await asyncio.sleep(0.01)


def burn(seconds: float) -> None:
    """Use that much CPU time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def note_process_then_read(folder: str) -> str:
    """Leave a note with the number of the process, and never end; if there is one already, read."""
    note = Path(folder, "process")
    if note.exists():
        return "read"
    note.with_suffix(".new").write_text(str(os.getpid()), encoding="ascii")
    note.with_suffix(".new").rename(note)
    while True:
        time.sleep(60)


async def noted_process(folder: Path) -> int:
    await until((folder / "process").exists)
    return int((folder / "process").read_text(encoding="ascii"))


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


def read_oom_score_adjustment() -> int:
    return int(Path("/proc/self/oom_score_adj").read_text(encoding="ascii"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told")
def test_when_memory_runs_out_the_kernel_ends_a_worker_before_the_program() -> None:
    async def use(workers: Workers) -> int:
        return await run(workers, read_oom_score_adjustment)

    assert with_workers(use) > read_oom_score_adjustment()


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


def test_a_worker_that_is_killed_from_outside_while_it_reads_costs_nothing_and_one_plain_line(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async def use(workers: Workers) -> str:
        reading = asyncio.ensure_future(run(workers, note_process_then_read, str(tmp_path)))
        process = await noted_process(tmp_path)
        os.kill(process, signal.SIGKILL)
        return await reading

    assert with_workers(use) == "read"
    assert caplog.messages == ["a worker process was killed from outside while it read a document, which is read again"]


def test_a_document_whose_worker_is_killed_again_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def use(workers: Workers) -> None:
        with pytest.raises(FetchProblem, match="SIGKILL"):
            await run(workers, signal.raise_signal, signal.SIGKILL)

    with_workers(use)
    assert len(caplog.messages) == 1
    assert "Traceback" not in caplog.text


def test_time_on_the_clock_is_not_what_a_document_is_allowed() -> None:
    async def use(workers: Workers) -> None:
        assert await run(workers, time.sleep, 1.5) is None

    with_workers(use, worker_time_limit=timedelta(seconds=0.2))


def test_a_worker_that_cannot_be_started_is_tried_again_until_it_can(caplog: pytest.LogCaptureFixture) -> None:
    async def use(workers: Workers) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.close(lowest_free := os.dup(0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
        try:
            reading = asyncio.ensure_future(read(workers))
            await until(lambda: caplog.messages)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert isinstance(await reading, ParsedFeed)

    with_workers(use)
    assert [message.partition(" (")[0] for message in caplog.messages] == [
        "documents wait, since no worker process can be started",
        "a worker process could be started again; documents are read",
    ]


def test_stopping_ends_a_worker_that_is_only_starting() -> None:
    others = set(psutil.Process().children())  # as other tests of this process may have left, the tracker of multiprocessing say

    async def use(workers: Workers) -> None:
        reading = asyncio.ensure_future(read(workers))
        await until(lambda: set(psutil.Process().children()) - others)
        started = set(psutil.Process().children()) - others
        await workers.stop()
        with pytest.raises(WorkersStopped):
            await reading
        assert not any(child.is_running() for child in started)

    with_workers(use)


def test_whoever_waits_no_more_gives_up_the_turn() -> None:
    async def use(workers: Workers) -> None:
        first = asyncio.ensure_future(read(workers))
        waiting = asyncio.ensure_future(read(workers))
        await asyncio.sleep(0)
        waiting.cancel()
        assert isinstance(await first, ParsedFeed)
        assert isinstance(await read(workers), ParsedFeed)

    with_workers(use)


def test_nothing_more_is_read_while_many_outcomes_wait_to_be_recorded() -> None:
    async def use(workers: Workers) -> None:
        with ExitStack() as waiting:
            for _ in range(MOST_TO_BE_RECORDED - 1):
                waiting.enter_context(workers.recording())
            assert isinstance(await read(workers), ParsedFeed)
            with workers.recording():
                reading = asyncio.ensure_future(read(workers))
                await asyncio.sleep(0)
                assert workers._free, "no worker was given the document"
            assert not workers._free, "it was, as soon as one was recorded"
            assert isinstance(await reading, ParsedFeed)

    with_workers(use)


def test_small_documents_are_read_while_a_host_has_hundreds_that_take_seconds() -> None:
    async def use(workers: Workers) -> None:
        slow = [asyncio.ensure_future(workers.read(Document("slow.example", 1, 9_000_000), burn, 0.5)) for _ in range(40)]
        quick = [asyncio.ensure_future(read(workers)) for _ in range(40)]
        await asyncio.gather(*quick)
        assert sum(document.done() for document in slow) <= 20
        await workers.stop()
        assert any(isinstance(result, WorkersStopped) for result in await asyncio.gather(*slow, return_exceptions=True))

    with_workers(use, workers=2)
