"""Reads a query. NOT binds closest, then AND (also implied between two operands), then OR."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final

from news.analysis import analyse
from news.errors import QueryError
from news.query.entities import make_entity_term, make_exact
from news.query.lexer import Kind, Lexeme, cut_query
from news.query.tree import EntityTerm, Exact, Node, Phrase, Query, Word, has_positive, make_and, make_not, make_or
from news.topics import Entity

GREATEST_LENGTH: Final = 10_000
"""Characters in a query."""
GREATEST_DEPTH: Final = 50
"""Parentheses within one another."""

_OPERANDS = frozenset({Kind.WORD, Kind.PHRASE, Kind.EXACT, Kind.ENTITY, Kind.OPEN, Kind.NOT})
_EXPECTED_OPERAND = "a word, a phrase in quotes, @entity or ("


def parse_query(text: str, entities: Mapping[str, Entity]) -> Query:
    """The meaning of a query. Raises QueryError with the place of the mistake and what was expected there."""
    if len(text) > GREATEST_LENGTH:
        reason = f"this query has {len(text):,} characters; expected at most {GREATEST_LENGTH:,}"
        raise QueryError(text[:GREATEST_LENGTH], GREATEST_LENGTH, reason)
    return Query(text, _Parser(text, entities).read())


class _Parser:
    """Walks once over the lexemes of one query."""

    def __init__(self, query: str, entities: Mapping[str, Entity]) -> None:
        self._query = query
        self._entities = entities
        self._lexemes = cut_query(query)
        self._next = 0
        self._depth = 0

    def read(self) -> Node:
        start = self._peek()
        if start.kind is Kind.END:
            raise self._error(start, f"the query is empty; expected {_EXPECTED_OPERAND}")
        root = self._read_or()
        rest = self._peek()
        if rest.kind is not Kind.END:
            raise self._error(rest, "this parenthesis closes nothing; expected ( before it")
        if not has_positive(root):
            raise self._error(start, "this query only says what must be absent; expected also something to be found")
        return root

    def _read_or(self) -> Node:
        starts = [self._peek()]
        branches = [self._read_and()]
        while self._peek().kind is Kind.OR:
            self._take()
            starts.append(self._peek())
            branches.append(self._read_and())
        if len(branches) > 1:
            for start, branch in zip(starts, branches, strict=True):
                if not has_positive(branch):
                    raise self._error(start, "this branch of OR only says what must be absent; expected also something to be found")
        return make_or(branches)

    def _read_and(self) -> Node:
        operands = [self._read_not()]
        while True:
            if self._peek().kind is Kind.AND:
                self._take()
            elif self._peek().kind not in _OPERANDS:
                return make_and(operands)
            operands.append(self._read_not())

    def _read_not(self) -> Node:
        negated = False
        while self._peek().kind is Kind.NOT:
            self._take()
            negated = not negated
        operand = self._read_operand()
        return make_not(operand) if negated else operand

    def _read_operand(self) -> Node:
        lexeme = self._take()
        if lexeme.kind is Kind.OPEN:
            return self._read_group(lexeme)
        if lexeme.kind is Kind.ENTITY:
            return self._read_entity(lexeme)
        if lexeme.kind in {Kind.WORD, Kind.PHRASE, Kind.EXACT}:
            return self._read_words(lexeme)
        found = "the query ends here" if lexeme.kind is Kind.END else f"{lexeme.source} cannot stand here"
        raise self._error(lexeme, f"{found}; expected {_EXPECTED_OPERAND}")

    def _read_group(self, opening: Lexeme) -> Node:
        self._depth += 1
        if self._depth > GREATEST_DEPTH:
            raise self._error(opening, f"parentheses are nested too deeply; expected at most {GREATEST_DEPTH} within one another")
        inner = self._read_or()
        if self._take().kind is not Kind.CLOSE:
            raise self._error(opening, "this parenthesis is not closed; expected )")
        self._depth -= 1
        return inner

    def _read_entity(self, lexeme: Lexeme) -> EntityTerm:
        entity = self._entities.get(lexeme.text)
        if entity is None:
            raise self._error(lexeme, f"there is no entity {lexeme.text}; expected {self._known_entities(lexeme.text)}")
        try:
            return make_entity_term(entity)
        except QueryError as error:
            raise self._error(lexeme, error.message) from error

    def _known_entities(self, wanted: str) -> str:
        known = {key.casefold(): key for key in self._entities}
        close = difflib.get_close_matches(wanted.casefold(), list(known), n=3)
        if close:
            return " or ".join(f"@{known[key]}" for key in close)
        if not known:
            return "[entities.…] in the configuration before @ is used"
        listed = ", ".join(f"@{key}" for key in sorted(self._entities)[:5])
        return f"an entity of the configuration, such as {listed}"

    def _read_words(self, lexeme: Lexeme) -> Word | Phrase | Exact:
        words = analyse(lexeme.text)
        if not len(words):
            raise self._error(lexeme, f"there is no word in {lexeme.source}; expected letters or digits")
        if lexeme.kind is Kind.EXACT:
            return make_exact(lexeme.source, lexeme.text, words)
        if lexeme.kind is Kind.PHRASE or len(words) > 1:
            return Phrase(lexeme.source, words.tokens)
        return Word(lexeme.source, words.stems[0])

    def _peek(self) -> Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._next]
        if lexeme.kind is not Kind.END:
            self._next += 1
        return lexeme

    def _error(self, lexeme: Lexeme, message: str) -> QueryError:
        return QueryError(self._query, lexeme.position, message)
