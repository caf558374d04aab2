"""`quivive sources`: the health of every source."""

from __future__ import annotations

from typing import Any

import click

from news.errors import ArchiveMissing
from news.sources import SourceSpec
from news.urls import host_of
from quivive.cli.context import get_configuration, get_reader, local_time, not_available, print_json_lines, print_table
from quivive.config import Configuration


@click.group("sources", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show the health of every source."""
    if context.invoked_subcommand is not None:
        return
    configuration = get_configuration(context)
    rows = _report(configuration)
    if as_json:
        print_json_lines(rows)
        return
    columns = ["source", "status", "articles", "last success", "next poll", "failures", "problem"]
    lines = [
        [
            row["name"],
            row["status"],
            row["articles"],
            local_time(row["last_success_at"], configuration.timezone),
            local_time(row["next_poll_at"], configuration.timezone),
            row["consecutive_failures"],
            f"{row['last_error']['code']}: {row['last_error']['message']}" if row["last_error"] else "",
        ]
        for row in rows
    ]
    print_table("", columns, lines)


def _report(configuration: Configuration) -> list[dict[str, Any]]:
    """What the archive knows, and the sources of the configuration that it does not know yet."""
    try:
        known = get_reader(configuration).report_sources()
    except ArchiveMissing:
        known = []
    urls = {row["url"] for row in known}
    unpolled = [_report_unpolled(spec, configuration) for spec in configuration.sources if spec.url not in urls]
    return sorted([*known, *unpolled], key=lambda row: str(row["name"]).casefold())


def _report_unpolled(spec: SourceSpec, configuration: Configuration) -> dict[str, Any]:
    return {
        "name": spec.name or host_of(spec.url) or spec.url,
        "url": spec.url,
        "status": "new",
        "last_polled_at": None,
        "last_success_at": None,
        "next_poll_at": None,
        "interval_seconds": int((spec.interval or configuration.crawler.interval).total_seconds()),
        "consecutive_failures": 0,
        "last_error": None,
        "articles": 0,
    }


def _later(name: str) -> click.Command:
    @click.command(name, hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def later() -> None:
        raise not_available(f"`sources {name}`")

    return later


for _name in ("add", "import", "export"):
    command.add_command(_later(_name))
