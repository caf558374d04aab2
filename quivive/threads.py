"""The event loop's common threads: they open files and look up the names of mail servers."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

COMMON_THREADS = 8
"""As many lookups of names may stall at a time without holding up others."""


def start_common_threads(number: int = COMMON_THREADS) -> None:
    """Give the running loop its threads, all of them started.

    The loop would start each when it is first needed: a thread that finds no memory never says so, and the loop would wait for it for ever.
    """
    threads = ThreadPoolExecutor(number, "common")
    # Each waits for all: one that were done at once would be given the next task, and no further thread be started.
    together = threading.Barrier(number + 1)
    for _ in range(number):
        threads.submit(together.wait)
    together.wait()
    asyncio.get_running_loop().set_default_executor(threads)
