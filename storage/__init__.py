"""Disk. The only room with SQL; `Archive` and `ArchiveReader` are its face.

What is asked for by name is imported when it is: a command that reads waits for nothing that only the daemon needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.asking.alert_log import AlertRequest
    from storage.asking.preview import PreviewRequest
    from storage.asking.search import SearchRequest
    from storage.asking.stories import StoryRequest
    from storage.beside import acknowledge, mute, retry_deliveries, unmute
    from storage.file.backup import backup, stream_backup
    from storage.file.lock import find_writer
    from storage.file.placing import draft_beside, replace_old
    from storage.file.rights import archive_files
    from storage.file.waiting import Patience
    from storage.reader import ArchiveReader
    from storage.recording.watch import Tally, Watch

_HOMES = {
    "AlertRequest": "storage.asking.alert_log",
    "Archive": "storage.archive",
    "ArchiveReader": "storage.reader",
    "Patience": "storage.file.waiting",
    "PreviewRequest": "storage.asking.preview",
    "SearchRequest": "storage.asking.search",
    "StoryRequest": "storage.asking.stories",
    "Tally": "storage.recording.watch",
    "Watch": "storage.recording.watch",
    "acknowledge": "storage.beside",
    "archive_files": "storage.file.rights",
    "backup": "storage.file.backup",
    "draft_beside": "storage.file.placing",
    "find_writer": "storage.file.lock",
    "mute": "storage.beside",
    "replace_old": "storage.file.placing",
    "retry_deliveries": "storage.beside",
    "stream_backup": "storage.file.backup",
    "unmute": "storage.beside",
}

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
    "archive_files",
    "backup",
    "draft_beside",
    "find_writer",
    "mute",
    "replace_old",
    "retry_deliveries",
    "stream_backup",
    "unmute",
]


def __getattr__(name: str) -> object:
    """What the face has of that name (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
