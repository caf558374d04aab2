"""Where the terms of a query stand in an article. Whether a query holds follows from this, and so do hits and passages."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import NamedTuple, TypeAlias

from news.analysis import AnalysedArticle, Analysis
from news.articles import ArticleFacts
from news.nearness import first_step, near_ends, near_starts
from news.query import (
    And,
    Condition,
    EntityTerm,
    Exact,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Since,
    Term,
    TextField,
    Until,
    Word,
    found_fact,
)
from news.tokens import exact_letters

Span: TypeAlias = tuple[int, int]
"""Where something stands in a text: its start and end, in characters."""
Place: TypeAlias = tuple[int, int]
"""Where something stands among the words of a field: the positions of its first and its last word."""
Alternatives: TypeAlias = tuple[Word | Phrase | Exact, ...]
"""Things of which one is wanted, as on either side of NEAR."""
Limits: TypeAlias = tuple[list[int], list[int]]
"""All positions where one of several things begins, and all where one ends, both in order."""

_CONDITIONS = (Filter, Since, Until)
"""As a tuple, because `Filter | Since | Until` is made anew each time it is asked."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an article, and where each of its words first stands."""

    name: TextField
    text: str
    words: Analysis
    first_token: dict[str, int]
    first_stem: dict[str, int]
    limits: dict[Alternatives, Limits] = dataclasses.field(default_factory=dict)
    """Of alternatives that were asked for, where they begin and where they end; many queries ask for the same ones."""
    ordered_tokens: list[str] = dataclasses.field(default_factory=list)
    """The different tokens in alphabetical order, once a beginning of words was asked for."""


