"""Running a program that is told something on its standard input: without a shell, within a time limit, and with all that it has begun."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitors.rendering import one_line

LONGEST_SNIPPET = 200
"""Characters of what the program prints on its standard error that are kept in the error."""
_MOST_BYTES = 4_096
_STANDARD_ERROR = 2
_SECONDS_TO_DIE = 0.5
"""After SIGKILL. One that hangs in the kernel for longer is left to the system."""

_SECONDS_TO_FALL_SILENT = 0.1
"""What left the program's session may hold its standard error open for as long as it likes."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its status, or minus the signal that ended it, and the beginning of what it said on its standard error."""

    status: int
    said: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where programs are run, and what they find in their environment."""

    folder: Path
    environment: Mapping[str, str]


async def run_program(command: Sequence[str], surroundings: Surroundings, told: bytes, seconds: float) -> Ended:
    """Run it once. It and whatever it has begun end with the attempt, also where that is broken off.

    Raises OSError if it cannot be run, and TimeoutError if it has not ended in time.
    """
    transport, run = await asyncio.get_running_loop().subprocess_exec(
        _Run,
        *command,
        cwd=surroundings.folder,
        env=surroundings.environment,
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=PIPE,
        start_new_session=True,  # what it begins is ended with it; and a Ctrl-C on the terminal is for us alone
    )
    try:
        _tell(transport, told)
        async with asyncio.timeout(seconds):
            await run.ended.wait()
    finally:
        _kill_group(transport.get_pid())
        with contextlib.suppress(TimeoutError):  # else nobody would take note of its end, and it stayed as a zombie
            async with asyncio.timeout(_SECONDS_TO_DIE):
                await run.ended.wait()
        with contextlib.suppress(TimeoutError):  # its end may be heard of before its last words are
            async with asyncio.timeout(_SECONDS_TO_FALL_SILENT):
                await run.silent.wait()
        transport.close()
    return Ended(transport.get_returncode() or 0, one_line(bytes(run.said).decode(errors="replace"), LONGEST_SNIPPET))


class _Run(asyncio.SubprocessProtocol):
    """One run of the program. It has ended when it has: what it left running may hold its standard error open for ever."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.silent = asyncio.Event()
        self.said = bytearray()
        """The beginning of what it prints. All of it is taken, or it would wait for ever to be read."""

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002  # its standard error is the only one
        self.said += data[: _MOST_BYTES - len(self.said)]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002  # however it came
        if fd == _STANDARD_ERROR:
            self.silent.set()

    def process_exited(self) -> None:
        self.ended.set()


def _tell(transport: asyncio.SubprocessTransport, body: bytes) -> None:
    """Write the message and close. A program that reads none of it may have taken it all the same: its status tells."""
    standard_input = transport.get_pipe_transport(0)
    assert isinstance(standard_input, asyncio.WriteTransport)
    standard_input.write(body)
    standard_input.close()  # once all of it is written


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
