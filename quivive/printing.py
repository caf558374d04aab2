"""Printing that holds up nobody: a thread of its own writes, however slow, stuck, full or gone the other side is."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable

MOST_WAITING_BYTES = 1_000_000
"""What waits to be written, at most; what comes beyond is lost, and counted."""


class Printer:
    """Writes lines to a descriptor in their order.

    `most_waiting`: in bytes; None for no limit. `on_trouble` is called with the reason when lines begin to be lost, and with None and
    their number when lines are written again; from the thread that writes or that has a line written, so it must not wait for either.
    """

    def __init__(
        self,
        descriptor: int,
        on_trouble: Callable[[str | None, int], None] = lambda _reason, _lost: None,
        most_waiting: int | None = MOST_WAITING_BYTES,
    ) -> None:
        self._descriptor = descriptor
        self._on_trouble = on_trouble
        self._most_waiting = most_waiting
        self._lines: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._written = 0
        self._lost = 0
        self._is_told = False
        self._changed = threading.Condition()
        self.failure: OSError | None = None
        """Why lines were lost, the first time."""
        threading.Thread(target=self._run, name=f"printer-{descriptor}", daemon=True).start()

    def say(self, line: bytes) -> None:
        """Have a line written. Returns at once."""
        with self._changed:
            has_room = self._most_waiting is None or self._waiting_bytes + len(line) <= self._most_waiting
            if has_room:
                self._lines.append(line)
                self._waiting_bytes += len(line)
                self._changed.notify_all()
            else:
                self._lost += 1
        if not has_room:
            self._tell("nobody reads it")

    def flush(self, patience_seconds: float | None = None) -> bool:
        """Wait until all is written, as long as it goes on within the patience; whether it was."""
        with self._changed:
            while self._waiting_bytes:
                before = self._written
                self._changed.wait(patience_seconds)
                if self._written == before and self._waiting_bytes and patience_seconds is not None:
                    return False
        return True

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                line = self._lines.popleft()
            failure = self._write(line)
            with self._changed:
                self._waiting_bytes -= len(line)
                self._written += 1
                self._lost += failure is not None
                self._changed.notify_all()
            self._tell(None if failure is None else failure.strerror or str(failure))

    def _write(self, line: bytes) -> OSError | None:
        try:
            while line:
                try:
                    line = line[os.write(self._descriptor, line) :]
                except BlockingIOError:  # somebody who shares it made it so
                    select.select([], [self._descriptor], [])
        except OSError as error:
            self.failure = self.failure or error
            return error
        return None

    def _tell(self, trouble: str | None) -> None:
        """Say once that lines are being lost, and once that they were."""
        with self._changed:
            lost = self._lost
            if lost == 0 or (trouble is not None and self._is_told):
                return
            self._is_told = trouble is not None
            if trouble is None:
                self._lost = 0
        self._on_trouble(trouble, lost)
