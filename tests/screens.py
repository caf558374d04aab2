"""What commands show on a terminal: each is run in a terminal of its own, of some width, at the moment at which the newsroom stands still.

    Screens(home).show("status", width=80)      # the lines, as they are on the screen, without colours

The golden screens are in data/screens; `python -m tests.screens` makes them anew, after a change that was meant.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import sys
import tempfile
import termios
import threading
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from quivive.cli import context, main
from quivive.cli.layout import cells
from tests.newsroom import LONG_URL, NOW, make_newsroom
from tests.processes import Home

GOLDEN = Path(__file__).parent / "data" / "screens"
WIDTHS = {"en": (60, 80, 140), "fr": (60, 80)}
_END = "\x00"
"""Ends what a command prints, which holds none itself."""
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_FOLDER = re.compile(r"/\S*/archive\.db")
_SIZE = re.compile(r"\d([.,])\d (?=M[Bo]\b)")
"""Of the archive's file, which every new index changes."""

SCREENS = {
    "status": ("status",),
    "status-long": ("status", "--long"),
    "status-check": ("status", "--check"),
    "sources": ("sources",),
    "sources-failing": ("sources", "--status", "failing"),
    "sources-long": ("sources", "--status", "failing", "--long"),
    "sources-coverage": ("sources", "--coverage"),
    "source": ("sources", "L’Écho numérique de Armor"),
    "source-failing": ("sources", "La Causse"),
    "topics": ("topics",),
    "topic": ("topics", "puces"),
    "alerts": ("alerts",),
    "alerts-since": ("alerts", "--since", "12h"),
    "alerts-long": ("alerts", "--long"),
    "alerts-dead": ("alerts", "--status", "dead"),
    "search": ("search", "otan OR fibre"),
    "missed": ("search", "--since", "24h", "--limit", "3"),
    "preview": ("preview", "--topic", "OpenAI–OTAN"),
    "show-article": ("show", LONG_URL),
    "stories": ("stories", "--limit", "3"),
    "show-changes": ("show", "https://source-001.example/fibre", "--diff"),
    "show-alert": ("show", "vuwfqdox"),
    "show-delivery": ("show", "z77dq733"),
}
"""The screens that are kept, by name, with the command that shows each."""


@dataclass(frozen=True)
class Screens:
    """The terminal of somebody who looks at a newsroom."""

    home: Home

    def show(self, *command: str, width: int = 80, **environment: str) -> str:
        """What a terminal of that width shows, with its styles, if the environment lets there be any."""
        with _terminal(width) as (terminal, shown):
            self._call(command, terminal, {"TERM": "xterm-256color", **environment})
        return shown[0].replace("\r\n", "\n")

    def _call(self, command: tuple[str, ...], terminal: io.TextIOWrapper, environment: Mapping[str, str]) -> None:
        with (
            chdir(self.home.folder),
            patch.dict(os.environ, self.home.environ(**environment), clear=True),
            patch.object(sys, "argv", ["quivive", *command]),
            patch.object(sys, "stdout", terminal),
            patch.object(context, "utc_now", lambda: NOW),  # where every command that shows a time asks for it
            redirect_stderr(terminal),
        ):
            try:
                main()
            except SystemExit:
                terminal.flush()


@contextmanager
def _terminal(width: int) -> Iterator[tuple[io.TextIOWrapper, list[str]]]:
    """A terminal to print to; at the end, what was printed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    read: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, read))
    reader.start()
    shown: list[str] = []
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        yield terminal, shown
        terminal.write(_END)
        terminal.flush()
        reader.join()  # before the terminal is closed, for what its reader has not had by then may be dropped: half a screen was, once
    shown.append(b"".join(read).decode().removesuffix(_END))


def _read(descriptor: int, read: list[bytes]) -> None:
    end = _END.encode()
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        while data := file.read(65_536):
            read.append(data)
            if data.endswith(end):
                return


def plain(shown: str) -> str:
    """What stands on a screen: without its styles, and the archive of one size and in a folder of the same name for everybody."""
    return _SIZE.sub(r"1\g<1>7 ", _FOLDER.sub("/var/lib/quivive/archive.db", _STYLE.sub("", shown)))


def too_wide(shown: str, width: int) -> list[str]:
    """Lines that the terminal has to break: only those of one word, such as an address, may be."""
    return [line for line in plain(shown).splitlines() if cells(line) > width and len(line.split()) > 1]


def golden_file(name: str, width: int, language: str) -> Path:
    """Where a screen is kept."""
    return GOLDEN / f"{name}.{width}.{language}.txt"


def wanted_screens() -> list[tuple[str, int, str]]:
    """Name, width and language of every screen that is kept."""
    return [(name, width, language) for name in SCREENS for language, widths in WIDTHS.items() for width in widths]


def refresh() -> None:
    """Make every golden screen anew."""
    with tempfile.TemporaryDirectory() as folder:
        screens = Screens(make_newsroom(Path(folder)))
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for file in GOLDEN.glob("*.txt"):
            file.unlink()
        for name, width, language in wanted_screens():
            shown = screens.show(*SCREENS[name], width=width, LC_MESSAGES=language)
            golden_file(name, width, language).write_text(plain(shown), encoding="utf-8")


if __name__ == "__main__":
    refresh()
