"""Tables that lose nothing: names whole, wrapped at words, what is long on lines of its own beneath its row. Pure.

A terminal gets the columns it has room for, and, where even the least of them have none, each row as a few lines. A pipe gets every
column, whole, separated by tabs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from quivive.cli.layout import cells, pad, wrap, wrap_parts
from quivive.cli.terminal import Terminal

_GAP = "  "
_INDENT = "    "
_LEAST_NAME = 20
"""Cells of the flexible column, or of its longest entry if that is shorter: with less room, rows are told in lines."""

_MOST_NAME = 60
"""Cells of the flexible column, however wide the terminal: what stands beside it must not be far away."""


class Place(Enum):
    """Where a column stands on a terminal."""

    FIXED = auto()
    FLEXIBLE = auto()
    """Takes the room that is left, and is wrapped at words; one column at most."""
    WIDE = auto()
    """Only where there is room for it beside the others, or with `--long`."""
    BENEATH = auto()
    """On lines of its own under the row, where it says anything."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, where it stands, and how its entries look."""

    heading: str
    place: Place = Place.FIXED
    right: bool = False
    style: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row at a column: on a terminal, and, where a pipe gets more, there. `style` goes before the column's."""

    text: str
    whole: str | None = None
    style: dict[str, object] = field(default_factory=dict)


def make_table(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Sequence[Cell | str]], *, long: bool = False) -> Iterator[str]:
    """The lines of a table; each row has an entry a column."""
    filled = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    if terminal.width is None:
        yield "\t".join(column.heading for column in columns)
        for row in filled:
            yield "\t".join(cell.text if cell.whole is None else cell.whole for cell in row)
        return
    yield from _Table(terminal, terminal.width, columns, filled, long=long).lines()


class _Table:
    """Chooses which columns a terminal has room for and how wide each is; where even those do not fit, a row takes several lines."""

    def __init__(self, terminal: Terminal, width: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, long: bool) -> None:
        self._terminal, self._width, self._columns, self._rows = terminal, width, columns, rows
        self._natural = [self._measure(n) for n in range(len(columns))]
        self._shown = self._choose(long=long)
        self._widths = {n: self._natural[n] for n in self._shown}
        self._flexible = next((n for n in self._shown if columns[n].place is Place.FLEXIBLE), None)
        self._is_stacked = not self._fits()

    def _measure(self, n: int) -> int:
        widest = max([cells(self._columns[n].heading), *(cells(row[n].text) for row in self._rows)])
        if self._columns[n].place is not Place.FLEXIBLE:
            return widest
        return max(min(widest, _MOST_NAME), *(cells(word) for row in self._rows for word in row[n].text.split()), 0)

    def _choose(self, *, long: bool) -> list[int]:
        """The columns that stand side by side: the wide ones only with `long`, or where all of them have room."""
        always = [n for n, column in enumerate(self._columns) if column.place in {Place.FIXED, Place.FLEXIBLE}]
        wide = [n for n, column in enumerate(self._columns) if column.place in {Place.FIXED, Place.FLEXIBLE, Place.WIDE}]
        return wide if long or self._sum(wide) <= self._width else always

    def _sum(self, columns: Sequence[int]) -> int:
        return sum(self._natural[n] for n in columns) + len(_GAP) * (len(columns) - 1)

    def _fits(self) -> bool:
        """Give the flexible column the room that is left; whether that is enough."""
        over = self._sum(self._shown) - self._width
        if over <= 0:
            return True
        if self._flexible is None:
            return False
        room = self._natural[self._flexible] - over
        self._widths[self._flexible] = room
        longest_word = max((cells(word) for row in self._rows for word in row[self._flexible].text.split()), default=0)
        return room >= min(_LEAST_NAME, self._natural[self._flexible]) and room >= longest_word

    def lines(self) -> Iterator[str]:
        if not self._is_stacked:
            heads = [pad(self._columns[n].heading, self._widths[n], right=self._columns[n].right) for n in self._shown]
            yield self._terminal.style(_GAP.join(heads).rstrip(), bold=True)
        for row in self._rows:
            yield from self._stack(row) if self._is_stacked else self._line_up(row)
            yield from self._beneath(row)

    def _line_up(self, row: Sequence[Cell]) -> Iterator[str]:
        """A row side by side; its flexible entry may take several lines."""
        parts = {n: wrap(row[n].text, self._widths[n]) if n == self._flexible else [row[n].text] for n in self._shown}
        for line in range(max(map(len, parts.values()))):
            entries = []
            for n in self._shown:
                text = parts[n][line] if line < len(parts[n]) else ""
                entries.append(self._paint(n, row, text, pad(text, self._widths[n], right=self._columns[n].right)))
            yield _GAP.join(entries).rstrip()

    def _stack(self, row: Sequence[Cell]) -> Iterator[str]:
        """A row in lines: its name, and the other entries after their headings."""
        head = self._flexible if self._flexible is not None else self._shown[0]
        for line in wrap(row[head].text, self._width):
            yield self._paint(head, row, line, line)
        others = [f"{self._columns[n].heading} {row[n].text}" for n in self._shown if n != head and row[n].text]
        yield from wrap_parts(others, self._width, _INDENT)

    def _beneath(self, row: Sequence[Cell]) -> Iterator[str]:
        for n, column in enumerate(self._columns):
            if column.place is Place.BENEATH and row[n].text:
                for part in row[n].text.splitlines():
                    yield from (self._paint(n, row, line, line) for line in wrap(part, self._width, _INDENT))

    def _paint(self, n: int, row: Sequence[Cell], text: str, padded: str) -> str:
        style = row[n].style or self._columns[n].style
        return padded.replace(text, self._terminal.style(text, **style), 1) if style and text else padded
