"""`quivive sources`: the health of every source."""

from __future__ import annotations

import click

from news.answers import SourceHealth, SourceStatus
from news.errors import ArchiveMissing
from news.sources import SourceSpec
from news.urls import host_of
from quivive.cli.context import get_configuration, get_reader, local_time, not_available, print_json_lines, print_table
from quivive.cli.json_answers import source_json
from quivive.cli.suggesting import SuggestingGroup
from quivive.config import Configuration


@click.group("sources", cls=SuggestingGroup, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show the health of every source."""
    if context.invoked_subcommand is not None:
        return
    configuration = get_configuration(context)
    sources = _report(configuration)
    if as_json:
        print_json_lines(map(source_json, sources))
        return
    columns = ["source", "status", "articles", "last success", "next poll", "failures", "problem"]
    lines = [
        [
            source.name,
            source.status,
            source.articles,
            local_time(source.last_success_at, configuration.timezone),
            local_time(source.next_poll_at, configuration.timezone),
            source.consecutive_failures,
            f"{source.last_error.code}: {source.last_error.message}" if source.last_error else "",
        ]
        for source in sources
    ]
    print_table("", columns, lines)


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


def _later(name: str) -> click.Command:
    @click.command(name, hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def later() -> None:
        raise not_available(f"`sources {name}`")

    return later


for _name in ("add", "import", "export"):
    command.add_command(_later(_name))
