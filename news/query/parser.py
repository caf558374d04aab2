"""Reads a query. NOT binds closest, then NEAR, then AND (also implied between two operands), then OR."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from news.errors import QueryError
from news.query.conditions import make_condition
from news.query.entities import make_entity_term
from news.query.lexer import Kind, Lexeme, cut_query
from news.query.moments import MomentParser
from news.query.proximity import find_stranger, make_near
from news.query.terms import MisreadError, make_terms
from news.query.tree import (
    Compound,
    EntityTerm,
    Exact,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    Query,
    TextField,
    has_positive,
    make_and,
    make_not,
    make_or,
)
from news.topics import Entity
from news.wording import Wording, join_choice, said_by

GREATEST_LENGTH: Final = 10_000
"""Characters in a query."""
GREATEST_DEPTH: Final = 50
"""Parentheses within one another."""
GREATEST_SIZE: Final = 5_000
"""Words, those of phrases and of names of entities too; a short query can name a large entity a thousand times."""
MOST_NEARS: Final = 100
MOST_BEGINNINGS: Final = 100
"""`milit*` and `a NEAR/8 b`: each can stand at every word of a long text, and is looked for on its own."""

_WORDS = frozenset({Kind.WORD, Kind.PREFIX, Kind.PHRASE, Kind.EXACT, Kind.VALUE})
_OPERANDS = _WORDS | {Kind.ENTITY, Kind.OPEN, Kind.NOT, Kind.FIELD}
_PROXIMITY = frozenset({Kind.NEAR, Kind.ONEAR})
_TEXT_FIELDS = frozenset(TextField)
_EXPECTED_OPERAND = Wording("a word, a phrase in quotes, @entity or (")


def parse_query(text: str, entities: Mapping[str, Entity], *, moments: MomentParser | None = None) -> Query:
    """The meaning of a query. Raises QueryError with the place of the mistake and what was expected there.

    With `moments`, as in a search, `since:` and `until:` can be asked; without, as in a topic, they are an error.
    """
    if len(text) > GREATEST_LENGTH:
        length, most = f"{len(text):,}", f"{GREATEST_LENGTH:,}"
        reason = Wording("this query has {length} characters; expected at most {most}", length=length, most=most)
        raise QueryError(text[:GREATEST_LENGTH], GREATEST_LENGTH, reason)
    return Query(text, _Parser(text, entities, moments).read())


class _Parser:
    """Walks once over the lexemes of one query."""

    def __init__(self, query: str, entities: Mapping[str, Entity], moments: MomentParser | None) -> None:
        self._query = query
        self._entities = entities
        self._moments = moments
        self._lexemes = cut_query(query)
        self._next = 0
        self._depth = 0
        self._size = 0
        self._nears = 0
        self._beginnings = 0
        self._field: Lexeme | None = None

    def read(self) -> Node:
        start = self._peek()
        if start.kind is Kind.END:
            raise self._error(start, Wording("the query is empty; expected {expected}", expected=_EXPECTED_OPERAND))
        root = self._read_or()
        rest = self._peek()
        if rest.kind is not Kind.END:
            raise self._error(rest, Wording("this parenthesis closes nothing; expected ( before it"))
        if not has_positive(root):
            raise self._error(start, Wording("this query only says what must be absent; expected also something to be found"))
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
                    raise self._error(
                        start, Wording("this branch of OR only says what must be absent; expected also something to be found")
                    )
        return make_or(branches)

    def _read_and(self) -> Node:
        operands = [self._read_near()]
        while True:
            if self._peek().kind is Kind.AND:
                self._take()
            elif self._peek().kind not in _OPERANDS:
                return make_and(operands)
            operands.append(self._read_near())

    def _read_near(self) -> Node:
        start = self._next
        left = self._read_not()
        operator = self._peek()
        if operator.kind not in _PROXIMITY:
            return left
        self._check_operand(start, operator)
        self._take()
        middle = self._next
        right = self._read_not()
        self._check_operand(middle, operator)
        after = self._peek()
        if after.kind in _PROXIMITY:
            pairs = "a NEAR/8 b AND b NEAR/8 c"
            raise self._error(
                after,
                Wording(
                    "{operator} and {other} are a chain; expected pairs joined by AND, such as {pairs}",
                    operator=operator.source,
                    other=after.source,
                    pairs=pairs,
                ),
            )
        return self._make_near(start, operator, (left, right))

    def _make_near(self, start: int, operator: Lexeme, operands: tuple[Node, Node]) -> Near:
        self._nears += 1
        if self._nears > MOST_NEARS:
            raise self._error(
                operator,
                Wording(
                    "this query has too many NEAR and ONEAR; expected at most {most} (put alternatives into one)",
                    most=MOST_NEARS,
                ),
            )
        last = self._lexemes[self._next - 1]
        written = self._query[self._lexemes[start].position : last.position + len(last.source)]
        field = self._field
        if field is None:
            return make_near(written, operator, operands, None)
        if field.text not in _TEXT_FIELDS:
            raise self._error(
                operator,
                Wording(
                    "{operator} cannot be asked of {field}; expected words or words in quotes there",
                    operator=operator.source,
                    field=field.source,
                ),
            )
        return make_near(f"{field.source}({written})", operator, operands, TextField(field.text))

    def _check_operand(self, start: int, operator: Lexeme) -> None:
        """Whether the lexemes from `start` on are a word, a phrase, an entity, or alternatives of these."""
        fault = find_stranger(self._lexemes[start : self._next], operator)
        if fault is not None:
            raise self._error(*fault)

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
        if lexeme.kind is Kind.FIELD:
            return self._read_field(lexeme)
        if lexeme.kind is Kind.ENTITY or lexeme.kind in _WORDS:
            return self._read_leaf(lexeme)
        found = Wording("the query ends here") if lexeme.kind is Kind.END else Wording("{written} cannot stand here", written=lexeme.source)
        raise self._error(lexeme, Wording("{found}; expected {expected}", found=found, expected=_EXPECTED_OPERAND))

    def _read_group(self, opening: Lexeme) -> Node:
        self._depth += 1
        if self._depth > GREATEST_DEPTH:
            raise self._error(
                opening,
                Wording("parentheses are nested too deeply; expected at most {most} within one another", most=GREATEST_DEPTH),
            )
        inner = self._read_or()
        if self._take().kind is not Kind.CLOSE:
            raise self._error(opening, Wording("this parenthesis is not closed; expected )"))
        self._depth -= 1
        return inner

    def _read_field(self, field: Lexeme) -> Node:
        """What stands after a field; the field goes down to all that a group holds."""
        if self._field is not None:
            raise self._error(
                field,
                Wording(
                    "{field} stands within {outer}; expected words, and fields side by side",
                    field=field.source,
                    outer=self._field.source,
                ),
            )
        if self._peek().kind is Kind.NOT:
            raise self._error(self._peek(), Wording("expected the exclusion before the field: -{field}…", field=field.source))
        self._field = field
        operand = self._read_operand()
        self._field = None
        return operand

    def _read_leaf(self, lexeme: Lexeme) -> Node:
        try:
            leaf = self._make_leaf(lexeme, self._field)
        except MisreadError as error:
            raise self._error(lexeme, said_by(error)) from error
        self._size += _count_words(leaf)
        if self._size > GREATEST_SIZE:
            raise self._error(
                lexeme,
                Wording(
                    "this query asks for too much; expected at most {most} words, those of @entities included",
                    most=f"{GREATEST_SIZE:,}",
                ),
            )
        self._beginnings += isinstance(leaf, Prefix)
        if self._beginnings > MOST_BEGINNINGS:
            raise self._error(
                lexeme,
                Wording("this query has too many beginnings of words; expected at most {most}", most=MOST_BEGINNINGS),
            )
        return leaf

    def _make_leaf(self, lexeme: Lexeme, field: Lexeme | None) -> Node:
        if field is not None and field.text not in _TEXT_FIELDS:
            return make_condition(field, lexeme, self._moments)
        name = field.source + lexeme.source if field else lexeme.source
        text_field = TextField(field.text) if field else None
        if lexeme.kind is Kind.ENTITY:
            return replace(self._find_entity(lexeme), name=name, field=text_field)
        return make_or([*make_terms(name, lexeme, text_field)])

    def _find_entity(self, lexeme: Lexeme) -> EntityTerm:
        entity = self._entities.get(lexeme.text)
        if entity is None:
            raise MisreadError(
                Wording(
                    "there is no entity {key}; expected {known}",
                    key=lexeme.text,
                    known=self._known_entities(lexeme.text),
                )
            )
        try:
            return make_entity_term(entity)
        except QueryError as error:
            raise MisreadError(error.message) from error

    def _known_entities(self, wanted: str) -> str:
        known = {key.casefold(): key for key in self._entities}
        close = difflib.get_close_matches(wanted.casefold(), list(known), n=3)
        if close:
            return join_choice([f"@{known[key]}" for key in close])
        if not known:
            return Wording("[entities.…] in the configuration before @ is used")
        listed = ", ".join(f"@{key}" for key in sorted(self._entities)[:5])
        return Wording("an entity of the configuration, such as {listed}", listed=listed)

    def _peek(self) -> Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._next]
        if lexeme.kind is not Kind.END:
            self._next += 1
        return lexeme

    def _error(self, lexeme: Lexeme, message: str) -> QueryError:
        return QueryError(self._query, lexeme.position, message)


def _count_words(leaf: Node) -> int:
    if isinstance(leaf, Or):
        return sum(map(_count_words, leaf.operands))
    if isinstance(leaf, EntityTerm):
        return sum(len(name.tokens) for name in leaf.names)
    return len(leaf.tokens) if isinstance(leaf, Phrase | Compound | Exact) else 1
