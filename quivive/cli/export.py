"""`quivive export`: the archive, out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from news.query import parse_query
from quivive.cli.context import get_configuration, get_reader
from quivive.cli.csv_answers import EXPORTED, make_csv
from quivive.cli.json_answers import exported_article_json, json_line
from quivive.cli.outputs import STANDARD_OUTPUT, OutputPath, is_stream, open_output, require_other_file
from quivive.clock import utc_now
from quivive.typed_times import make_moments


@click.command("export")
@click.option("--query", metavar="Q", help="Only articles that hold this query.")
@click.option(
    "--output",
    metavar="FILE",
    type=OutputPath(),
    default=STANDARD_OUTPUT,
    help="Write to this file, pipe or device (else, or as -, to standard output).",
)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, query: str | None, output: Path, as_csv: bool) -> None:
    """Write the archive as JSON Lines: one article a line, with its text."""
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    parsed = parse_query(query, configuration.entities, moments=make_moments(utc_now(), configuration.timezone)) if query else None
    require_other_file(output, configuration)
    with open_output(output) as file:
        articles = reader.export(parsed)
        total = None if is_stream(output) else reader.count_articles()
        with click.progressbar(
            articles,
            length=total,
            label=configuration.language.text("exporting"),
            file=sys.stderr,
            hidden=total is None or not sys.stderr.isatty(),
        ) as bar:
            rows = map(exported_article_json, bar)
            lines = make_csv(EXPORTED, rows) if as_csv else (json_line(row) + b"\n" for row in rows)
            count = sum(file.write(line) > 0 for line in lines) - as_csv  # the names of the columns are no article
    if output != STANDARD_OUTPUT:
        told = configuration.language.plural(
            "{count} article written to {output}", "{count} articles written to {output}", count, output=output
        )
        click.echo(told, err=True)
