"""What changed between two versions of an article, word by word, for people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from news.alerts import Change as AlertChange
from news.differences import SIGNS, Piece, PieceKind, compare
from news.errors import UsageError
from news.one_thing import VersionRecord
from news.wording import Wording
from quivive.cli.articles import tell_version
from quivive.cli.sheet import Sheet
from quivive.texts import visible

_AROUND = 12
"""Words that stayed, shown on either side of a change."""
_ASKED = re.compile(r"(\d+)(?:\.\.(\d+))?")
_STYLES: dict[PieceKind, dict[str, object]] = {
    PieceKind.SAME: {},
    PieceKind.REMOVED: {"fg": "red", "strikethrough": True},
    PieceKind.ADDED: {"fg": "green", "bold": True},
}


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
        for line in _paragraphs(pieces):
            sheet.marked(line)


def tell_changes(changes: Sequence[AlertChange]) -> Iterator[str]:
    """What a correction changed, word by word, a line a passage."""
    for change in changes:
        pieces = compare(change.before or "", change.after or "")
        yield " ".join(click.style(word, **style) for words in _paragraphs(pieces) for word, style in words)  # type: ignore[arg-type]  # as `Terminal.style` has it


def show_changes(sheet: Sheet, changes: Sequence[AlertChange]) -> None:
    """What a correction changed, word by word."""
    for change in changes:
        for line in _paragraphs(compare(change.before or "", change.after or "")):
            sheet.marked(line)


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Words with their styles, a list a paragraph."""
    line: list[tuple[str, dict[str, object]]] = []
    for place, piece in enumerate(pieces):
        paragraphs = _shown(pieces, place).split("\n")
        for number, paragraph in enumerate(paragraphs):
            if number and line:
                yield line
                line = []
            line += [(word, _STYLES[piece.kind]) for word in _mark(visible(paragraph), piece.kind)]
    if line:
        yield line


def _shown(pieces: Sequence[Piece], place: int) -> str:
    """What is shown of a piece. Words that took the place of others stand beside them, also at the end of a paragraph."""
    piece = pieces[place]
    if piece.kind is PieceKind.SAME:
        return _shorten(piece.text, is_first=place == 0, is_last=place == len(pieces) - 1)
    following = pieces[place + 1] if place + 1 < len(pieces) else piece
    is_replaced = (piece.kind, following.kind) == (PieceKind.REMOVED, PieceKind.ADDED) and following.text.endswith("\n")
    return piece.text.removesuffix("\n") if is_replaced else piece.text


def _mark(paragraph: str, kind: PieceKind) -> list[str]:
    if not paragraph or kind is PieceKind.SAME:
        return paragraph.split()
    opening, closing = SIGNS[kind]
    return f"{opening}{paragraph}{closing}".split()


def _shorten(text: str, *, is_first: bool, is_last: bool) -> str:
    """Of words that stayed, those next to a change."""
    lines = [line.split() for line in text.split("\n")]
    count = sum(map(len, lines))
    head, tail = (0 if is_first else _AROUND), (0 if is_last else _AROUND)
    if count <= head + tail + 1:
        return text
    return f"{_first_words(text, head)} … {_last_words(text, tail)}".strip()


def _first_words(text: str, count: int) -> str:
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    return text[: ends[count - 1]] if count else ""


def _last_words(text: str, count: int) -> str:
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    return text[starts[-count] :] if count else ""
