"""What changed from one text to another, word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile

MOST_COMPARED = 2_000
"""Words of each text that are compared with one another, after what both begin and end with: finding the least difference may take time
that grows with the cube of it. Longer ones are compared paragraph by paragraph."""


class PieceKind(StrEnum):
    """Whether both texts have the words, or only the one before or the one after."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in the order of the texts; paragraphs end with a line feed."""

    kind: PieceKind
    text: str


SIGNS = {PieceKind.REMOVED: ("[-", "-]"), PieceKind.ADDED: ("{+", "+}")}
"""Around what changed: as `git diff --word-diff` has them, they tell also where there is no colour."""


def mark_changes(pieces: Sequence[Piece]) -> str:
    """The pieces on one line: what was removed between `[-` and `-]`, what was added between `{+` and `+}`."""
    told = []
    for piece in pieces:
        opening, closing = SIGNS.get(piece.kind, ("", ""))
        told.append(f"{opening}{' '.join(piece.text.split())}{closing}")
    return " ".join(told)


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one row of pieces: without what was added it is the one before, without what was removed the one after.

    Spaces count as one, and empty lines as none.
    """
    first, second = _split(before), _split(after)
    if max(_count_differing(first, second)) > MOST_COMPARED:
        first, second = _paragraphs(first), _paragraphs(second)
    return tuple(_merge(_compare(first, second)))


def _split(text: str) -> list[str]:
    """Words, each with the space or line feed that follows it, so that joined they are the text again."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return [f"{word}{end}" for line in lines for word, end in _ends(line.split())]


def _ends(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    last = len(words) - 1
    return ((word, "\n" if place == last else " ") for place, word in enumerate(words))


def _paragraphs(words: Sequence[str]) -> list[str]:
    return "".join(words).splitlines(keepends=True)


def _count_same(first: Sequence[str], second: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _count_differing(first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """How many of each are left without what both begin and end with."""
    head = _count_same(first, second)
    tail = _count_same(first[: head - 1 if head else None : -1], second[: head - 1 if head else None : -1])
    return len(first) - head - tail, len(second) - head - tail


def _compare(first: Sequence[str], second: Sequence[str]) -> Iterator[Piece]:
    head = _count_same(first, second)
    left, right = _count_differing(first, second)
    if max(left, right) > MOST_COMPARED:  # of paragraphs even: a text replaced by another
        changes: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, left, 0, right)]
    else:
        changes = SequenceMatcher(None, first[head : head + left], second[head : head + right]).get_opcodes()
    yield Piece(PieceKind.SAME, "".join(first[:head]))
    for change, start, end, other_start, other_end in changes:
        if change == "equal":
            yield Piece(PieceKind.SAME, "".join(first[head + start : head + end]))
            continue
        yield Piece(PieceKind.REMOVED, "".join(first[head + start : head + end]))
        yield Piece(PieceKind.ADDED, "".join(second[head + other_start : head + other_end]))
    yield Piece(PieceKind.SAME, "".join(first[head + left :]))


def _merge(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece, and no empty ones."""
    held: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if held is not None and held.kind is piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
