"""Waiting for an archive that cannot be written for a while: another program has it locked, or the disk is full.

That passes, and a daemon that ended over it would miss what is published until somebody starts it again. What waits is not lost and
nothing is half written: the operations are run again from their beginning. It is said once when a wait begins, and when it is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from news.answers import Waiting
from news.errors import ArchiveHeldUp

T = TypeVar("T")

RETRY_SECONDS = 1.0
"""Between two tries. A full disk answers at once; a lock is waited for within the try (`BUSY_MILLISECONDS`)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Given to an archive, it waits instead of failing.

    `tell` is called, in the thread that waits, with a wait that begins, and with None at its end. `is_over`: nobody wants to wait any more.
    """

    clock: Callable[[], datetime]
    tell: Callable[[Waiting | None], None]
    is_over: Callable[[], bool] = lambda: False


def wait_for(attempt: Callable[[], T], patience: Patience | None) -> T:
    """What `attempt` gives, as soon as it raises `ArchiveHeldUp` no more; without patience, or when that is over, its error."""
    waits = False
    while True:
        try:
            result = attempt()
        except ArchiveHeldUp as error:
            if patience is None or patience.is_over():
                raise
            if not waits:
                patience.tell(Waiting(patience.clock(), str(error)))
            waits = True
            time.sleep(RETRY_SECONDS)
        else:
            if patience is not None and waits:
                patience.tell(None)
            return result
