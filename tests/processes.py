"""The real command, run as its users run it: in a process of its own, with a configuration file in a folder of its own.

home = Home(tmp_path)
home.configure(sources=[source(site.url("/feed"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)])
done = home.quivive("poll", "--json")             # runs to its end: done.status, done.out, done.err, done.json
with home.start("run") as daemon:                 # runs beside the test, and is killed with its workers if the test fails
    daemon.wait_for_log("started")
    daemon.terminate()
    assert daemon.wait() == 0
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch

import psutil
import pytest

from quivive.cli import main
from tests import ready_made
from tests.news_site import article
from tests.ready_made import KEEPS_NO_BYTECODE

PROJECT = Path(__file__).parent.parent
PATIENCE = 40.0
"""Seconds a wait takes at most; only a failing test waits that long."""

_PIPE_HOLDS = 60_000
Process = subprocess.Popen[bytes] | ready_made.Started

QUICK = (
    'interval = "1s"\nmin_interval = "1s"\nmax_interval = "2s"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\n'
    'allow_addresses = ["127.0.0.0/8"]\n'
)


def wait_until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """The first true value of `condition`; an AssertionError that names what was waited for if there is none."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what}"
        time.sleep(0.005)  # between two looks; the wait itself ends with the condition
    return value


def story(title: str) -> str:
    """An article page with a text of its own, which speaks of its title in its first sentence alone."""
    number = zlib.crc32(title.encode())
    parts = (f"Alinéa {part} du dossier {number} : la rédaction a suivi cette affaire et en rend compte." for part in range(9))
    return article(title, f"{title} : on en parle depuis hier.", *parts)


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)


def source(url: str, name: str | None = None, **keys: str) -> str:
    lines = [
        f"url = {quoted(url)}",
        *([f"name = {quoted(name)}"] if name else []),
        *(f"{key} = {quoted(value)}" for key, value in keys.items()),
    ]
    return "[[sources]]\n" + "\n".join(lines) + "\n"


def topic(name: str, query: str, notify: Sequence[str] = ()) -> str:
    return f"[[topics]]\nname = {quoted(name)}\nquery = {quoted(query)}\nnotify = {json.dumps(list(notify))}\n"


def webhook(name: str, url: str) -> str:
    return f'[channels.{name}]\ntype = "webhook"\nurl = {quoted(url)}\n'


