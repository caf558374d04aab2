"""Compiles a query to an FTS5 MATCH expression over the columns title, title_stems, text, text_stems.

What FTS5 cannot say becomes something that it can and that finds more; `exact` is then False and the caller verifies
each row with `news.query.matching.holds`. Every word goes in as a quoted FTS5 string, so that nothing a user types is FTS5 syntax.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from news.query import (
    And,
    Compound,
    Condition,
    EntityTerm,
    Filter,
    Form,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Prefix,
    Query,
    Since,
    Term,
    TextField,
    Until,
    Wanted,
    Word,
    wanted_terms,
)
from news.text import stem

_DEEPEST = 12
"""FTS5's parser has a stack of 100 entries and gives up ("parser stack overflow") on groups within groups within groups."""

_MOST_PAIRS = 64
"""Of the alternatives of a NEAR, each said as a NEAR of its own; with more, both sides are only asked to be in one field."""

_MOST_SAID_TWICE = 200
"""Of the alternatives of a NEAR, each said once for the title and once for the text; more are not even asked to be in one field."""

_AS_WRITTEN = {None: "{title text}", TextField.TITLE: "{title}", TextField.TEXT: "{text}"}
_STEMS = {None: "{title_stems text_stems}", TextField.TITLE: "{title_stems}", TextField.TEXT: "{text_stems}"}


@dataclass(frozen=True, slots=True)
class FtsQuery:
    """An FTS5 MATCH expression that finds every match of a query; with `exact` nothing else, otherwise perhaps more.

    `expression` is None where the words of an article do not matter, or not in every branch of an OR: then every article is a candidate.
    """

    expression: str | None
    exact: bool

    @property
    def phrases(self) -> int:
        """How many quoted strings the expression has; no word holds a quote."""
        return 0 if self.expression is None else self.expression.count('"') // 2


def compile_expression(query: Query, *, asked: Collection[Condition] = ()) -> FtsQuery:
    """The MATCH expression for a query.

    `asked` are those of its `required_conditions` that the caller asks exactly in another way, so that they need no verification here.
    """
    return _Compiler(asked).compile(query.root, 0)


class _Compiler:
    def __init__(self, asked: Collection[Condition]) -> None:
        self._asked = asked

    def compile(self, node: Node, depth: int) -> FtsQuery:
        if isinstance(node, And):
            return _compile_wanted(node) if depth > _DEEPEST else self._compile_and(node, depth)
        if isinstance(node, Or):
            return _compile_wanted(node) if depth > _DEEPEST else _any_of([self.compile(operand, depth + 1) for operand in node.operands])
        if isinstance(node, Not):
            raise TypeError("FTS5 has no negation alone; the parser lets none stand alone")
        if isinstance(node, Filter | Since | Until):
            return FtsQuery(None, depth <= 1 and node in self._asked)
        return _compile_term(node)

    def _compile_and(self, node: And, depth: int) -> FtsQuery:
        """`a AND b NOT (c OR d)`. A negation that FTS5 cannot say exactly is left out: negating more would find less."""
        positive = [self.compile(operand, depth + 1) for operand in node.operands if not isinstance(operand, Not)]
        negative = [self.compile(operand.operand, depth + 1) for operand in node.operands if isinstance(operand, Not)]
        there = [part.expression for part in positive if part.expression is not None]
        absent = [part.expression for part in negative if part.exact and part.expression is not None]
        exact = all(part.exact for part in positive) and len(absent) == len(negative)
        if not there:
            return FtsQuery(None, exact and not negative)
        expression = _join(" AND ", there)
        if absent:
            expression = f"({expression}) NOT ({_join(' OR ', absent)})"
        return FtsQuery(expression, exact)


def _any_of(parts: Sequence[FtsQuery]) -> FtsQuery:
    expressions = [part.expression for part in parts if part.expression is not None]
    if len(expressions) < len(parts):
        return FtsQuery(None, exact=False)
    return FtsQuery(_join(" OR ", expressions), all(part.exact for part in parts))


def _join(operator: str, expressions: Iterable[str]) -> str:
    """Each once: what a user wrote in several ways may be the same to FTS5, and it would look for it as often."""
    distinct = list(dict.fromkeys(expressions))
    return distinct[0] if len(distinct) == 1 else operator.join(f"({expression})" for expression in distinct)


def _compile_term(term: Term) -> FtsQuery:
    if isinstance(term, EntityTerm):
        return _any_of([_compile_words(name, term.field) for name in term.names])
    if isinstance(term, Near):
        return _compile_near(term)
    return _compile_words(term, term.field)


def _compile_words(term: Operand | Prefix, field: TextField | None) -> FtsQuery:
    if isinstance(term, Word):
        return FtsQuery(f"{_STEMS[field]} : {_quoted((term.stem,))}", exact=True)
    if isinstance(term, Compound):  # its words between the ends are taken as written, which the column of stems cannot say
        return FtsQuery(f"{_STEMS[field]} : {_quoted(term.stems)}", exact=len(term.stems) == 2)
    if isinstance(term, Prefix):
        return FtsQuery(f"{_AS_WRITTEN[field]} : {_quoted((term.beginning,))} *", exact=True)
    return FtsQuery(f"{_AS_WRITTEN[field]} : {_quoted(term.tokens)}", isinstance(term, Phrase))


def _compile_near(near: Near) -> FtsQuery:
    """Said of stems, since FTS5 knows nearness only within one column: what is near as written is near there too.

    FTS5 counts the words between, we the steps from word to word, hence one less. It says exactly the same only of different bare
    words: it knows no order, and lets one word serve twice.
    """
    if len(near.left) * len(near.right) > _MOST_PAIRS:
        return _compile_same_field(near)
    pairs = [f"{_STEMS[near.field]} : NEAR({_stems_of(a)} {_stems_of(b)}, {near.distance - 1})" for a, b in product(near.left, near.right)]
    exact = not near.ordered and all(isinstance(one, Word) for one in near.left + near.right) and not _stems(near.left) & _stems(near.right)
    return FtsQuery(_join(" OR ", pairs), exact)


def _compile_same_field(near: Near) -> FtsQuery:
    few = len(near.left) + len(near.right) <= _MOST_SAID_TWICE
    fields = list(TextField) if few and near.field is None else [near.field]
    both = [
        _join(" AND ", [_join(" OR ", [f"{_STEMS[field]} : {_stems_of(one)}" for one in side]) for side in (near.left, near.right)])
        for field in fields
    ]
    return FtsQuery(_join(" OR ", both), exact=False)


def _stems(alternatives: Sequence[Operand]) -> set[str]:
    return {one.stem for one in alternatives if isinstance(one, Word)}


def _stems_of(term: Operand) -> str:
    if isinstance(term, Word):
        return _quoted((term.stem,))
    return _quoted(term.stems if isinstance(term, Compound) else tuple(map(stem, term.tokens)))


def _compile_wanted(node: Node) -> FtsQuery:
    """Too deep for FTS5's parser: only the words that any match must hold one of."""
    wanted = wanted_terms(node)
    if wanted is None:
        return FtsQuery(None, exact=False)
    ordered = sorted(wanted, key=lambda one: (one.form.value, one.word))
    return FtsQuery(" OR ".join(_wanted_word(one) for one in ordered), exact=False)


def _wanted_word(one: Wanted) -> str:
    columns = _STEMS if one.form is Form.STEM else _AS_WRITTEN
    return f"{columns[None]} : {_quoted((one.word,))}{' *' if one.form is Form.PREFIX else ''}"


def _quoted(words: Sequence[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
