"""One program writes an archive at a time, by whatever name it reaches the file; the kernel keeps the locks and frees them at any death.

Two locks (`flock`), since each alone can be gone around:

- one on a lock file beside the archive's real place, after symbolic links. It says who writes, and may be opened and closed at will;
- one on the database itself, its device and inode, which a hard link or a single file mounted elsewhere reaches by another folder.

SQLite keeps POSIX locks on the database, and a process loses all of these when it closes *any* descriptor of that file. So the
descriptor of the second lock is opened before SQLite's and closed after, and nobody opens the database only to look who holds it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from news.errors import ArchiveHeldUp, ArchiveLocked, ArchiveUnusable, ArchiveUnwritable
from news.wording import Wording, system_reason
from storage.file.rights import FILE_MODE, restrict

_TRIES, _PAUSE_SECONDS = 10, 0.05
"""Somebody who looks whether the lock is held takes it for a moment to find out."""
_NOTE_BYTES = 1_024
"""Of the lock file, all of it written at the start: on a full disk its note can still be changed, on most file systems."""
_LONGEST_REASON = 600
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A disk without a free block, or without a free inode, which `df` shows as half empty."""


@dataclass(frozen=True, slots=True)
class WriterNote:
    """What the program that holds an archive says of itself: its process id, since when and why it waits to write, its last sign of life.

    Times are RFC 3339. A daemon gives signs of life; what only works for a while (`poll`) gives none.
    """

    pid: int | None
    waiting_since: str | None = None
    reason: str | None = None
    alive_at: str | None = None


class WriterLock:
    """The right to write the archive at `path`, or `ArchiveLocked`, which tells who has it. Released by `release` or the process's end.

    Raises `ArchiveUnusable` for a database with hard links: SQLite names its journal after the file, and two names would have two.
    """

    def __init__(self, path: Path) -> None:
        self.real_path = Path(os.path.realpath(path))  # a circle of links is told when it is opened
        self._file = _open_lock_file(path, self.real_path)
        self._guard = -1
        try:
            self._take_lock_file(path)
            self._guard = self._take_database(path)
            self.note(WriterNote(os.getpid()))
        except BaseException:
            self.release()
            raise

    def _take_lock_file(self, path: Path) -> None:
        if not _take(self._file):
            raise ArchiveLocked(str(path), _read_note(self._file).pid)

    def _take_database(self, path: Path) -> int:
        try:
            guard = os.open(self.real_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        except OSError:
            return -1  # SQLite will say why it cannot be written
        status = os.fstat(guard)
        if not _take(guard):
            os.close(guard)  # another process's SQLite has it; this one has not opened it
            raise ArchiveLocked(str(path), _find_holder(status))
        if status.st_nlink > 1:
            os.close(guard)
            raise ArchiveUnusable(
                Wording(
                    "{path} has {names} names (hard links), and SQLite keeps a journal for each of them, which would damage it; "
                    "remove the other names, or make them symbolic links",
                    path=path,
                    names=status.st_nlink,
                )
            )
        restrict(self.real_path)
        return guard

    def note(self, note: WriterNote) -> None:
        """Write down what the holder says of itself, where `status` finds it. The lock holds also where a full disk takes no note."""
        reason = (note.reason or "")[:_LONGEST_REASON] or None
        line = {"pid": note.pid, "waiting_since": note.waiting_since, "reason": reason, "alive_at": note.alive_at}
        text = f"{note.pid or ''}\n{json.dumps(line)}\n".encode()
        with suppress(OSError):
            os.pwrite(self._file, text.ljust(_NOTE_BYTES), 0)

    def has_hard_links(self) -> bool:
        """Whether somebody gave the database a second name since it was locked."""
        return self._guard >= 0 and os.fstat(self._guard).st_nlink > 1

    def release(self) -> None:
        """Give the right back, once SQLite has closed the database.

        A second call does nothing: the number of a closed file may be another file's by then.
        """
        files, self._file, self._guard = (self._guard, self._file), -1, -1
        for file in files:
            if file >= 0:
                os.close(file)


def _lock_path(real_path: Path) -> Path:
    """The lock file of the archive at that place, which no symbolic link leads away from."""
    return real_path.with_name(real_path.name + ".lock")


def _open_lock_file(path: Path, real_path: Path) -> int:
    lock_path = _lock_path(real_path)
    try:
        file = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        reason = system_reason(error)
        if error.errno in _NO_ROOM:
            message = Wording("{path}: its lock file cannot be made ({reason}); free some space", path=path, reason=reason)
            raise ArchiveHeldUp(message) from error
        message = Wording(
            "{path}: its lock file cannot be made ({reason}); check that the folder exists and may be written", path=path, reason=reason
        )
        raise ArchiveUnwritable(message) from error
    if not _is_ours(file):
        os.close(file)
        raise ArchiveUnwritable(
            Wording(
                "{path}: {lock_path} is no lock file of this program; move it away, or give the archive another name",
                path=path,
                lock_path=lock_path,
            )
        )
    restrict(lock_path)
    return file


def _is_ours(file: int) -> bool:
    """Whether the lock file is empty or says what a lock file says: what somebody else keeps under this name is not overwritten."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > _NOTE_BYTES:
        return False
    first = os.pread(file, _NOTE_BYTES, 0).partition(b"\n")[0].strip()
    return not first or first.isdigit()


def _take(file: int) -> bool:
    """Take the lock, or be told that another has it. One that is only being looked at is free within a moment."""
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _read_note(file: int) -> WriterNote:
    first, _, second = os.pread(file, _NOTE_BYTES, 0).decode(errors="replace").partition("\n")
    pid = int(first) if first.strip().isdigit() else None
    try:
        said = json.loads(second)
        return WriterNote(pid, said["waiting_since"], said["reason"], said.get("alive_at"))
    except (ValueError, KeyError, TypeError):
        return WriterNote(pid)  # an older version noted its process id only, or the note is being written


def find_writer(path: Path) -> WriterNote | None:
    """Who writes the archive now, as the kernel's lock has it; None if nobody does. A number left in the file by the dead says nothing."""
    real_path = path.resolve()
    try:
        file = os.open(_lock_path(real_path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return _find_by_database(real_path)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_note(file)
    finally:
        os.close(file)
    return _find_by_database(real_path)


def _find_by_database(real_path: Path) -> WriterNote | None:
    """The writer that came by another name: it holds the lock on the database, which must not be opened to ask."""
    try:
        pid = _find_holder(real_path.stat())
    except OSError:
        return None
    return None if pid is None else WriterNote(pid)


def _find_holder(status: os.stat_result) -> int | None:
    """The process that holds a lock on that file, as Linux lists them (proc_locks(5)); None if it does not say."""
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for words in map(str.split, lines):
        if len(words) > 5 and words[1] == "FLOCK" and words[5] == place and int(words[4]) > 0:
            return int(words[4])
    return None
