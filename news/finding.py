"""Where the terms of a query stand in an article. Whether a query holds follows from this, and so do hits and passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from news.analysis import AnalysedArticle, Analysis
from news.query import And, EntityTerm, Exact, Node, Not, Or, Phrase, Term, Word
from news.tokens import exact_letters

Span: TypeAlias = tuple[int, int]
"""Where something stands in a text: its start and end, in characters."""
Place: TypeAlias = tuple[int, int]
"""Where something stands among the words of a field: the positions of its first and its last word."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an article, and where each of its words first stands."""

    name: str
    text: str
    words: Analysis
    first_token: dict[str, int]
    first_stem: dict[str, int]


@dataclass(frozen=True, slots=True)
class Find:
    """A term that holds, and its first place: positions from `first` up to and including `last` in `field`."""

    term: Term
    field: Field
    first: int
    last: int


Fields: TypeAlias = tuple[Field, Field]
"""Title and text, ready to be asked about many queries."""


def prepare(article: AnalysedArticle) -> Fields:
    """Makes an article ready to be asked about many queries; this costs about a tenth of its analysis."""
    return _prepare_field("title", article.title, article.title_tokens), _prepare_field("text", article.text, article.text_tokens)


def _prepare_field(name: str, text: str, words: Analysis) -> Field:
    backwards = range(len(words) - 1, -1, -1)
    first_token = dict(zip(reversed(words.tokens), backwards, strict=True))
    first_stem = dict(zip(reversed(words.stems), backwards, strict=True))
    return Field(name, text, words, first_token, first_stem)


def find(node: Node, fields: Fields) -> list[Find] | None:
    """The finds that make this part of a query hold, None if it does not hold. A negation that holds has no finds."""
    if isinstance(node, And):
        return _find_all(node, fields)
    if isinstance(node, Or):
        branches = [found for operand in node.operands if (found := find(operand, fields)) is not None]
        return [find for branch in branches for find in branch] if branches else None
    if isinstance(node, Not):
        return [] if find(node.operand, fields) is None else None
    return _find_term(node, fields)


def _find_all(node: And, fields: Fields) -> list[Find] | None:
    finds: list[Find] = []
    for operand in node.operands:
        found = find(operand, fields)
        if found is None:
            return None
        finds += found
    return finds


def _find_term(term: Term, fields: Fields) -> list[Find] | None:
    """The first place of a term, in the title if it is there."""
    for field in fields:
        place = _first_place(term, field)
        if place is not None:
            return [Find(term, field, *place)]
    return None


def _first_place(term: Term, field: Field) -> Place | None:
    """The first of `places`, without going through it: most questions end here, with no."""
    if isinstance(term, Word):
        position = field.first_stem.get(term.stem)
        return None if position is None else (position, position)
    if isinstance(term, EntityTerm):
        return next((place for name in term.names if (place := _first_place(name, field)) is not None), None)
    for token in term.tokens:
        if token not in field.first_token:
            return None
    return next(_phrase_places(term, field), None)


def places(term: Term, field: Field) -> Iterator[Place]:
    """Every occurrence of a term; of an entity name after name."""
    if isinstance(term, Word):
        yield from ((position, position) for position in _positions(field.words.stems, term.stem, field.first_stem))
    elif isinstance(term, EntityTerm):
        for name in term.names:
            yield from places(name, field)
    else:
        yield from _phrase_places(term, field)


def _phrase_places(phrase: Phrase | Exact, field: Field) -> Iterator[Place]:
    tokens = phrase.tokens
    anchor = max(range(len(tokens)), key=lambda index: len(tokens[index]))
    for position in _positions(field.words.tokens, tokens[anchor], field.first_token):
        first = position - anchor
        if first < 0 or field.words.tokens[first : first + len(tokens)] != tokens:
            continue
        if isinstance(phrase, Phrase) or _letters_at(field, first, len(tokens)) == phrase.letters:
            yield first, first + len(tokens) - 1


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


def span(field: Field, first: int, last: int) -> Span:
    """Where the words from position `first` up to and including `last` stand in the original text."""
    return field.words.starts[first], field.words.ends[last]
