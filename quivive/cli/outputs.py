"""Where a command writes what it makes: standard output (`-`), a pipe, a device, or a file; through links to where they lead."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from news.errors import QuiviveError, UsageError
from news.wording import Wording, system_reason
from quivive.config import Configuration
from storage import archive_files, draft_beside, replace_old

STANDARD_OUTPUT = Path("-")


class OutputPath(click.Path):
    """Where to write. Only `-` itself is standard output: `./-` is a file of that name, which `Path` would not tell apart."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, by which a file cannot be mistaken for standard output."""
        typed = os.fsdecode(value)
        is_file = typed != str(STANDARD_OUTPUT) and Path(typed) == STANDARD_OUTPUT
        return Path(os.fsdecode(super().convert(str(STANDARD_OUTPUT.absolute()) if is_file else typed, param, ctx)))


def require_other_file(output: Path, configuration: Configuration) -> None:
    """Raise UsageError if `output` is the configuration or a file of the archive, by whatever name: another in its place loses it."""
    place = Path(os.path.realpath(output))
    own = (*archive_files(configuration.archive_path), Path(os.path.realpath(configuration.path)))
    if place in own or any(one.exists() and place.exists() and one.samefile(place) for one in own):
        raise UsageError(Wording("{output} belongs to this program; choose another file", output=output))


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
        place = _end_of_links(output)
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


def _end_of_links(output: Path) -> Path:
    """Where links lead. Raises `OSError` for a circle of them."""
    place = Path(os.path.realpath(output))
    if place.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return place
