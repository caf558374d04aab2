"""Putting a finished file in its place, without ever touching a file that is somebody else's."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.file.rights import COMPANIONS, FILE_MODE


@contextmanager
def draft_beside(place: Path) -> Iterator[Path]:
    """A new, empty file in the folder of `place`, under a name that nobody had; what is left of it at the end is removed.

    Raises `OSError` where none can be made.
    """
    draft = place.with_name(f".{secrets.token_hex(8)}.draft")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
    try:
        yield draft
    finally:
        for companion in COMPANIONS:  # of a database that was left in the middle
            draft.with_name(draft.name + companion).unlink(missing_ok=True)


def place_new(draft: Path, place: Path) -> None:
    """Give the draft its name, for good, if nothing has it. Raises `FileExistsError`."""
    try:
        os.link(draft, place)  # unlike a rename, this replaces nothing
    except PermissionError:  # a file system without hard links
        if place.exists():
            raise FileExistsError(str(place)) from None
        draft.rename(place)
    _keep(place)


def replace_old(draft: Path, place: Path) -> None:
    """Give the draft its name, for good, in the place of the file that had it, whose rights it takes over."""
    if place.exists():
        draft.chmod(place.stat().st_mode & FILE_MODE)
    draft.replace(place)
    _keep(place)


def _keep(place: Path) -> None:
    """A name is on the disk only once its folder is."""
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
