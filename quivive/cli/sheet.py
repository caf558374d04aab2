"""One thing on the screen: headings, facts after their labels, running text; and how moments are told there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from news.wording import Language
from quivive.cli.layout import cells, pad, paragraphs, wrap, wrap_marked, wrap_parts
from quivive.cli.terminal import Terminal
from quivive.clock import in_zone
from quivive.texts import visible

_LEAST_LABEL, _MOST_LABEL = 12, 20
"""Cells of the column of labels: as wide as the longest of those that stand beneath each other, within these."""
SHORT_ID = 8
"""Letters of an id that are shown: enough to be unique, and accepted wherever an id is."""


@dataclass(frozen=True, slots=True)
class View:
    """Before whom something is shown: the terminal, what time it is there, and in which zone."""

    terminal: Terminal
    now: datetime
    language: Language

    def time(self, moment: datetime | None) -> str:
        """As short as it can be understood on a terminal; in a pipe as `2026-11-26 10:27`."""
        if moment is not None and self.terminal.width is None:
            return in_zone(moment, self.language.timezone).strftime("%Y-%m-%d %H:%M")
        return self.language.short_moment(moment, self.now)

    def late(self, seconds: int | None) -> str:
        """How long after its publication something was told."""
        if seconds is None:
            return self.language.text("published at an unknown time")
        return self.language.text("{span} after publication", span=self.language.duration(seconds))

    def lines(self, texts: Sequence[str]) -> str:
        """Texts of which each has a line of its own on a terminal; a pipe has one line a row."""
        return ("; " if self.terminal.width is None else "\n").join(texts)

    def short_id(self, whole: str) -> str:
        """The beginning of an id on a terminal; in a pipe all of it."""
        return whole if self.terminal.width is None else whole[:SHORT_ID]


class Sheet:
    """Lines about one thing, for a view; texts of others are made harmless."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._lines: list[str] = []
        self._facts: list[tuple[str, str, dict[str, object]]] = []
        """Facts that stand beneath each other, and wait for the last of them, since all their labels are one column."""
        self._width = view.terminal.text_width

    @property
    def lines(self) -> list[str]:
        """What stands on the sheet so far."""
        facts, self._facts = self._facts, []
        width = min(max(_LEAST_LABEL, *(cells(label) + 1 for label, _, _ in facts), 0), _MOST_LABEL)
        for label, text, style in facts:
            first = label + " " if cells(label) >= width else pad(label, width)
            lines = wrap(text, self._width, first, " " * width)
            self._lines += [self.view.terminal.style(line, **style) for line in lines]
        return self._lines

    def title(self, text: str) -> None:
        """The name of what is shown."""
        self.lines.extend([self.view.terminal.style(line, bold=True) for line in wrap(visible(text), self._width)])

    def numbered(self, number: int, text: str) -> None:
        """A name with its place in a list."""
        lines = wrap(visible(text), self._width, pad(str(number), 4))
        self.lines.extend([self.view.terminal.style(line, bold=True) for line in lines])

    def entry(self, text: str) -> None:
        """One of several things that are told, each with a sign at its beginning."""
        self._add(wrap(visible(text), self._width, "- "))

    def parts(self, parts: Sequence[str], indent: str) -> None:
        """Short pieces beside each other, none of them cut."""
        self.lines.extend(wrap_parts(parts, self._width, indent))

    def address(self, url: str, indent: str = "") -> None:
        """An address on a line of its own, whole however long: people copy it, and terminals make a link of it."""
        self.lines.append(indent + visible(url))

    def heading(self, text: str) -> None:
        """The name of a part, after an empty line."""
        self.lines.extend(("", self.view.terminal.style(text, bold=True)))

    def fact(self, label: str, text: str, **style: object) -> None:
        """What is said after a label; nothing where there is nothing to say."""
        if text:
            self._facts.append((label, visible(text), style))

    def note(self, text: str, indent: str = "  ", **style: object) -> None:
        """A line of its own, with what follows indented as much."""
        if text:
            self._add(wrap(visible(text), self._width, indent), **style)

    def chart(self, label: str, bars: str, legend: str) -> None:
        """A row of bars after its label."""
        self.lines.append(f"  {pad(label, _LEAST_LABEL - 2)}{bars}  {legend}")

    def notes(self, lines: Iterable[str]) -> None:
        """Lines that are ready to be printed."""
        self.lines.extend(lines)

    def prose(self, text: str) -> None:
        """Running text, each paragraph wrapped."""
        self.lines.extend(paragraphs("\n".join(visible(part) for part in text.splitlines()), self._width))

    def marked(self, words: Sequence[tuple[str, dict[str, object]]], indent: str = "  ") -> None:
        """A paragraph of words, each with its style."""
        for line in wrap_marked(words, self._width, indent):
            self.lines.append(indent + " ".join(self.view.terminal.style(word, **style) for word, style in line))

    def blank(self) -> None:
        self.lines.append("")

    def _add(self, lines: list[str], **style: object) -> None:
        self.lines.extend(self.view.terminal.style(line, **style) for line in lines)
