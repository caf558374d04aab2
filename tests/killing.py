"""The program as it is, but for two things: its clock is ahead, and SIGKILL ends it as it comes to a named step for so many times.

    CLOCK_AHEAD=3600 KILL_AT=sealed KILL_THE=3 python -m tests.killing run

Nothing of ours is replaced: every function does what it always does, and the process may end before or after it. Between two steps there
are three moments: what is to be written is handed to the archive; it is written, but not committed; it is committed, but whoever asked
for it has not been told.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any

import quivive.clock

_WRITES = {
    "record_poll": "poll",
    "record_page": "page",
    "seal_messages": "sealing",
    "record_attempts": "attempt",
    "escalate_due": "escalation",
}
"""What is written on the way of an article to people, by the methods of the archive."""
_WRITES_BESIDE = {"watch_volumes": "surge", "rebuild_step": "placing"}
"""What is written beside that: alerts on how much comes of a topic, and in which stories old articles are, or what they are known by."""
_DECISIONS = {
    "decided": ("storage.recording.bodies", "decide_arrivals"),
    "alert decided": ("news.consequences", "decide_alert"),
    "planned": ("storage.recording.outbox", "plan_messages"),
    "escalation decided": ("storage.recording.escalations", "decide_escalation"),
}
"""What is decided within such an operation, before any of it is written."""
_DECISIONS_BESIDE = {
    "surge decided": ("storage.recording.volumes", "judge_volume"),
    "placing begun": ("storage.recording.placing_old", "place_articles"),
}
_DECISIONS_OF_SAMPLING = {"sampled anew": ("storage.recording.resampling", "leave_out_common")}
_MOMENTS = ("handed over", "written", "committed")
_NOTHING_TO_DO: dict[str, Callable[[Any], bool]] = {
    "sealing": lambda count: not count,
    "escalation": lambda told: not told,
    "surge": lambda tally: not tally.alerts,
    "placing": lambda progress: progress is None,
}
"""By what some say that they had nothing to do; then there was no step."""
POINTS = (*_DECISIONS, *(f"{write} {moment}" for write in _WRITES.values() for moment in _MOMENTS))
"""Where it can be ended. A feed or a page was fetched when it is handed over; a message is sealed when its sealing is committed, sent when
its attempt is handed over, recorded when that is committed."""
POINTS_BESIDE = (*_DECISIONS_BESIDE, *(f"{write} {moment}" for write in _WRITES_BESIDE.values() for moment in _MOMENTS))
"""Where it can be ended in what goes on beside."""
POINTS_OF_SAMPLING = (*_DECISIONS_OF_SAMPLING, *(f"placing {moment}" for moment in _MOMENTS))
"""Where it can be ended while texts are sampled anew."""


class _Ending:
    """Ends this process as it comes to `point` for the `times`th time."""

    def __init__(self, point: str, times: int) -> None:
        self._point = point
        self._times = times
        self._seen = count(1)

    def come_to(self, point: str) -> None:
        if point == self._point and next(self._seen) == self._times:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


def _watch_decisions(ending: _Ending) -> None:
    for point, (module_name, function_name) in (_DECISIONS | _DECISIONS_BESIDE | _DECISIONS_OF_SAMPLING).items():
        module = importlib.import_module(module_name)
        setattr(module, function_name, _ending_after(getattr(module, function_name), ending, point))


def _ending_after(decide: Callable[..., Any], ending: _Ending, point: str) -> Callable[..., Any]:
    @wraps(decide)
    def decide_and_come_to(*arguments: Any, **options: Any) -> Any:
        decided = decide(*arguments, **options)
        ending.come_to(point)
        return decided

    return decide_and_come_to


def _watch_writes(ending: _Ending) -> None:
    from storage import Archive  # it is the program's to choose when its rooms are imported
    from storage.file.writer import Writer

    current = threading.local()
    for method_name, write in (_WRITES | _WRITES_BESIDE).items():
        setattr(Archive, method_name, _naming(getattr(Archive, method_name), ending, write, current))
    submit = Writer.submit

    def submit_watched(writer: Writer, operation: Callable[..., Any]) -> Future[Any]:
        write = getattr(current, "write", None)
        if write is None:
            return submit(writer, operation)

        def operate(db: Any) -> Any:
            result = operation(db)
            if _has_written(write, result):
                ending.come_to(f"{write} written")
            return result

        future = submit(writer, operate)
        # The writing thread calls this before anybody who waits for the future has heard of it.
        future.add_done_callback(
            lambda done: done.exception() or not _has_written(write, done.result()) or ending.come_to(f"{write} committed")
        )
        return future

    Writer.submit = submit_watched  # type: ignore[method-assign]


def _naming(method: Callable[..., Any], ending: _Ending, write: str, current: threading.local) -> Callable[..., Any]:
    @wraps(method)
    def name_and_call(*arguments: Any, **options: Any) -> Any:
        ending.come_to(f"{write} handed over")
        current.write = write
        try:
            return method(*arguments, **options)
        finally:
            current.write = None

    return name_and_call


def _has_written(write: str, result: Any) -> bool:
    is_nothing = _NOTHING_TO_DO.get(write)
    return is_nothing is None or not is_nothing(result)


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))


# The program's other parts, which import it by name, are yet to be imported.
quivive.clock.utc_now = _now

if __name__ == "__main__":
    if point := os.environ.get("KILL_AT"):
        ending = _Ending(point, int(os.environ.get("KILL_THE", "1")))
        _watch_decisions(ending)
        _watch_writes(ending)
    from quivive.__main__ import main

    main()
