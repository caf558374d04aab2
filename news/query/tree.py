"""What a query means, as a tree. Terms are the leaves: something that can be found at a place in a title or a text.

The parser keeps these laws, which everything that reads a tree may rely on:
- `And` and `Or` have at least two operands, and none of their own kind;
- every operand of an `Or`, and the operand of a `Not`, has something positive (so no `Not` stands in a `Not` or in an `Or` alone);
- the tree as a whole has something positive; its depth is bounded.

A new kind of term (a prefix, words near one another, a field) is a new class here, and a branch in the places that `Term` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word; it also means its plural, feminine and participle forms."""

    name: str
    stem: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as written, adjacent and in order, case and accents aside."""

    name: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """Words in exactly these letters, adjacent and in order. `tokens` are the same words folded."""

    name: str
    tokens: tuple[str, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityTerm:
    """Any of the names of an entity."""

    name: str
    names: tuple[Phrase | Exact, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All operands hold, anywhere in title or text."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one operand holds."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The operand does not hold."""

    operand: Node


Term: TypeAlias = Word | Phrase | Exact | EntityTerm
"""A leaf. `name` is how the user would write it. Read in `wanted`, `news.matching` and `storage.match_expression`."""

Node: TypeAlias = Term | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: its text as given, and what it means."""

    text: str
    root: Node


def has_positive(node: Node) -> bool:
    """Whether something must be there (not only be absent) for this part of a query to hold."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And):
        return any(has_positive(operand) for operand in node.operands)
    return True


def positive_terms(node: Node) -> Iterator[Term]:
    """All terms that can be a reason for a match, in the order of the query; what stands under a `Not` cannot."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from positive_terms(operand)
    elif not isinstance(node, Not):
        yield node


def make_and(operands: list[Node]) -> Node:
    """The conjunction of one or more operands, flat."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, And) else (operand,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def make_or(operands: list[Node]) -> Node:
    """The disjunction of one or more operands, flat."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, Or) else (operand,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def make_not(operand: Node) -> Node:
    """The negation: of a negation the thing itself, of several negations together any of the things."""
    if isinstance(operand, Not):
        return operand.operand
    if isinstance(operand, And):
        negated = [part.operand for part in operand.operands if isinstance(part, Not)]
        if len(negated) == len(operand.operands):
            return make_or(negated)
    return Not(operand)
