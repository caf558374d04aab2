"""Opening the database file, and turning SQLite's errors into ours, in one place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import ArchiveError, ArchiveHeldUp, ArchiveMissing, ArchiveUnusable, ArchiveUnwritable
from news.wording import Wording, system_reason, template
from storage.file.database import Database, PlainDatabase
from storage.file.migrations import TABLE
from storage.file.schema import PAGE_SIZE, migrations
from storage.file.shingles import make_count_of_changes
from storage.file.views import make_views, views_set_aside
from storage.file.words import make_waiting_words

if TYPE_CHECKING:
    import sqlite_utils

BUSY_MILLISECONDS = 5_000
"""How long to wait for a foreign program (a backup tool, a shell) that holds the database."""

CACHE_KIBIBYTES = 32_000
"""Of the database's pages, for the connection that writes."""
READING_CACHE_KIBIBYTES = 16_000
"""The same, for each that reads."""
LARGEST_JOURNAL_BYTES = 8 * 1024 * 1024
"""What is left of the WAL file on disk after a burst of writing; SQLite writes it back to the database every 1,000 pages (16 MB)."""

_WRITING_FAILED = (
    "SQLITE_IOERR_WRITE",
    "SQLITE_IOERR_FSYNC",
    "SQLITE_IOERR_TRUNCATE",
    "SQLITE_IOERR_SHMOPEN",
    "SQLITE_IOERR_SHMSIZE",
    "SQLITE_IOERR_SHMMAP",
)
"""What SQLite makes of a disk that is full for other reasons than ENOSPC (EDQUOT, EFBIG), or where `-shm` would have to grow."""

_ADVICE: dict[str, tuple[type[ArchiveError], str]] = {
    "SQLITE_BUSY": (ArchiveHeldUp, template("{path} is locked by another program; close what has it open and try again ({reason})")),
    "SQLITE_LOCKED": (ArchiveHeldUp, template("{path} is locked by another program; close what has it open and try again ({reason})")),
    "SQLITE_READONLY": (
        ArchiveUnwritable,
        template("{path} is read-only; give this user the right to write the file and its folder ({reason})"),
    ),
    "SQLITE_PERM": (
        ArchiveUnwritable,
        template("{path} cannot be opened for writing; give this user the right to write the file and its folder ({reason})"),
    ),
    "SQLITE_FULL": (ArchiveHeldUp, template("{path} cannot grow: the disk is full; free some space, nothing was half written ({reason})")),
    **dict.fromkeys(
        _WRITING_FAILED,
        (ArchiveHeldUp, template("{path} cannot be written: the disk is full, a quota is used up, or it reports an error ({reason})")),
    ),
    "SQLITE_IOERR": (
        ArchiveUnwritable,
        template("{path} cannot be read or written: the disk reports an error; check it, and restore a backup if need be ({reason})"),
    ),
    "SQLITE_CANTOPEN": (ArchiveUnwritable, template("{path} cannot be opened; check that its folder exists and may be written ({reason})")),
    "SQLITE_CORRUPT": (ArchiveUnusable, template("{path} is damaged; restore a backup (`quivive backup` makes them) ({reason})")),
    "SQLITE_ERROR": (
        ArchiveUnusable,
        template("{path} does not have the form that this version needs; restore a backup (`quivive backup` makes them) ({reason})"),
    ),
    "SQLITE_NOTADB": (ArchiveUnusable, template("{path} is not an archive of this program; check [archive] path ({reason})")),
}


