"""`quivive alerts`: the delivery log, sending again, and trying a channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import click

from news.alert_answers import AlertLog, AlertRecord
from news.alerts import AlertKind, DeliveryStatus
from news.errors import UsageError
from news.names import find_name
from news.wording import Wording
from quivive.cli.completing import complete_channel, complete_topic
from quivive.cli.context import (
    get_configuration,
    get_reader,
    get_view,
    get_whole_configuration,
    one_form,
    print_csv,
    print_json_lines,
    print_lines,
    require_topic,
)
from quivive.cli.csv_answers import ALERTS
from quivive.cli.json_answers import alert_json
from quivive.cli.sheet import View
from quivive.cli.suggesting import SuggestingGroup
from quivive.clock import utc_now
from quivive.typed_times import parse_since
from storage import AlertRequest, ArchiveReader, acknowledge, retry_deliveries

MOST_LISTED = 100
"""Alerts that a terminal is given unless told otherwise: the log may hold years."""
_PAGE = 1_000
"""Alerts that are read in one go."""
_TESTS = (*(kind.value for kind in AlertKind), "escalated", "digest")


@click.group("alerts", cls=SuggestingGroup, invoke_without_command=True)
@click.option("--topic", metavar="T", shell_complete=complete_topic, help="Only this topic's.")
@click.option("--status", type=click.Choice([status.value for status in DeliveryStatus]), help="Only those with a delivery in this state.")
@click.option("--kind", type=click.Choice([kind.value for kind in AlertKind]), help="Only those of this kind.")
@click.option("--since", metavar="D", help="Only those made from this moment on: a date, a date with time, or an age (24h).")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="The newest N.")
@click.option("--long", is_flag=True, help="Show more of each: its kind, and the ids of its deliveries.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Show the delivery log, newest first."""
    if context.invoked_subcommand is not None:
        return
    one_form(options["as_json"], options["as_csv"])
    configuration = get_configuration(context)
    reader = get_reader(configuration)
    view = get_view(configuration)
    if options["topic"]:
        require_topic(configuration, reader, options["topic"])
    request = _make_request(options, view)
    rows = map(alert_json, islice(iterate_alerts(reader, request), request.limit))
    if options["as_json"]:
        print_json_lines(rows)
        return
    if options["as_csv"]:
        print_csv(ALERTS, rows)
        return
    log = reader.report_alerts(request)
    if not log.alerts:
        click.echo(view.language.text("no alerts"), err=True)
    else:
        _print(view, log, options)


def iterate_alerts(reader: ArchiveReader, request: AlertRequest) -> Iterator[AlertRecord]:
    """The alerts that are asked for, a page of them in memory at a time: the log may hold years."""
    page: AlertRequest | None = replace(request, limit=_PAGE)
    while page is not None:
        log = reader.report_alerts(page)
        yield from log.alerts
        page = replace(page, after=log.next) if log.next else None


def _print(view: View, log: AlertLog, options: Mapping[str, Any]) -> None:
    from quivive.cli.deliveries import list_alerts

    print_lines(list_alerts(view, log.alerts, long=options["long"]))
    if log.next is not None and options["limit"] is None:
        click.echo(view.language.text("these are the newest {count}; `--limit N` shows more", count=len(log.alerts)), err=True)


def _make_request(options: Mapping[str, Any], view: View) -> AlertRequest:
    is_list = view.terminal.width is not None and not (options["as_json"] or options["as_csv"])
    return AlertRequest(
        topic=options["topic"],
        status=DeliveryStatus(options["status"]) if options["status"] else None,
        kind=AlertKind(options["kind"]) if options["kind"] else None,
        since=parse_since(options["since"], view.now, view.language.timezone) if options["since"] else None,
        limit=options["limit"] or (MOST_LISTED if is_list else None),
    )


@command.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--dead", is_flag=True, help="All that were given up.")
@click.pass_context
def retry(context: click.Context, ids: tuple[str, ...], dead: bool) -> None:
    """Send again: by the id of a delivery or an alert, or all that was given up. The receiver gets it under the id it had."""
    if not ids and not dead:
        raise click.UsageError(Wording("name the ids of deliveries or alerts, or give --dead"))
    configuration = get_configuration(context)
    count, unknown = retry_deliveries(configuration.archive_path, ids, utc_now(), all_dead=dead)
    told = configuration.language.plural(
        "{count} delivery is due again; `quivive run` or `quivive poll` sends it",
        "{count} deliveries are due again; `quivive run` or `quivive poll` sends them",
        count,
    )
    click.echo(told)
    if unknown:
        nothing = Wording(
            "nothing to send again under {ids}: no delivery or alert has this id, or several begin with it; `quivive alerts` lists them",
            ids=", ".join(unknown),
        )
        raise UsageError(nothing)


@command.command("ack")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.pass_context
def ack(context: click.Context, ids: tuple[str, ...]) -> None:
    """Acknowledge alerts, so that they do not escalate: by the id of an alert, a delivery, or a message and all that it tells."""
    configuration = get_configuration(context)
    count, unknown = acknowledge(configuration.archive_path, ids, utc_now())
    click.echo(configuration.language.plural("{count} alert is acknowledged", "{count} alerts are acknowledged", count))
    if unknown:
        nothing = Wording(
            "nothing to acknowledge under {ids}: no alert or delivery has this id, or several begin with it; `quivive alerts` lists them",
            ids=", ".join(unknown),
        )
        raise UsageError(nothing)


@command.command("test")
@click.argument("channel", shell_complete=complete_channel)
@click.option("--kind", type=click.Choice(_TESTS), default="new", help="As which it is made up: an alert of a kind, or a digest.")
@click.pass_context
def test(context: click.Context, channel: str, kind: str) -> None:
    """Send one message, marked as a test, to a channel."""
    import asyncio

    from monitors import send_test
    from quivive.wiring import make_presentation

    configuration = get_whole_configuration(context)
    name = find_name(channel, configuration.channels)
    if name is None:
        there = ", ".join(configuration.channels) or Wording("none")
        raise UsageError(Wording("there is no channel '{channel}' in the configuration (there: {there})", channel=channel, there=there))
    language = configuration.language
    result = asyncio.run(send_test(configuration.channels[name], utc_now(), make_presentation(configuration), kind))
    if result.status is DeliveryStatus.SENT:
        accepted = language.text("{channel}: the test message was accepted", channel=name)
        click.echo(f"{accepted} ({language.tell(result.error)})" if result.error else accepted)
        return
    reason = language.tell(result.error or "")
    click.echo(language.text("{channel}: the test message was not accepted: {reason}", channel=name, reason=reason), err=True)
    context.exit(1)
