"""`quivive status`: one look at everything."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import click

from quivive.cli.context import get_configuration, get_reader, local_time, print_json
from quivive.clock import utc_now
from quivive.texts import visible


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
        print_json(status | {"page_problems": pages})
        return
    sources, articles, deliveries = status["sources"], status["articles"], status["deliveries"]
    running = f"running as process {status['writer_pid']}" if status["writer_pid"] else "not running"
    click.echo(f"daemon      {running}; last poll {local_time(status['last_poll_at'], configuration.timezone)}")
    click.echo(f"archive     {status['archive']} ({status['bytes'] / 1e6:.1f} MB)")
    _print_troubles(status, configuration.timezone)
    click.echo(f"sources     {sources['total']}: {sources['ok']} ok, {sources['failing']} failing, {sources['new']} never polled")
    click.echo(f"articles    {articles['total']}, {articles['last_24h']} in the last 24 h, {articles['revisions']} revisions")
    click.echo(f"pages       {status['pages']['due']} to be fetched, {status['pages']['given_up']} given up")
    click.echo(f"alerts      {status['alerts']['total']}, {status['alerts']['last_24h']} in the last 24 h")
    click.echo(f"deliveries  {deliveries['sent']} sent, {deliveries['pending']} pending, {deliveries['dead']} dead")
    for gap in status["gaps"]:
        often = f" ({gap['count']} times in a week, lately this)" if gap["count"] > 1 else ""
        click.echo(f"  gap: {visible(gap['source'])}, {local_time(gap['polled_at'], configuration.timezone)}{often}: {gap['message']}")
    for page in pages:
        click.echo(f"  page {page['state'].replace('_', ' ')}: {visible(page['url'])}: {page['error']['code']}: {page['error']['message']}")


def _print_troubles(status: dict[str, Any], timezone: ZoneInfo) -> None:
    """What somebody should know of the archive just now."""
    if waiting := status["waiting"]:
        click.echo(
            click.style(f"waiting     to write, since {local_time(waiting['since'], timezone)}: {visible(waiting['reason'])}", fg="yellow")
        )
    if rebuilding := status["rebuilding"]:
        what = {"hashes": "fingerprints of the texts", "index": "index of words", "old_index": "clearing away the old index"}[
            rebuilding["part"]
        ]
        click.echo(
            f"rebuilding  {what} for this version: {rebuilding['percent']:.0f} %; searches go on, and say where they may be incomplete"
        )
