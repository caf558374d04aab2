"""Telling a program: it is run once for an alert, without a shell, and gets the webhook's JSON on its standard input.

It is run in the configuration's folder. `QUIVIVE_MESSAGE_ID` is the message's id, the same on every attempt, as the `webhook-id` is for
a webhook: so that the program can tell a repeat. What it prints is kept only as the reason of a failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from monitors.attempts import Outcome, Progress, accepted, retry
from monitors.channels.running import Surroundings, run_program
from monitors.presentation import Presentation
from monitors.rendering_webhook import render_messages
from news.alerts import Bundle
from news.wording import Wording, system_reason


class CommandSender:
    """Runs the program of one channel. It and whatever it has begun end with the attempt, also where that is broken off."""

    def __init__(self, command: Sequence[str], timeout: timedelta, presentation: Presentation) -> None:
        self._command = command
        self._timeout = timeout
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
        """End nothing: each message starts a program of its own."""

    async def _run(self, message_id: str, body: bytes) -> Outcome:
        program, seconds = self._command[0], self._timeout.total_seconds()
        surroundings = Surroundings(self._folder, {**self._environment, "QUIVIVE_MESSAGE_ID": message_id})
        try:
            ended = await run_program(self._command, surroundings, body, seconds)
        except TimeoutError:
            return retry(Wording("{program} had not ended after {seconds} s, and was killed", program=program, seconds=f"{seconds:g}"))
        except OSError as error:
            return retry(Wording("{program} cannot be run: {reason}", program=program, reason=system_reason(error)))
        return _judge(program, ended.status, ended.said)


def _judge(program: str, status: int, said: str) -> Outcome:
    if status == 0:
        return accepted()
    ended = Wording("status {status}", status=status) if status > 0 else Wording("signal {signal}", signal=-status)
    if said:
        return retry(Wording("{program} ended with {ended}: {said}", program=program, ended=ended, said=said))
    return retry(Wording("{program} ended with {ended}", program=program, ended=ended))
