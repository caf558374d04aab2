"""An archive in which nothing is yet, laid down as a file: making one costs as much CPU as a dozen tests of what is written to it.

lay_down(tmp_path / "archive.db")     # where there is none; `Archive` opens it as one that an earlier run has left

It is made once a process, by the program's own chain of changes. Tests of that chain, or of how an archive comes to be, do without.
"""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path

from news.query import Matcher
from storage import Archive, Watch
from storage.file.rights import FILE_MODE


def lay_down(path: Path) -> None:
    """Put the file at `path`, with the rights that an archive has when it is made. What is there already stays."""
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        return
    with open(place, "wb") as file:  # noqa: PTH123
        file.write(_content())


@functools.cache
def _content() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        Archive(path, Watch(Matcher([], {}), {})).close()
        return path.read_bytes()
