"""`quivive sources test URL`: what would come of a source, without keeping anything."""

from __future__ import annotations

from collections.abc import Sequence

import click

from news.foreseeing import Foreseen, ForeseenEntry, ForeseenPage, foresee_entries, foresee_page
from news.matches import TopicMatch
from news.source_specs import SourceSpec, fold_name
from news.sources import PageOutcome, PollOutcome
from news.wording import Language
from quivive.cli.completing import complete_source
from quivive.cli.context import get_asking_configuration, get_view, print_json, print_lines
from quivive.cli.interrupting import run_interruptibly
from quivive.cli.json_foreseen import foreseen_json
from quivive.cli.listed_articles import INDENT
from quivive.cli.sheet import Sheet, View
from quivive.cli.whole_sources import tell_format, tell_problem
from quivive.config import Configuration
from quivive.texts import visible

_LISTED = 10
_SHOWN_CHARACTERS = 600
"""Of the text of the page that is fetched: enough to see whether it is the article."""


@click.command("test", short_help="Show what would come of a source, keeping nothing.")
@click.argument("url", metavar="URL", shell_complete=complete_source)
@click.option("--limit", type=click.IntRange(min=1), default=_LISTED, show_default=True, metavar="N", help="Show so many entries.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all entries.")
@click.pass_context
def command(context: click.Context, url: str, limit: int, as_json: bool) -> None:
    """Fetch the feed at URL once, or that of a source by its name, and show what would come of it. Nothing is kept, nobody is told.

    Shown are its entries, which of their pages would be fetched, the first of these as it is read, and which topics would match.
    """
    configuration = get_asking_configuration(context)
    foreseen = run_interruptibly(_foresee(configuration, find_spec(configuration, url)))
    if as_json:
        print_json(foreseen_json(foreseen))
    else:
        print_lines(_tell(get_view(configuration), foreseen, limit))
    if foreseen.poll.problem is not None:
        context.exit(1)


def find_spec(configuration: Configuration, typed: str) -> SourceSpec:
    """The configured source of this URL or name; else what a source of this URL would be."""
    for source in configuration.sources:
        if source.url == typed or (source.name and fold_name(source.name) == fold_name(typed)):
            return source
    return SourceSpec(typed)


async def _foresee(configuration: Configuration, spec: SourceSpec) -> Foreseen:
    from news.query import Matcher
    from quivive.clock import utc_now
    from quivive.trial import begin_trial
    from quivive.wiring import make_crawl_settings

    asking = configuration.asking.get(spec.url)
    async with begin_trial(make_crawl_settings(configuration, {}), utc_now, asking) as trial:
        poll = await trial.poll(spec.url)
        if poll.feed is None:
            return Foreseen(poll)
        matcher, now = Matcher(configuration.topics, configuration.entities), utc_now()
        entries = foresee_entries(poll.feed, spec, matcher, now)
        first = next((foreseen.entry for foreseen in entries if foreseen.wants_page), None)
        if first is None or first.link is None:
            return Foreseen(poll, entries)
        fetched = await trial.fetch(first.link)
        page = foresee_page(first, fetched.page, poll.feed, spec, matcher, now) if fetched.page else None
        return Foreseen(poll, entries, fetched, page)


def _tell(view: View, foreseen: Foreseen, limit: int) -> list[str]:
    sheet = Sheet(view)
    _tell_head(sheet, foreseen)
    if foreseen.entries:
        sheet.heading(view.language.text("Entries"))
        for number, entry in enumerate(foreseen.entries[:limit], start=1):
            _tell_entry(sheet, number, entry)
        if len(foreseen.entries) > limit:
            sheet.note(view.language.text("and {count} more; `--limit N` shows them", count=len(foreseen.entries) - limit), "")
    if foreseen.fetched is not None:
        _tell_page(sheet, foreseen.fetched, foreseen.page)
    _tell_topics(sheet, foreseen)
    return sheet.lines


