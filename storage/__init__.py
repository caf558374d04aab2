"""Disk. The only room with SQL; `Archive` and `ArchiveReader` are its face."""

from storage.archive import Archive, ArchiveReader
from storage.asking.alert_log import AlertRequest
from storage.asking.preview import PreviewRequest
from storage.asking.search import SearchRequest
from storage.asking.stories import StoryRequest
from storage.beside import acknowledge, mute, retry_deliveries, unmute
from storage.file.backup import backup, stream_backup
from storage.file.lock import find_writer
from storage.file.placing import draft_beside, replace_old
from storage.file.waiting import Patience
from storage.recording.watch import Tally, Watch

__all__ = [
    "AlertRequest",
    "Archive",
    "ArchiveReader",
    "Patience",
    "PreviewRequest",
    "SearchRequest",
    "StoryRequest",
    "Tally",
    "Watch",
    "acknowledge",
    "backup",
    "draft_beside",
    "find_writer",
    "mute",
    "replace_old",
    "retry_deliveries",
    "stream_backup",
    "unmute",
]
