"""Waiting for an archive that cannot be written for a while: another program has it locked, or the disk is full.

That passes, and a daemon that ended over it would miss what is published until somebody starts it again. What waits is not lost and
nothing is half written: the operations are run again from their beginning. It is said once when a wait begins, and when it is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from news.answers import Waiting

RETRY_SECONDS = 1.0
"""Between two tries. A full disk answers at once; a lock is waited for within the try (`BUSY_MILLISECONDS`)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Given to an archive, it waits instead of failing.

    `tell` is called in the writing thread, with a wait that begins, and with None at its end.
    """

    clock: Callable[[], datetime]
    tell: Callable[[Waiting | None], None]
