"""`quivive check`: whether the configuration is good."""

from __future__ import annotations

import click

from news.query import advise_on
from quivive.cli.context import get_configuration


@click.command("check")
@click.pass_context
def command(context: click.Context) -> None:
    """Validate the configuration; report every error at once, each with its dotted key."""
    configuration = get_configuration(context)
    entities = f"{len(configuration.entities.own)} own and {len(configuration.entities.shipped)} shipped entities"
    counts = f"{len(configuration.sources)} sources, {len(configuration.topics)} topics, {entities}"
    click.echo(f"{configuration.path}: good ({counts}, {len(configuration.channels)} channels)")
    for topic in configuration.topics:
        for advice in advise_on(topic.query):
            click.echo(f"note: topic '{topic.name}': {advice}: {topic.query}")
        if not topic.notify:
            click.echo(f"note: topic '{topic.name}' notifies no channel; its alerts are printed, logged and listed")
    for name, channel in configuration.channels.items():
        for key, message in channel.warnings():
            click.echo(f"warning: channels.{name}.{key}: {message}")
