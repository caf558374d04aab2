"""`quivive sources`: the health of every source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from news.answers import SourceHealth
from news.errors import ArchiveMissing
from news.source_specs import SourceSpec
from news.sources import SourceStatus
from news.urls import host_of
from quivive.cli import sources_add, sources_opml, sources_test
from quivive.cli.context import (
    get_configuration,
    get_reader,
    get_view,
    one_form,
    print_csv,
    print_json_lines,
    print_lines,
)
from quivive.cli.coverage import show_coverage
from quivive.cli.csv_answers import SOURCES
from quivive.cli.json_answers import source_json
from quivive.cli.named_group import SourceGroup
from quivive.cli.sheet import View
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.cli.whole_sources import STATUS_STYLES, tell_remark, tell_status, tell_unread_pages
from quivive.config import Configuration
from quivive.texts import visible


@click.group(
    "sources",
    cls=SourceGroup,
    invoke_without_command=True,
    subcommand_metavar="[NAME]",
)
@click.option("--status", type=click.Choice([status.value for status in SourceStatus]), help="Only those in this state.")
@click.option("--coverage", is_flag=True, help="Show the share of the last 30 days in which nothing can have been missed.")
@click.option("--long", is_flag=True, help="Show more of each: its address, interval and failures.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Show the health of every source, or the source of this NAME or URL whole: its last polls, its gaps, and when it publishes."""
    if context.invoked_subcommand is not None:
        return
    one_form(options["as_json"], options["as_csv"])
    configuration = get_configuration(context)
    if options["coverage"]:
        show_coverage(configuration, as_json=options["as_json"], as_csv=options["as_csv"])
        return
    view = get_view(configuration)
    sources = [source for source in _report(configuration) if options["status"] in {None, source.status}]
    if options["as_json"]:
        print_json_lines(map(source_json, sources))
    elif options["as_csv"]:
        print_csv(SOURCES, map(source_json, sources))
    elif not sources:
        click.echo(view.language.text("no sources"), err=True)
    else:
        print_lines(list_sources(view, sources, _count_unfilled(configuration, view), long=options["long"]))


def list_sources(view: View, sources: Sequence[SourceHealth], gaps: Mapping[str, int], *, long: bool) -> Iterator[str]:
    """The sources as a table: under each that fails the reason, and how many `gaps` (by URL) of it are not filled."""
    text = view.language.text
    columns = [
        Column(text("source"), Place.FLEXIBLE),
        Column(text("status")),
        Column(text("articles"), right=True),
        Column(text("last success")),
        Column(text("next poll")),
        Column(text("interval"), Place.WIDE, right=True),
        Column(text("failures"), Place.WIDE, right=True),
        Column(text("unread pages"), Place.WIDE, right=True),
        Column(text("problem"), Place.BENEATH),
        Column(text("gaps"), Place.BENEATH),
        Column(text("address"), Place.BENEATH),
    ]
    return make_table(view.terminal, columns, [_row(source, view, gaps.get(source.url, 0), long=long) for source in sources], long=long)


def _count_unfilled(configuration: Configuration, view: View) -> Mapping[str, int]:
    try:
        return get_reader(configuration).count_unfilled(view.now)
    except ArchiveMissing:
        return {}


def _row(source: SourceHealth, view: View, gaps: int, *, long: bool) -> list[Cell | str]:
    return [
        visible(source.name),
        Cell(tell_status(source.status, view.language), style=STATUS_STYLES[source.status]),
        view.language.number(source.articles),
        view.time(source.last_success_at),
        view.time(source.next_poll_at),
        view.language.duration(source.interval),
        view.language.number(source.consecutive_failures),
        tell_unread_pages(source.pages, view),
        tell_remark(source, view.language),
        view.language.plural("{count} gap is not filled", "{count} gaps are not filled", gaps) if gaps else "",
        Cell(visible(source.url) if long else "", whole=visible(source.url)),
    ]


def _report(configuration: Configuration) -> list[SourceHealth]:
    """What the archive knows, and the sources of the configuration that it does not know yet."""
    try:
        known = get_reader(configuration).report_sources()
    except ArchiveMissing:
        known = []
    urls = {source.url for source in known}
    unpolled = [_report_unpolled(spec, configuration) for spec in configuration.sources if spec.url not in urls]
    return sorted([*known, *unpolled], key=lambda source: source.name.casefold())


def _report_unpolled(spec: SourceSpec, configuration: Configuration) -> SourceHealth:
    name = spec.name or host_of(spec.url) or spec.url
    return SourceHealth(name, spec.url, SourceStatus.NEW, spec.interval or configuration.crawler.interval)


for _command in (sources_add.command, sources_opml.import_command, sources_opml.export_command, sources_test.command):
    command.add_command(_command)
