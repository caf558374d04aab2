"""Which words an article must hold before a query can match it at all: how one article meets ten thousand topics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from news.query.tree import And, EntityTerm, Exact, Node, Not, Or, Phrase, Word, has_positive


class Form(Enum):
    """In which form of the words of an article a wanted word is looked for."""

    TOKEN = "token"  # noqa: S105
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word that an article holds, as written or as a stem, if a query matches it."""

    form: Form
    word: str


def wanted_terms(node: Node) -> frozenset[Wanted]:
    """A smallest set of words at least one of which any match of this node holds. The node has something positive."""
    if isinstance(node, And):
        choices = [wanted_terms(operand) for operand in node.operands if has_positive(operand)]
        return min(choices, key=_commonness)
    if isinstance(node, Or):
        return frozenset[Wanted]().union(*(wanted_terms(operand) for operand in node.operands))
    if isinstance(node, EntityTerm):
        return frozenset(_rarest(name) for name in node.names)
    if isinstance(node, Not):
        raise TypeError("a negation wants nothing; the parser lets none stand alone")
    return frozenset({_rarest(node)})


def _rarest(term: Word | Phrase | Exact) -> Wanted:
    """Long words are rare words: all that is known here, and enough."""
    if isinstance(term, Word):
        return Wanted(Form.STEM, term.stem)
    return Wanted(Form.TOKEN, max(term.tokens, key=len))


def _commonness(wanted: frozenset[Wanted]) -> float:
    """A guess at how many articles hold one of these words: a word of 3 letters counts as much as 11 of 10."""
    return sum(1 / len(one.word) ** 2 for one in wanted)
