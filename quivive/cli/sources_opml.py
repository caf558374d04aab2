"""`quivive sources import FILE.opml` and `quivive sources export`: lists of feeds, from and to other readers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from news.errors import ArchiveMissing, UsageError
from news.source_specs import SourceSpec
from news.wording import Language, Wording, said_by
from quivive.adding import Followed, check_new_source, write_sources
from quivive.cli.context import get_configuration, get_reader
from quivive.cli.outputs import STANDARD_OUTPUT, OutputPath, open_output, require_other_file
from quivive.cli.sources_add import tell_how_it_takes_effect
from quivive.clock import utc_now
from quivive.config import Configuration
from quivive.config.editing import NewSource
from quivive.config.opml import LARGEST_OPML_BYTES, OpmlError, OpmlFeed, read_opml
from quivive.config.opml_writing import write_opml
from quivive.texts import visible

STANDARD_INPUT = Path("-")


@dataclass(slots=True)
class _Sorted:
    """The feeds of a list: those to add, those that are sources already, and those that cannot be, with the reason."""

    new: list[NewSource] = field(default_factory=list)
    known: list[OpmlFeed] = field(default_factory=list)
    wrong: list[tuple[OpmlFeed, str]] = field(default_factory=list)


@click.command("import", short_help="Add the feeds of an OPML file.")
@click.argument("file", metavar="FILE.opml", type=click.Path(path_type=Path, allow_dash=True, exists=True))
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag for all of them; give it once for each.")
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@click.pass_context
def import_command(context: click.Context, file: Path, tags: tuple[str, ...], dry_run: bool) -> None:
    """Add the feeds that FILE.opml lists to the configuration ("-" reads standard input); its folders and categories become tags.

    What is a source already is left out and told. None of the feeds is fetched; `quivive poll` does that.
    """
    configuration = get_configuration(context)
    language = configuration.language
    found = _sort(configuration, _read(file), tags)
    for source in found.new:
        click.echo(language.text("new: {name}, {url}", name=visible(source.name or source.url), url=visible(source.url)))
    for feed in found.known:
        click.echo(language.text("a source already: {url}", url=visible(feed.url)))
    for feed, reason in found.wrong:
        line = language.text("line {line}: {url}: {reason}", line=feed.line, url=visible(feed.url), reason=language.tell(reason))
        click.echo(line, err=True)
    if found.new and not dry_run:
        write_sources(configuration.path, found.new)
    click.echo(_tell_sum(found, configuration, language, dry_run=dry_run))
    if found.new and not dry_run:
        tell_how_it_takes_effect(configuration)
    if found.wrong:
        context.exit(1)


def _read(file: Path) -> tuple[OpmlFeed, ...]:
    try:
        with sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb") as opened:  # a pipe too
            return read_opml(opened.read(LARGEST_OPML_BYTES + 1))
    except OpmlError as error:
        raise UsageError(Wording("{name}: {reason}", name=str(file), reason=error)) from None


def _sort(configuration: Configuration, feeds: Iterable[OpmlFeed], tags: tuple[str, ...]) -> _Sorted:
    followed, found = Followed(configuration.sources), _Sorted()
    for feed in feeds:
        source = NewSource(feed.url, feed.title, None, tuple(dict.fromkeys((*tags, *feed.tags))))
        try:
            check_new_source(configuration, source)
        except UsageError as error:
            found.wrong.append((feed, said_by(error)))
            continue
        if followed.find(feed.url) is not None:
            found.known.append(feed)
            continue
        followed.add(feed.url)
        found.new.append(source)
    return found


def _tell_sum(found: _Sorted, configuration: Configuration, language: Language, *, dry_run: bool) -> str:
    if dry_run:
        return language.plural("{count} source would be added", "{count} sources would be added", len(found.new))
    return language.plural(
        "{count} source was added to {path}", "{count} sources were added to {path}", len(found.new), path=configuration.path
    )


@click.command("export", short_help="Write the sources as OPML.")
@click.option(
    "--output",
    metavar="FILE",
    type=OutputPath(),
    default=STANDARD_OUTPUT,
    help="Write to this file, pipe or device (else, or as -, to standard output).",
)
@click.pass_context
def export_command(context: click.Context, output: Path) -> None:
    """Write all sources as an OPML file for other readers, with their names, and their tags as categories.

    What they are asked with (headers, cookies, passwords, a proxy) is not in it.
    """
    configuration = get_configuration(context)
    document = write_opml(_named(configuration), "quivive", utc_now())
    require_other_file(output, configuration)
    with open_output(output) as file:
        file.write(document.encode())


def _named(configuration: Configuration) -> Iterator[SourceSpec]:
    """The sources of the configuration, under the names that the archive knows where it says none."""
    try:
        names = {source.url: source.name for source in get_reader(configuration).report_sources()}
    except ArchiveMissing:
        names = {}
    for source in configuration.sources:
        yield replace(source, name=source.name or names.get(source.url))
