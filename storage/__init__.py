"""Disk. The only room with SQL; `Archive` and `ArchiveReader` are its face."""

from storage.archive import Archive, ArchiveReader, retry_deliveries
from storage.asking.preview import PreviewRequest
from storage.asking.search import SearchAnswer, SearchRequest
from storage.file.backup import backup, stream_backup
from storage.file.placing import draft_beside, replace_old
from storage.file.waiting import Patience, Waiting
from storage.recording.rebuilding import Progress
from storage.recording.watch import Tally, Watch

__all__ = [
    "Archive",
    "ArchiveReader",
    "Patience",
    "PreviewRequest",
    "Progress",
    "SearchAnswer",
    "SearchRequest",
    "Tally",
    "Waiting",
    "Watch",
    "backup",
    "draft_beside",
    "replace_old",
    "retry_deliveries",
    "stream_backup",
]
