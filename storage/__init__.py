"""Disk. The only room with SQL; `Archive` and `ArchiveReader` are its face."""

from storage.archive import Archive, ArchiveReader, retry_deliveries
from storage.backup import backup
from storage.preview import PreviewRequest
from storage.search import SearchAnswer, SearchRequest
from storage.watch import Tally, Watch

__all__ = ["Archive", "ArchiveReader", "PreviewRequest", "SearchAnswer", "SearchRequest", "Tally", "Watch", "backup", "retry_deliveries"]
