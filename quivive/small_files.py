"""Files that the configuration names: read only if they are files, and no larger than what they are for.

The daemon reads them again at a reload, and must not wait at a pipe that nobody fills, or read a device that never ends.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from news.wording import Wording


class NoSmallFileError(ValueError):
    """Something else than a file, or one that is too large; the text says which."""


def read_small_file(path: Path, most_bytes: int) -> bytes:
    """Raises OSError if it cannot be read, `NoSmallFileError` for a pipe, a device, or more than that many bytes."""
    _require_file(path.stat())  # before it is opened: whoever fills a pipe would take that for its one reader
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY), "rb") as opened:
        _require_file(os.fstat(opened.fileno()))
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NoSmallFileError(Wording("is too large"))
    return content


def _require_file(status: os.stat_result) -> None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):  # of a folder the system itself says why it is none
        raise NoSmallFileError(Wording("is no file"))
