"""`quivive topics`: what is followed, and how much came of it lately."""

from __future__ import annotations

import click

from quivive.cli.context import get_configuration, get_reader, local_time, print_json_lines, print_table
from quivive.cli.json_answers import topic_json
from quivive.clock import utc_now


@click.command("topics")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show the topics with their recent volume."""
    configuration = get_configuration(context)
    topics = get_reader(configuration).report_topics(configuration.topics, utc_now())
    if as_json:
        print_json_lines(map(topic_json, topics))
        return
    columns = ["topic", "query", "24 h", "7 d", "30 d", "all", "alerts", "last alert", "notifies"]
    lines = [
        [
            topic.name,
            topic.query,
            topic.articles_24h,
            topic.articles_7d,
            topic.articles_30d,
            topic.articles,
            topic.alerts,
            local_time(topic.last_alert_at, configuration.timezone),
            ", ".join(topic.notify) or "–",
        ]
        for topic in topics
    ]
    print_table("", columns, lines)
