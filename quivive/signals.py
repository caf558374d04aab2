"""Signals, owned from the first line on: SIGTERM, SIGINT and SIGHUP end nothing by themselves, and none is lost during the imports.

A thread hears them, through the pipe that Python's own handler writes to: they are heard whatever the main thread is doing. Whoever works
for long says with `heed` what they mean; a command that only asks takes the usual meaning back with `give_back`. Asking to end sets a
deadline: what has not ended by then is ended, which the archive survives as it does a power cut. The thread keeps the deadline too: where
memory is short, another one could not be started.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable

OWNED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ENDING = frozenset({signal.SIGTERM, signal.SIGINT})

DEADLINE_SECONDS = 9.0
"""From the request to end until the program ends itself, whatever it is doing. It promises 10 s, also on a busy machine."""
LAST_RESORT_SECONDS = 9.7
"""Until the kernel ends it (SIGALRM), should even the thread that keeps the deadline get no turn."""

Listener = Callable[[signal.Signals], None]


class _Owner:
    """The signals of this process. Made in the main thread, as only that may set handlers."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._unheeded: list[signal.Signals] = []
        self._listener: Listener | None = None
        self._at_deadline: Callable[[], int] = lambda: 0
        self._deadline: float | None = None
        self._is_armed = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in OWNED:
            signal.signal(number, self._note)
        threading.Thread(target=self._hear, name="signals", daemon=True).start()

    def heed(self, listener: Listener, at_deadline: Callable[[], int]) -> None:
        """Call `listener` with what has come and what will come."""
        with self._door:
            self._listener, self._at_deadline = listener, at_deadline
            waiting, self._unheeded = self._unheeded, []
        for number in waiting:
            listener(number)

    def give_back(self) -> None:
        """Let signals do what they usually do; one that has come does it now."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.close(self._writing)  # which ends the thread
        with self._door:
            waiting, self._unheeded = self._unheeded, []
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in waiting:
            signal.raise_signal(number)

    def _hear(self) -> None:
        """Until the signals are given back; what was asked to end before must still end in time."""
        coming = select.poll()
        coming.register(self._reading)
        while coming.poll(self._milliseconds_left()):
            heard = os.read(self._reading, 64)
            if not heard:
                coming.unregister(self._reading)
                os.close(self._reading)
                if self._deadline is None:
                    return
            for number in heard:
                if number in OWNED:
                    self._take(signal.Signals(number))
        self._end()

    def _milliseconds_left(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic()) * 1000

    def _take(self, number: signal.Signals) -> None:
        with self._door:
            listener = self._listener
            if listener is None:
                self._unheeded.append(number)
        if number in ENDING and self._deadline is None:
            self._deadline = time.monotonic() + DEADLINE_SECONDS
            self._arm()
        if listener is not None:
            listener(number)

    def _note(self, number: int, _frame: object) -> None:
        """Python's handler, in the main thread. What is to be done the thread does that hears; unless it gets no turn at all."""
        if number in ENDING:
            self._arm()

    def _arm(self) -> None:
        if not self._is_armed:
            self._is_armed = True
            signal.setitimer(signal.ITIMER_REAL, LAST_RESORT_SECONDS)

    def _end(self) -> None:
        status = 1
        try:
            status = self._at_deadline()
        finally:
            os._exit(status)


_owner: _Owner | None = None


def own_signals() -> None:
    """Own the signals from here on. Only the first call does anything."""
    global _owner  # noqa: PLW0603  # a process has one set of signal handlers
    if _owner is None:
        _owner = _Owner()


def heed(listener: Listener, at_deadline: Callable[[], int] = lambda: 0) -> None:
    """Call `listener`, in another thread than the main one, with every owned signal, also with those that came before.

    `at_deadline` is called if the program has not ended `DEADLINE_SECONDS` after it was asked to; the process then ends with the status
    that it returns.
    """
    own_signals()
    assert _owner is not None
    _owner.heed(listener, at_deadline)


def give_back() -> None:
    """Let signals do what they usually do: a command that only asks may be ended at any moment."""
    global _owner  # noqa: PLW0603  # see above
    if _owner is not None:
        _owner.give_back()
        _owner = None


def ignore() -> None:
    """The work is done: what comes now, while Python takes itself down, must not turn a good end into a death by signal."""
    for number in OWNED:
        signal.signal(number, signal.SIG_IGN)
