"""`quivive check`: whether the configuration is good."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import click

from news.names import exact_key
from news.query import advise_on
from news.wording import Language
from quivive.cli.context import get_whole_configuration
from quivive.cli.own_templates import tell_template_troubles
from quivive.cli.policies import tell_policy
from quivive.config import Configuration
from quivive.config.sources import find_likely_repeats


@click.command("check")
@click.pass_context
def command(context: click.Context) -> None:
    """Validate the configuration; report every error at once, each with its line and its dotted key."""
    configuration = get_whole_configuration(context)
    language = configuration.language
    click.echo(
        language.text(
            "{path}: good ({sources}, {topics}, {own} own and {shipped} shipped entities, {channels})",
            path=configuration.path,
            sources=language.plural("{count} source", "{count} sources", len(configuration.sources)),
            topics=language.plural("{count} topic", "{count} topics", len(configuration.topics)),
            own=len(configuration.entities.own),
            shipped=len(configuration.entities.shipped),
            channels=language.plural("{count} channel", "{count} channels", len(configuration.channels)),
        )
    )
    with_urgent = {name for topic in configuration.topics if topic.urgent for name in topic.notify}
    for name, channel in configuration.channels.items():
        policy = tell_policy(channel.policy, language, has_urgent=name in with_urgent)
        click.echo(language.text("channel {channel}: {policy}", channel=name, policy=policy))
    for note in _notes(configuration, language):
        click.echo(language.text("note: {note}", note=note))
    for trouble in tell_template_troubles(configuration):
        click.echo(trouble)
    for name, channel in configuration.channels.items():
        for key, message in channel.warnings():
            click.echo(language.text("warning: {key}: {message}", key=f"channels.{name}.{key}", message=language.tell(message)))


def _notes(configuration: Configuration, language: Language) -> Iterator[str]:
    """What is allowed, and yet seldom meant; each thing once, however often it occurs."""
    yield from _notes_on_emptiness(configuration, language)
    if example := re.search(r"\bexample\.(?:org|com|net)\b", configuration.crawler.user_agent):
        yield language.text(
            "[crawler] user_agent gives {example} as the way to reach you, which is nobody's; sites that have trouble with this program "
            "will block it instead of writing to you",
            example=example[0],
        )
    for one, other in find_likely_repeats(configuration.sources):
        yield language.text(
            "{one} and {other} are two sources that differ only in case, port or scheme; if they are one, remove one of them",
            one=one.url,
            other=other.url,
        )
    for name, count in Counter(exact_key(source.name) for source in configuration.sources if source.name).items():
        if count > 1:
            yield language.text(
                "{count} sources are called '{name}'; `--source {name}` and `quivive poll {name}` mean all of them", count=count, name=name
            )
    for topic in configuration.topics:
        for advice in advise_on(topic.query):
            yield language.text("topic '{topic}': {advice}: {query}", topic=topic.name, advice=language.tell(advice), query=topic.query)
    if silent := [f"'{topic.name}'" for topic in configuration.topics if not topic.notify]:
        yield language.plural(
            "topic {topics} notifies no channel; its alerts are printed, logged and listed",
            "topics {topics} notify no channel; their alerts are printed, logged and listed",
            len(silent),
            topics=", ".join(silent),
        )


def _notes_on_emptiness(configuration: Configuration, language: Language) -> Iterator[str]:
    missing = [
        key
        for key, said in (("sources", configuration.sources), ("topics", configuration.topics))
        if not said and key not in configuration.emptied
    ]
    if len(missing) == 2:
        yield language.text(
            "the file names no sources and no topics, so nothing is watched; `quivive init` writes an example. "
            "If it is meant, write sources = [] and topics = [] above all tables"
        )
        return
    for key in missing:
        yield language.text("the file names no {key}, so nothing is watched; if that is meant, write {key} = [] above all tables", key=key)
