"""Entities as terms of a query: each name is a phrase, or exact letters if it begins with `=`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from news.errors import QueryError
from news.query.spellings import spellings_of
from news.query.tree import LONGEST_PHRASE, EntityTerm, Exact, Phrase, TextField
from news.text.analysis import Analysis, analyse
from news.text.tokens import exact_letters
from news.topics import Entity
from news.wording import Wording


@lru_cache(maxsize=4096)
def make_entity_term(entity: Entity) -> EntityTerm:
    """The term `@key`. Raises QueryError (about the name, not the query) for a name without a word, and for no names at all."""
    if not entity.names:
        raise QueryError(f"@{entity.key}", 0, Wording("the entity {key} has no names; give it at least one", key=entity.key))
    names = tuple(dict.fromkeys(term for name in entity.names for term in _make_names(entity, name)))
    return EntityTerm(f"@{entity.key}", names)


def check_entities(entities: Iterable[Entity] | Mapping[str, Entity]) -> list[tuple[str, QueryError]]:
    """Every name that cannot be looked for, as (key of its entity, error); the error's `query` is the name."""
    faults: list[tuple[str, QueryError]] = []
    for entity in entities.values() if isinstance(entities, Mapping) else entities:
        singly = [Entity(entity.key, (name,)) for name in entity.names] or [entity]
        for one in singly:
            try:
                make_entity_term(one)
            except QueryError as error:
                faults.append((entity.key, error))
    return faults


def make_exact(name: str, text: str, words: Analysis, field: TextField | None = None) -> Exact:
    """The term for exactly the letters of the words of `text`."""
    letters = tuple(exact_letters(text[start:end]) for start, end in words.places())
    return Exact(name, words.tokens, letters, field)


def _make_names(entity: Entity, name: str) -> list[Phrase | Exact]:
    exact = name.lstrip().startswith("=")
    wanted = name.lstrip().removeprefix("=") if exact else name
    terms = [_make_name(entity.key, name, spelling, exact=exact) for spelling in spellings_of(wanted)]
    if name in entity.shipped:
        return [replace(term, in_headlines=True) if isinstance(term, Exact) else term for term in terms]
    return terms


def _make_name(key: str, name: str, wanted: str, *, exact: bool) -> Phrase | Exact:
    words = analyse(wanted)
    if not len(words):
        raise QueryError(name, 0, Wording("the entity {key} has a name without a word; expected letters or digits", key=key))
    if len(words) > LONGEST_PHRASE:
        raise QueryError(
            name,
            0,
            Wording(
                "the entity {key} has a name of {words} words; expected at most {most}",
                key=key,
                words=f"{len(words):,}",
                most=LONGEST_PHRASE,
            ),
        )
    return make_exact(name, wanted, words) if exact else Phrase(name, words.tokens)
