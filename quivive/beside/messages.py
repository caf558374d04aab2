"""What a client and a running daemon say to each other: one JSON object a line, each of one of these types.

A client sends one `Request`. The daemon answers with `Progress` every second, each `Alert` as it is made, and at last one of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from news.alerts import Alert
from quivive.rounds import RoundSummary

if TYPE_CHECKING:
    from pydantic import TypeAdapter

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


def write_line(message: Request | Answer) -> bytes:
    """A message as it goes over the socket: a line of JSON, ended by a line feed."""
    adapter: TypeAdapter[Request] | TypeAdapter[Answer] = _request_adapter() if isinstance(message, Request) else _answer_adapter()
    return adapter.dump_json(message) + b"\n"  # type: ignore[arg-type]


def read_request(line: bytes) -> Request | None:
    """The request that a line is, or None."""
    adapter = _request_adapter()
    try:
        return adapter.validate_json(line)
    except ValueError:  # pydantic's ValidationError is one
        return None


def read_answer(line: bytes) -> Answer | None:
    """The answer that a line is; None for what this version does not know."""
    adapter = _answer_adapter()
    try:
        return adapter.validate_json(line)
    except ValueError:
        return None


@cache
def _request_adapter() -> TypeAdapter[Request]:
    from pydantic import TypeAdapter  # noqa: PLC0415  # it costs 0.1 s, for which nobody waits until somebody asks

    return TypeAdapter(Request)


@cache
def _answer_adapter() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter  # noqa: PLC0415  # see above

    return TypeAdapter(Answer)
