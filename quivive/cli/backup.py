"""`quivive backup`: a consistent copy."""

from __future__ import annotations

from pathlib import Path

import click

from quivive.cli.context import get_configuration
from storage import backup


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def command(context: click.Context, file: Path) -> None:
    """Copy the archive to FILE, consistently, also while the daemon runs."""
    size = backup(get_configuration(context).archive_path, file)
    click.echo(f"{file}: {size / 1e6:.1f} MB")
