"""`quivive export`: the archive, out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from news.errors import QuiviveError
from news.query import parse_query
from quivive.cli.context import get_configuration, get_reader
from quivive.clock import utc_now
from quivive.typed_times import make_moments


@click.command("export")
@click.option("--query", metavar="Q", help="Only articles that hold this query.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file (else standard output)."
)
@click.pass_context
def command(context: click.Context, query: str | None, output: Path | None) -> None:
    """Write the archive as JSON Lines: one article a line, with its text."""
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    parsed = parse_query(query, configuration.entities, moments=make_moments(utc_now(), configuration.timezone)) if query else None
    if output is None:
        for line in reader.export(parsed):
            click.echo(line)
        return
    partial = output.with_name(output.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            lines = reader.export(parsed)
            total = reader.count_articles()
            with click.progressbar(lines, length=total, label="exporting", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
                count = sum(file.write(line + "\n") > 0 for line in bar)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(output)
    except OSError as error:
        raise QuiviveError(f"{output}: {error.strerror}; choose a place that can be written") from error
    finally:
        partial.unlink(missing_ok=True)
    click.echo(f"{count} articles written to {output}", err=True)
