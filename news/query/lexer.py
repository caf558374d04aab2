"""Cuts a query into lexemes. Every lexeme knows its place, so that an error can show where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from news.errors import QueryError


class Kind(Enum):
    """What a lexeme is."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"
    WORD = "a word"
    PHRASE = "words in quotes"
    EXACT = "exact letters"
    ENTITY = "an entity"
    END = "the end of the query"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query. `text` is what it stands for (without quotes, `=` or `@`), `source` how it was written."""

    kind: Kind
    text: str
    source: str
    position: int


_OPERATORS = {"AND": Kind.AND, "ET": Kind.AND, "OR": Kind.OR, "OU": Kind.OR, "NOT": Kind.NOT, "SAUF": Kind.NOT}
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“”"}
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_BARE = re.compile(r'[^\s()"“”«»„]+')
_MINUS = "-\u2212"
_OTHER_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015"
_PROXIMITY = re.compile(r"(?:O?NEAR)(?:/.*)?\Z", re.DOTALL)
_FIELD = re.compile(r"([^\W\d_]+):")
_FIELDS = "title titre text texte source author auteur tag lang langue url since until".split()  # noqa: SIM905
_NOT_YET = "is not available in this version"


def cut_query(query: str) -> list[Lexeme]:
    """All lexemes of a query, ended by one END. Raises QueryError for what is no part of the language, or not yet."""
    lexemes: list[Lexeme] = []
    position = _skip_space(query, 0)
    while position < len(query):
        lexeme = _cut_one(query, position)
        lexemes.append(lexeme)
        position = _skip_space(query, position + len(lexeme.source))
    lexemes.append(Lexeme(Kind.END, "", "", len(query)))
    return lexemes


def _skip_space(query: str, position: int) -> int:
    space = _SPACE.match(query, position)
    return space.end() if space else position


def _cut_one(query: str, position: int) -> Lexeme:
    first = query[position]
    if first in "()":
        return Lexeme(Kind.OPEN if first == "(" else Kind.CLOSE, first, first, position)
    if first in _QUOTES:
        return _cut_phrase(query, position)
    if first in _MINUS:
        return _cut_minus(query, position)
    if first == "=":
        return _cut_exact(query, position)
    if first == "@":
        return _cut_entity(query, position)
    return _cut_bare(query, position)


def _cut_phrase(query: str, position: int) -> Lexeme:
    closing = _QUOTES[query[position]]
    end = next((index for index in range(position + 1, len(query)) if query[index] in closing), None)
    if end is None:
        raise QueryError(query, position, f"this quote is not closed; expected {closing[0]} after the last word of the phrase")
    return Lexeme(Kind.PHRASE, query[position + 1 : end], query[position : end + 1], position)


def _cut_minus(query: str, position: int) -> Lexeme:
    after = position + 1
    if after == len(query) or query[after] == ")" or _SPACE.match(query, after):
        raise QueryError(
            query, position, "expected, directly after the minus, what is not to be found: a word, a phrase, @entity or a group"
        )
    return Lexeme(Kind.NOT, query[position], query[position], position)


def _cut_exact(query: str, position: int) -> Lexeme:
    after = position + 1
    if after < len(query) and query[after] in _QUOTES:
        phrase = _cut_phrase(query, after)
        return Lexeme(Kind.EXACT, phrase.text, "=" + phrase.source, position)
    bare = _BARE.match(query, after)
    if bare is None or bare.group()[0] in "=@-":
        raise QueryError(query, position, 'expected a word or words in quotes directly after "=", such as =Orange or ="Free Mobile"')
    _refuse_signs(query, bare.group(), after)
    return Lexeme(Kind.EXACT, bare.group(), "=" + bare.group(), position)


def _cut_entity(query: str, position: int) -> Lexeme:
    bare = _BARE.match(query, position + 1)
    if bare is None:
        raise QueryError(query, position, 'expected the key of an entity directly after "@", such as @otan')
    return Lexeme(Kind.ENTITY, bare.group(), "@" + bare.group(), position)


def _cut_bare(query: str, position: int) -> Lexeme:
    bare = _BARE.match(query, position)
    if bare is None:
        raise QueryError(query, position, "this quote closes nothing; expected an opening quote before it")
    word = bare.group()
    if word[0] in _OTHER_DASHES:
        raise QueryError(
            query, position, 'a dash cannot begin a word; expected "-" to exclude a word, or words joined by a dash without spaces'
        )
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, word, position)
    if _PROXIMITY.match(word):
        raise QueryError(
            query, position, f'{word.partition("/")[0]} (words near one another) {_NOT_YET}; expected AND, OR, NOT or "words in quotes"'
        )
    _refuse_field(query, word, position)
    _refuse_signs(query, word, position)
    return Lexeme(Kind.WORD, word, word, position)


def _refuse_field(query: str, word: str, position: int) -> None:
    field = _FIELD.match(word)
    if field is None:
        return
    name = field.group(1)
    if name.casefold() in _FIELDS:
        raise QueryError(query, position, f"{name}: (search in one field) {_NOT_YET}; expected words, phrases or @entities")
    raise QueryError(
        query, position, f"there is no field {name}: in the query language; expected a word (put it in quotes to look for its words)"
    )


def _refuse_signs(query: str, word: str, position: int) -> None:
    """Signs that mean something in a query, now or later, are never read as a part of a word."""
    star = word.find("*")
    if star >= 0:
        raise QueryError(query, position + star, f"* (begins with) {_NOT_YET}; expected a whole word")
    for index, sign in enumerate(word):
        if sign in "=|!^~<>[]{}\\":
            raise QueryError(
                query, position + index, f'"{sign}" is no part of a word; expected words joined by AND, OR or NOT, or a phrase in quotes'
            )
