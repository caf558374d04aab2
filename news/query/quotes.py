"""Quotes in a query. Every kind that a keyboard, a phone or a text processor gives makes a phrase; one without its partner is an error.

An apostrophe is a quote only at the beginning or at the end of a word: within one it is an apostrophe (`l'OTAN`, `aujourd'hui`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from news.text.tokens import APOSTROPHES
from news.wording import Wording

_PARTNERS = {
    '"': '"', "“": "”", "”": "”", "„": "”“", "‟": "”", "«": "»", "»": "«", "‹": "›", "›": "‹", "″": "″", "‶": "″‶", "＂": "＂",
    "〝": "〞〟", "〞": "〞", "〟": "〟", "❝": "❞", "❞": "❞",
}  # fmt: skip
"""What closes a quote, by what opens it: also as in Swedish (”a”) and in German print (»a«, „a“)."""
_SELDOM_OPENING = frozenset("”»›〞〟❞")
"""Quotes that close, as far as French is concerned: where they stand alone, it is the opening one that is missing."""
_SINGLE = frozenset(APOSTROPHES | {"‚"})
"""Single quotes, and all that is typed as one."""
_RUN = re.compile(rf"[{re.escape(''.join(sorted(_SINGLE)))}]+")

DIVIDING_QUOTES = "".join(_PARTNERS)
"""Quotes that are never a part of a word. (Apostrophes may be.)"""


class Quoted(NamedTuple):
    """Where the words of a phrase begin and end, and where the phrase itself ends, behind its closing quote."""

    start: int
    stop: int
    end: int


class UnmatchedQuoteError(ValueError):
    """A quote without its partner; the message says what was expected."""


def opens_quote(query: str, position: int) -> bool:
    """Whether a quote of any kind stands there; the caller is at the beginning of an operand."""
    return query[position] in _PARTNERS or query[position] in _SINGLE


def read_quoted(query: str, position: int) -> Quoted:
    """The phrase whose opening quote stands at `position`. Raises UnmatchedQuoteError."""
    opening = query[position]
    if opening in _SINGLE:
        return _read_single(query, position)
    closing = _PARTNERS[opening]
    end = next((index for index in range(position + 1, len(query)) if query[index] in closing), None)
    if end is not None:
        return Quoted(position + 1, end, end + 1)
    if opening in _SELDOM_OPENING:
        raise UnmatchedQuoteError(Wording("this quote closes nothing; expected an opening quote before it"))
    raise UnmatchedQuoteError(Wording("this quote is not closed; expected {closing} after the last word of the phrase", closing=closing[0]))


def _read_single(query: str, position: int) -> Quoted:
    """Single quotes, perhaps doubled (''a b''), end where as many stand after a word: an apostrophe has a letter after it."""
    opening = _run_at(query, position)
    for closing in _RUN.finditer(query, opening.end()):
        after = query[closing.end() : closing.end() + 1]
        if len(closing.group()) == len(opening.group()) and not after.isalnum():
            return Quoted(opening.end(), closing.start(), closing.end())
    raise UnmatchedQuoteError(
        Wording("this quote is not closed; expected {closing} after the last word of the phrase", closing=_partner_of(opening.group()))
    )


def _run_at(query: str, position: int) -> re.Match[str]:
    run = _RUN.match(query, position)
    assert run is not None  # the caller saw one
    return run


def _partner_of(opening: str) -> str:
    return opening.translate({ord("‘"): "’", ord("‚"): "’"})


def ends_with_quote(word: str) -> bool:
    """Whether a bare word ends with what can only be a closing quote: `IA'`, where an elision such as `l'` is another mistake."""
    return word[-1] in _SINGLE and not _is_elided(word)


def _is_elided(word: str) -> bool:
    letters = "".join(letter for letter in word if letter not in _SINGLE).lower()
    return letters in _ELIDED


_ELIDED = frozenset({"c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu", "quelqu", ""})