def email(name: str, url: str, *to: str) -> str:
    recipients = json.dumps(list(to or ["redaction@example.org"]))
    return f'[channels.{name}]\ntype = "email"\nsmtp = {quoted(url)}\nfrom = "quivive@example.org"\nto = {recipients}\n'


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output, which must hold nothing else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Home:
    """A folder with a configuration, an archive, and a user who calls the command there."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    module: str = "quivive"
    """What Python is told to run."""

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    def configure(
        self,
        *,
        sources: Sequence[str] = (),
        topics: Sequence[str] = (),
        channels: Sequence[str] = (),
        crawler: str = QUICK,
        first_poll: str = "alert",
        per: str = "article",
        more: str = "",
    ) -> None:
        """Write the configuration; what it said before is forgotten."""
        parts = [f"[crawler]\n{crawler}", f'[alerts]\nfirst_poll = "{first_poll}"\nper = "{per}"\n', *sources, *topics, *channels]
        self.write_config("\n".join([more, *parts]))

    def write_config(self, text: str) -> None:
        # At once, as a careful editor does: a daemon that is told to reload must never read half a file.
        draft = self.config.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.config)

    def environ(self, **changes: str) -> dict[str, str]:
        """What the command sees: this machine's search path, and nothing of the tester's own settings."""
        # Tests read English, whatever the language of whoever runs them; those about languages say so themselves.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_START", KEEPS_NO_BYTECODE) if name in os.environ}
        return {
            **kept,
            "LC_MESSAGES": "en",
            "PYTHONPATH": str(PROJECT),
            "HOME": str(self.folder),
            **self.environment,
            **changes,
        }

    def quivive(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = PATIENCE, stdin: str = "", afresh: bool = False
    ) -> Done:
        """Run the command to its end, in this folder. `afresh`: by Python itself, which imports all of it (see tests/ready_made.py)."""
        reading, writing = os.pipe()
        with open(writing, "w", encoding="utf-8") as typing:  # noqa: PTH123
            assert len(stdin) < _PIPE_HOLDS
            typing.write(stdin)
        try:
            running = self._run(arguments, self.environ(**(env or {})), afresh, stdin=reading)
        finally:
            os.close(reading)
        with running:
            return Done(running.wait(timeout), running.out, running.log)

    def call(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """As `quivive`, but within this process, for tests of many commands that only read; starting Python takes longer than they do."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with (
            chdir(self.folder),
            patch.dict(os.environ, self.environ(**(env or {})), clear=True),
            patch.object(sys, "argv", ["quivive", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as ending,
        ):
            main()
        status = ending.value.code or 0
        assert isinstance(status, int)
        return Done(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]

    def copy(self, folder: Path) -> Home:
        """The same home with the same archive in another folder, which must not exist; no writer may be at work."""
        shutil.copytree(self.folder, folder)
        return Home(folder, dict(self.environment))

    def start(
        self,
        *arguments: str,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        env: Mapping[str, str] | None = None,
        afresh: bool = False,
    ) -> Running:
        """Run the command beside the test; use it as a context manager.

        `stdout`, `stderr`: a descriptor to print to, instead of to the test. `afresh`: as above.
        """
        return self._run(arguments, self.environ(**(env or {})), afresh, stdout=stdout, stderr=stderr)

    def _run(self, arguments: Sequence[str], environ: Mapping[str, str], afresh: bool, **streams: int) -> Running:
        def start(descriptors: tuple[int, int, int]) -> Process:
            if not afresh and ready_made.can_start(environ):
                return ready_made.start(self.module, arguments, self.folder, environ, descriptors)
            stdin, stdout, stderr = descriptors
            command = [sys.executable, "-m", self.module, *arguments]
            return subprocess.Popen(command, cwd=self.folder, env=environ, stdin=stdin, stdout=stdout, stderr=stderr)

        return Running(start, **streams)


class Running:
    """A command that runs beside the test. At the end of the `with` it is killed if it still runs."""

    def __init__(
        self,
        start: Callable[[tuple[int, int, int]], Process],
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> None:
        self._said: dict[str, list[str]] = {"out": [], "err": []}
        self._heard = threading.Condition()
        self._listeners: list[threading.Thread] = []
        with ExitStack() as until_started:
            if stdin == subprocess.DEVNULL:
                stdin = until_started.enter_context(open(os.devnull, "rb")).fileno()  # noqa: PTH123
            descriptors = [
                self._listen_to(name, until_started) if stream == subprocess.PIPE else stream
                for name, stream in (("out", stdout), ("err", stderr))
            ]
            self._process = start((stdin, *descriptors))
        for listener in self._listeners:
            listener.start()

    def _listen_to(self, name: str, until_started: ExitStack) -> int:
        """The end of a pipe to write to."""
        reading, writing = os.pipe()
        until_started.callback(os.close, writing)
        stream = open(reading, encoding="utf-8", newline="")  # noqa: PTH123, SIM115
        self._listeners.append(threading.Thread(target=self._listen, args=(name, stream), daemon=True))
        return writing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._process.poll() is None:
            self.kill()
        if error is not None:
            error.add_note("the command said:\n" + self.log[-8000:])

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has said on standard error so far."""
        with self._heard:
            return "".join(self._said["err"])

    @property
    def out(self) -> str:
        """What it has printed so far."""
        with self._heard:
            return "".join(self._said["out"])

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_for_log(self, text: str, times: int = 1, patience: float = PATIENCE) -> None:
        """Wait until `text` was said that often on standard error; fails as soon as the command has ended without."""
        self._wait_for("err", text, times, patience)

    def wait_for_out(self, text: str, times: int = 1, patience: float = PATIENCE) -> None:
        """As above, for standard output."""
        self._wait_for("out", text, times, patience)

    def wait_until_signals_are_owned(self) -> None:
        """Until the program's first line has run: from there on SIGHUP is caught (proc_pid_status(5), SigCgt)."""
        status = Path(f"/proc/{self.pid}/status")

        def catches_sighup() -> bool:
            [mask] = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("SigCgt:")]
            return bool(int(mask, 16) & 1 << signal.SIGHUP - 1)

        wait_until(catches_sighup, "the first line of the program")

    def workers(self) -> list[psutil.Process]:
        """Its children and their children, which are to end with it."""
        return psutil.Process(self.pid).children(recursive=True)

    def terminate(self) -> None:
        self.send(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL; returns when it and all it has said are gone."""
        self._process.kill()
        self.wait()

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit status, when it has ended and all it said was read."""
        status = self._process.wait(patience)
        for listener in self._listeners:
            listener.join(patience)
        return status

    def _listen(self, name: str, stream: Any) -> None:
        with stream:
            for line in stream:
                with self._heard:
                    self._said[name].append(line)
                    self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def _wait_for(self, name: str, text: str, times: int, patience: float) -> None:
        def has_come() -> bool:
            return "".join(self._said[name]).count(text) >= times

        with self._heard:
            self._heard.wait_for(lambda: has_come() or self._process.poll() is not None, patience)
            said = "".join(self._said[name])
            assert has_come(), f"{text!r} was not said {times} times; status {self._process.poll()}; it said:\n{said[-8000:]}"


def are_gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether all have ended; one that only waits for its parent to ask for its status has."""
    return not any(_is_alive(process) for process in processes)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
