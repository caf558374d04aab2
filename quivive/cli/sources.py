"""`quivive sources`: the health of every source."""

from __future__ import annotations

import click

from quivive.cli.context import get_configuration, get_reader, local_time, not_available, print_json_lines, print_table


@click.group("sources", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show the health of every source."""
    if context.invoked_subcommand is not None:
        return
    configuration = get_configuration(context)
    rows = get_reader(configuration).report_sources()
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


def _later(name: str) -> click.Command:
    @click.command(name, hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def later() -> None:
        raise not_available(f"`sources {name}`")

    return later


for _name in ("add", "import", "export"):
    command.add_command(_later(_name))
