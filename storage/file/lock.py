"""One program writes an archive at a time: a lock file beside it, held by the kernel and so freed by any death of its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from news.errors import ArchiveLocked, ArchiveUnwritable


class WriterLock:
    """The right to write the archive at `path`, or `ArchiveLocked`, which tells who has it. Released by `release` or the process's end."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            message = f"{path}: its lock file cannot be made ({error.strerror}); check that the folder exists and may be written"
            raise ArchiveUnwritable(message) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise ArchiveLocked(str(path), _noted_pid(path)) from error
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Give the right back. A second call does nothing: the number of a closed file may be another file's by then."""
        file, self._file = self._file, -1
        if file >= 0:
            os.ftruncate(file, 0)
            os.close(file)


def _lock_path(path: Path) -> Path:
    """The lock file of the archive at `path`."""
    return path.with_name(path.name + ".lock")


def _noted_pid(path: Path) -> int | None:
    """The process id that the lock file of the archive names; None if it names none."""
    try:
        return int(_lock_path(path).read_text().strip())
    except (OSError, ValueError):
        return None


def writer_pid(path: Path) -> int | None:
    """The id of the process that writes the archive now; None if none does. For display: takes nothing, holds nothing."""
    pid = _noted_pid(path)
    if pid is None:
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None  # killed: the kernel freed the lock, the number stayed
    except PermissionError:
        return pid  # alive, as another user
    return pid
