"""`quivive check`: whether the configuration is good."""

from __future__ import annotations

from collections.abc import Iterator

import click

from news.query import advise_on
from news.topics import Topic
from quivive.cli.context import get_whole_configuration
from quivive.cli.own_templates import tell_template_troubles
from quivive.config import Configuration
from quivive.config.sources import find_likely_repeats


@click.command("check")
@click.pass_context
def command(context: click.Context) -> None:
    """Validate the configuration; report every error at once, each with its dotted key."""
    configuration = get_whole_configuration(context)
    entities = f"{len(configuration.entities.own)} own and {len(configuration.entities.shipped)} shipped entities"
    counts = f"{len(configuration.sources)} sources, {len(configuration.topics)} topics, {entities}"
    click.echo(f"{configuration.path}: good ({counts}, {len(configuration.channels)} channels)")
    for note in _notes(configuration):
        click.echo(f"note: {note}")
    for trouble in tell_template_troubles(configuration):
        click.echo(trouble)
    for name, channel in configuration.channels.items():
        for key, message in channel.warnings():
            click.echo(f"warning: channels.{name}.{key}: {message}")


def _notes(configuration: Configuration) -> Iterator[str]:
    """What is allowed, and yet seldom meant."""
    for key, said in (("sources", configuration.sources), ("topics", configuration.topics)):
        if not said and key not in configuration.emptied:
            yield f"the file names no {key}, so nothing is watched; if that is meant, write {key} = [] above all tables"
    for one, other in find_likely_repeats(configuration.sources):
        yield f"{one.url} and {other.url} are two sources that differ only in case, port or scheme; if they are one, remove one of them"
    for topic in configuration.topics:
        yield from _notes_on(topic)


def _notes_on(topic: Topic) -> Iterator[str]:
    for advice in advise_on(topic.query):
        yield f"topic '{topic.name}': {advice}: {topic.query}"
    if not topic.notify:
        yield f"topic '{topic.name}' notifies no channel; its alerts are printed, logged and listed"