def _tell_head(sheet: Sheet, foreseen: Foreseen) -> None:
    language, poll = sheet.view.language, foreseen.poll
    text, feed = language.text, poll.feed
    sheet.fact(text("address"), poll.url)
    sheet.fact(text("leads to"), poll.final_url or "")
    if poll.http_status:
        answer = text(
            "{status}, {size}, in {span}", status=poll.http_status, size=language.size(poll.body_bytes), span=_seconds(sheet.view, poll)
        )
        sheet.fact(text("answer"), answer)
    sheet.fact(text("problem"), tell_problem(poll.problem, language), fg="red")
    if feed is None:
        return
    sheet.fact(text("format"), tell_format(feed.format, language))
    sheet.fact(text("title"), feed.title or text("none"))
    sheet.fact(text("language"), feed.language or "")
    sheet.fact(text("entries"), _tell_span(sheet.view, foreseen.entries))
    sheet.fact(text("pages"), _tell_pages(foreseen.entries, language))


def _tell_pages(entries: Sequence[ForeseenEntry], language: Language) -> str:
    """Of how many entries the page would be fetched."""
    text, pages = language.text, sum(entry.wants_page for entry in entries)
    if not entries:
        return ""
    if pages == len(entries):
        return text("fetched for all entries")
    if not pages:
        return text("none would be fetched; the feed's text is taken")
    return text("fetched for {pages} of {entries} entries; for the others the feed's text is taken", pages=pages, entries=len(entries))


def _seconds(view: View, poll: PollOutcome) -> str:
    return view.language.text("{seconds} s", seconds=view.language.number(round(poll.seconds, 2)))


def _tell_span(view: View, entries: Sequence[ForeseenEntry]) -> str:
    """How many entries there are, and from when to when."""
    moments = sorted(moment for one in entries if (moment := one.entry.published_at or one.entry.updated_at))
    if not moments:
        return view.language.text("{count}, none of them with a date", count=len(entries)) if entries else view.language.text("none")
    return view.language.text(
        "{count}, from {first} to {last}", count=len(entries), first=view.time(moments[0]), last=view.time(moments[-1])
    )


def _tell_entry(sheet: Sheet, number: int, foreseen: ForeseenEntry) -> None:
    view, entry = sheet.view, foreseen.entry
    text = view.language.text
    sheet.numbered(number, entry.title or text("(no title)"))
    size = len(foreseen.text.split())
    words = view.language.plural("{count} word in the feed", "{count} words in the feed", size)
    way = text("{words}, page fetched", words=words) if foreseen.wants_page else words
    parts = [view.time(entry.published_at or entry.updated_at), entry.author or "", ", ".join(entry.categories), way]
    sheet.parts([visible(part) for part in parts if part], INDENT)
    sheet.address(entry.link or text("(no link)"), INDENT)


def _tell_page(sheet: Sheet, fetched: PageOutcome, page: ForeseenPage | None) -> None:
    view = sheet.view
    text = view.language.text
    sheet.heading(text("One page, as it is read"))
    sheet.fact(text("address"), fetched.final_url or fetched.url)
    problem = fetched.problem or (page.problem if page else None)
    sheet.fact(text("problem"), tell_problem(problem, view.language), fg="red")
    if page is None:
        return
    sheet.fact(text("title"), page.title)
    sheet.fact(text("author"), page.author or "")
    sheet.fact(text("published"), view.time(page.published_at) if page.published_at else "")
    size = len(page.text.split())
    sheet.fact(text("text"), view.language.plural("{count} word", "{count} words", size))
    sheet.blank()
    sheet.prose(page.text[:_SHOWN_CHARACTERS] + ("…" if len(page.text) > _SHOWN_CHARACTERS else ""))


def _tell_topics(sheet: Sheet, foreseen: Foreseen) -> None:
    from quivive.cli.articles import show_hits

    text = sheet.view.language.text
    if not foreseen.entries:
        return
    sheet.heading(text("Topics that would match"))
    matched = [(title, match) for title, matches in _all_matches(foreseen) for match in matches]
    if not matched:
        sheet.note(text("none, by what the feed itself says"), "")
    for title, match in matched:
        sheet.note(text("{topic}: {title}", topic=visible(match.topic), title=visible(title)), "")
        show_hits(sheet, match.hits, INDENT)


def _all_matches(foreseen: Foreseen) -> list[tuple[str, tuple[TopicMatch, ...]]]:
    """What matches, by the title of the entry; the page that was fetched may match where its entry does not."""
    page = foreseen.page
    return [
        (one.entry.title or one.entry.link or "", page.matches if page and page.entry is one.entry and page.matches else one.matches)
        for one in foreseen.entries
    ]
