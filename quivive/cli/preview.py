"""`quivive preview`: what a query would have matched, before anyone is alerted by it."""

from __future__ import annotations

import click

from news.answers import PreviewAnswer, PreviewedArticle
from news.errors import UsageError
from news.query import advise_on, parse_query
from news.wording import Wording
from quivive.cli.completing import complete_topic
from quivive.cli.context import get_configuration, get_reader, get_view, one_form, print_csv, print_json, print_lines
from quivive.cli.csv_answers import PREVIEWED
from quivive.cli.json_answers import preview_json, previewed_json
from quivive.cli.listed_articles import INDENT
from quivive.cli.sheet import Sheet, View
from quivive.cli.suggesting import QueryCommand
from quivive.config import Configuration
from quivive.texts import visible
from quivive.typed_times import make_moments, parse_since
from storage import PreviewRequest

MOST_SOURCES = 10
"""Of those that brought matches, the ones that brought most."""


@click.command("preview", cls=QueryCommand)
@click.argument("query", required=False)
@click.option("--topic", metavar="NAME", shell_complete=complete_topic, help="The query of this topic of the configuration.")
@click.option("--since", metavar="D", help="Articles from this moment on: a date, a date with time, or an age (else 30d).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the hits as CSV, for a spreadsheet.")
@click.pass_context
def command(context: click.Context, /, query: str | None, topic: str | None, since: str | None, **forms: bool) -> None:
    """Tell what QUERY, or the query of a topic, would have matched in the archive: the hits, why, and how many alerts a day."""
    from quivive.new_topics import SPAN  # brings what logs

    one_form(forms["as_json"], forms["as_csv"])
    configuration = get_configuration(context)
    view = get_view(configuration)
    now = view.now
    asked = _get_query(configuration, query, topic)
    request = PreviewRequest(
        query=parse_query(asked, configuration.entities, moments=make_moments(now, configuration.timezone)),
        since=parse_since(since, now, configuration.timezone) if since else now - SPAN,
        now=now,
    )
    told = get_reader(configuration).preview(request)
    if forms["as_json"]:
        print_json(preview_json(told))
    elif forms["as_csv"]:
        print_csv(PREVIEWED, map(previewed_json, told.hits))
    else:
        _print(view, told)
    for advice in advise_on(asked):
        click.echo(view.language.text("note: {note}", note=view.language.tell(advice)), err=True)


def _get_query(configuration: Configuration, query: str | None, topic: str | None) -> str:
    if (query is None) == (topic is None):
        raise click.UsageError(Wording("give a query, or --topic and the name of one"))
    if query is not None:
        return query
    for known in configuration.topics:
        if known.name == topic:
            return known.query
    there = ", ".join(one.name for one in configuration.topics)
    raise UsageError(Wording("there is no topic '{topic}' in the configuration (there: {there})", topic=topic, there=there))


def _print(view: View, told: PreviewAnswer) -> None:
    sheet, text, number = Sheet(view), view.language.text, view.language.number
    matches = text("{matches} of {articles} articles in {days} days", matches=told.matches, articles=told.articles, days=number(told.days))
    sheet.fact(text("query"), told.query)
    sheet.fact(text("matches"), matches)
    sheet.fact(text("alerts"), text("{count} a day", count=number(told.alerts_per_day)))
    for place, share in enumerate(told.sources[:MOST_SOURCES]):
        said = text("{share} {source} ({matches})", share=view.language.percent(share.share), source=share.source, matches=share.matches)
        sheet.fact(text("sources") if place == 0 else "", said)
    if told.warning:
        sheet.fact(text("warning"), view.language.tell(told.warning), fg="yellow")
    sheet.blank()
    for place, hit in enumerate(told.hits, start=1):
        _show_hit(sheet, place, hit)
    if told.matches > len(told.hits):
        sheet.note(text("and {count} more; `quivive search` shows them", count=told.matches - len(told.hits)), "")
    print_lines(sheet.lines)


def _show_hit(sheet: Sheet, place: int, hit: PreviewedArticle) -> None:
    from quivive.cli.articles import show_hits

    article = hit.article
    sheet.numbered(place, article.title)
    moment = sheet.view.time(article.published_at or article.first_seen_at)
    said = sheet.view.language.text("article {number}", number=article.article_id)
    sheet.parts([moment, visible(article.source), said], INDENT)
    show_hits(sheet, hit.hits, INDENT)
    sheet.address(article.url, INDENT)
    sheet.blank()
