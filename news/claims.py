"""What a sentence claims, as far as two outlets can be seen to contradict each other: what it denies, numbers, dates, names. Pure.

French first, English too. Nothing is understood: words are looked at, and those next to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from news.days import NAMES_OF_DATES, Day, list_days, write_dates_in_words
from news.denials import find_opposite, list_denied
from news.fingerprints import fold_text
from news.quantities import Quantity, list_quantities
from news.sentences import split_words
from news.spelled_numbers import write_in_figures
from news.telling_words import is_telling, list_beside, make_key

_NAME = re.compile(
    r"(?<![\w’'-])(?:[dlDL][’'])?([A-ZÀ-ÖØ-ÞŒ][\w’.-]*\w(?:[ \u00a0](?:(?:de|du|des|la|le|van|von)[ \u00a0])?[A-ZÀ-ÖØ-ÞŒ][\w’.-]*\w)*)"
)


_BESIDE = 2
"""Telling words on either side that show that two sentences speak of the same."""
_SPELLED_ALIKE = 0.8
_LONGEST_ABBREVIATION = 6
_ABBREVIATED = {"etats-unis": ("USA", "US"), "royaume-uni": ("UK",), "nations unies": ("ONU",)}
"""Names whose abbreviation begins with another letter."""
_OF_DATES = frozenset(map(make_key, NAMES_OF_DATES))


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word: its key, by which its other forms are the same, and whether it is denied."""

    key: str
    is_denied: bool
    beside: frozenset[str]
    """The keys of the telling words on either side."""
    next_to: frozenset[str]
    """Of those, the nearest two."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in capitals, by the keys of its words, and the telling words on either side."""

    text: str
    keys: frozenset[str]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a sentence claims. `keys`: of all its telling words."""

    keys: frozenset[str]
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    names: tuple[Name, ...]

    @property
    def denied(self) -> frozenset[str]:
        """The keys of what it denies."""
        return frozenset(word.key for word in self.words if word.is_denied)


def read_claims(sentence: str) -> Claims:
    """The words of a sentence, which of them it denies, and its numbers and days, however they are written."""
    words = split_words(write_in_figures(write_dates_in_words(fold_text(sentence))))
    found = _list_words(words)
    return Claims(
        keys=frozenset(word.key for word in found),
        words=found,
        quantities=tuple(list_quantities(words)),
        days=tuple(list_days(words)),
        names=tuple(_list_names(sentence)),
    )


def _list_words(words: tuple[str, ...]) -> tuple[Word, ...]:
    denied = list_denied(words)
    telling = [(place, *_read_word(word)) for place, word in enumerate(words) if is_telling(word)]
    keys = [key for _, key, _ in telling]
    return tuple(
        Word(key, (place in denied) is not is_opposite, list_beside(keys, at, _BESIDE), list_beside(keys, at, 1))
        for at, (place, key, is_opposite) in enumerate(telling)
    )


def _read_word(word: str) -> tuple[str, bool]:
    """Its key, and whether it says the opposite of the word that has it: « illégal »."""
    opposite = find_opposite(word)
    return make_key(opposite or word), bool(opposite)


def _list_names(sentence: str) -> Iterator[Name]:
    text = sentence.strip(" «“\"'")
    for found in _NAME.finditer(text):
        words = split_words(found[1])
        keys = frozenset(make_key(word) for word in words if is_telling(word))
        if not keys or (found.start() == 0 and len(words) == 1) or keys <= _OF_DATES:
            continue
        before = [make_key(one) for one in split_words(text[: found.start()]) if is_telling(one)]
        after = [make_key(one) for one in split_words(text[found.end() :]) if is_telling(one)]
        yield Name(found[1], keys, before[-1] if before else None, after[0] if after else None)


def may_be_one(one: Name, other: Name) -> bool:
    """Whether two names may be of one: an abbreviation beside what it may stand for, or another spelling (« Dourov », « Durov »)."""
    if _may_stand_for(one.text, other.text) or _may_stand_for(other.text, one.text):
        return True
    return SequenceMatcher(None, one.text.casefold(), other.text.casefold()).ratio() >= _SPELLED_ALIKE


def _may_stand_for(short: str, long: str) -> bool:
    """« UE » for « Union européenne », « USA » for « États-Unis »: of the rest of the name small letters may be all there is."""
    if len(short) > _LONGEST_ABBREVIATION or not short.isupper() or long.isupper():
        return False
    return fold_text(long)[0] == short[0].casefold() or short in _ABBREVIATED.get(fold_text(long), ())
