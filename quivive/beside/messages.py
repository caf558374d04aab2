"""What a client and a running daemon say to each other: one JSON object a line, each of one of these types.

A client sends one `Request`. The daemon answers with `Progress` every second, each `Alert` as it is made, and at last one of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError

from news.alerts import Alert
from quivive.rounds import RoundSummary

LONGEST_REQUEST_BYTES = 1_000_000
LONGEST_ANSWER_BYTES = 50_000_000
"""A round in which thousands of sources failed, each with its reason."""


@dataclass(frozen=True, slots=True)
class Request:
    """Poll these sources now, by name or URL; all, if none is named."""

    poll: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """What the daemon tells its caller from time to time while it polls for it: how much is done, and that it is alive."""

    polled: int
    total: int
    articles_new: int


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that came of it."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Finished:
    """The round has been polled, fetched and sent to its end; this is the daemon's last word."""

    summary: RoundSummary


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing was done: the daemon's configuration has no such sources."""

    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, or not to its end."""

    reason: str


Answer: TypeAlias = Progress | Told | Finished | Unknown | Refused

_REQUEST = TypeAdapter(Request)
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def write_line(message: Request | Answer) -> bytes:
    """A message as it goes over the socket: a line of JSON, ended by a line feed."""
    adapter: TypeAdapter[Request] | TypeAdapter[Answer] = _REQUEST if isinstance(message, Request) else _ANSWER
    return adapter.dump_json(message) + b"\n"  # type: ignore[arg-type]


def read_request(line: bytes) -> Request | None:
    """The request that a line is, or None."""
    try:
        return _REQUEST.validate_json(line)
    except ValidationError:
        return None


def read_answer(line: bytes) -> Answer | None:
    """The answer that a line is; None for what this version does not know."""
    try:
        return _ANSWER.validate_json(line)
    except ValidationError:
        return None
