"""One look at everything: what the archive holds, what needs care, and what is said of the file beside that."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from news.answers import ArchiveStatus, Contents, Waiting
from news.care import Care
from news.own_line import Line
from storage.asking import care, reports
from storage.file.connection import count_bytes
from storage.file.database import Database
from storage.file.lock import WriterNote, find_writer
from storage.file.times import from_text, optional_time
from storage.recording.line import load_line


def report_all(db: Database, now: datetime) -> tuple[Contents, Care, Line | None]:
    """What the archive itself says, of one state of it."""
    return reports.report_contents(db, now), care.report_care(db, now), load_line(db)


def make_status(path: Path, contents: Contents, needs: Care, line: Line | None) -> ArchiveStatus:
    """What the archive at `path` says, with what its files and whoever writes it say just now."""
    writer = find_writer(path)
    size_bytes, log_bytes = count_bytes(path)
    return ArchiveStatus(
        path=str(path),
        size_bytes=size_bytes + log_bytes,
        log_bytes=log_bytes,
        writer_pid=writer.pid if writer else None,
        alive_at=optional_time(writer.alive_at) if writer else None,
        waiting=_get_waiting(writer),
        contents=contents,
        care=needs,
        line_down_since=line.since if line else None,
    )


def _get_waiting(writer: WriterNote | None) -> Waiting | None:
    """What the program that writes says of a wait, if it says so."""
    if writer is None or writer.reason is None or writer.waiting_since is None:
        return None
    return Waiting(from_text(writer.waiting_since), writer.reason)
