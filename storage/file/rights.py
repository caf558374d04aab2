"""Who may read what this program writes: the owner and the owner's group, since it tells what somebody follows."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE = 0o640
"""At most; a stricter umask makes it less. SQLite gives `-wal` and `-shm` the rights of the database they belong to."""

COMPANIONS = ("", "-journal", "-wal", "-shm")
"""What stands beside a database: the file itself, and what SQLite appends to its name for files of its own."""


def archive_files(path: Path) -> tuple[Path, ...]:
    """The files of an archive, where links lead, whether they are there now or not: the database, what SQLite puts beside it, the lock."""
    real = Path(os.path.realpath(path))
    return tuple(real.with_name(real.name + end) for end in (*COMPANIONS, ".lock"))


def restrict(path: Path) -> None:
    """Take from everybody else the rights on a file that stands there already, and on SQLite's files beside it; what is another's stays."""
    for companion in COMPANIONS:
        place = path.with_name(path.name + companion)
        with suppress(OSError):
            mode = place.lstat().st_mode & 0o7777
            if mode & ~FILE_MODE and place.is_file() and not place.is_symlink():
                place.chmod(mode & FILE_MODE)
