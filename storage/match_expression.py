"""Compiles a query to an FTS5 MATCH expression over the columns title, title_stems, text, text_stems.

What FTS5 cannot say becomes something that it can and that finds more; `exact` is then False and the caller verifies
each row with `news.matching.evaluate`. Every word goes in as a quoted FTS5 string, so that nothing a user types is FTS5 syntax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from news.query import And, EntityTerm, Exact, Node, Not, Or, Phrase, Query, Term, Wanted, Word, wanted_terms
from news.query.wanted import Form

_DEEPEST = 12
"""FTS5's parser has a stack of 100 entries and gives up ("parser stack overflow") on groups within groups within groups."""

_AS_WRITTEN = "{title text}"
_STEMS = "{title_stems text_stems}"


@dataclass(frozen=True, slots=True)
class FtsQuery:
    """An FTS5 MATCH expression that finds every match of a query; with `exact` nothing else, otherwise perhaps more."""

    expression: str
    exact: bool


def compile_expression(query: Query) -> FtsQuery:
    """The MATCH expression for a query."""
    return _compile(query.root, 0)


def _compile(node: Node, depth: int) -> FtsQuery:
    if isinstance(node, And):
        return _compile_wanted(node) if depth > _DEEPEST else _compile_and(node, depth)
    if isinstance(node, Or):
        return _compile_wanted(node) if depth > _DEEPEST else _any_of([_compile(operand, depth + 1) for operand in node.operands])
    if isinstance(node, Not):
        raise TypeError("FTS5 has no negation alone; the parser lets none stand alone")
    return _compile_term(node)


def _compile_and(node: And, depth: int) -> FtsQuery:
    """`a AND b NOT (c OR d)`. A negation that FTS5 cannot say exactly is left out: negating more would find less."""
    positive = [_compile(operand, depth + 1) for operand in node.operands if not isinstance(operand, Not)]
    negative = [_compile(operand.operand, depth + 1) for operand in node.operands if isinstance(operand, Not)]
    said = [part for part in negative if part.exact]
    expression = _join(" AND ", positive)
    if said:
        expression = f"({expression}) NOT ({_join(' OR ', said)})"
    return FtsQuery(expression, all(part.exact for part in positive + negative))


def _any_of(parts: Sequence[FtsQuery]) -> FtsQuery:
    return FtsQuery(_join(" OR ", parts), all(part.exact for part in parts))


def _join(operator: str, parts: Sequence[FtsQuery]) -> str:
    if len(parts) == 1:
        return parts[0].expression
    return operator.join(f"({part.expression})" for part in parts)


def _compile_term(term: Term) -> FtsQuery:
    if isinstance(term, Word):
        return FtsQuery(f"{_STEMS} : {_quoted((term.stem,))}", exact=True)
    if isinstance(term, Phrase):
        return FtsQuery(f"{_AS_WRITTEN} : {_quoted(term.tokens)}", exact=True)
    if isinstance(term, Exact):
        return FtsQuery(f"{_AS_WRITTEN} : {_quoted(term.tokens)}", exact=False)
    if isinstance(term, EntityTerm):
        return _any_of([_compile_term(name) for name in term.names])
    raise TypeError(term)


def _compile_wanted(node: Node) -> FtsQuery:
    """Too deep for FTS5's parser: only the words that any match must hold one of."""
    wanted = sorted(wanted_terms(node), key=lambda one: (one.form.value, one.word))
    return FtsQuery(" OR ".join(_wanted_word(one) for one in wanted), exact=False)


def _wanted_word(one: Wanted) -> str:
    return f"{_STEMS if one.form is Form.STEM else _AS_WRITTEN} : {_quoted((one.word,))}"


def _quoted(words: Sequence[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
