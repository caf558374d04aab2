"""`quivive preview`: what a query would have matched, before anyone is alerted by it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from news.answers import PreviewAnswer
from news.errors import UsageError
from news.query import advise_on, parse_query
from quivive.cli.completing import complete_topic
from quivive.cli.context import get_configuration, get_reader, local_time, print_json
from quivive.cli.json_answers import preview_json
from quivive.cli.suggesting import QueryCommand
from quivive.clock import utc_now
from quivive.config import Configuration
from quivive.texts import visible
from quivive.typed_times import make_moments, parse_since
from storage import PreviewRequest


@click.command("preview", cls=QueryCommand)
@click.argument("query", required=False)
@click.option("--topic", metavar="NAME", shell_complete=complete_topic, help="The query of this topic of the configuration.")
@click.option("--since", metavar="D", help="Articles from this moment on: a date, a date with time, or an age (else 30d).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(context: click.Context, query: str | None, topic: str | None, since: str | None, as_json: bool) -> None:
    """Tell what QUERY, or the query of a topic, would have matched in the archive: the hits, why, and how many alerts a day."""
    from quivive.new_topics import SPAN  # brings what logs

    configuration = get_configuration(context)
    now = utc_now()
    asked = _get_query(configuration, query, topic)
    request = PreviewRequest(
        query=parse_query(asked, configuration.entities, moments=make_moments(now, configuration.timezone)),
        since=parse_since(since, now, configuration.timezone) if since else now - SPAN,
        now=now,
    )
    told = get_reader(configuration).preview(request)
    if as_json:
        print_json(preview_json(told))
    else:
        _print(told, configuration.timezone)
    for advice in advise_on(asked):
        click.echo(f"note: {advice}", err=True)


def _get_query(configuration: Configuration, query: str | None, topic: str | None) -> str:
    if (query is None) == (topic is None):
        raise click.UsageError("give a query, or --topic and the name of one")
    if query is not None:
        return query
    for known in configuration.topics:
        if known.name == topic:
            return known.query
    raise UsageError(f"there is no topic '{topic}' in the configuration (there: {', '.join(one.name for one in configuration.topics)})")


def _print(told: PreviewAnswer, timezone: ZoneInfo) -> None:
    click.echo(f"query       {told.query}")
    click.echo(f"matches     {told.matches} of {told.articles} articles in {told.days} days")
    click.echo(f"alerts      {told.alerts_per_day} a day")
    for share in told.sources[:10]:
        click.echo(f"  {share.share:>6.1%}  {visible(share.source)} ({share.matches})")
    if told.warning:
        click.echo(click.style(f"warning     {told.warning}", fg="yellow"))
    for hit in told.hits:
        article = hit.article
        click.echo(f"\n{click.style(visible(article.title), bold=True)}")
        moment = local_time(article.published_at or article.first_seen_at, timezone)
        click.echo(f"  {moment}  {visible(article.source)}  {visible(article.url)}")
        for match in hit.hits:
            click.echo(f"  {visible(match.term)}: {visible(match.passage)}")
    if told.matches > len(told.hits):
        click.echo(f"\nand {told.matches - len(told.hits)} more; `quivive search` shows them")
