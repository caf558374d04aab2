"""A consistent copy of the archive, made while a daemon writes it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from news.errors import ArchiveError
from news.wording import Wording, system_reason
from storage.file.connection import open_for_reading, translated
from storage.file.placing import draft_beside, place_new

_PIECE_BYTES = 1 << 20


def stream_backup(path: Path, write: Callable[[bytes], object]) -> int:
    """Give a checked copy of the archive at `path` to `write`, piece by piece; returns its size in bytes.

    A database is written here and there, and a pipe is not: the copy is made in the folder for temporary files. Raises `ArchiveError`,
    and what `write` raises.
    """
    source = open_for_reading(path)
    try:
        with tempfile.TemporaryDirectory(prefix="quivive-") as folder:
            draft = Path(folder) / "copy.db"
            with translated(str(draft)):
                _copy(source.conn, draft)
            with draft.open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    write(piece)
            return draft.stat().st_size
    finally:
        source.conn.close()


def backup(path: Path, target: Path) -> int:
    """Copy the archive at `path` to `target`, where nothing may be yet; returns its size in bytes.

    The copy is made in the same folder under a name of its own, checked, and only then given its name. That replaces nothing, not even
    what came there meanwhile. A symbolic link that leads to where nothing is leads to the copy. Raises `ArchiveError`.
    """
    place = _require_free(target)
    source = open_for_reading(path)
    try:
        with draft_beside(place) as draft:
            with translated(str(target)):
                _copy(source.conn, draft)
            place_new(draft, place)
        return place.stat().st_size
    except FileExistsError as error:
        raise ArchiveError(_is_taken(target)) from error
    except OSError as error:
        raise ArchiveError(
            Wording(
                "{target} cannot be written ({reason}); check that its folder exists and may be written",
                target=target,
                reason=system_reason(error),
            )
        ) from error
    finally:
        source.conn.close()


def _require_free(target: Path) -> Path:
    """The place that `target` names, where links lead."""
    try:
        place = target.resolve()
        is_taken = place.exists()
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError
        raise ArchiveError(Wording("{target} cannot be reached ({reason}); name another place", target=target, reason=error)) from error
    if is_taken:
        raise ArchiveError(_is_taken(target))
    return place


def _is_taken(target: Path) -> str:
    return Wording("{target} exists already; name a new file, or remove it first", target=target)


def _copy(source: sqlite3.Connection, draft: Path) -> None:
    copy = sqlite3.connect(draft, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    finally:
        copy.close()
    if verdict != "ok":
        raise ArchiveError(Wording("the copy is damaged ({verdict}); check the archive and the disk", verdict=verdict))
