"""`quivive topics`: what is followed, and how much came of it lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from news.answers import TopicVolume
from quivive.cli.context import get_configuration, get_reader, get_view, one_form, print_csv, print_json_lines, print_lines
from quivive.cli.csv_answers import TOPICS
from quivive.cli.json_answers import topic_json
from quivive.cli.named_group import TopicGroup
from quivive.cli.sheet import View
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.texts import visible


@click.group(
    "topics",
    cls=TopicGroup,
    invoke_without_command=True,
    subcommand_metavar="[NAME]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Show the topics with their recent volume, or the topic of this NAME whole: its last alerts, and when articles matched."""
    if context.invoked_subcommand is not None:
        return
    one_form(options["as_json"], options["as_csv"])
    configuration = get_configuration(context)
    view = get_view(configuration)
    topics = get_reader(configuration).report_topics(configuration.topics, view.now)
    if options["as_json"]:
        print_json_lines(map(topic_json, topics))
    elif options["as_csv"]:
        print_csv(TOPICS, map(topic_json, topics))
    elif not topics:
        click.echo(view.language.text("no topics"), err=True)
    else:
        print_lines(list_topics(view, topics))


def list_topics(view: View, topics: Sequence[TopicVolume]) -> Iterator[str]:
    """The topics as a table: under each its query and whom it tells."""
    text = view.language.text
    columns = [
        Column(text("topic"), Place.FLEXIBLE),
        Column(text("24 h"), right=True),
        Column(text("7 d"), right=True),
        Column(text("30 d"), right=True),
        Column(text("all"), right=True),
        Column(text("alerts"), right=True),
        Column(text("last alert")),
        Column(text("query"), Place.BENEATH),
        Column(text("notifies"), Place.BENEATH),
    ]
    return make_table(view.terminal, columns, [_row(topic, view) for topic in topics])


def _row(topic: TopicVolume, view: View) -> list[Cell | str]:
    number, text = view.language.number, view.language.text
    channels = visible(", ".join(topic.notify))
    told = text("notifies {channels}", channels=channels) if channels else text("notifies no channel")
    return [
        visible(topic.name),
        number(topic.articles_24h),
        number(topic.articles_7d),
        number(topic.articles_30d),
        number(topic.articles),
        number(topic.alerts),
        view.time(topic.last_alert_at),
        visible(topic.query),
        Cell(told, whole=channels or "–"),
    ]
