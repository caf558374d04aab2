"""Makes the terms of a query from what was typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from news.query.entities import make_exact
from news.query.lexer import Kind, Lexeme
from news.query.spellings import spellings_of
from news.query.tree import LONGEST_PHRASE, Compound, Operand, Phrase, Prefix, TextField, Word
from news.text.analysis import analyse
from news.wording import Wording

SHORTEST_BEGINNING: Final = 3
"""Letters or digits before `*`; a shorter beginning would match half the language."""


class MisreadError(ValueError):
    """A lexeme that cannot mean anything; says what was expected, and the parser adds where."""


def make_terms(name: str, lexeme: Lexeme, field: TextField | None) -> list[Operand | Prefix]:
    """The terms of which one is meant by a word, words in quotes, exact letters or the beginning of a word. Raises MisreadError."""
    if lexeme.kind is Kind.PREFIX:
        return [_make_term(name, lexeme, field)]
    spelt = [replace(lexeme, text=text) for text in spellings_of(lexeme.text)]
    return list(dict.fromkeys(_make_term(name, one, field) for one in spelt))


def _make_term(name: str, lexeme: Lexeme, field: TextField | None) -> Operand | Prefix:
    words = analyse(lexeme.text)
    if not len(words):
        raise MisreadError(Wording("there is no word in {written}; expected letters or digits", written=lexeme.source))
    if len(words) > LONGEST_PHRASE:
        raise MisreadError(
            Wording(
                "there are {words} words in a row; expected at most {most}",
                words=f"{len(words):,}",
                most=LONGEST_PHRASE,
            )
        )
    if lexeme.kind is Kind.EXACT:
        return make_exact(name, lexeme.text, words, field)
    if lexeme.kind is Kind.PREFIX:
        return _make_prefix(name, lexeme, words.tokens, field)
    if lexeme.kind is Kind.PHRASE:
        return Phrase(name, words.tokens, field)
    if len(words) > 1:
        return Compound(name, words.tokens, words.stems, field)
    return Word(name, words.stems[0], field)


def _make_prefix(name: str, lexeme: Lexeme, tokens: tuple[str, ...], field: TextField | None) -> Prefix:
    if len(tokens) > 1:
        raise MisreadError(
            Wording("there is more than one word in {written}; expected the beginning of one word before *", written=lexeme.source)
        )
    if sum(map(str.isalnum, tokens[0])) < SHORTEST_BEGINNING:
        raise MisreadError(
            Wording(
                "{written} would find too many words; expected at least {least} letters before *",
                written=lexeme.source,
                least=SHORTEST_BEGINNING,
            )
        )
    return Prefix(name, tokens[0], field)
