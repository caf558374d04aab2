"""What an edit changed, word by word, for people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import click

from news.alerts import Change
from news.differences import SIGNS, Piece, PieceKind, compare
from quivive.cli.sheet import Sheet
from quivive.texts import visible

_AROUND = 12
"""Words that stayed, shown on either side of a change."""
_STYLES: dict[PieceKind, dict[str, object]] = {
    PieceKind.SAME: {},
    PieceKind.REMOVED: {"fg": "red", "strikethrough": True},
    PieceKind.ADDED: {"fg": "green", "bold": True},
}


def tell_changes(changes: Sequence[Change]) -> Iterator[str]:
    """What a correction changed, word by word, a line a passage."""
    for change in changes:
        pieces = compare(change.before or "", change.after or "")
        yield " ".join(click.style(word, **style) for words in paragraphs_of(pieces) for word, style in words)  # type: ignore[arg-type]  # as `Terminal.style` has it


def show_changes(sheet: Sheet, changes: Sequence[Change]) -> None:
    """What a correction changed, word by word."""
    for change in changes:
        for line in paragraphs_of(compare(change.before or "", change.after or "")):
            sheet.marked(line)


def paragraphs_of(pieces: Sequence[Piece]) -> Iterator[list[tuple[str, dict[str, object]]]]:
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
