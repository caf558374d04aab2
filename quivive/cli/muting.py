"""What `mute` and `unmute` share: what is meant by a name, and what is muted, in words."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from news.errors import ArchiveMissing, UsageError
from news.muting import Mute, MuteKind
from news.names import find_name
from news.source_specs import fold_name
from news.wording import Language, Wording
from quivive.cli.context import get_config_path, get_reader
from quivive.cli.sheet import View
from quivive.config import Configuration, list_names

KINDS = click.Choice([kind.value for kind in MuteKind])


def find_meant(context: click.Context, configuration: Configuration, name: str, kind: str | None) -> tuple[MuteKind, str, str]:
    """Kind, key and name of what somebody means. Raises UsageError for what is unknown, or may be several things."""
    meant = [one for one in _find_all(context, configuration, name) if kind in {None, one[0].value}]
    if not meant:
        raise UsageError(Wording("no topic, channel or source is called '{what}'", what=name))
    if len(meant) > 1:
        said = ", ".join(f"{one_kind.value} {key}" for one_kind, key, _ in meant)
        raise UsageError(
            Wording("'{what}' may be several things ({said}); say which with --kind, or a source by its URL", what=name, said=said)
        )
    return meant[0]


def _find_all(context: click.Context, configuration: Configuration, name: str) -> Iterator[tuple[MuteKind, str, str]]:
    topic = find_name(name, [topic.name for topic in configuration.topics])
    if topic is not None:
        yield MuteKind.TOPIC, topic, topic
    channel = find_name(name, list_names(get_config_path(context), os.environ).channels)
    if channel is not None:
        yield MuteKind.CHANNEL, channel, channel
    for url, known_as in _list_sources(configuration).items():
        if name == url or fold_name(name) == fold_name(known_as):
            yield MuteKind.SOURCE, url, known_as


def _list_sources(configuration: Configuration) -> dict[str, str]:
    """URL and name of each: as the archive knows it, else as the configuration names it."""
    named = {source.url: source.name or source.url for source in configuration.sources}
    try:
        return named | {source.url: source.name for source in get_reader(configuration).report_sources()}
    except ArchiveMissing:
        return named


def tell_muted(mute: Mute, view: View) -> str:
    """What is muted, and until when."""
    text, kind = view.language.text, tell_kind(mute.kind, view.language)
    if mute.until is None:
        return text("{kind} {name} is muted until `quivive unmute`", kind=kind, name=mute.name)
    return text("{kind} {name} is muted until {time}", kind=kind, name=mute.name, time=view.time(mute.until))


def tell_kind(kind: MuteKind, language: Language) -> str:
    """What is muted, as a word that its name follows."""
    match kind:
        case MuteKind.TOPIC:
            return language.text("topic")
        case MuteKind.CHANNEL:
            return language.text("channel")
        case MuteKind.SOURCE:
            return language.text("source")
