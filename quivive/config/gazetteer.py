"""The gazetteer: the entities that come with the program, so that `@otan` can be asked for without being configured.

The names, and the rule for what is a name, are in `gazetteer.toml`. A command starts by reading a configuration, and few use more than a
dozen of the hundreds of entities: the file is only cut into tables at first, and a table is read when it is asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from news.topics import Entity

_HEADER = re.compile(r"^\[(\w+)\]", re.MULTILINE)
"""The first line of a table. Nothing else in the file begins a line with a bracket and a word."""


class Gazetteer(Mapping[str, Entity]):
    """The entities of a TOML text made of `[key]` and `names` alone, in its order; each is read when it is first asked for."""

    def __init__(self, text: str) -> None:
        starts = [match.start() for match in _HEADER.finditer(text)]
        tables = (text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True))
        self._tables = {_key_of(table): table for table in tables}
        self._entities: dict[str, Entity] = {}

    def __getitem__(self, key: str) -> Entity:
        if key not in self._entities:
            names = tuple(tomllib.loads(self._tables[key])[key]["names"])
            self._entities[key] = Entity(key, names, frozenset(names))
        return self._entities[key]

    def __contains__(self, key: object) -> bool:
        return key in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


class Entities(Mapping[str, Entity]):
    """What `@key` means in a query: an entity of the configuration's own, else one that comes with the program."""

    def __init__(self, own: Mapping[str, Entity], shipped: Mapping[str, Entity]) -> None:
        self.own = own
        self.shipped = shipped

    def __getitem__(self, key: str) -> Entity:
        return self.own[key] if key in self.own else self.shipped[key]

    def __contains__(self, key: object) -> bool:
        return key in self.own or key in self.shipped

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (key for key in self.shipped if key not in self.own)

    def __len__(self) -> int:
        return len(self.own.keys() | self.shipped.keys())


@cache
def load_gazetteer() -> Mapping[str, Entity]:
    """The entities that come with the program, by their keys."""
    return Gazetteer(read_gazetteer_text())


def read_gazetteer_text() -> str:
    """The file as it is shipped, with its comments."""
    return Path(__file__).with_name("gazetteer.toml").read_text(encoding="utf-8")


def _key_of(table: str) -> str:
    return table[1 : table.index("]")]
