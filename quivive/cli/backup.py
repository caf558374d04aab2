"""`quivive backup`: a consistent copy."""

from __future__ import annotations

from pathlib import Path

import click

from quivive.cli.context import get_configuration
from quivive.cli.outputs import STANDARD_OUTPUT, OutputPath, is_stream, open_output
from storage import backup, stream_backup


@click.command("backup")
@click.argument("file", type=OutputPath())
@click.pass_context
def command(context: click.Context, file: Path) -> None:
    """Copy the archive to FILE, which must be new, a pipe, or - for standard output; consistently, also while the daemon runs."""
    configuration = get_configuration(context)
    path = configuration.archive_path
    if is_stream(file):
        with open_output(file) as stream:
            size = stream_backup(path, stream.write)
    else:
        size = backup(path, file)
    click.echo(f"{file}: {configuration.language.size(size)}", err=file == STANDARD_OUTPUT)
