"""The manual page, made of the commands: `make man` writes `docs/quivive.1`, in the macros of man(7).

Own lines: click-man makes a page for each command and dates them, so that no two runs agree; here one page says all, and a test can tell
whether it is up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from quivive.cli import quivive

PAGE = Path(__file__).parents[2] / "docs" / "quivive.1"

_HEAD = """\
.\\" Made from the commands by `make man`; change those.
.TH QUIVIVE 1 "" quivive "User commands"
.SH NAME
quivive \\- watch news feeds, keep every article once, alert when one speaks of a topic
.SH SYNOPSIS
.B quivive
.RB [ \\-\\-config
.IR PATH ]
.I COMMAND
.RI [ ARGUMENTS ]
.SH DESCRIPTION
"""
_TAIL = """\
.SH FILES
.TP
.IR ./config.toml ", " $XDG_CONFIG_HOME/quivive/config.toml ", " /etc/quivive/config.toml
The configuration, where it is looked for in this order unless
.B \\-\\-config
or
.B QUIVIVE_CONFIG
names it.
.B quivive init
writes one.
.TP
.I archive.db
The archive, an SQLite file beside the configuration unless it says another place.
.SH ENVIRONMENT
.TP
.B QUIVIVE_CONFIG
The configuration.
.TP
.BR LC_ALL ", " LC_MESSAGES ", " LANG
The language, French or English, unless the configuration says it.
.TP
.B NO_COLOR
No colour.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
It ran, and something failed that must be looked at.
.TP
.B 2
Wrong usage, an invalid query or an invalid configuration.
.SH EXAMPLES
.TP
.B quivive init veille && cd veille && quivive poll
Begin with a configuration that works, and read its sources once.
.TP
.B quivive search \\(aqOpenAI \\-Microsoft\\(aq \\-\\-since 7d
Ask the archive.
.TP
.B quivive run
Watch until Ctrl\\-C.
"""


def make_page(group: click.Group = quivive) -> str:
    """The manual page in roff, made of the commands' own help so that the two never differ."""
    context = click.Context(group, info_name="quivive")
    lines = [_HEAD + _paragraph(group.help or ""), ".SH COMMANDS"]
    for path, command in _list_commands(group, context, ("quivive",)):
        lines += _describe(path, command, context)
    return "\n".join(lines) + "\n" + _TAIL


def _list_commands(group: click.Group, context: click.Context, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that is shown, with the commands below it, by how it is typed."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield (*path, name), command
            if isinstance(command, click.Group):
                yield from _list_commands(command, context, (*path, name))


def _describe(path: tuple[str, ...], command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=path[-1])
    arguments = [piece for piece in command.collect_usage_pieces(context) if not piece.startswith(("[OPTIONS", "COMMAND"))]
    yield f'.SS "{_escape(" ".join([*path, *arguments]))}"'
    yield _paragraph(command.help or "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None and "--help" not in record[0]:
            yield f".TP\n.B {_escape(record[0])}"
            yield _paragraph(record[1])


def _paragraph(text: str) -> str:
    return _escape(re.sub(r"\s+", " ", text).strip())


def _escape(text: str) -> str:
    """As man(7) wants it: a backslash, a hyphen that is typed, and what would be a request at a line's beginning."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def main() -> None:
    """Write the page, or what was asked for: `-` prints it."""
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(make_page())
    else:
        PAGE.write_text(make_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
