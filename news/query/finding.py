"""Where the terms of a query stand in an article. Whether a query holds follows from this, and so do hits and passages."""

from __future__ import annotations

import dataclasses
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from news.articles import ArticleFacts
from news.matches import Hit
from news.query.conditions import found_fact
from news.query.field import Alternatives, Field, Limits, Place, Span
from news.query.nearness import first_step, near_ends, near_starts
from news.query.tree import (
    And,
    Compound,
    Condition,
    EntityTerm,
    Exact,
    Filter,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Prefix,
    Since,
    Term,
    TextField,
    Until,
    Word,
)
from news.text.analysis import AnalysedArticle, Analysis
from news.text.tokens import exact_letters, in_capitals
from news.wording import Wording

_LAST_CHARACTER = chr(sys.maxunicode)
"""No character in any token comes after it, nor is it one."""


class Quote(NamedTuple):
    """What was found, and the passage around it."""

    found: str
    passage: str


@dataclass(slots=True)
class Occurrence:
    """A leaf of a query that holds: how the user wrote it, the field, and where in `text` (the whole field) it was found first.

    Words near one another have two spans, everything else has one; of a condition the whole of the fact is where it was found.
    """

    name: str
    field: str
    text: str
    spans: tuple[Span, ...]
    hit: Hit | None = None
    """How it is shown, once someone asked; many queries share their occurrences."""


