"""`quivive alerts`: the delivery log, sending again, and trying a channel."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

import click

from news.alerts import DeliveryStatus
from news.answers import AlertRecord, DeliveryRecord
from news.errors import UsageError
from news.names import find_name
from quivive.cli.completing import complete_channel, complete_topic
from quivive.cli.context import (
    get_configuration,
    get_reader,
    get_whole_configuration,
    local_time,
    print_json_lines,
    print_table,
    require_topic,
)
from quivive.cli.json_answers import alert_json
from quivive.cli.suggesting import SuggestingGroup
from quivive.clock import utc_now
from storage import AlertRequest, retry_deliveries


@click.group("alerts", cls=SuggestingGroup, invoke_without_command=True)
@click.option("--topic", metavar="T", shell_complete=complete_topic, help="Only this topic's.")
@click.option("--status", type=click.Choice([status.value for status in DeliveryStatus]), help="Only those with a delivery in this state.")
@click.option("--limit", type=click.IntRange(1), help="The newest N.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, topic: str | None, status: str | None, limit: int | None, as_json: bool) -> None:
    """Show the delivery log, newest first."""
    if context.invoked_subcommand is not None:
        return
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    if topic:
        require_topic(configuration, reader, topic)
    alerts = reader.report_alerts(AlertRequest(topic, DeliveryStatus(status) if status else None, limit=limit)).alerts
    if as_json:
        print_json_lines(map(alert_json, alerts))
        return
    columns = ["alert", "topic", "kind", "created", "article", "deliveries"]
    print_table("", columns, [_line(alert, configuration.timezone) for alert in alerts])


def _line(alert: AlertRecord, timezone: ZoneInfo) -> list[str]:
    deliveries = "; ".join(_delivery(one, timezone) for one in alert.deliveries) or "none (the topic notifies no channel)"
    return [alert.alert_id, alert.topic, alert.kind, local_time(alert.created_at, timezone), alert.article_title, deliveries]


def _delivery(one: DeliveryRecord, timezone: ZoneInfo) -> str:
    told = f"{one.channel} {one.status}"
    if one.status is DeliveryStatus.SENT:
        lacking = f" ({one.last_error})" if one.last_error else ""
        return f"{told} {local_time(one.sent_at, timezone)}{lacking}"
    again = f", again {local_time(one.next_attempt_at, timezone)}" if one.next_attempt_at else ""
    reason = f": {one.last_error}" if one.last_error else ""
    return f"{told} after {one.attempts} attempts{again}{reason}"


@command.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--dead", is_flag=True, help="All that were given up.")
@click.pass_context
def retry(context: click.Context, ids: tuple[str, ...], dead: bool) -> None:
    """Send again: by the id of a delivery or an alert, or all that was given up. The receiver gets it under the id it had."""
    if not ids and not dead:
        raise click.UsageError("name the ids of deliveries or alerts, or give --dead")
    archive_path = get_configuration(context).archive_path
    count, unknown = retry_deliveries(archive_path, ids, utc_now(), all_dead=dead)
    click.echo(f"{count} deliveries are due again; `quivive run` or `quivive poll` sends them")
    if unknown:
        raise UsageError(f"nothing to send again under {', '.join(unknown)}: no delivery or alert has this id; `quivive alerts` lists them")


@command.command("test")
@click.argument("channel", shell_complete=complete_channel)
@click.pass_context
def test(context: click.Context, channel: str) -> None:
    """Send one message, marked as a test, to a channel."""
    from monitors import send_test

    configuration = get_whole_configuration(context)
    name = find_name(channel, configuration.channels)
    if name is None:
        known = ", ".join(configuration.channels) or "none"
        raise UsageError(f"there is no channel '{channel}' in the configuration (there: {known})")
    result = asyncio.run(send_test(configuration.channels[name], utc_now(), configuration.language))
    if result.status is DeliveryStatus.SENT:
        click.echo(f"{name}: the test message was accepted" + (f" ({result.error})" if result.error else ""))
        return
    click.echo(f"{name}: the test message was not accepted: {result.error}", err=True)
    context.exit(1)
