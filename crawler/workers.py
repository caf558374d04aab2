"""Worker processes that read what came from the network: bytes can neither block the event loop nor take the program down.

A document that hangs, crashes or eats memory costs itself alone; its worker is replaced and the others go on.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pebble
from pebble import CONSTS, ProcessExpired

from crawler.problems import FetchProblem, make_problem
from crawler.reading import OUT_OF_MEMORY_STATUS, preload
from crawler.settings import CrawlSettings

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

DOCUMENTS_PER_WORKER = 1000
"""After as many a worker is replaced: whatever memory parsers keep is given back."""
SILENCE_BEFORE_REBUILD_SECONDS = 60
"""Beyond its time limit: no answer for as long means that the pool itself is stuck, as when a worker was killed holding its lock."""
_PR_SET_PDEATHSIG = 1

# Workers ignore SIGTERM, because a service manager sends it to the whole group while the main process still wants its documents read.
# Pebble sends it first when it stops one: do not wait long for what cannot happen before sending SIGKILL.
CONSTS.term_timeout = 0.05


_log = logging.getLogger(__name__)


class WorkersStopped(Exception):
    """The document was not read because the workers are being stopped. Not a failure: the work is still due."""


class Workers:
    """A pool of worker processes. Started with the first document; rebuilt if the pool itself breaks."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._settings = settings
        self._time_limit = settings.worker_time_limit.total_seconds()
        self._pool: pebble.ProcessPool | None = None
        self._stopping = asyncio.Event()
        self._last_answer = 0.0

    async def run(self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """What `function` returns for these arguments, in a worker. It must be importable, arguments and result picklable.

        Raises FetchProblem (`worker_crashed`, `worker_timeout`) or WorkersStopped. What else the function raises is a bug, in it or in a
        library: it is logged with its traceback and counts as `worker_crashed`, since one document must not end the program.
        """
        job = functools.partial(function, *args, **kwargs)
        try:
            try:
                return await self._run_once(job)
            except BrokenProcessPool:
                # An idle worker was killed from outside, which breaks the whole pool: that says nothing about this document.
                return await self._run_once(job)
        except (FetchProblem, WorkersStopped):
            raise
        except Exception as error:
            _log.exception("reading a document failed in a way that is not foreseen")
            raise FetchProblem(make_problem("worker_crashed", f"{type(error).__name__}: {error}"[:200])) from error

    async def stop(self) -> None:
        """Kill the workers; what they were reading is dropped."""
        self._stopping.set()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_end, pool)

    async def _run_once(self, job: Callable[[], Result]) -> Result:
        pool = self._working_pool()
        future = pool.schedule(job, timeout=self._time_limit)
        try:
            return await self._answer(pool, future)
        except TimeoutError as error:
            raise FetchProblem(make_problem("worker_timeout", f"more than {self._time_limit:g} s")) from error
        except ProcessExpired as error:
            detail = "out of memory" if error.exitcode == OUT_OF_MEMORY_STATUS else f"exit status {error.exitcode}"
            raise FetchProblem(make_problem("worker_crashed", detail)) from error
        finally:
            self._last_answer = asyncio.get_running_loop().time()

    async def _answer(self, pool: pebble.ProcessPool, future: Future[Result]) -> Result:
        """Wait for the answer, for as long as the pool gives any answers at all."""
        loop = asyncio.get_running_loop()
        patience = self._time_limit + SILENCE_BEFORE_REBUILD_SECONDS
        answer = asyncio.wrap_future(future)
        stopping = asyncio.ensure_future(self._stopping.wait())
        waiting: set[asyncio.Future[Any]] = {answer, stopping}
        started = loop.time()
        try:
            while True:
                await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                if self._stopping.is_set():
                    raise WorkersStopped
                if answer.done():
                    return answer.result()
                if loop.time() - max(self._last_answer, started) >= patience:
                    self._discard(pool)
                    raise BrokenProcessPool("the worker pool does not answer")
        finally:
            stopping.cancel()
            answer.cancel()

    def _working_pool(self) -> pebble.ProcessPool:
        if self._stopping.is_set():
            raise WorkersStopped
        if self._pool is not None and not self._pool.active:
            self._discard(self._pool)
        if self._pool is None:
            self._pool = pebble.ProcessPool(
                max_workers=self._settings.workers,
                max_tasks=DOCUMENTS_PER_WORKER,
                initializer=prepare_worker,
                initargs=(os.getpid(), self._settings.worker_memory),
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def _discard(self, pool: pebble.ProcessPool) -> None:
        if self._pool is pool:
            self._pool = None
            threading.Thread(target=_end, args=(pool,), name="end-of-workers", daemon=True).start()


def _end(pool: pebble.ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble leaves out "-> None"
    pool.join()


def prepare_worker(parent: int, memory: int) -> None:
    """Run first in each worker: ties its life to the parent's, shields it from signals meant for the parent, and limits its memory."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)  # standard output belongs to the program
    logging.disable(logging.CRITICAL)  # parsers complain about every odd document; the outcome says what matters
    preload()
    _limit_memory(memory)


def _die_with(parent: int) -> None:
    """End when the parent ends, even by SIGKILL: a worker that outlives it would hold memory for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the call
            os._exit(1)
    else:
        threading.Thread(target=_watch_parent, name="watch-parent", daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _limit_memory(memory: int) -> None:
    """Allow `memory` bytes of address space beyond what is in use. Only Linux tells how much that is, and keeps to the limit."""
    if sys.platform == "linux":
        in_use = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + memory, in_use + memory))
