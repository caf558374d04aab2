"""Makes `a NEAR/8 b`: what may stand in it, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from news.query.lexer import Kind, Lexeme
from news.query.tree import Compound, EntityTerm, Near, Node, Operand, Or, Phrase, TextField, Word

_OPERANDS = frozenset({Kind.WORD, Kind.PHRASE, Kind.ENTITY})
_ALLOWED = _OPERANDS | {Kind.OPEN, Kind.CLOSE, Kind.OR}


def find_stranger(operand: Sequence[Lexeme], operator: Lexeme) -> tuple[Lexeme, str] | None:
    """What cannot stand in this operand of `operator` (NEAR or ONEAR), with the reason; None if all can."""
    for lexeme in operand:
        if lexeme.kind not in _ALLOWED:
            return lexeme, f"{lexeme.source} cannot stand within {operator.source}; expected {_expected(lexeme, operator)}"
    for before, lexeme in pairwise(operand):
        if (before.kind in _OPERANDS or before.kind is Kind.CLOSE) and (lexeme.kind in _OPERANDS or lexeme.kind is Kind.OPEN):
            return lexeme, f"words side by side (AND) cannot stand within {operator.source}; expected OR before {lexeme.source}, or quotes"
    return None


def _expected(stranger: Lexeme, operator: Lexeme) -> str:
    if stranger.kind is Kind.FIELD:
        return f"the field before the pair: {stranger.source}(a {operator.source} b)"
    if stranger.kind is Kind.NOT:
        return f"the exclusion before the pair: -(a {operator.source} b)"
    if stranger.kind is Kind.EXACT:
        return f"a word, a phrase in quotes, or an @entity that has the name {stranger.source}"
    return "a word, a phrase in quotes, @entity, or a group of these joined by OR"


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
