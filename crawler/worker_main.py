"""The program of a worker process: takes a job from its pipe, does it within its limits, sends back the answer, takes the next.

It dies with its parent, heeds no signal meant for the parent, writes nowhere, and has a limit for memory, and for each job one of CPU time.
Both limits are the kernel's: no code that runs here, in C or not, can talk its way out of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import math
import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from crawler.reading import OUT_OF_MEMORY_STATUS, preload

READY = "ready"
_PR_SET_PDEATHSIG = 1
_FIRST_TO_GO = "900"
"""Of 1000, proc_pid_oom_score_adj(5): a worker is replaced at once, the daemon is what must live."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job returned, or what it raised, and the seconds of CPU time that it took."""

    value: object
    cpu_seconds: float
    raised: str | None = None
    """Type and message, on one line, of an error that nobody foresaw."""
    trace: str | None = None


def main(pipe: int, parent: int, memory: int, cpu_seconds: float) -> None:
    """Work until the parent closes the pipe. `memory`: bytes beyond what the imports take; `cpu_seconds`: for one job."""
    _die_with(parent)
    connection = Connection(pipe)
    prepare(memory)
    connection.send(READY)
    while True:
        try:
            _limit_cpu_time(cpu_seconds)
            connection.send_bytes(_answer_to(connection.recv_bytes()))
        except (EOFError, OSError):  # the parent is done with this worker
            return
        except MemoryError:
            os._exit(OUT_OF_MEMORY_STATUS)  # a fresh worker has its memory back; this one may hold on to it


def prepare(memory: int) -> None:
    """Shield the process from signals meant for the parent, keep it silent, and limit its memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)  # parsers complain about every odd document; the outcome says what matters
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a killed worker must not write half a gigabyte of core
    _offer_to_go_first()
    preload()
    _limit_memory(memory)


def _answer_to(pickled_job: bytes) -> bytes:
    """Do a job, as far as it can be done; both are pickled."""
    started = time.process_time()
    try:
        return pickle.dumps(Answer(pickle.loads(pickled_job)(), time.process_time() - started), pickle.HIGHEST_PROTOCOL)  # noqa: S301 - ours
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug, here or in a library: the parent logs it, and goes on
        message = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return pickle.dumps(Answer(None, time.process_time() - started, message, traceback.format_exc()))


def _die_with(parent: int) -> None:
    """End when the parent ends, even by SIGKILL: a worker that outlives it would hold memory for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), name="watch-parent", daemon=True).start()
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _offer_to_go_first() -> None:
    """Have the kernel end this process, and not the program, when memory runs out. Only Linux can be told."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _limit_memory(memory: int) -> None:
    """Allow `memory` bytes of address space beyond what is in use. Only Linux tells how much that is, and keeps to the limit."""
    if sys.platform == "linux":
        in_use = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_within(in_use + memory, hard), hard))


def _limit_cpu_time(seconds: float) -> None:
    """Allow that much CPU time from now on, in whole seconds; then SIGXCPU ends the process.

    Not time on the clock: on a busy machine a feed of 20,000 entries that needs 8 s of a processor takes minutes, and must be read.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_within(math.ceil(used.ru_utime + used.ru_stime + seconds), hard), hard))


def _within(limit: int, hard: int) -> int:
    return limit if hard == resource.RLIM_INFINITY else min(limit, hard)