def translate(error: sqlite3.Error, path: str) -> ArchiveError:
    """The error of ours that says what an SQLite error means for the archive at `path` and what to do."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for prefix, (kind, advice) in _ADVICE.items():
        if name.startswith(prefix):
            return kind(Wording(advice, path=path, reason=error))
    return ArchiveError(Wording("{path}: {reason}", path=path, reason=error))


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except MemoryError as error:
        raise ArchiveError(
            Wording("{path}: there is not enough memory for this; if it was a search, ask for fewer or shorter phrases", path=path)
        ) from error


def count_bytes(path: Path) -> tuple[int, int]:
    """What the archive takes up on the disk: the database, and the `-wal` that holds what is not yet in it."""
    real_path = path.resolve()
    return _count_bytes(real_path), _count_bytes(real_path.with_name(real_path.name + "-wal"))


def _count_bytes(place: Path) -> int:
    try:
        return place.stat().st_size
    except FileNotFoundError:  # whoever closes the archive last removes `-wal`
        return 0


def open_for_writing(path: Path, real_path: Path | None = None) -> Database:
    """The database at `path`, made or brought up to date if need be.

    The caller holds the archive's lock, which was taken at its `real_path`, where links lead.

    Raises `ArchiveError` where that is impossible. Journal: WAL; `synchronous = FULL`, since a commit that a power cut takes back
    after its alert was sent would tell someone twice.
    """
    with translated(str(path)):
        connection = sqlite3.connect(real_path or path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            return _prepare(connection, path)
        except BaseException:
            connection.close()
            raise


def _prepare(connection: sqlite3.Connection, path: Path) -> sqlite_utils.Database:
    import sqlite_utils  # noqa: PLC0415  # see `storage/file/database.py`

    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    db = sqlite_utils.Database(connection)
    _refuse_foreign(db, path)  # before the first pragma that writes: another program's file stays as it is
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    connection.execute(f"PRAGMA journal_size_limit = {LARGEST_JOURNAL_BYTES}")
    if migrations.pending(db):
        with db.atomic(), views_set_aside(db):  # all of them, or none
            migrations.apply(db)
    make_views(db)
    connection.execute("PRAGMA foreign_keys = ON")  # only now: a migration that makes a table anew drops the one that others refer to
    connection.execute("PRAGMA temp_store = MEMORY")  # for what waits to be indexed: its number and size are bounded
    make_waiting_words(db)
    make_count_of_changes(db)
    # SQLite opens what it may not write for reading, and says so only at the first write, even if that has nothing to do.
    connection.execute("DELETE FROM archive_state WHERE 0")
    return db


def _refuse_foreign(db: Database, path: Path) -> None:
    """Refuse a database of another program, and one that a newer version has changed."""
    names = set(db.table_names()) - {TABLE}
    applied = migrations.applied(db)
    if names and not applied:
        raise ArchiveUnusable(Wording("{path} is a database of another program; check [archive] path", path=path))
    newer = applied.difference(migrations.names)
    if newer:
        raise ArchiveUnusable(
            Wording("{path} was made by a newer version of quivive ({newer}); update this one", path=path, newer=", ".join(sorted(newer)))
        )


class MomentaryDatabase(PlainDatabase):
    """A database that nobody was writing when it was opened, and that is read as if nobody ever would: good for one question only."""


def open_for_reading(path: Path) -> Database:
    """The database at `path`, to read only; works beside a running writer. Raises `ArchiveMissing` where there is none.

    Somebody who may read the file but not write its folder can use the `-wal` and `-shm` of a running writer, and cannot make them where
    there is none. Then the file is whole in itself, and is read without them, as a `MomentaryDatabase`.
    """
    try:
        return _open_existing(path, "mode=ro", PlainDatabase)
    except ArchiveUnwritable:
        if _may_write_folder(path) or _has_journal(path):
            raise
    return _open_existing(path, "mode=ro&immutable=1", MomentaryDatabase)


def _may_write_folder(path: Path) -> bool:
    return os.access(path.resolve().parent, os.W_OK, effective_ids=True)


def _has_journal(path: Path) -> bool:
    real_path = path.resolve()
    return _count_bytes(real_path.with_name(real_path.name + "-wal")) > 0


def open_beside_writer(path: Path) -> Database:
    """The database at `path`, for one short transaction beside whoever writes it. Raises `ArchiveMissing` where there is none."""
    return _open_existing(path, "mode=rw", PlainDatabase)


def _open_existing(path: Path, how: str, kind: type[PlainDatabase]) -> Database:
    _require_there(path)
    with translated(str(path)):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
            connection.execute(f"PRAGMA cache_size = -{READING_CACHE_KIBIBYTES}")
            return _refuse_other_version(kind(connection), path)
        except BaseException:
            connection.close()
            raise


def _require_there(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ArchiveMissing(Wording("{path}: there is no archive yet; `quivive poll` or `quivive run` makes it", path=path)) from error
    except OSError as error:
        message = Wording(
            "{path} cannot be reached ({reason}); give this user the right to enter its folder and to read it",
            path=path,
            reason=system_reason(error),
        )
        raise ArchiveUnusable(message) from error
    if not os.access(path, os.R_OK, effective_ids=True):
        raise ArchiveUnusable(
            Wording("{path} cannot be read by this user; become one who may, such as the daemon's, or join the file's group", path=path)
        )


def _refuse_other_version(db: Database, path: Path) -> Database:
    _refuse_foreign(db, path)
    if migrations.pending(db):
        raise ArchiveUnusable(
            Wording("{path} is no archive of this version of quivive; check [archive] path, or run `quivive poll` once", path=path)
        )
    return db
