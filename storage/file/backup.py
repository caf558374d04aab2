"""A consistent copy of the archive, made while a daemon writes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from news.errors import ArchiveError
from storage.file.connection import open_for_reading, translated


def backup(path: Path, target: Path) -> int:
    """Copy the archive at `path` to `target`, which must not exist; returns its size in bytes.

    The copy is made beside its place under another name, checked, and only then moved there.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; name a new file, or remove it first")
    source = open_for_reading(path)
    try:
        return _make_copy(source.conn, target)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written ({error.strerror}); check that its folder exists and may be written") from error
    finally:
        source.conn.close()


def _make_copy(source: sqlite3.Connection, target: Path) -> int:
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with translated(str(target)):
            _copy(source, partial)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source: sqlite3.Connection, partial: Path) -> None:
    copy = sqlite3.connect(partial, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        copy.close()
    if verdict != "ok":
        raise ArchiveError(f"{partial}: the copy is damaged ({verdict}); check the disk")
