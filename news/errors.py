"""The errors this program raises on purpose, as one tree.

Foreign errors (sockets, SQLite, pydantic, …) are translated into these once, at the edge of the room that met them.
Every message says what went wrong, where, and what to do about it; `quivive/cli` prints it as it stands.

    QuiviveError
    ├── ConfigurationError      the configuration cannot be used; lists every fault at once     (exit 2)
    ├── NotEdited               the configuration's file was left as it is                      (exit 1)
    ├── QueryError              a query cannot be read; knows the place and what was expected   (exit 2)
    ├── UsageError              a command was asked for something that is not there             (exit 2)
    ├── ArchiveError            the archive cannot be opened, read or written                   (exit 1)
    │   ├── ArchiveLocked       another process writes it; carries its process id
    │   ├── ArchiveMissing      there is no archive yet at that path
    │   ├── ArchiveUnusable     not a database, damaged, or made by a newer version
    │   └── ArchiveUnwritable   read-only, or the disk is out of order
    │       └── ArchiveHeldUp   for now: the disk is full, or a foreign program has it locked
    ├── DaemonRefuses           a running daemon does not do what it was asked for              (exit 1)
    └── CrawlEnded              the spider ended although nobody asked it to                    (exit 1)
"""

from __future__ import annotations

from dataclasses import dataclass

from news.wording import Wording


class QuiviveError(Exception):
    """The root of all errors raised on purpose; its text is meant for the user."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a configuration: `key` is dotted (`topics.2.query`), `message` says what to do."""

    key: str
    message: str
    line: int | None = None
    """Where in the file, from 1, as far as that is known."""
    called: str | None = None
    """The name of the source or topic that has it."""

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class ConfigurationError(QuiviveError):
    """A configuration that cannot be used; `faults` holds every mistake found, not only the first."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        super().__init__(f"{path}: " + "; ".join(str(fault) for fault in faults))


class NotEdited(QuiviveError):
    """The configuration's file was to be changed, and was left as it is."""


_LONGEST_SHOWN = 120
_SHOWN_BEFORE = 60
"""Characters of a query in an error, and how many of them may stand before the mistake."""


class QueryError(QuiviveError):
    """A query that cannot be read. `position` is an index into `query`, in characters."""

    def __init__(self, query: str, position: int, message: str) -> None:
        self.query = query
        self.position = position
        self.message = message
        super().__init__(Wording("{message}\n{place}", message=message, place=_show_place(query, position)))


def _show_place(query: str, position: int) -> str:
    """The query with a mark under the place; of a long query the part around it, of several lines one line."""
    line = "".join(character if character.isprintable() else " " for character in query)
    start = max(0, position - _SHOWN_BEFORE) if len(line) > _LONGEST_SHOWN else 0
    cut = "…" if start else ""
    shown = f"{cut}{line[start : start + _LONGEST_SHOWN]}"
    more = "…" if len(line) > start + _LONGEST_SHOWN else ""
    return f"  {shown}{more}\n  {' ' * (len(cut) + position - start)}^"


class UsageError(QuiviveError):
    """A command was asked for something that does not exist, such as an unknown source or channel."""


class ArchiveError(QuiviveError):
    """The archive cannot be opened, read or written."""


class ArchiveLocked(ArchiveError):
    """Another process of this program writes the archive; `pid` is its process id, if it could be read."""

    def __init__(self, path: str, pid: int | None) -> None:
        self.path = path
        self.pid = pid
        holder = Wording("process {pid}", pid=pid) if pid else Wording("another process")
        super().__init__(
            Wording("{path}: {holder} is writing this archive; stop it first, or wait for it to end", path=path, holder=holder)
        )


class ArchiveMissing(ArchiveError):
    """There is no archive yet at the configured path."""


class ArchiveUnusable(ArchiveError):
    """The file is no database, is damaged, or was made by a newer version of this program."""


class ArchiveUnwritable(ArchiveError):
    """The archive can't be written."""


class ArchiveHeldUp(ArchiveUnwritable):
    """The archive can't be written for now; it will be when somebody frees space, or the foreign program that has it locked is done."""


class DaemonRefuses(QuiviveError):
    """A running daemon does not do what it was asked for, or not to its end."""


class CrawlEnded(QuiviveError):
    """The spider ended although nobody asked it to; the program must end too rather than watch nothing."""
