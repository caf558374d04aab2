"""What a query means, as a tree. Its leaves are terms, found at a place in a title or a text, and conditions, on the article itself.

The parser keeps these laws, which everything that reads a tree may rely on:
- `And` and `Or` have at least two operands, and none of their own kind;
- every operand of an `Or`, and the operand of a `Not`, has something positive (so no `Not` stands in a `Not` or in an `Or` alone);
- the tree as a whole has something positive; its depth and the number of its leaves are bounded;
- `Since` and `Until` stand only in queries that were read with a `MomentParser`, so never in a topic.

A field before a group is pushed down to the leaves: `title:(a OR b)` is `title:a OR title:b`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeAlias

LONGEST_PHRASE: Final = 50
"""Words of a phrase, or of a name of an entity. On a text that repeats one word, each of its positions is compared as often."""


class TextField(StrEnum):
    """A field of words. A term with one is looked for only there, a term without one in both."""

    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word; it also means its plural, feminine and participle forms."""

    name: str
    stem: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as written, adjacent and in order, case and accents aside."""

    name: str
    tokens: tuple[str, ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Compound:
    """The words of a bare word with a dash or slash, adjacent and in order. The first and the last also mean their other forms.

    `tokens` and `stems` are the same words; of the words between, the tokens count.
    """

    name: str
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Exact:
    """Words in exactly these letters, adjacent and in order. `tokens` are the same words folded.

    With `in_headlines` they may be capitals in a title that is all in capitals.
    """

    name: str
    tokens: tuple[str, ...]
    letters: tuple[str, ...]
    field: TextField | None = None
    in_headlines: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins with these folded letters."""

    name: str
    beginning: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class EntityTerm:
    """Any of the names of an entity."""

    name: str
    names: tuple[Phrase | Exact, ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right` in one field: from the end of the one to the start of the other it is at most `distance` positions.

    They share no word. `ordered`: `left` comes first. The alternatives carry no field of their own; entities stand there as their names.
    """

    name: str
    left: tuple[Operand, ...]
    right: tuple[Operand, ...]
    distance: int
    ordered: bool
    field: TextField | None = None


class Fact(StrEnum):
    """What a filter asks about."""

    SOURCE = "source"
    AUTHOR = "author"
    TAG = "tag"
    LANGUAGE = "lang"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Filter:
    """A fact about the article: `value` as it was typed, `tokens` its words (of a URL and a language none)."""

    name: str
    fact: Fact
    value: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """The article's time is `moment` or later."""

    name: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Until:
    """The article's time is before `moment`; of a date that was typed, `moment` is the end of that day."""

    name: str
    moment: datetime


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


Operand: TypeAlias = Word | Phrase | Compound | Exact
"""What can be near something else."""

Term: TypeAlias = Word | Phrase | Compound | Exact | Prefix | EntityTerm | Near
"""A leaf that stands in title or text. `name` is how the user wrote it. Read in `wanted`, `finding` and `match_expression`."""

Condition: TypeAlias = Filter | Since | Until
"""A leaf about the article itself; it holds or not whatever the words are."""

Node: TypeAlias = Term | Condition | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: its text as given, and what it means."""

    text: str
    root: Node


EVERYTHING: Final = Query("", Since("", datetime.min.replace(tzinfo=UTC)))
"""What is asked where there is no query, but filters beside it: every article holds it. No text is read as this."""


def has_positive(node: Node) -> bool:
    """Whether something must be there (not only be absent) for this part of a query to hold."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And):
        return any(has_positive(operand) for operand in node.operands)
    return True


def leaves(node: Node) -> Iterator[Term | Condition]:
    """All leaves of a tree, in the order of the query."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from leaves(operand)
    elif isinstance(node, Not):
        yield from leaves(node.operand)
    else:
        yield node


def positive_terms(node: Node) -> Iterator[Term]:
    """All terms that can be a reason for a match, in the order of the query; what stands under a `Not` cannot."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from positive_terms(operand)
    elif not isinstance(node, Not | Filter | Since | Until):
        yield node


def required_conditions(node: Node) -> tuple[Condition, ...]:
    """The conditions that every match fulfils, which a search may therefore ask first. Others may stand in an `Or` or a `Not`."""
    operands = node.operands if isinstance(node, And) else (node,)
    return tuple(operand for operand in operands if isinstance(operand, Filter | Since | Until))


def make_and(operands: list[Node]) -> Node:
    """The conjunction of one or more operands, flat, each once."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, And) else (operand,))
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else And(distinct)


def make_or(operands: list[Node]) -> Node:
    """The disjunction of one or more operands, flat, each once."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, Or) else (operand,))
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else Or(distinct)


def make_not(operand: Node) -> Node:
    """The negation: of a negation the thing itself, of several negations together any of the things."""
    if isinstance(operand, Not):
        return operand.operand
    if isinstance(operand, And):
        negated = [part.operand for part in operand.operands if isinstance(part, Not)]
        if len(negated) == len(operand.operands):
            return make_or(negated)
    return Not(operand)
