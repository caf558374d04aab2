"""`[entities.KEY]`: things that go by several names, on top of those that come with the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from news.errors import QueryError
from news.topics import Entity, Topic
from news.wording import Wording, said_by
from quivive.config.gazetteer import Entities, load_gazetteer
from quivive.config.model import EntityTable
from quivive.config.tables import named_tables, read_table, suggest

if TYPE_CHECKING:
    from quivive.config.file import ConfigFile

CheckTopics: TypeAlias = Callable[[Sequence[Topic], Mapping[str, Entity]], list[tuple[str, QueryError]]]
"""Says which queries cannot be read, by the topic's name, and which entities, by `@key`."""

_UNBROKEN_NAMES = ("quivive",)
"""Stand in for the names of an entity that has a fault of its own, so that topics that use it are not blamed too."""
_MENTION = re.compile(r"""@([^\s()"“”«»„]+)""")
"""Where a query may name an entity; also in a phrase, where it names none."""


def read_entities(file: ConfigFile, check_topics: CheckTopics) -> Entities:
    """Every entity by its key. Each of the file's own is tried in a query of its own, so that one nobody uses yet is checked too."""
    own: dict[str, Entity] = {}
    for key, content in named_tables(file, "entities").items():
        twin = next((other for other in own if other.casefold() == key.casefold()), None)
        if twin is not None:
            file.add_fault(f"entities.{key}", Wording("case aside, this is entities.{twin} again; put all its names there", twin=twin))
            continue
        names = _read_names(file, key, content)
        own[key] = Entity(key, names or _UNBROKEN_NAMES, _shipped_names(key).intersection(names) if "names" not in content else frozenset())
    faults = check_topics([Topic(key, f"@{key}") for key in own], own)
    # A faulty name comes both as the fault of the query and, later and plainer, as that of `@key`: the later one is kept.
    for key, error in {name.removeprefix("@"): error for name, error in faults}.items():
        file.add_fault(f"entities.{key}", said_by(error))
        own[key] = Entity(key, _UNBROKEN_NAMES)
    return Entities(own, load_gazetteer())


def check_queries(topics: Sequence[Topic], entities: Entities, check_topics: CheckTopics) -> list[tuple[str, QueryError]]:
    """The topics whose queries cannot be read.

    All entities are good by now, and checking hundreds again would slow every command: only those that a query may name are handed over.
    If something is wrong, all of them are, since the message on an unknown entity names those that are close.
    """
    mentioned = {key for topic in topics for key in _MENTION.findall(topic.query)}
    if check_topics(topics, {key: entities[key] for key in mentioned if key in entities}):
        return check_topics(topics, entities)
    return []


def _shipped_names(key: str) -> frozenset[str]:
    shipped = load_gazetteer()
    return shipped[key].shipped if key in shipped else frozenset()


def _read_names(file: ConfigFile, key: str, content: Any) -> tuple[str, ...]:
    """Its own names, else the shipped ones, and those that are added; none if there is a fault, which is noted."""
    table = read_table(file, f"entities.{key}", content, EntityTable)
    if table is None or file.has_fault(f"entities.{key}"):
        return ()
    if table.names is None and table.add is None:
        file.add_fault(f"entities.{key}", Wording("must have names, or add, which adds to the names that come with the program"))
        return ()
    shipped = load_gazetteer()
    if table.names is None and key not in shipped:
        advice = suggest(key, shipped) or Wording("; give names instead")
        file.add_fault(f"entities.{key}.add", Wording("no entity {key} comes with the program to add to{advice}", key=key, advice=advice))
        return ()
    names = shipped[key].names if table.names is None else table.names
    return tuple(dict.fromkeys((*names, *(table.add or ()))))
