"""Starts the program within some milliseconds, where Python takes a second to import it: it is forked from a process that has done so.

What comes of it is a process like any other, with its own id, folder, environment, streams and signals, in which the module runs as by
`python -m`. Only the interpreter's own start and the imports are not repeated; tests of these, or of a locale, start Python itself
(`Home.start(…, afresh=True)`).

started = start("quivive", ["run"], folder, environ, (0, 1, 2))     # started.pid, .wait(), .kill(), as of subprocess.Popen
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

_LONGEST_ORDER_BYTES = 200_000
_AT_THE_START = ("PYTHON", "LANG", "LC_ALL", "LC_CTYPE", "COVERAGE")
"""Variables that Python heeds while it starts, by how their names begin."""
KEEPS_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""A wish of whoever runs the tests, which the programs that they start heed too."""
_LISTENING = "ready"
_NUMBER_BYTES = 8


class Started:
    """What runs, as subprocess.Popen shows it."""

    def __init__(self, pid: int, ending: int) -> None:
        self.pid = pid
        self._ending: int | None = ending
        self._status: int | None = None
        self._asking = threading.Lock()

    def __del__(self) -> None:
        if self._ending is not None:
            os.close(self._ending)

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        with self._asking:
            if self._ending is not None and _is_readable(self._ending, 0):
                self._status = _hear(self._ending)
                os.close(self._ending)
                self._ending = None
            return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended; raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            if (ending := self._ending) is not None:
                _is_readable(ending, left)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _is_readable(descriptor: int, seconds: float | None) -> bool:
    asking = select.poll()
    asking.register(descriptor, select.POLLIN)
    return bool(asking.poll(None if seconds is None else seconds * 1000))


def can_start(environ: Mapping[str, str]) -> bool:
    """Whether a process that Python starts in this environment would be no other than one that is forked."""
    return _at_the_start(environ) == _at_the_start(_usual(environ)) and "COVERAGE_PROCESS_START" not in environ


def start(module: str, arguments: Sequence[str], folder: Path, environ: Mapping[str, str], streams: tuple[int, int, int]) -> Started:
    """Run a module of the project as `python -m` does. `streams`: its standard input, output and error; the caller closes its own."""
    ending, told = os.pipe()
    order = json.dumps({"arguments": list(arguments), "folder": str(folder), "environ": dict(environ)})
    try:
        socket.send_fds(_nursery(module), [order.encode()], [*streams, told])
    finally:
        os.close(told)
    return Started(_hear(ending), ending)


def _hear(line: int) -> int:
    return int.from_bytes(os.read(line, _NUMBER_BYTES), signed=True)


def _say(line: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody wants to know
        os.write(line, number.to_bytes(_NUMBER_BYTES, signed=True))


def _usual(environ: Mapping[str, str]) -> dict[str, str]:
    project = str(Path(__file__).parent.parent)
    kept = {name: environ[name] for name in ("PATH", KEEPS_NO_BYTECODE) if name in environ}
    language = {"LANG": os.environ["LANG"]} if "LANG" in os.environ else {}
    return {**kept, **language, "PYTHONPATH": project}


def _at_the_start(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_AT_THE_START)}


@functools.cache
def _nursery(module: str) -> socket.socket:
    """Where orders for a module go: to one process for this one, which ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", "tests.ready_made", str(theirs.fileno()), module]
        process = subprocess.Popen(command, env=_usual(os.environ), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    atexit.register(process.wait)
    atexit.register(ours.close)  # which comes first, and ends it
    assert ours.recv(100) == _LISTENING.encode(), "the program cannot be imported; see what was said above"
    return ours


def _import_the_program() -> None:
    for package in _PACKAGES:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.endswith(_NOT_FOR_ALL):
                importlib.import_module(module.name)
    for name in _IMPORTED_AT_WORK:
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "the program chooses its reactor itself, when it runs"
    assert threading.active_count() == 1, "of a process with threads, a fork takes only one along"
    gc.collect()
    gc.freeze()


_PACKAGES = (
    *("quivive.cli", "quivive", "quivive.config", "quivive.beside", "monitors", "monitors.channels", "crawler", "storage.asking"),
    *("scrapy.downloadermiddlewares", "scrapy.spidermiddlewares"),
)
"""Every module of these is imported."""
_IMPORTED_AT_WORK = (
    *("scrapy.dupefilters", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors", "tldextract", "apscheduler.executors.asyncio"),
    *("sqlite_utils", "babel.dates", "babel.numbers"),
)
"""What the program imports only while it works: together a third of the CPU time of a short poll."""
_NOT_FOR_ALL = ("__main__", "man_page", "refreshing_catalogues", "feed_parser", "page_extractor", "apprise_sender")


def _serve(door: socket.socket) -> dict[str, object]:
    """Fork for every order; returns in the new process, with the order. Ends when nobody is left to give one."""
    door.send(_LISTENING.encode())
    ears = selectors.DefaultSelector()
    ears.register(door, selectors.EVENT_READ)
    endings: dict[int, int] = {}
    while True:
        for key, _ in ears.select():
            if key.fileobj is not door:
                ears.unregister(key.fileobj)
                os.close(key.fd)
                _, status = os.waitpid(key.data, 0)
                with open(endings.pop(key.data), "wb", buffering=0) as ending:  # noqa: PTH123
                    _say(ending.fileno(), os.waitstatus_to_exitcode(status))
                continue
            order, streams, *_ = socket.recv_fds(door, _LONGEST_ORDER_BYTES, 4)
            if not order:
                os._exit(0)
            pid = os.fork()
            if pid == 0:
                door.detach()
                ears.close()
                _take_over(streams[:3])
                return json.loads(order)
            for stream in streams[:3]:
                os.close(stream)
            endings[pid] = streams[3]
            _say(streams[3], pid)
            ears.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)


def _take_over(streams: Sequence[int]) -> None:
    """Make these standard input, output and error, and close whatever else is open, as subprocess does."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(int(descriptor.name) for descriptor in Path("/proc/self/fd").iterdir()) + 1)
    sys.stdin = sys.__stdin__ = _text_stream(0, "r", sys.stdin)
    sys.stdout = sys.__stdout__ = _text_stream(1, "w", sys.stdout)
    sys.stderr = sys.__stderr__ = _text_stream(2, "w", sys.stderr)


def _text_stream(number: int, mode: str, usual: TextIO) -> TextIO:
    stream = open(number, mode, encoding=usual.encoding, errors=usual.errors, closefd=False)  # noqa: SIM115  # for the life of the program
    stream.reconfigure(line_buffering=number == 2 or os.isatty(number))
    return stream


def _become(order: dict[str, object]) -> None:
    os.chdir(str(order["folder"]))
    os.environ.clear()
    os.environ.update(order["environ"])
    time.tzset()
    sys.path[0] = str(order["folder"])
    sys.argv[1:] = order["arguments"]


if __name__ == "__main__":
    _door, _module = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    importlib.import_module(_module)  # first: it may change what the program then imports
    _import_the_program()
    _become(_serve(_door))
    if _module != "quivive":  # it runs as the program itself, not a second time
        del sys.modules[_module]
    runpy.run_module(_module, run_name="__main__", alter_sys=True)
