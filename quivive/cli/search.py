"""`quivive search`: the archive, asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from news.errors import UsageError
from news.query import EVERYTHING, Query, advise_on, parse_query
from news.search_answers import FoundArticle, SearchAnswer
from news.wording import Wording
from quivive.cli.completing import complete_source, complete_topic
from quivive.cli.context import (
    get_configuration,
    get_reader,
    get_view,
    one_form,
    print_csv,
    print_json_lines,
    print_lines,
    require_topic,
)
from quivive.cli.csv_answers import ARTICLES
from quivive.cli.json_answers import found_article_json
from quivive.cli.listed_articles import show_listed
from quivive.cli.sheet import Sheet, View
from quivive.cli.suggesting import QueryCommand
from quivive.config import Configuration
from quivive.typed_times import make_moments, parse_since, parse_until
from storage import SearchRequest


@click.command("search", cls=QueryCommand)
@click.argument("query", required=False)
@click.option("--since", metavar="D", help="Articles from this moment on: a date, a date with time, or an age (7d).")
@click.option("--until", metavar="D", help="Articles until this moment; a date includes that day.")
@click.option("--source", metavar="S", shell_complete=complete_source, help="Sighted in the source of this name or URL.")
@click.option("--topic", metavar="T", shell_complete=complete_topic, help="With a recorded match of this topic.")
@click.option("--sort", type=click.Choice(["relevance", "date"]), help="Best first, or newest first (as without a query).")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--stories", "as_stories", is_flag=True, help="The stories of these articles: who was first, and how each spread.")
@click.option("--open", "to_open", metavar="N", type=click.IntRange(1), help="Open the N-th of these articles in the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, query: str | None, **options: Any) -> None:
    """Search the local archive for QUERY; without one, list what the filters leave, the newest first."""
    one_form(options["as_json"], options["as_csv"])
    if options["to_open"] and (options["as_json"] or options["as_csv"]):
        raise click.UsageError(Wording("--open opens one article, and prints no list: leave --json and --csv out"))
    configuration = get_configuration(context)
    view = get_view(configuration)
    request = _make_request(configuration, view, query, options)
    reader = get_reader(configuration)
    if request.source and not reader.knows_source(request.source):
        raise UsageError(
            Wording("no source is called '{source}'; `quivive sources` lists those of the configuration", source=request.source)
        )
    if request.topic:
        require_topic(configuration, reader, request.topic)
    answer = reader.search(request)
    if options["to_open"]:
        _open(answer.articles, options["to_open"])
    elif options["as_stories"]:
        from quivive.cli.printed_stories import print_stories

        print_stories(view, reader.list_stories_of([found.article.article_id for found in answer.articles]), options)
    else:
        _print(view, answer.articles, options)
    for note in (*advise_on(query or ""), *_notes(request, answer)):
        click.echo(view.language.text("note: {note}", note=view.language.tell(note)), err=True)


def _make_request(configuration: Configuration, view: View, query: str | None, options: Mapping[str, Any]) -> SearchRequest:
    now, timezone = view.now, configuration.timezone
    by_date = query is None if options["sort"] is None else options["sort"] == "date"
    if query is None and not by_date:
        raise click.UsageError(Wording("without a query nothing is more relevant than anything else: leave --sort out, or give a query"))
    return SearchRequest(
        query=_read_query(configuration, view, query),
        since=parse_since(options["since"], now, timezone) if options["since"] else None,
        until=parse_until(options["until"], now, timezone) if options["until"] else None,
        source=options["source"],
        topic=options["topic"],
        by_date=by_date,
        limit=options["limit"],
    )


def _read_query(configuration: Configuration, view: View, query: str | None) -> Query:
    if query is None:
        return EVERYTHING
    return parse_query(query, configuration.entities, moments=make_moments(view.now, configuration.timezone))


def _print(view: View, articles: Sequence[FoundArticle], options: Mapping[str, Any]) -> None:
    if options["as_json"]:
        print_json_lines(map(found_article_json, articles))
    elif options["as_csv"]:
        print_csv(ARTICLES, map(found_article_json, articles))
    elif not articles:
        click.echo(view.language.text("nothing found"), err=True)
    else:
        sheet = Sheet(view)
        for number, found in enumerate(articles, start=1):
            show_listed(sheet, number, found)
        print_lines(sheet.lines)


def _open(articles: Sequence[FoundArticle], number: int) -> None:
    """Open an article's address in the browser, or print it where there is none."""
    from quivive.cli.browsing import open_in_browser

    if number > len(articles):
        raise UsageError(
            Wording.counted(
                "there is no article {number} in this list: it has {count}",
                "there is no article {number} in this list: it has {count}",
                len(articles),
                number=number,
            )
        )
    open_in_browser(articles[number - 1].article.url)


def _notes(request: SearchRequest, answer: SearchAnswer) -> Iterator[Wording]:
    """What the reader of an answer must know of how it came about."""
    if answer.rebuilding:
        yield Wording(
            "the index is being rebuilt for a new version; older articles are not ranked yet, and some may be missing (`quivive status`)"
        )
    if answer.unranked:
        yield Wording(
            "this query has too many words, or alternatives in NEAR, to rank by relevance; these are the newest articles that hold it"
        )
    if answer.cut and (answer.unranked or request.by_date):
        yield Wording(
            "only the newest candidates were read; older articles may hold this query too (narrow it, or use --since and --until)"
        )
    elif answer.cut:
        yield Wording("more articles hold this query; only the newest of them were ranked (narrow it, or use --sort date)")
