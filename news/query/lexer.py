"""Cuts a query into lexemes. Every lexeme knows its place, so that an error can show where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from news.errors import QueryError
from news.query.quotes import DIVIDING_QUOTES, UnmatchedQuoteError, ends_with_quote, opens_quote, read_quoted
from news.wording import Wording, said_by


class Kind(Enum):
    """The kinds of lexemes: what stands in a query, before anything is known of what it belongs to."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    ONEAR = "ONEAR"
    OPEN = "("
    CLOSE = ")"
    FIELD = "a field"
    WORD = "a word"
    PREFIX = "the beginning of a word"
    PHRASE = "words in quotes"
    EXACT = "exact letters"
    ENTITY = "an entity"
    VALUE = "a value"
    END = "the end of the query"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query. `text` is what it stands for (without quotes, `=`, `@` or `*`), `source` how it was written.

    The text of a field is its English name, that of NEAR and ONEAR the greatest distance.
    """

    kind: Kind
    text: str
    source: str
    position: int


_OPERATORS = {"AND": Kind.AND, "ET": Kind.AND, "OR": Kind.OR, "OU": Kind.OR, "NOT": Kind.NOT, "SAUF": Kind.NOT}
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_BARE = re.compile(rf"[^\s(){DIVIDING_QUOTES}]+")
_PLUS_OF_NAME = re.compile(r"(?<=[^\W_])\s+\+(?=[\s)]|$)")
_MINUS = "-\u2212"
_OTHER_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015"
_PROXIMITY = re.compile(r"(O?NEAR)(?:/(.*))?", re.DOTALL)
_DISTANCE = re.compile(r"0*([1-9][0-9]{0,3})")
_FIELD = re.compile(r"([^\W\d_]+):")
FIELDS = {name: name for name in ("title", "text", "source", "author", "tag", "lang", "url", "since", "until")} | {
    "titre": "title", "texte": "text", "auteur": "author", "langue": "lang",
}  # fmt: skip
_EXAMPLES = {
    "title": "title:otan", "text": "text:otan", "source": "source:numerama", "author": 'author:"Marie Dupont"', "tag": "tag:tech",
    "lang": "lang:fr", "url": "url:example.org/politique", "since": "since:7d", "until": "until:2026-03-01",
}  # fmt: skip
_RAW_FIELDS = frozenset({"url", "lang", "since", "until"})
"""Their values are no words: addresses, codes and moments hold signs that mean something elsewhere."""

GREATEST_DISTANCE: Final = 1000
"""Of NEAR/n, in words; more than most articles have."""


def cut_query(query: str) -> list[Lexeme]:
    """All lexemes of a query, ended by one END. Raises QueryError for what is no part of the language, or not yet."""
    lexemes: list[Lexeme] = []
    position = _skip_space(query, 0)
    while position < len(query):
        before = lexemes[-1] if lexemes else None
        lexeme = _cut_one(query, position) if before is None or before.kind is not Kind.FIELD else _cut_after_field(query, position, before)
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
    if opens_quote(query, position):
        return _cut_phrase(query, position)
    if first in _MINUS:
        return _cut_minus(query, position)
    if first == "=":
        return _cut_exact(query, position)
    if first == "@":
        return _cut_entity(query, position)
    return _cut_bare(query, position)


def _cut_after_field(query: str, position: int, field: Lexeme) -> Lexeme:
    is_raw = field.text in _RAW_FIELDS and not opens_quote(query, position)
    raw = _BARE.match(query, position) if is_raw else None
    return Lexeme(Kind.VALUE, raw.group(), raw.group(), position) if raw else _cut_one(query, position)


def _cut_phrase(query: str, position: int) -> Lexeme:
    try:
        quoted = read_quoted(query, position)
    except UnmatchedQuoteError as error:
        raise QueryError(query, position, said_by(error)) from error
    return Lexeme(Kind.PHRASE, query[quoted.start : quoted.stop], query[position : quoted.end], position)


def _cut_minus(query: str, position: int) -> Lexeme:
    after = position + 1
    if after == len(query) or query[after] == ")" or _SPACE.match(query, after):
        raise QueryError(
            query, position, Wording("expected, directly after the minus, what is not to be found: a word, a phrase, @entity or a group")
        )
    return Lexeme(Kind.NOT, query[position], query[position], position)


def _cut_exact(query: str, position: int) -> Lexeme:
    after = position + 1
    if after < len(query) and opens_quote(query, after):
        phrase = _cut_phrase(query, after)
        return Lexeme(Kind.EXACT, phrase.text, "=" + phrase.source, position)
    bare = _BARE.match(query, after)
    if bare is None or bare.group()[0] in "=@-":
        raise QueryError(
            query, position, Wording('expected a word or words in quotes directly after "=", such as =Orange or ="Free Mobile"')
        )
    word = _with_plus(query, bare.group(), after)
    _refuse_quote(query, word, after)
    _refuse_signs(query, word, after)
    return Lexeme(Kind.EXACT, word, "=" + word, position)


def _cut_entity(query: str, position: int) -> Lexeme:
    bare = _BARE.match(query, position + 1)
    if bare is None:
        raise QueryError(query, position, Wording('expected the key of an entity directly after "@", such as @otan'))
    return Lexeme(Kind.ENTITY, bare.group(), "@" + bare.group(), position)


def _cut_bare(query: str, position: int) -> Lexeme:
    bare = _BARE.match(query, position)
    assert bare is not None  # what begins no bare word was cut before
    word = bare.group()
    if word[0] in _OTHER_DASHES:
        raise QueryError(
            query, position, Wording('a dash cannot begin a word; expected "-" to exclude a word, or words joined by a dash without spaces')
        )
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, word, position)
    proximity = _PROXIMITY.fullmatch(word)
    if proximity is not None:
        return _cut_proximity(query, proximity, position)
    field = _FIELD.match(word)
    if field is not None:
        return _cut_field(query, field, position)
    return _cut_word(query, word, position)


def _cut_proximity(query: str, proximity: re.Match[str], position: int) -> Lexeme:
    name, number = proximity.groups()
    distance = _DISTANCE.fullmatch(number or "")
    if distance is None or int(distance.group(1)) > GREATEST_DISTANCE:
        raise QueryError(
            query,
            position if number is None else position + len(name) + 1,
            Wording(
                "{name} needs to know how near; expected a number of words from 1 to {most}, such as {name}/8",
                name=name,
                most=GREATEST_DISTANCE,
            ),
        )
    return Lexeme(Kind[name], distance.group(1), proximity.group(), position)


def _cut_field(query: str, field: re.Match[str], position: int) -> Lexeme:
    name = FIELDS.get(field.group(1).casefold())
    if name is None:
        reason = Wording("there is no field {field} in the query language", field=field.group())
        raise QueryError(
            query,
            position,
            Wording(
                "{reason}; expected one of {fields}, or a word (put it in quotes to look for its words)",
                reason=reason,
                fields=", ".join(FIELDS),
            ),
        )
    after = position + field.end()
    if after == len(query) or query[after] == ")" or _SPACE.match(query, after):
        raise QueryError(
            query,
            position,
            Wording(
                "expected, directly after {field}, what is to be found there, such as {example}",
                field=field.group(),
                example=_EXAMPLES[name],
            ),
        )
    return Lexeme(Kind.FIELD, name, field.group(), position)


def _with_plus(query: str, word: str, position: int) -> str:
    """The word, with the plus that belongs to it though a space stands before it: `Canal +`."""
    plus = _PLUS_OF_NAME.match(query, position + len(word))
    return word + plus.group() if plus else word


def _cut_word(query: str, word: str, position: int) -> Lexeme:
    word = _with_plus(query, word, position)
    begins = len(word) > 1 and word.endswith("*")
    text = word[:-1] if begins else word
    _refuse_quote(query, word, position)
    _refuse_signs(query, text, position)
    return Lexeme(Kind.PREFIX if begins else Kind.WORD, text, word, position)


def _refuse_quote(query: str, word: str, position: int) -> None:
    """A single quote at the end of a bare word is one without its partner."""
    if ends_with_quote(word):
        reason = Wording("this quote closes nothing; expected an opening quote before it, directly before the first word of the phrase")
        raise QueryError(query, position + len(word) - 1, reason)


def _refuse_signs(query: str, word: str, position: int) -> None:
    """Signs that mean something in a query are never read as a part of a word."""
    star = word.find("*")
    if star >= 0:
        raise QueryError(
            query, position + star, Wording("* cannot stand here; expected it once, at the end of a bare word, such as milit*")
        )
    for index, sign in enumerate(word):
        if sign in "=|!^~<>[]{}\\":
            raise QueryError(
                query,
                position + index,
                Wording('"{sign}" is no part of a word; expected words joined by AND, OR or NOT, or a phrase in quotes', sign=sign),
            )
