"""Which words an article must hold before a query can match it at all: how one article meets ten thousand topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from news.query.tree import And, EntityTerm, Exact, Node, Not, Or, Phrase, Word, has_positive, positive_terms


class Form(Enum):
    """In which form of the words of an article a wanted word is looked for."""

    TOKEN = "token"  # noqa: S105
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word that an article holds, as written or as a stem, if a query matches it."""

    form: Form
    word: str


Cost: TypeAlias = Callable[[Wanted], float]
"""A guess at how many articles hold a word; only comparisons matter."""


def length_cost(wanted: Wanted) -> float:
    """Long words are rare words: a word of 3 letters counts as much as eleven of 10."""
    return 1 / len(wanted.word) ** 2


def wanted_terms(node: Node, cost: Cost = length_cost) -> frozenset[Wanted]:
    """The cheapest set of words at least one of which any match of this node holds. The node has something positive."""
    if isinstance(node, And):
        choices = [wanted_terms(operand, cost) for operand in node.operands if has_positive(operand)]
        return min(choices, key=lambda choice: sum(map(cost, choice)))
    if isinstance(node, Or):
        return frozenset[Wanted]().union(*(wanted_terms(operand, cost) for operand in node.operands))
    if isinstance(node, EntityTerm):
        return frozenset(min(_words(name), key=cost) for name in node.names)
    if isinstance(node, Not):
        raise TypeError("a negation wants nothing; the parser lets none stand alone")
    return frozenset({min(_words(node), key=cost)})


def mentioned_words(node: Node) -> Iterator[Wanted]:
    """Every word of every positive term of a query, from which `wanted_terms` chooses."""
    for term in positive_terms(node):
        for name in term.names if isinstance(term, EntityTerm) else (term,):
            yield from _words(name)


def _words(term: Word | Phrase | Exact) -> list[Wanted]:
    if isinstance(term, Word):
        return [Wanted(Form.STEM, term.stem)]
    return [Wanted(Form.TOKEN, token) for token in term.tokens]
