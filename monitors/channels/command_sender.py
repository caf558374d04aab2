"""Telling a program: it is run once for an alert, without a shell, and gets the webhook's JSON on its standard input.

It is run in the configuration's folder. `QUIVIVE_MESSAGE_ID` is the message's id, the same on every attempt, as the `webhook-id` is for
a webhook: so that the program can tell a repeat. What it prints is kept only as the reason of a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from datetime import datetime
from pathlib import Path

from monitors.attempts import Outcome, Progress, accepted, retry
from monitors.channels.command import CommandChannel
from monitors.presentation import Presentation
from monitors.rendering import one_line
from monitors.rendering_webhook import render_messages
from news.alerts import Bundle
from news.wording import Wording, system_reason

LONGEST_SNIPPET = 200
"""Characters of what the program prints on its standard error that are kept in the error."""
_MOST_BYTES = 4_096
_SECONDS_TO_DIE = 0.5
"""After SIGKILL. One that hangs in the kernel for longer is left to the system."""


class CommandSender:
    """Runs the program of one channel. It and whatever it has begun end with the attempt, also where that is broken off."""

    def __init__(self, channel: CommandChannel, presentation: Presentation) -> None:
        self._channel = channel
        self._folder = Path(presentation.configuration).parent
        self._environment = presentation.environment

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:  # noqa: ARG002  # one program is one receiver
        """Run the program for each message of the bundle."""
        outcome = accepted()
        for message_id, body in render_messages(bundle):
            outcome = await self._run(message_id, body)
            if outcome != accepted():
                break
        return outcome

    async def close(self) -> None:
        """Nothing is kept."""

    async def _run(self, message_id: str, body: bytes) -> Outcome:
        program = self._channel.command[0]
        try:
            transport, run = await asyncio.get_running_loop().subprocess_exec(
                _Run,
                *self._channel.command,
                cwd=self._folder,
                env={**self._environment, "QUIVIVE_MESSAGE_ID": message_id},
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=PIPE,
                start_new_session=True,  # what it begins is ended with it; and a Ctrl-C on the terminal is for us alone
            )
        except OSError as error:
            return retry(Wording("{program} cannot be run: {reason}", program=program, reason=system_reason(error)))
        try:
            _tell(transport, body)
            async with asyncio.timeout(self._channel.timeout.total_seconds()):
                await run.ended.wait()
        except TimeoutError:
            seconds = f"{self._channel.timeout.total_seconds():g}"
            return retry(Wording("{program} had not ended after {seconds} s, and was killed", program=program, seconds=seconds))
        finally:
            _kill_group(transport.get_pid())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    run.ended.wait(), _SECONDS_TO_DIE
                )  # else nobody would take note of its end, and it stayed as a zombie
            transport.close()
        return _judge(program, transport.get_returncode() or 0, one_line(bytes(run.said).decode(errors="replace"), LONGEST_SNIPPET))


class _Run(asyncio.SubprocessProtocol):
    """One run of the program. It has ended when it has: what it left running may hold its standard error open for ever."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.said = bytearray()
        """The beginning of what it prints. All of it is taken, or it would wait for ever to be read."""

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002  # its standard error is the only one
        self.said += data[: _MOST_BYTES - len(self.said)]

    def process_exited(self) -> None:
        self.ended.set()


def _tell(transport: asyncio.SubprocessTransport, body: bytes) -> None:
    """Write the message and close. A program that reads none of it may have taken it all the same: its status tells."""
    standard_input = transport.get_pipe_transport(0)
    assert isinstance(standard_input, asyncio.WriteTransport)
    standard_input.write(body)
    standard_input.close()  # once all of it is written


def _judge(program: str, status: int, said: str) -> Outcome:
    if status == 0:
        return accepted()
    ended = Wording("status {status}", status=status) if status > 0 else Wording("signal {signal}", signal=-status)
    if said:
        return retry(Wording("{program} ended with {ended}: {said}", program=program, ended=ended, said=said))
    return retry(Wording("{program} ended with {ended}", program=program, ended=ended))


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
