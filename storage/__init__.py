"""Disk. The only room with SQL; `Archive` and `ArchiveReader` are its face."""

from storage.archive import Archive, ArchiveReader, retry_deliveries
from storage.asking.preview import PreviewRequest
from storage.asking.search import SearchAnswer, SearchRequest
from storage.file.backup import backup
from storage.recording.watch import Tally, Watch

__all__ = ["Archive", "ArchiveReader", "PreviewRequest", "SearchAnswer", "SearchRequest", "Tally", "Watch", "backup", "retry_deliveries"]
