"""Makes `a NEAR/8 b`: what may stand in it, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from news.query.lexer import Kind, Lexeme
from news.query.tree import Compound, EntityTerm, Near, Node, Operand, Or, Phrase, TextField, Word
from news.wording import Wording

_OPERANDS = frozenset({Kind.WORD, Kind.PHRASE, Kind.ENTITY})
_ALLOWED = _OPERANDS | {Kind.OPEN, Kind.CLOSE, Kind.OR}


def find_stranger(operand: Sequence[Lexeme], operator: Lexeme) -> tuple[Lexeme, str] | None:
    """What cannot stand in this operand of `operator` (NEAR or ONEAR), with the reason; None if all can."""
    for lexeme in operand:
        if lexeme.kind not in _ALLOWED:
            expected = _expected(lexeme, operator)
            said = Wording(
                "{written} cannot stand within {operator}; expected {expected}",
                written=lexeme.source,
                operator=operator.source,
                expected=expected,
            )
            return lexeme, said
    for before, lexeme in pairwise(operand):
        if (before.kind in _OPERANDS or before.kind is Kind.CLOSE) and (lexeme.kind in _OPERANDS or lexeme.kind is Kind.OPEN):
            said = Wording(
                "words side by side (AND) cannot stand within {operator}; expected OR before {written}, or quotes",
                operator=operator.source,
                written=lexeme.source,
            )
            return lexeme, said
    return None


def _expected(stranger: Lexeme, operator: Lexeme) -> str:
    if stranger.kind is Kind.FIELD:
        return Wording("the field before the pair: {field}(a {operator} b)", field=stranger.source, operator=operator.source)
    if stranger.kind is Kind.NOT:
        return Wording("the exclusion before the pair: -(a {operator} b)", operator=operator.source)
    if stranger.kind is Kind.EXACT:
        return Wording("a word, a phrase in quotes, or an @entity that has the name {name}", name=stranger.source)
    return Wording("a word, a phrase in quotes, @entity, or a group of these joined by OR")


def make_near(name: str, operator: Lexeme, operands: tuple[Node, Node], field: TextField | None) -> Near:
    """The term for two operands in which nothing is strange."""
    left, right = (tuple(dict.fromkeys(_alternatives(operand))) for operand in operands)
    return Near(name, left, right, int(operator.text), operator.kind is Kind.ONEAR, field)


def _alternatives(operand: Node) -> list[Operand]:
    if isinstance(operand, Or):
        return [one for part in operand.operands for one in _alternatives(part)]
    if isinstance(operand, EntityTerm):
        return list(operand.names)
    if isinstance(operand, Word | Phrase | Compound):
        return [replace(operand, field=None)]
    raise TypeError(operand)
