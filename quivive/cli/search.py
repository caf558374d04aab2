"""`quivive search`: the archive, asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click

from news.answers import FoundArticle, SearchAnswer
from news.errors import UsageError
from news.query import advise_on, parse_query
from quivive.cli.completing import complete_source, complete_topic
from quivive.cli.context import get_configuration, get_reader, local_time, print_json_lines, require_topic
from quivive.cli.json_answers import found_article_json
from quivive.cli.suggesting import QueryCommand
from quivive.clock import utc_now
from quivive.collector import calm_collector
from quivive.texts import visible
from quivive.typed_times import make_moments, parse_since, parse_until
from storage import SearchRequest


@click.command("search", cls=QueryCommand)
@click.argument("query")
@click.option("--since", metavar="D", help="Articles from this moment on: a date, a date with time, or an age (7d).")
@click.option("--until", metavar="D", help="Articles until this moment; a date includes that day.")
@click.option("--source", metavar="S", shell_complete=complete_source, help="Sighted in the source of this name or URL.")
@click.option("--topic", metavar="T", shell_complete=complete_topic, help="With a recorded match of this topic.")
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, /, query: str, **options: Any) -> None:
    """Search the local archive for QUERY."""
    configuration = get_configuration(context)
    now = utc_now()
    request = SearchRequest(
        query=parse_query(query, configuration.entities, moments=make_moments(now, configuration.timezone)),
        since=parse_since(options["since"], now, configuration.timezone) if options["since"] else None,
        until=parse_until(options["until"], now, configuration.timezone) if options["until"] else None,
        source=options["source"],
        topic=options["topic"],
        by_date=options["sort"] == "date",
        limit=options["limit"],
    )
    reader = get_reader(configuration)
    calm_collector()
    if request.source and not reader.knows_source(request.source):
        raise UsageError(f"no source is called '{request.source}'; `quivive sources` lists those of the configuration")
    if request.topic:
        require_topic(configuration, reader, request.topic)
    answer = reader.search(request)
    if options["as_json"]:
        print_json_lines(map(found_article_json, answer.articles))
    else:
        _print_articles(answer.articles, configuration.timezone)
    for note in (*advise_on(query), *_notes(request, answer)):
        click.echo(f"note: {note}", err=True)


def _notes(request: SearchRequest, answer: SearchAnswer) -> Iterator[str]:
    """What the reader of an answer must know of how it came about."""
    if answer.rebuilding:
        yield "the index is being rebuilt for a new version; older articles are not ranked yet, and some may be missing (`quivive status`)"
    if answer.unranked:
        yield "this query has too many words, or alternatives in NEAR, to rank by relevance; these are the newest articles that hold it"
    if answer.cut and (answer.unranked or request.by_date):
        yield "only the newest candidates were read; older articles may hold this query too (narrow it, or use --since and --until)"
    elif answer.cut:
        yield "more articles hold this query; only the newest of them were ranked (narrow it, or use --sort date)"


def _print_articles(articles: Sequence[FoundArticle], timezone: ZoneInfo) -> None:
    for found in articles:
        article = found.article
        click.echo(click.style(visible(article.title), bold=True))
        topics = f"  [{visible(', '.join(article.topics))}]" if article.topics else ""
        also = f"  +{len(article.sightings) - 1} sightings" if len(article.sightings) > 1 else ""
        click.echo(f"  {local_time(article.published_at or article.first_seen_at, timezone)}  {visible(article.source)}{also}{topics}")
        click.echo(f"  {visible(found.snippet)}")
        click.echo(f"  {visible(article.url)}\n")
    if not articles:
        click.echo("nothing found", err=True)
