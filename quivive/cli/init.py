"""`quivive init`: a configuration to begin with."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from news.errors import UsageError
from news.wording import Language, Wording
from quivive.cli.context import get_early_language
from quivive.starting import read_first_configuration

_MODE = 0o640
"""It may come to hold secrets, and tells what somebody follows."""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.pass_context
def command(context: click.Context, folder: Path) -> None:
    """Write a commented configuration that works into FOLDER (here, unless one is named), and say what to do next."""
    language = get_early_language(context)
    place = folder / "config.toml"
    folder.mkdir(parents=True, exist_ok=True)
    _write_new(place, read_first_configuration(language.code))
    click.echo(language.text("written: {path}", path=place))
    click.echo()
    click.echo(language.text("What to do next:"))
    for line, meaning in _next_steps(folder, language):
        click.echo(f"  {line:28} # {meaning}" if meaning else f"  {line}")


def _next_steps(folder: Path, language: Language) -> list[tuple[str, str]]:
    change = [] if folder == Path() else [(f"cd {shlex.quote(str(folder))}", "")]
    return [
        *change,
        ("quivive check", language.text("after every change: tells each mistake with its line")),
        ("quivive poll", language.text("reads the sources once; what they hold now is archived, and alerts nobody")),
        ("quivive search OpenAI", language.text("asks the archive")),
        ("quivive preview @openai", language.text("what a topic with this query would have told you")),
        ("quivive run", language.text("watches until Ctrl-C, and alerts on what is published from now on")),
    ]


def _write_new(place: Path, text: str) -> None:
    """Write a file that must not be there yet."""
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    except FileExistsError:
        message = Wording("{path} is there already, and is not overwritten; name another folder: quivive init FOLDER", path=place)
        raise UsageError(message) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
