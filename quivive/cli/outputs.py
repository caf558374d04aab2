"""Where a command writes what it makes: standard output (`-`), a pipe, a device, or a file; through links to where they lead."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from news.errors import QuiviveError
from news.wording import Wording, system_reason
from storage import draft_beside, replace_old

STANDARD_OUTPUT = Path("-")


def is_stream(output: Path) -> bool:
    """Whether it takes what it is given as it comes: standard output, a pipe, a device. A file is made whole and then put in place."""
    if output == STANDARD_OUTPUT:
        return True
    try:
        mode = output.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def open_stream(output: Path) -> Iterator[BinaryIO]:
    """Standard output, or a pipe or device that is there; waits for a pipe's reader. Makes nothing, and closes what it opened."""
    if output == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    # Without O_CREAT and O_TRUNC: should a file have come in its place, it is not emptied, and not written over either.
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY), "wb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise QuiviveError(Wording("{output} became a file meanwhile; try again", output=output))
        yield file


@contextmanager
def open_output(output: Path) -> Iterator[BinaryIO]:
    """Where to write: a stream, or a draft that takes the place of the file `output`, or of what a link leads to, at the end.

    If the body fails, a file stays as it was. Raises `QuiviveError` for what cannot be written.
    """
    try:
        if is_stream(output):
            with open_stream(output) as stream:
                yield stream
            return
        place = Path(os.path.realpath(output))
        if place.is_dir():
            raise QuiviveError(Wording("{output} is a folder; name a file in it", output=output))
        with draft_beside(place) as draft:
            with draft.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            replace_old(draft, place)
    except BrokenPipeError:
        raise  # the reader has enough
    except OSError as error:
        message = Wording("{output}: {reason}; choose a place that can be written", output=output, reason=system_reason(error))
        raise QuiviveError(message) from error
