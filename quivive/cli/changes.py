"""Two versions of an article, and what changed between them, for people. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from news.differences import Piece, PieceKind, compare
from news.errors import UsageError
from news.one_thing import VersionRecord
from news.wording import Wording
from quivive.cli.articles import tell_version
from quivive.cli.changed_words import paragraphs_of
from quivive.cli.sheet import Sheet

_ASKED = re.compile(r"(\d+)(?:\.\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Change:
    """Two versions of an article, the earlier one first, and what one has and the other has not."""

    before: VersionRecord
    after: VersionRecord
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


def make_change(versions: Sequence[VersionRecord], asked: str) -> Change | None:
    """What `N..M` asks for: from version N to M; `N` alone: what version N changed; nothing: what the current version changed.

    None where there is only one version. Raises `UsageError` for what is no such number.
    """
    if len(versions) < 2 and not asked:
        return None
    before, after = _choose(versions, asked)
    return Change(before, after, compare(before.title, after.title), compare(before.text, after.text))


def _choose(versions: Sequence[VersionRecord], asked: str) -> tuple[VersionRecord, VersionRecord]:
    if not asked:
        current = next((version for version in versions if version.is_current), versions[-1])
        return _pair(versions, current)
    numbers = _ASKED.fullmatch(asked)
    if numbers is None:
        raise UsageError(Wording("--diff takes the number of a version, or two as in 1..3, not '{asked}'", asked=asked))
    first, second = numbers.groups()
    if second is None:
        chosen = _numbered(versions, int(first))
        return _pair(versions, chosen)
    return _numbered(versions, int(first)), _numbered(versions, int(second))


def _numbered(versions: Sequence[VersionRecord], number: int) -> VersionRecord:
    for version in versions:
        if version.number == number:
            return version
    there = ", ".join(str(version.number) for version in versions[:20])
    raise UsageError(Wording("there is no version {number} of this article (there: {there})", number=number, there=there))


def _pair(versions: Sequence[VersionRecord], chosen: VersionRecord) -> tuple[VersionRecord, VersionRecord]:
    """A version after the one that it took the place of: the last from the same source and of the same origin, else the last before it.

    What two sources say of an article is no revision of either. The first version is compared with the one that followed.
    """
    earlier = [version for version in versions if version.number < chosen.number]
    alike = [version for version in earlier if (version.source, version.origin) == (chosen.source, chosen.origin)]
    if earlier:
        return (alike or earlier)[-1], chosen
    return chosen, next((version for version in versions if version is not chosen), chosen)


def show_change(sheet: Sheet, change: Change) -> None:
    """The changed words with some of those around them."""
    sheet.note(sheet.view.language.text("from version {version}", version=tell_version(change.before, sheet.view)), "")
    sheet.note(sheet.view.language.text("to version {version}", version=tell_version(change.after, sheet.view)), "")
    parts = ((sheet.view.language.text("Title"), change.title), (sheet.view.language.text("Text"), change.text))
    changed = [(name, pieces) for name, pieces in parts if any(piece.kind is not PieceKind.SAME for piece in pieces)]
    if not changed:
        sheet.heading(sheet.view.language.text("The two versions have the same words."))
    for name, pieces in changed:
        sheet.heading(name)
        for line in paragraphs_of(pieces):
            sheet.marked(line)
