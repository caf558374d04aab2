"""What the daemon does and says while its archive cannot be written: it waits, warns once, and says when it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from news.answers import Waiting
from storage import Patience

log = structlog.get_logger("quivive")


def make_patience(clock: Callable[[], datetime], is_over: Callable[[], bool]) -> Patience:
    """The daemon's patience, until it `is_over`: `quivive status` shows that it waits, since when and why."""
    return Patience(clock, _tell, is_over)


def _tell(waiting: Waiting | None) -> None:
    if waiting is None:
        log.info("the archive can be written again: going on")
    else:
        log.warning("the archive cannot be written: waiting until it can be; nothing is lost meanwhile", reason=waiting.reason)
