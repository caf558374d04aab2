"""`quivive preview`: what a query would have matched, before anyone is alerted by it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from news.answers import PreviewAnswer, PreviewedArticle
from news.errors import UsageError
from news.query import advise_on, parse_query
from news.wording import Language, Wording
from quivive.cli.context import get_configuration, get_reader, print_json
from quivive.cli.json_answers import preview_json
from quivive.clock import utc_now
from quivive.config import Configuration
from quivive.texts import visible
from quivive.typed_times import make_moments, parse_since
from storage import PreviewRequest


@click.command("preview")
@click.argument("query", required=False)
@click.option("--topic", metavar="NAME", help="The query of this topic of the configuration.")
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
        _print(told, configuration.language)
    for advice in advise_on(asked):
        click.echo(configuration.language.text("note: {note}", note=configuration.language.tell(advice)), err=True)


def _get_query(configuration: Configuration, query: str | None, topic: str | None) -> str:
    if (query is None) == (topic is None):
        raise click.UsageError(Wording("give a query, or --topic and the name of one"))
    if query is not None:
        return query
    for known in configuration.topics:
        if known.name == topic:
            return known.query
    there = ", ".join(one.name for one in configuration.topics) or Wording("none")
    raise UsageError(Wording("there is no topic '{topic}' in the configuration (there: {there})", topic=topic, there=there))


def _print(told: PreviewAnswer, language: Language) -> None:
    for label, text in _figures(told, language):
        click.echo(f"{label:<11} {text}")
    for share in told.sources[:10]:
        click.echo(f"  {language.percent(share.share):>7}  {visible(share.source)} ({share.matches})")
    if told.warning:
        click.echo(click.style(f"{language.text('warning'):<11} {language.tell(told.warning)}", fg="yellow"))
    for hit in told.hits:
        _print_hit(hit, language)
    if more := max(told.matches - len(told.hits), 0):
        click.echo(
            "\n" + language.plural("and {count} more; `quivive search` shows it", "and {count} more; `quivive search` shows them", more)
        )


def _figures(told: PreviewAnswer, language: Language) -> Iterator[tuple[str, str]]:
    text, number = language.text, language.number
    yield text("query"), told.query
    counts = {"matches": number(told.matches), "articles": number(told.articles), "days": number(told.days)}
    yield text("matches"), text("{matches} of {articles} articles in {days} days", **counts)
    yield text("alerts"), text("{number} a day", number=number(told.alerts_per_day))


def _print_hit(hit: PreviewedArticle, language: Language) -> None:
    article = hit.article
    click.echo(f"\n{click.style(visible(article.title), bold=True)}")
    moment = language.moment(article.published_at or article.first_seen_at)
    click.echo(f"  {moment}  {visible(article.source)}  {visible(article.url)}")
    for match in hit.hits:
        click.echo(f"  {visible(match.term)}: {visible(match.passage)}")
