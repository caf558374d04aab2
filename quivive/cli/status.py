"""`quivive status`: one look at everything."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from news.answers import ArchiveStatus, RebuildingPart
from quivive.cli.context import get_configuration, get_reader, local_time, print_json
from quivive.cli.json_answers import status_json
from quivive.clock import utc_now
from quivive.texts import visible

_PARTS = {
    RebuildingPart.HASHES: "fingerprints of the texts",
    RebuildingPart.INDEX: "index of words",
    RebuildingPart.OLD_INDEX: "clearing away the old index",
}


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show whether everything is well, at one look."""
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    status = reader.report_status(utc_now())
    pages = reader.report_pages(100 if as_json else 10)
    if as_json:
        print_json(status_json(status, pages))
        return
    _print(status, configuration.timezone)
    for page in pages:
        click.echo(f"  page {page.state.replace('_', ' ')}: {visible(page.url or '')}: {page.error.code}: {page.error.message}")


def _print(status: ArchiveStatus, timezone: ZoneInfo) -> None:
    contents = status.contents
    sources, articles, deliveries = contents.sources, contents.articles, contents.deliveries
    running = f"running as process {status.writer_pid}" if status.writer_pid else "not running"
    click.echo(f"daemon      {running}; last poll {local_time(contents.last_poll_at, timezone)}")
    click.echo(f"archive     {status.path} ({status.size_bytes / 1e6:.1f} MB)")
    _print_troubles(status, timezone)
    click.echo(f"sources     {sources.total}: {sources.ok} ok, {sources.failing} failing, {sources.new} never polled")
    click.echo(f"articles    {articles.total}, {articles.last_24h} in the last 24 h, {articles.revisions} revisions")
    click.echo(f"pages       {contents.pages.due} to be fetched, {contents.pages.given_up} given up")
    click.echo(f"alerts      {contents.alerts.total}, {contents.alerts.last_24h} in the last 24 h")
    click.echo(f"deliveries  {deliveries.sent} sent, {deliveries.pending} pending, {deliveries.dead} dead")
    for gap in contents.gaps:
        often = f" ({gap.count} times in a week, lately this)" if gap.count > 1 else ""
        click.echo(f"  gap: {visible(gap.source)}, {local_time(gap.polled_at, timezone)}{often}: {gap.message}")


def _print_troubles(status: ArchiveStatus, timezone: ZoneInfo) -> None:
    """What somebody should know of the archive just now."""
    if waiting := status.waiting:
        told = f"waiting     to write, since {local_time(waiting.since, timezone)}: {visible(waiting.reason)}"
        click.echo(click.style(told, fg="yellow"))
    if rebuilding := status.contents.rebuilding:
        part = f"{_PARTS[rebuilding.part]} for this version: {rebuilding.percent:.0f} %"
        click.echo(f"rebuilding  {part}; searches go on, and say where they may be incomplete")
