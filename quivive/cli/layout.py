"""Text on a terminal of some width: how wide it is, cut into lines at words, in columns. Pure; signs of two cells count as two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
UNLIMITED = 1_000_000
"""The width of what is no terminal: lines are not cut there, and nothing need be measured."""

_AFTER_A_SPACE = frozenset(":;!?»%")


def cells(text: str) -> int:
    """How many cells of a terminal a text takes (Unicode TR11: some signs take two, some none)."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text in a column of that width, to its left or its right side. One that is wider stays whole."""
    room = " " * (width - cells(text))
    return room + text if right else text + room


def wrap(text: str, width: int, first: str = "", others: str | None = None) -> list[str]:
    """Lines of at most that width, cut at words; the first begins with `first`, the others with `others` (else as much room).

    A word that is wider than a line stays whole, so that an address or an id can be copied from the screen.
    """
    if width >= UNLIMITED:
        return [first + " ".join(text.split())]
    beginning, others = first, " " * cells(first) if others is None else others
    lines, line, used = [], beginning, cells(beginning)
    is_empty = True
    for word in _unbreakable(text):
        size = cells(word)
        if not is_empty and used + 1 + size > width:
            lines.append(line)
            line, used, is_empty = others, cells(others), True
        line, used = (line + word, used + size) if is_empty else (f"{line} {word}", used + 1 + size)
        is_empty = False
    return [*lines, line]


def _unbreakable(text: str) -> Iterator[str]:
    """The words of a text, each with the high signs that French sets apart from it: no line begins with a colon or ends with a quote."""
    word = ""
    for piece in text.split():
        if word and (piece[0] in _AFTER_A_SPACE or word.endswith("«")):
            word = f"{word} {piece}"
        else:
            if word:
                yield word
            word = piece
    if word:
        yield word


def paragraphs(text: str, width: int) -> Iterator[str]:
    """The lines of a text, each paragraph wrapped, one empty line between two."""
    parts = [part for part in text.splitlines() if part.strip()]
    for number, part in enumerate(parts):
        if number:
            yield ""
        yield from wrap(part, width)


def wrap_marked(words: Sequence[tuple[str, T]], width: int, indent: str = "") -> Iterator[list[tuple[str, T]]]:
    """Lines of words that carry something, such as a style; those of one line stand beside each other with a space between."""
    line: list[tuple[str, T]] = []
    used = cells(indent)
    for word, mark in words:
        size = cells(word)
        if line and used + 1 + size > width:
            yield line
            line, used = [], cells(indent)
        used += size + (1 if line else 0)
        line.append((word, mark))
    if line:
        yield line


def wrap_parts(parts: Sequence[str], width: int, indent: str = "") -> list[str]:
    """Short pieces beside each other, a dot between two; a piece is put on the next line rather than cut."""
    if width >= UNLIMITED:
        return [indent + " · ".join(parts)]
    lines, line = [], ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if line and cells(indent + longer) > width:
            lines.append(indent + line)
            line = part
        else:
            line = longer
    return [*lines, indent + line] if line else lines


def fit(text: str, width: int) -> list[str]:
    """The lines of a text, those that are too wide cut at words; lines that are indented show something in its place, and stay."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line] if line.startswith(" ") or cells(line) <= width else wrap(line, width, "", "  ")
    return lines
