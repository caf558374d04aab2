"""One worker process, seen from the program: started, given one document after another, ended, replaced when it died.

It is a plain child with a pipe of its own. A pool would share a lock among its workers, and whoever kills one at the wrong moment (the
kernel when memory is short, an operator) would leave the others waiting for that lock for ever.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe

from crawler.problems import FetchProblem, make_problem
from crawler.reading import OUT_OF_MEMORY_STATUS
from crawler.worker_main import READY, Answer
from news.sources import Problem

DOCUMENTS_PER_WORKER = 1000
"""After as many a worker is replaced: whatever memory parsers keep is given back."""
CLOCK_FOR_CPU = 15
"""A document gets that many times its CPU time on the clock: a machine may be busy, but a worker that sleeps or was stopped is no use."""
START_SECONDS = 60
"""For a worker to be ready; half a second on an idle machine."""
MOST_STARTS = 120
"""Tries to start a worker before a document is given up: a minute, when each fails at once."""
PAUSE_SECONDS = 0.5
"""Between two tries to start a worker: what makes it fail (no memory, no process left) does not pass at once."""

_BOOT = "import sys; sys.path[:] = sys.argv[5:]; from crawler.worker_main import main; main(*map(int, sys.argv[1:4]), float(sys.argv[4]))"

_log = logging.getLogger(__name__)


class WorkersStopped(Exception):
    """The document was not read because the workers are being stopped. Not a failure: the work is still due."""


class _NotStarted(Exception):
    """No worker could be started just now, and why."""


class _Ended(Exception):
    """The worker ended before it answered. `status` is its exit status, negative for a signal, as subprocess has it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use: bytes beyond its imports, and seconds of CPU time for one document."""

    memory: int
    cpu_seconds: float

    @property
    def clock_seconds(self) -> float:
        """How long an answer is waited for."""
        return self.cpu_seconds * CLOCK_FOR_CPU


class WorkerProcess:
    """A worker, and those that take its place. `read` blocks, and belongs to one thread; `kill` may come from any.

    That thread must live on: Linux ends a worker when the thread that started it ends.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._documents = 0
        self._in_trouble = False
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def read(self, job: Callable[[], object]) -> Answer:
        """What the job gives. Raises FetchProblem if that ends, outlasts or overfills the worker, WorkersStopped after `stop`.

        A worker that was killed from outside says nothing about its document, which is read again, once: the second time it is suspect.
        """
        for is_last in (False, True):
            try:
                return self._ask(job)
            except _Ended as ended:
                self._require_going_on()
                if is_last or ended.status != -signal.SIGKILL:
                    raise FetchProblem(self._problem_of(ended.status)) from ended
                _log.warning("a worker process was killed from outside while it read a document, which is read again")
            except MemoryError:
                self._end()
                if is_last:
                    raise FetchProblem(make_problem("worker_crashed", "this machine has no memory left to take the answer")) from None
                self._note_trouble("no memory is left to take an answer")
                self._stopping.wait(PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")

    def stop(self) -> None:
        """Kill the process, and start none any more. A document that it is reading raises WorkersStopped in its thread."""
        self._stopping.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """After `stop`, in the worker's own thread: wait for the process to be gone, and close its pipe."""
        self._end()

    def _ask(self, job: Callable[[], object]) -> Answer:
        pipe = self._hand_over(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        try:
            if not pipe.poll(self._limits.clock_seconds):
                self._end()
                raise FetchProblem(make_problem("worker_timeout", f"no answer for {self._limits.clock_seconds:g} s"))
            answer: Answer = pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise _Ended(self._end(patience_seconds=5)) from error
        self._documents += 1
        return answer

    def _hand_over(self, job: bytes) -> Connection:
        """Send the job to a worker that takes it; one that died while it had nothing to do is replaced."""
        failed = 0
        while True:
            self._require_going_on()
            try:
                pipe = self._require_running()
                pipe.send_bytes(job)
            except (_NotStarted, MemoryError) as error:
                self._end()
                self._note_trouble(str(error) or "no memory is left")
                failed += 1
                if failed >= MOST_STARTS:
                    raise FetchProblem(make_problem("worker_crashed", f"no worker process could be started: {error}"[:200])) from error
                self._stopping.wait(PAUSE_SECONDS)
            except OSError:  # its end of the pipe is closed
                self._require_going_on()
                _log.warning("a worker process that had nothing to do was ended from outside; another takes its place")
                self._end()
            else:
                self._note_recovery()
                return pipe

    def _require_running(self) -> Connection:
        if self._documents >= DOCUMENTS_PER_WORKER:
            self._end()
        if self._process is None or self._pipe is None:
            self._start()
        assert self._pipe is not None  # just started
        return self._pipe

    def _start(self) -> None:
        try:
            ours, theirs = Pipe()
        except OSError as error:
            raise _NotStarted(str(error)) from error
        with theirs:
            self._pipe = ours
            try:
                self._spawn(theirs)
            except (OSError, subprocess.SubprocessError) as error:
                raise _NotStarted(str(error)) from error
        self._documents = 0
        try:
            if ours.poll(START_SECONDS) and ours.recv() == READY:
                return
        except (EOFError, OSError):
            pass  # how it ended is told below
        status = self._end(patience_seconds=1)
        self._require_going_on()
        raise _NotStarted(f"it ended at once with {describe_end(status)}")

    def _spawn(self, theirs: Connection) -> None:
        number = theirs.fileno()
        limits = [str(number), str(os.getpid()), str(self._limits.memory), str(self._limits.cpu_seconds)]
        with self._lock:  # so that `stop` kills it, or it is not started
            self._require_going_on()
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-c", _BOOT, *limits, *sys.path],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # standard output belongs to the program
                stderr=subprocess.DEVNULL,
            )

    def _end(self, patience_seconds: float = 0.0) -> int:
        """Forget the process; returns its exit status. It is killed unless it ends by itself meanwhile: its own status tells more."""
        process, pipe, status = self._process, self._pipe, 0
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience_seconds)
            process.kill()
            status = process.wait()
        with self._lock:
            self._process = None
        self._pipe = None
        if pipe is not None:
            pipe.close()
        return status

    def _require_going_on(self) -> None:
        if self._stopping.is_set():
            raise WorkersStopped

    def _note_trouble(self, reason: str) -> None:
        if not self._in_trouble:
            _log.warning(
                "documents wait, since no worker process can be started (is memory short?); tried again until it succeeds: %s", reason
            )
        self._in_trouble = True

    def _note_recovery(self) -> None:
        if self._in_trouble:
            _log.warning("a worker process could be started again; documents are read")
        self._in_trouble = False

    def _problem_of(self, status: int) -> Problem:
        if status == OUT_OF_MEMORY_STATUS:
            return make_problem("worker_crashed", "out of memory")
        if status == -signal.SIGXCPU:
            return make_problem("worker_timeout", f"more than {self._limits.cpu_seconds:g} s of CPU time")
        return make_problem("worker_crashed", describe_end(status))


def describe_end(status: int | None) -> str:
    """An exit status for people: a signal by its name."""
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"
