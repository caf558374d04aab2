"""What the shell offers when somebody presses Tab: the names of sources, topics and channels, as the configuration has them.

Whoever presses Tab has asked for nothing yet: what cannot be read offers nothing, and says nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click

from news.errors import QuiviveError
from quivive.cli.translating import working_directory
from quivive.config import Names, list_names
from quivive.finding import find_config

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _offer(choose: Callable[[Names], Iterable[str]]) -> Completer:
    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        option = context.find_root().params.get("config_path")
        try:
            names = list_names(find_config(option, os.environ, working_directory()), os.environ)
        except QuiviveError:
            return []
        return [name for name in choose(names) if name.casefold().startswith(begun.casefold())]

    return complete


complete_source = _offer(lambda names: names.sources)
complete_topic = _offer(lambda names: names.topics)
complete_source_or_topic = _offer(lambda names: (*names.sources, *names.topics))
complete_mutable = _offer(lambda names: (*names.topics, *names.channels, *names.sources))
complete_channel = _offer(lambda names: names.channels)
