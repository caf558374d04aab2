"""What a query may not mean as it was meant: words that would be operators in capitals."""

from __future__ import annotations

from itertools import pairwise

from news.errors import QueryError
from news.query.lexer import Kind, Lexeme, cut_query
from news.wording import Wording

_ADVICE = {
    "or": Wording("write OR for alternatives"),
    "ou": Wording("write OU for alternatives"),
    "and": Wording("write AND, or leave it out, for both"),
    "et": Wording("write ET, or leave it out, for both"),
    "not": Wording("write NOT to exclude what follows"),
    "sauf": Wording("write SAUF to exclude what follows"),
}
_EXCLUDING = frozenset({"not", "sauf"})
_CLOSED = frozenset({Kind.WORD, Kind.PREFIX, Kind.PHRASE, Kind.EXACT, Kind.ENTITY, Kind.VALUE, Kind.CLOSE})
_OPENED = frozenset({Kind.WORD, Kind.PREFIX, Kind.PHRASE, Kind.EXACT, Kind.ENTITY, Kind.FIELD, Kind.OPEN, Kind.NOT})


def advise_on(query: str) -> list[str]:
    """Notes for the author of a query, each once: which of its words look like operators and stand where one could stand.

    A query that cannot be read has none: its error says what is wrong.
    """
    try:
        lexemes = cut_query(query)
    except QueryError:
        return []
    beginning = Lexeme(Kind.OPEN, "", "", 0)
    places = zip(pairwise([beginning, *lexemes]), lexemes[1:], strict=False)
    return list(dict.fromkeys(_note(lexeme) for (before, lexeme), after in places if _is_taken_for_word(before, lexeme, after)))


def _is_taken_for_word(before: Lexeme, lexeme: Lexeme, after: Lexeme) -> bool:
    word = lexeme.source.lower()
    if lexeme.kind is not Kind.WORD or word not in _ADVICE or before.kind is Kind.FIELD:
        return False
    return after.kind in _OPENED and (word in _EXCLUDING or before.kind in _CLOSED)


def _note(lexeme: Lexeme) -> str:
    return Wording("‘{word}’ is a word here; {advice}", word=lexeme.source, advice=_ADVICE[lexeme.source.lower()])
