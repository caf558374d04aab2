"""`quivive stories`: which events there were, who told them first, and how they spread."""

from __future__ import annotations

from typing import Any

import click

from quivive.cli.completing import complete_topic
from quivive.cli.context import get_configuration, get_reader, get_view, one_form, require_topic
from quivive.cli.printed_stories import print_stories
from quivive.typed_times import parse_since
from storage import StoryRequest


@click.command("stories", short_help="List the stories: the articles on one event, together.")
@click.option("--topic", metavar="T", shell_complete=complete_topic, help="With an article that has a recorded match of this topic.")
@click.option("--since", metavar="D", help="That grew since this moment: a date, a date with time, or an age (7d).")
@click.option("--min", "least", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Of N articles or more.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="The newest N of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, topic: str | None, since: str | None, **options: Any) -> None:
    """List the stories, the newest first: each with its articles in the order in which they appeared."""
    one_form(options["as_json"], options["as_csv"])
    configuration = get_configuration(context)
    view, reader = get_view(configuration), get_reader(configuration)
    if topic:
        require_topic(configuration, reader, topic)
    start = parse_since(since, view.now, configuration.timezone) if since else None
    stories = reader.list_stories(StoryRequest(topic, start, options["least"], options["limit"]))
    print_stories(view, stories, options)
