"""The changelogs of a Debian machine: notes that were really published over many years, each at its own time.

A package carries the notes of all its versions, those of the last years at least: since 2023 what is older than the oldest release still
cared for is cut off. Each has the name and version of the source package, what was changed, who did it and when. They are no news, but what
people wrote when something had happened, at the hours at which it did, often several of them on one matter: what the invented news of the
other benchmarks only imitates.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

FOLDER = Path("/usr/share/doc")
_HEAD = re.compile(r"(\S+) \((\S+)\) (.+);.*")
"""`openssl (3.0.7-1) unstable; urgency=medium`: the first line of a note."""
_TRAILER = re.compile(r" -- (.*?) <.*> +(\w{3}, .*)")
"""` -- Name <address>  Thu, 03 Nov 2022 10:00:00 +0100`: its last one."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a package's maintainer published with a version of it: to which distribution, when, who, and what was changed."""

    package: str
    version: str
    distribution: str
    published: datetime
    author: str
    text: str

    @property
    def upstream(self) -> str:
        """The version of the program itself, which its packagers number within: 3.0.7 of `1:3.0.7-1`."""
        return self.version.rpartition(":")[2].rsplit("-", 1)[0]


def read_changelogs(folder: Path) -> list[Note]:
    """All notes of the packages that are installed, by time. Many packages are of one source, and carry the same ones."""
    found: dict[tuple[str, str], Note] = {}
    files = sorted([*folder.glob("*/changelog.Debian*.gz"), *folder.glob("*/changelog.gz")])
    for file in files:
        for note in read_notes(gzip.decompress(file.read_bytes()).decode(errors="replace").splitlines()):
            found.setdefault((note.package, note.version), note)
    return sorted(found.values(), key=lambda note: (note.published, note.package, note.version))


def read_notes(lines: Sequence[str]) -> Iterator[Note]:
    """The notes of one changelog. What the program itself says of its versions, in a form of its own, has none."""
    head, text = None, list[str]()
    for line in lines:
        if line[:1].strip():
            head, text = _HEAD.fullmatch(line), []
        elif head and (trailer := _TRAILER.fullmatch(line)):
            published = _read_time(trailer[2])
            if published is not None and head[3] != "UNRELEASED":
                yield Note(head[1], head[2], head[3], published, trailer[1], "\n".join(text).strip())
            head = None
        else:
            text.append(line)


def _read_time(written: str) -> datetime | None:
    """None if it is none, as of some notes that were typed by hand."""
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def whole_years(notes: Sequence[Note], fewest: int) -> list[int]:
    """The calendar years with so many notes whose year before has as many: what is usual is learned from that."""
    count = Counter(note.published.year for note in notes)
    return sorted(year for year in count if count[year] >= fewest and count[year - 1] >= fewest)