Occurrences: TypeAlias = tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article ready to be asked about many queries: title and text, and what filters ask about, if that is known."""

    fields: tuple[Field, Field]
    facts: ArticleFacts | None
    quotes: dict[tuple[str, tuple[Span, ...]], Quote] = dataclasses.field(default_factory=dict)
    """What was quoted already, from a text and places in it; many queries find the same."""
    known: dict[int, tuple[Term, Occurrences | None]] = dataclasses.field(default_factory=dict)
    """What was found of a term, under the identity of the term, which stands beside it so that no other can take that identity."""

    @property
    def length(self) -> int:
        """Characters of title and text."""
        return sum(len(field.text) for field in self.fields)


def prepare(article: AnalysedArticle, facts: ArticleFacts | None = None) -> PreparedArticle:
    """Makes an article ready to be asked about many queries."""
    title = Field(TextField.TITLE, article.title, article.title_tokens)
    return PreparedArticle((title, Field(TextField.TEXT, article.text, article.text_tokens)), facts)


def share_terms(node: Node, known: dict[Node, Node]) -> Node:
    """The same tree, in which what is equal to something known is that very thing: it is then looked for once in an article."""
    if isinstance(node, And | Or):
        return type(node)(tuple(share_terms(operand, known) for operand in node.operands))
    if isinstance(node, Not):
        return Not(share_terms(node.operand, known))
    return known.setdefault(node, node)


def find(node: Node, article: PreparedArticle) -> Occurrences | None:
    """The occurrences that make this part of a query hold, None if it does not hold. A negation that holds has no occurrences.

    Raises ValueError if a condition is asked of an article whose facts are not known.
    """
    return _FINDERS[type(node)](node, article)


def _find_all(node: And, article: PreparedArticle) -> Occurrences | None:
    occurrences: Occurrences = ()
    for operand in node.operands:
        found = find(operand, article)
        if found is None:
            return None
        occurrences += found
    return occurrences


def _find_any(node: Or, article: PreparedArticle) -> Occurrences | None:
    branches = [found for operand in node.operands if (found := find(operand, article)) is not None]
    return tuple([one for branch in branches for one in branch]) if branches else None


def _find_nothing(node: Not, article: PreparedArticle) -> Occurrences | None:
    return () if find(node.operand, article) is None else None


def _find_fact(condition: Condition, article: PreparedArticle) -> Occurrences | None:
    if article.facts is None:
        raise ValueError(Wording("{name} asks for facts about the article, and none were given", name=condition.name))
    if isinstance(condition, Filter):
        fact = found_fact(condition, article.facts)
        return None if fact is None else (Occurrence(condition.name, condition.fact, fact, ((0, len(fact)),)),)
    after = article.facts.time >= condition.moment
    return () if after is isinstance(condition, Since) else None


def _find_term(term: Term, article: PreparedArticle) -> Occurrences | None:
    known = article.known.get(id(term))
    if known is None:
        known = article.known[id(term)] = (term, _look_for(term, article))
    return known[1]


def _look_for(term: Term, article: PreparedArticle) -> Occurrences | None:
    """The first place of a term, in the title if it is there."""
    wanted_field = term.field
    for field in article.fields:
        if wanted_field is None or wanted_field is field.name:
            found = first_places(term, field)
            if found:
                return (Occurrence(term.name, field.name, field.text, tuple([span(field, first, last) for first, last in found])),)
    return None


_FINDERS: dict[type[Node], Callable[[Any, PreparedArticle], Occurrences | None]] = {
    And: _find_all,
    Or: _find_any,
    Not: _find_nothing,
    **dict.fromkeys((Filter, Since, Until), _find_fact),
    **dict.fromkeys((Word, Phrase, Compound, Exact, Prefix, EntityTerm, Near), _find_term),
}


def first_places(term: Term, field: Field) -> tuple[Place, ...]:
    """The first of `places`, of words near one another the first pair; nothing if the term is not there."""
    if isinstance(term, Word):  # as nearly always
        position = field.first_stem.get(term.stem)
        return () if position is None else ((position, position),)
    if isinstance(term, Near):
        return _first_pair(term, field)
    place = _first_place(term, field)
    return () if place is None else (place,)


def _first_place(term: Phrase | Compound | Exact | Prefix | EntityTerm, field: Field) -> Place | None:
    """The first place, without going through all of them: most questions end here, with no."""
    if isinstance(term, EntityTerm):
        return next((place for name in term.names if (place := _first_in_a_row(name, field)) is not None), None)
    if isinstance(term, Prefix):
        position = min(map(field.first_token.__getitem__, _tokens_with(term.beginning, field)), default=None)
        return None if position is None else (position, position)
    return _first_in_a_row(term, field)


def _first_in_a_row(phrase: Phrase | Compound | Exact, field: Field) -> Place | None:
    if isinstance(phrase, Compound):
        return next(_compound_places(phrase, field), None)
    for token in phrase.tokens:
        if token not in field.first_token:
            return None
    if len(phrase.tokens) == 1 and isinstance(phrase, Phrase):
        position = field.first_token[phrase.tokens[0]]
        return position, position
    return next(_phrase_places(phrase, field), None)


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
        yield from _places_in_a_row(term, field)


def _places_in_a_row(term: Phrase | Compound | Exact, field: Field) -> Iterator[Place]:
    return _compound_places(term, field) if isinstance(term, Compound) else _phrase_places(term, field)


def _phrase_places(phrase: Phrase | Exact, field: Field) -> Iterator[Place]:
    tokens = phrase.tokens
    # The word that comes last of all is a rare one, and the least of the field is left to look through. One that is missing is best.
    anchor = 0
    if len(tokens) > 1:
        anchor = max(range(len(tokens)), key=lambda index: field.first_token.get(tokens[index], len(field.words)))
    for position in _positions(field.words.tokens, tokens[anchor], field.first_token):
        first = position - anchor
        if first >= 0 and _stands_at(phrase, field, first):
            yield first, first + len(tokens) - 1


def _compound_places(compound: Compound, field: Field) -> Iterator[Place]:
    """Sought from the rarer of its ends, as far as the one that comes last is rarer."""
    length = len(compound.tokens)
    first, last = (field.first_stem.get(compound.stems[end]) for end in (0, -1))
    if first is None or last is None:
        return
    anchor = 0 if first >= last else length - 1
    for position in _positions(field.words.stems, compound.stems[anchor], field.first_stem):
        start = position - anchor
        if start >= 0 and _stands_at(compound, field, start):
            yield start, start + length - 1


def _prefix_places(prefix: Prefix, field: Field) -> Iterator[Place]:
    found = frozenset(_tokens_with(prefix.beginning, field))
    if found:
        yield from ((at, at) for at, token in enumerate(field.words.tokens) if token in found)


def _tokens_with(beginning: str, field: Field) -> list[str]:
    """The different tokens that begin so; in alphabetical order they are neighbours."""
    ordered = field.ordered_tokens
    return ordered[bisect_left(ordered, beginning) : bisect_left(ordered, beginning + _LAST_CHARACTER)]


def _positions(words: tuple[str, ...], word: str, first: Mapping[str, int]) -> Iterator[int]:
    position = first.get(word)
    while position is not None:
        yield position
        try:
            position = words.index(word, position + 1)
        except ValueError:
            return


def _first_pair(near: Near, field: Field) -> tuple[Place, ...]:
    """The first thing that has one of the others before it and near to it, with that one."""
    pairs = []
    for before, ends, after, starts in _orders(near, field):
        step = first_step(ends, starts, near.distance)
        if step is not None:
            pairs.append((_ending_at(step[0], before, field), _starting_at(step[1], after, field)))
    return min(pairs, key=_second, default=())


def _near_places(near: Near, field: Field) -> Iterator[Place]:
    found: set[Place] = set()
    for before, ends, after, starts in _orders(near, field):
        if first_step(ends, starts, near.distance) is None:
            continue
        found.update(_ending_at(end, before, field) for end in near_ends(ends, starts, near.distance))
        found.update(_starting_at(start, after, field) for start in near_starts(ends, starts, near.distance))
    yield from sorted(found)


def _orders(near: Near, field: Field) -> Iterator[tuple[Alternatives, list[int], Alternatives, list[int]]]:
    """What may come before what: the ones and where they end, the others and where they begin. Nothing if one side is not there."""
    left_starts, left_ends = _limits(near.left, field)
    if not left_starts:
        return
    right_starts, right_ends = _limits(near.right, field)
    if not right_starts:
        return
    yield near.left, left_ends, near.right, right_starts
    if not near.ordered:
        yield near.right, right_ends, near.left, left_starts


def _limits(alternatives: Alternatives, field: Field) -> Limits:
    first = alternatives[0]
    if len(alternatives) == 1 and isinstance(first, Word):
        positions = _stem_positions(first.stem, field)
        return positions, positions
    known = field.limits.get(alternatives)
    if known is None:
        known = field.limits[alternatives] = _find_limits(alternatives, field)
    return known


def _find_limits(alternatives: Alternatives, field: Field) -> Limits:
    starts: set[int] = set()
    ends: set[int] = set()
    for one in alternatives:
        if isinstance(one, Word):
            positions = _stem_positions(one.stem, field)
            starts.update(positions)
            ends.update(positions)
        elif _first_in_a_row(one, field) is not None:
            for first, last in _places_in_a_row(one, field):
                starts.add(first)
                ends.add(last)
    return sorted(starts), sorted(ends)


def _stem_positions(stem: str, field: Field) -> list[int]:
    """All positions of a stem, in order."""
    first = field.first_stem.get(stem)
    if first is None:
        return []
    stems = field.words.stems
    last = field.last_stem[stem]
    if first == last:
        return [first]
    known = field.repeated_stems.get(stem)
    if known is None:
        known = field.repeated_stems[stem] = list(_positions(stems, stem, field.first_stem))
    return known


def _starting_at(position: int, alternatives: Alternatives, field: Field) -> Place:
    return next((position, position + _length(one) - 1) for one in alternatives if _stands_at(one, field, position))


def _ending_at(position: int, alternatives: Alternatives, field: Field) -> Place:
    firsts = ((position - _length(one) + 1, one) for one in alternatives)
    return next((first, position) for first, one in firsts if first >= 0 and _stands_at(one, field, first))


def _length(term: Operand) -> int:
    return 1 if isinstance(term, Word) else len(term.tokens)


def _stands_at(term: Operand, field: Field, first: int) -> bool:
    if isinstance(term, Word):
        return field.words.stems[first] == term.stem
    if isinstance(term, Compound):
        return _stands_compound_at(term, field.words, first)
    if field.words.tokens[first : first + len(term.tokens)] != term.tokens:
        return False
    return isinstance(term, Phrase) or _has_letters(term, field, first)


def _stands_compound_at(term: Compound, words: Analysis, first: int) -> bool:
    last = first + len(term.tokens) - 1
    if last >= len(words) or words.stems[first] != term.stems[0] or words.stems[last] != term.stems[-1]:
        return False
    return words.tokens[first + 1 : last] == term.tokens[1:-1]


def _has_letters(term: Exact, field: Field, first: int) -> bool:
    for position, letters in enumerate(term.letters, first):
        known = field.letters.get(position)
        if known is None:
            known = field.letters[position] = exact_letters(field.text[slice(*field.words.place(position))])
        if known != letters and not (term.in_headlines and field.is_headline and known in in_capitals(letters)):
            return False
    return True


def _second(pair: tuple[Place, Place]) -> Place:
    return pair[1]


def span(field: Field, first: int, last: int) -> Span:
    """Where the words from position `first` up to and including `last` stand in the original text."""
    start, end = field.words.place(first)
    return start, end if last == first else field.words.place(last)[1]
