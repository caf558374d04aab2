"""`quivive sources add URL`: finding the feed of a site, and following it from now on."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import click

from news.errors import UsageError
from news.site_feeds import FeedOffer, OfferWay, addresses_of
from news.wording import Language, Wording
from quivive.adding import Followed, check_new_source, write_sources
from quivive.cli.context import get_configuration, get_view, print_lines
from quivive.cli.interrupting import run_interruptibly
from quivive.cli.listed_articles import INDENT
from quivive.cli.sheet import Sheet, View
from quivive.cli.whole_sources import tell_format, tell_problem
from quivive.config import Configuration
from quivive.config.editing import NewSource
from quivive.texts import visible

if TYPE_CHECKING:
    from quivive.feed_finding import FoundFeed, FoundFeeds

_SHOWN_ENTRIES = 3


@click.command("add", short_help="Find the feed of a site and follow it.")
@click.argument("url", metavar="URL")
@click.option("--name", help="What the source is called (else as the feed says).")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; give it once for each.")
@click.option("--interval", metavar="SPAN", help="How often it is polled, such as 10m.")
@click.option("--feed", "wanted", metavar="URL", help="Take this feed of the site.")
@click.option("--yes", is_flag=True, help="Take the first feed without asking.")
@click.pass_context
def command(context: click.Context, /, url: str, **options: Any) -> None:
    """Find the feeds of the site at URL, show their last entries, and add the one you choose to the configuration.

    URL may be a feed itself, a site, or a page of it. Comments and order in the file are kept.
    """
    configuration = get_configuration(context)
    followed = Followed(configuration.sources)
    wanted = urljoin(addresses_of(url)[0], options["wanted"]) if options["wanted"] else url
    _require_new(followed, addresses_of(wanted)[0])
    found = run_interruptibly(_find(configuration, wanted))
    view = get_view(configuration)
    if not found.feeds:
        _complain(view, wanted, found)
        context.exit(1)
    chosen = _choose(view, followed, found, take_first=options["yes"])
    if options["name"] and len(chosen) > 1:
        raise click.UsageError(Wording("--name names one source, and several were chosen"))
    sources = [_make_source(configuration, one, options) for one in chosen]
    for source in sources:
        check_new_source(configuration, source)
    write_sources(configuration.path, sources)
    for source in sources:
        called = visible(source.name or source.url)
        click.echo(view.language.text("added to {path}: {name}, {url}", path=configuration.path, name=called, url=visible(source.url)))
    tell_how_it_takes_effect(configuration)


def tell_how_it_takes_effect(configuration: Configuration) -> None:
    """Say what makes a running daemon take over what was written; without one there is nothing to say."""
    from storage import find_writer

    writer = find_writer(configuration.archive_path)
    if writer is not None and writer.pid is not None and writer.alive_at is not None:  # a daemon: others give no sign of life
        told = configuration.language.text("a running daemon takes it over when it reloads: kill -HUP {pid}", pid=writer.pid)
        click.echo(told)


async def _find(configuration: Configuration, url: str) -> FoundFeeds:
    from quivive.clock import utc_now
    from quivive.feed_finding import find_feeds
    from quivive.trial import begin_trial
    from quivive.wiring import make_crawl_settings

    async with begin_trial(make_crawl_settings(configuration, {}), utc_now) as trial:
        return await find_feeds(trial, url)


def _require_new(followed: Followed, url: str) -> None:
    source = followed.find(url)
    if source is not None:
        raise UsageError(Wording("{url} is a source already: {name}", url=url, name=source.name or source.url))


def _complain(view: View, url: str, found: FoundFeeds) -> None:
    language = view.language
    if found.problem is not None:
        click.echo(f"{visible(url)}: {tell_problem(found.problem, language)}", err=True)
        return
    click.echo(language.text("{url}: no feed was found, neither declared nor where feeds are by custom", url=visible(found.url)), err=True)
    for offer, problem in found.failed:
        click.echo(f"  {visible(offer.url)}: {tell_problem(problem, language)}", err=True)
    advice = language.text("its pages can be followed by rules of your own; see “a page without a feed” in docs/sources.md")
    click.echo(advice, err=True)


def _choose(view: View, followed: Followed, found: FoundFeeds, *, take_first: bool) -> list[FoundFeed]:
    """The feeds to add, of those that are not followed yet. Raises UsageError where nobody can be asked which."""
    if found.feeds[0].offer.way is OfferWay.ITSELF:
        _require_new(followed, found.url)  # where it may have been redirected to
        return list(found.feeds)
    print_lines(_tell_all(view, followed, found))
    left = [one for one in found.feeds if followed.find(one.offer.url) is None]
    if not left:
        raise UsageError(Wording("all feeds of {url} are sources already", url=found.url))
    of_articles = [one for one in left if not one.offer.is_about_comments]
    if take_first or len(of_articles or left) == 1:
        return (of_articles or left)[:1]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        addresses = ", ".join(one.offer.url for one in left)
        raise UsageError(Wording("{url} has several feeds; name one with --feed: {feeds}", url=found.url, feeds=addresses))
    return _ask(view.language, found.feeds, followed)


def _ask(language: Language, feeds: Sequence[FoundFeed], followed: Followed) -> list[FoundFeed]:
    """Which of the feeds, by their numbers, several if several are typed; asked until it can be understood."""
    while True:
        typed: str = click.prompt(language.text("Which of them? Type their numbers"), default="1", prompt_suffix=" ")
        numbers = dict.fromkeys(typed.replace(",", " ").split())
        if numbers and all(number.isdecimal() and 1 <= int(number) <= len(feeds) for number in numbers):
            break
        click.echo(language.text("type numbers from 1 to {most}", most=len(feeds)), err=True)
    chosen = [feeds[int(number) - 1] for number in numbers]
    for one in chosen:
        _require_new(followed, one.offer.url)
    return chosen


def _tell_all(view: View, followed: Followed, found: FoundFeeds) -> list[str]:
    sheet, text = Sheet(view), view.language.text
    sheet.note(text("{url} has these feeds:", url=visible(found.url)), "")
    for number, one in enumerate(found.feeds, start=1):
        sheet.blank()
        sheet.numbered(number, one.offer.title or one.feed.title or one.offer.url)
        sheet.address(one.offer.url, INDENT)
        is_known = [text("a source already")] if followed.find(one.offer.url) else []
        about = [text("comments of readers")] if one.offer.is_about_comments else []
        count = view.language.plural("{count} entry", "{count} entries", len(one.feed.entries))
        sheet.parts([tell_format(one.feed.format, view.language), count, _tell_way(one.offer, view.language), *about, *is_known], INDENT)
        for entry in one.feed.entries[:_SHOWN_ENTRIES]:
            moment = view.time(entry.published_at or entry.updated_at)
            sheet.note(f"{moment}  {visible(entry.title or entry.link or '')}", INDENT)
    sheet.blank()
    return sheet.lines


def _tell_way(offer: FeedOffer, language: Language) -> str:
    text = language.text
    return {
        OfferWay.ITSELF: text("the address itself"),
        OfferWay.HEADER: text("declared by the site"),
        OfferWay.LINK: text("declared by the site"),
        OfferWay.ANCHOR: text("linked on the page"),
        OfferWay.PATH: text("where feeds are by custom"),
        OfferWay.SITEMAP: text("named by robots.txt"),
    }[offer.way]


def _make_source(configuration: Configuration, chosen: FoundFeed, options: Mapping[str, Any]) -> NewSource:
    """The source as it is written. It gets the feed's title for a name where no other source has it: addresses alone tell people little."""
    names = {source.name for source in configuration.sources}
    title = next((name for name in (chosen.feed.title, chosen.offer.title) if name and name not in names), None)
    return NewSource(chosen.offer.url, options["name"] or title, options["interval"], options["tags"])
