"""Standard input, output and error, as whoever started the program left them: closed, or in an encoding that lacks signs of the news."""

from __future__ import annotations

import io
import os
import sys


def repair_streams() -> None:
    """Open what is closed, and let no sign that an encoding lacks be an error.

    A descriptor that is closed would be given to the next file that is opened, such as the archive, and whoever prints would write into it.
    """
    for descriptor in (0, 1, 2):
        _open_if_closed(descriptor)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  # for the life of the program
    sys.stdout = _forgiving(sys.stdout, "replace")
    sys.stderr = _forgiving(sys.stderr, "backslashreplace")


def _open_if_closed(descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def _forgiving(stream: object, errors: str) -> io.TextIOWrapper:
    if not isinstance(stream, io.TextIOWrapper):  # None, where the descriptor was closed
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  # as above
    stream.reconfigure(errors=errors)
    return stream


def get_descriptor(stream: object) -> int | None:
    """The descriptor behind a stream; None if there is none, as of a stream in memory."""
    try:
        return stream.fileno() if isinstance(stream, io.TextIOWrapper) else None
    except OSError:
        return None


def abandon_output() -> None:
    """Write no more to standard output, not even what waits to be written: Python would try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
