"""Standard output as people have it before them: how wide it is, and whether it takes colours. A pipe takes whole lines without any."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import click

from quivive.cli.layout import UNLIMITED
from quivive.standard_streams import get_descriptor

USUAL_WIDTH = 80
LEAST_WIDTH = 40
"""Narrower windows are written to as if they were so wide; the terminal breaks the lines."""
MOST_READABLE = 100
"""Columns of running text: longer lines are hard to read, however wide the window."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where people's text is printed. `width` is None for what is no terminal: lines are not cut there."""

    width: int | None
    has_colour: bool

    @property
    def text_width(self) -> int:
        """For running text; of a pipe, as wide as a line is."""
        return UNLIMITED if self.width is None else min(self.width, MOST_READABLE)

    def style(self, text: str, **style: object) -> str:
        """The text in bold or colour, where there is colour."""
        return click.style(text, **style) if self.has_colour and text else text  # type: ignore[arg-type]


def get_terminal() -> Terminal:
    """Standard output now. `NO_COLOR` (no-color.org) and `TERM=dumb` ask for plain text, `COLUMNS` for another width."""
    if not sys.stdout.isatty():
        return Terminal(None, has_colour=False)
    return Terminal(get_width(sys.stdout), has_colour=not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def get_width(stream: object) -> int:
    """The width of the terminal that a stream writes to; `COLUMNS` asks for another."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return max(int(asked), LEAST_WIDTH)
    descriptor = get_descriptor(stream)
    try:
        width = os.get_terminal_size(descriptor).columns if descriptor is not None else 0
    except OSError:
        width = 0
    return max(width or USUAL_WIDTH, LEAST_WIDTH)
