"""`type = "command"`: a program that is told on its standard input. How it is run is in `command_sender.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable
from monitors.presentation import Presentation
from news.durations import parse_duration
from news.plans import Policy
from news.tables import from_string, key, list_of, one_of
from news.wording import Wording

LONGEST_TIMEOUT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CommandChannel:
    """A program with its arguments. It has taken an alert when it ends with status 0 within `timeout`."""

    name: str
    command: tuple[str, ...]
    timeout: timedelta
    policy: Policy = field(default_factory=Policy)

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: whether the program is there is only known where it is run."""
        return []

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:  # noqa: ARG002  # its time limit is its own
        from monitors.channels.command_sender import CommandSender  # noqa: PLC0415  # it brings asyncio

        return CommandSender(self.command, self.timeout, presentation)


def check_argument(text: str) -> str:
    """An argument that a program can be given. Raises ValueError for any other."""
    if "\0" in text:
        raise ValueError(Wording("must not hold a null character"))
    return text


def _read_timeout(text: str) -> timedelta:
    timeout = parse_duration(text)
    if not timedelta() < timeout <= LONGEST_TIMEOUT:
        raise ValueError(Wording("must be longer than 0s, and an hour at most"))
    return timeout


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "command"`."""

    type: Literal["command"] = key(one_of("command"))
    command: tuple[str, ...] = key(list_of(from_string(check_argument), at_least_one=True))
    timeout: timedelta = key(from_string(_read_timeout), "30s")

    def make_channel(self, name: str) -> CommandChannel:
        return CommandChannel(name, self.command, self.timeout, self.make_policy())
