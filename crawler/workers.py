"""Worker processes that read what came from the network: bytes can neither block the event loop nor take the program down.

A document that hangs, crashes or eats memory costs itself alone; its worker is replaced and the others go on. What is read next is
decided by `reading_queue`; here it is only carried out.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

from crawler.costs import Costs
from crawler.problems import FetchProblem, make_problem
from crawler.reading_queue import Document, ReadingQueue
from crawler.settings import CrawlSettings
from crawler.worker_main import Answer
from crawler.worker_process import Limits, WorkerProcess, WorkersStopped

__all__ = ["Workers", "WorkersStopped"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

MOST_TO_BE_RECORDED = 200
"""Outcomes that wait for the archive, two groups of its writing thread. While as many do nothing more is read: whoever waits to be read
gets a turn, before that thread all stand in one line, in which a feed of each second stood for 3 s behind 5,000 that were due at once."""

_log = logging.getLogger(__name__)


class Workers:
    """Worker processes, each started with the first document it is given. Lives on one event loop."""

    def __init__(self, settings: CrawlSettings, costs: Costs | None = None) -> None:
        limits = Limits(settings.worker_memory, settings.worker_time_limit.total_seconds())
        self._limits = limits
        self._queue = ReadingQueue(settings.workers, Costs() if costs is None else costs)
        self._free = [_Reader(WorkerProcess(limits), f"reader-{number}") for number in range(settings.workers)]
        self._all = tuple(self._free)
        self._turns: dict[Document, asyncio.Future[_Reader]] = {}
        self._to_be_recorded = 0
        self._is_stopping = False

    def start(self) -> None:
        """Start the threads that wait for the workers, now: one that finds no memory dies silently, and the loop would wait for it."""
        for reader in self._all:
            reader.start()

    async def read(
        self, document: Document, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """What `function` returns for these arguments, in a worker, when it is the document's turn.

        It must be importable, arguments and result picklable. Raises FetchProblem (`worker_crashed`, `worker_timeout`) or WorkersStopped.
        What else the function raises is a bug, in it or in a library: it is logged with its traceback and counts as `worker_crashed`, since
        one document must not end the program.
        """
        reader = await self._turn(document)
        cpu_seconds = self._limits.cpu_seconds  # of one that ends its worker
        try:
            answer = await asyncio.wrap_future(reader.read(functools.partial(function, *args, **kwargs)))
            cpu_seconds = answer.cpu_seconds
        finally:
            self._free.append(reader)
            self._queue.release(document, cpu_seconds, asyncio.get_running_loop().time())
            self._hand_out()
        if answer.raised is not None:
            _log.error("reading a document failed in a way that is not foreseen\n%s", answer.trace)
            raise FetchProblem(make_problem("worker_crashed", answer.raised))
        return cast("Result", answer.value)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """While the outcome of something waits to be recorded."""
        self._to_be_recorded += 1
        try:
            yield
        finally:
            self._to_be_recorded -= 1
            self._hand_out()

    async def stop(self) -> None:
        """Kill the workers; what they were reading, and what waited, is dropped."""
        self._is_stopping = True
        for turn in self._turns.values():
            if not turn.done():
                turn.set_exception(WorkersStopped())
        # Waited for without a thread: when memory is short there may be none to be had.
        await asyncio.gather(*(asyncio.wrap_future(reader.stop()) for reader in self._all))

    async def _turn(self, document: Document) -> _Reader:
        """Wait until it is the document's turn, and a reader is free for it."""
        if self._is_stopping:
            raise WorkersStopped
        turn: asyncio.Future[_Reader] = asyncio.get_running_loop().create_future()
        self._turns[document] = turn
        self._queue.add(document)
        self._hand_out()
        try:
            return await turn
        except asyncio.CancelledError:
            self._give_up(document, turn)
            raise
        finally:
            self._turns.pop(document, None)

    def _give_up(self, document: Document, turn: asyncio.Future[_Reader]) -> None:
        """Nobody waits for the document any more; if its turn had come, it is over."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._free.append(turn.result())
            self._queue.release(document, 0.0, asyncio.get_running_loop().time())
            self._hand_out()
        else:
            self._queue.drop(document)

    def _may_read(self) -> bool:
        return bool(self._free) and self._to_be_recorded < MOST_TO_BE_RECORDED and not self._is_stopping

    def _hand_out(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._may_read() and (document := self._queue.take(now)) is not None:
            turn = self._turns[document]
            if turn.done():  # cancelled a moment ago
                self._queue.release(document, 0.0, now)
            else:
                turn.set_result(self._free.pop())


class _Reader:
    """A worker process and the thread that waits for it. The thread lives as long as the workers do: see WorkerProcess."""

    def __init__(self, worker: WorkerProcess, name: str) -> None:
        self._worker = worker
        self._jobs: queue.SimpleQueue[tuple[Callable[[], object], Future[Answer]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._is_started = False
        self._ended: Future[None] = Future()
        self._ended.set_running_or_notify_cancel()  # from now on nobody can cancel it

    def start(self) -> None:
        """Start the thread; the process is started with the first document."""
        if not self._is_started:
            self._thread.start()
            self._is_started = True

    def read(self, job: Callable[[], object]) -> Future[Answer]:
        self.start()
        future: Future[Answer] = Future()
        self._jobs.put((job, future))
        return future

    def stop(self) -> Future[None]:
        """Kill the worker, and end the thread; what is returned is done when both are gone. May be called again."""
        self._worker.stop()
        self._jobs.put(None)
        if not self._is_started:
            self._is_started = True
            self._ended.set_result(None)
        return self._ended

    def _serve(self) -> None:
        while (task := self._jobs.get()) is not None:
            job, future = task
            try:
                answer = self._worker.read(job)
            except BaseException as error:  # noqa: BLE001 - raised where the answer is awaited
                _settle(future, error)
            else:
                _settle(future, answer)
            del task, job, future  # else the last body stays in memory until the next one comes
        self._worker.close()
        self._ended.set_result(None)


def _settle(future: Future[Answer], answer: Answer | BaseException) -> None:
    if future.set_running_or_notify_cancel():
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