class Quote(NamedTuple):
    """What was found, and the passage around it."""

    found: str
    passage: str


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article ready to be asked about many queries: title and text, and what filters ask about, if that is known."""

    fields: tuple[Field, Field]
    facts: ArticleFacts | None
    quotes: dict[tuple[str, tuple[Span, ...]], Quote] = dataclasses.field(default_factory=dict)
    """What was quoted already, from a text and places in it; many queries find the same."""


class Find(NamedTuple):
    """A leaf of a query that holds: how the user wrote it, the field, and where in `text` (the whole field) it was found first.

    Words near one another have two spans, everything else has one; of a condition the whole of the fact is the find.
    """

    name: str
    field: str
    text: str
    spans: tuple[Span, ...]


def prepare(article: AnalysedArticle, facts: ArticleFacts | None = None) -> PreparedArticle:
    """Makes an article ready to be asked about many queries; this costs about a tenth of its analysis."""
    title = _prepare_field(TextField.TITLE, article.title, article.title_tokens)
    return PreparedArticle((title, _prepare_field(TextField.TEXT, article.text, article.text_tokens)), facts)


def _prepare_field(name: TextField, text: str, words: Analysis) -> Field:
    backwards = range(len(words) - 1, -1, -1)
    first_token = dict(zip(reversed(words.tokens), backwards, strict=True))
    first_stem = dict(zip(reversed(words.stems), backwards, strict=True))
    return Field(name, text, words, first_token, first_stem)


def find(node: Node, article: PreparedArticle) -> list[Find] | None:
    """The finds that make this part of a query hold, None if it does not hold. A negation that holds has no finds.

    Raises ValueError if a condition is asked of an article whose facts are not known.
    """
    if isinstance(node, And):
        return _find_all(node, article)
    if isinstance(node, Or):
        branches = [found for operand in node.operands if (found := find(operand, article)) is not None]
        return [find for branch in branches for find in branch] if branches else None
    if isinstance(node, Not):
        return [] if find(node.operand, article) is None else None
    if isinstance(node, _CONDITIONS):
        return _find_fact(node, article.facts)
    return _find_term(node, article)


def _find_all(node: And, article: PreparedArticle) -> list[Find] | None:
    finds: list[Find] = []
    for operand in node.operands:
        found = find(operand, article)
        if found is None:
            return None
        finds += found
    return finds


def _find_fact(condition: Condition, facts: ArticleFacts | None) -> list[Find] | None:
    if facts is None:
        raise ValueError(f"{condition.name} asks for facts about the article, and none were given")
    if isinstance(condition, Filter):
        fact = found_fact(condition, facts)
        return None if fact is None else [Find(condition.name, condition.fact, fact, ((0, len(fact)),))]
    after = facts.time >= condition.moment
    return [] if after is isinstance(condition, Since) else None


def _find_term(term: Term, article: PreparedArticle) -> list[Find] | None:
    """The first place of a term, in the title if it is there."""
    for field in article.fields:
        if term.field is None or term.field is field.name:
            found = first_places(term, field)
            if found:
                return [Find(term.name, field.name, field.text, tuple([span(field, *place) for place in found]))]
    return None


def first_places(term: Term, field: Field) -> tuple[Place, ...]:
    """The first of `places`, of words near one another the first pair; nothing if the term is not there."""
    if isinstance(term, Near):
        return _first_pair(term, field)
    place = _first_place(term, field)
    return () if place is None else (place,)


def _first_place(term: Word | Phrase | Exact | Prefix | EntityTerm, field: Field) -> Place | None:
    """The first place, without going through all of them: most questions end here, with no."""
    if isinstance(term, Word):
        position = field.first_stem.get(term.stem)
        return None if position is None else (position, position)
    if isinstance(term, EntityTerm):
        return next((place for name in term.names if (place := _first_place(name, field)) is not None), None)
    if isinstance(term, Prefix):
        position = min(map(field.first_token.__getitem__, _tokens_with(term.beginning, field)), default=None)
        return None if position is None else (position, position)
    for token in term.tokens:
        if token not in field.first_token:
            return None
    return next(_phrase_places(term, field), None)


def places(term: Term, field: Field) -> Iterator[Place]:
    """Every occurrence of a term; of an entity name after name, of words near one another each that is near to one of the others."""
    if isinstance(term, Word):
        yield from ((position, position) for position in _positions(field.words.stems, term.stem, field.first_stem))
    elif isinstance(term, EntityTerm):
        for name in term.names:
            yield from places(name, field)
    elif isinstance(term, Prefix):
        yield from _prefix_places(term, field)
    elif isinstance(term, Near):
        yield from _near_places(term, field)
    else:
        yield from _phrase_places(term, field)


def _phrase_places(phrase: Phrase | Exact, field: Field) -> Iterator[Place]:
    tokens = phrase.tokens
    # The word that comes last of all is a rare one, and the least of the field is left to look through. One that is missing is best.
    anchor = max(range(len(tokens)), key=lambda index: field.first_token.get(tokens[index], len(field.words)))
    for position in _positions(field.words.tokens, tokens[anchor], field.first_token):
        first = position - anchor
        if first >= 0 and _stands_at(phrase, field, first):
            yield first, first + len(tokens) - 1


def _prefix_places(prefix: Prefix, field: Field) -> Iterator[Place]:
    found = frozenset(_tokens_with(prefix.beginning, field))
    if found:
        yield from ((at, at) for at, token in enumerate(field.words.tokens) if token in found)


def _tokens_with(beginning: str, field: Field) -> Iterator[str]:
    """The different tokens that begin so; in alphabetical order they are neighbours."""
    ordered = field.ordered_tokens
    if not ordered:
        ordered.extend(sorted(field.first_token))
    return takewhile(lambda token: token.startswith(beginning), islice(ordered, bisect_left(ordered, beginning), None))


def _positions(words: tuple[str, ...], word: str, first: Mapping[str, int]) -> Iterator[int]:
    position = first.get(word)
    while position is not None:
        yield position
        try:
            position = words.index(word, position + 1)
        except ValueError:
            return


def _letters_at(field: Field, first: int, count: int) -> tuple[str, ...]:
    words = field.words
    return tuple(exact_letters(field.text[words.starts[index] : words.ends[index]]) for index in range(first, first + count))


def _first_pair(near: Near, field: Field) -> tuple[Place, ...]:
    """The first thing that has one of the others before it and near to it, with that one."""
    pairs = []
    for before, after in _orders(near):
        step = first_step(_limits(before, field)[1], _limits(after, field)[0], near.distance)
        if step is not None:
            pairs.append((_ending_at(step[0], before, field), _starting_at(step[1], after, field)))
    return min(pairs, key=_second, default=())


def _near_places(near: Near, field: Field) -> Iterator[Place]:
    found: set[Place] = set()
    for before, after in _orders(near):
        ends, starts = _limits(before, field)[1], _limits(after, field)[0]
        if first_step(ends, starts, near.distance) is None:
            continue
        found.update(_ending_at(end, before, field) for end in near_ends(ends, starts, near.distance))
        found.update(_starting_at(start, after, field) for start in near_starts(ends, starts, near.distance))
    yield from sorted(found)


def _orders(near: Near) -> tuple[tuple[Alternatives, Alternatives], ...]:
    return ((near.left, near.right),) if near.ordered else ((near.left, near.right), (near.right, near.left))


def _limits(alternatives: Alternatives, field: Field) -> Limits:
    known = field.limits.get(alternatives)
    if known is None:
        starts: set[int] = set()
        ends: set[int] = set()
        for one in alternatives:
            for first, last in () if _first_place(one, field) is None else places(one, field):
                starts.add(first)
                ends.add(last)
        known = field.limits[alternatives] = (sorted(starts), sorted(ends))
    return known


def _starting_at(position: int, alternatives: Alternatives, field: Field) -> Place:
    return next((position, position + _length(one) - 1) for one in alternatives if _stands_at(one, field, position))


def _ending_at(position: int, alternatives: Alternatives, field: Field) -> Place:
    firsts = ((position - _length(one) + 1, one) for one in alternatives)
    return next((first, position) for first, one in firsts if first >= 0 and _stands_at(one, field, first))


def _length(term: Word | Phrase | Exact) -> int:
    return 1 if isinstance(term, Word) else len(term.tokens)


def _stands_at(term: Word | Phrase | Exact, field: Field, first: int) -> bool:
    if isinstance(term, Word):
        return field.words.stems[first] == term.stem
    if field.words.tokens[first : first + len(term.tokens)] != term.tokens:
        return False
    return isinstance(term, Phrase) or _letters_at(field, first, len(term.tokens)) == term.letters


def _second(pair: tuple[Place, Place]) -> Place:
    return pair[1]


def span(field: Field, first: int, last: int) -> Span:
    """Where the words from position `first` up to and including `last` stand in the original text."""
    return field.words.starts[first], field.words.ends[last]
