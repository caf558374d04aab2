"""What a sentence claims, as far as two outlets can be seen to contradict each other: what it denies, numbers, dates, names. Pure.

French first, English too. Nothing is understood: words are looked at, and those next to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from news.sentences import split_words
from news.text import stem

_LONGEST_KEY = 7
"""Letters by which two forms of a word are the same: « envisage », « envisageait »."""
_VERB_ENDING = re.compile(r"(?<=\w{4})(?:er(?:ont|aient|ait|ons|ez|a)?|aient|ait|ant|ent|ez|es|e)$")
_BESIDE = 2
"""Telling words on either side that show that two sentences speak of the same."""
_LONGEST_NEGATION = 7
"""Words from « ne » to « pas »."""

_SMALL_WORDS = """
    a au aux avec c ce ces cet cette ceux celle celui celles ci comme d dans de des deja dont du elle elles en encore entre et
    eu etait etaient ete etre eux est il ils j je l la le les leur leurs lui m ma mais me meme memes mes moins mon n nos notre
    nous on ont or ou par parmi pas pendant peu plus pour pourrait pourra pourraient puis qu quand que qui quoi s sa sans se
    selon sera serait seraient seront ses si son sont sous sur t ta te tes ton tous tout toute toutes tres tu un une va vers
    voici voila vont vos votre vous y ainsi alors apres avant avoir ayant avait avaient aura auraient aurait bien car cela chez
    depuis deux fait faire jusqu lors lorsqu non ne ni aucun aucune jamais rien quelque quelques environ pres quasi presque
    autour plusieurs autre autres chaque donc sauf the of to in on at by for with from and or but is are was were be been has
    have had will would its it this that which as an not no about around nearly almost than more less over under
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_NE = frozenset({"ne", "n"})
_SECOND = frozenset({"pas", "plus", "jamais", "guere", "point", "aucun", "aucune", "rien", "personne", "nullement"})
_DENIES = re.compile(r"(?:refus|renonc|dement|exclu[st]?$|exclure|nie$|nient$|nier$|niait$|rejet|annul|denie[sd]?$|reject|cancel)")
"""Verbs that deny what is said after them."""
_DIRECTLY = frozenset({"non", "sans", "aucun", "aucune", "nul", "nulle", "ni", "not", "no", "never", "without", "t"})

_HOURS = re.compile(r"(\d{1,2})h(\d\d)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ROUGH_WORDS = """
    environ pres quelque autour quasi presque about around nearly almost plus moins over under more dizaine centaine millier
"""
_ROUGHLY = frozenset(_ROUGH_WORDS.split())
_SCALES = {"mille": 1e3, "millier": 1e3, "million": 1e6, "milliard": 1e9, "billion": 1e9, "thousand": 1e3}
_MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), 1)
}
_DAYS = {
    name: number
    for names in ("lundi mardi mercredi jeudi vendredi samedi dimanche", "monday tuesday wednesday thursday friday saturday sunday")
    for number, name in enumerate(names.split(), 1)
}
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(
    r"(?<![\w’'-])(?:[dlDL][’'])?([A-ZÀ-ÖØ-ÞŒ][\w’.-]*\w(?:[ \u00a0](?:(?:de|du|des|la|le|van|von)[ \u00a0])?[A-ZÀ-ÖØ-ÞŒ][\w’.-]*\w)*)"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word: its key, by which its other forms are the same, and whether it is denied."""

    key: str
    is_denied: bool
    beside: frozenset[str]
    """The keys of the telling words on either side."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts (the key of the word behind it, `%`, `€`), and whether it is only about that many."""

    value: float
    unit: str
    is_rough: bool
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is said: each part None if it is not."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name in capitals, by the keys of its words, and the telling words on either side."""

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
    def denies(self) -> bool:
        """Whether it denies anything."""
        return any(word.is_denied for word in self.words)


def read_claims(sentence: str) -> Claims:
    """What a sentence claims."""
    words = split_words(sentence)
    denied = _list_denied(words)
    telling = [(place, _key(word)) for place, word in enumerate(words) if _is_telling(word)]
    keys = [key for _, key in telling]
    found = tuple(Word(key, place in denied, _beside(keys, at)) for at, (place, key) in enumerate(telling))
    return Claims(
        keys=frozenset(keys),
        words=found,
        quantities=tuple(_list_quantities(words)),
        days=tuple(_list_days(words)),
        names=tuple(_list_names(sentence)),
    )


def _key(word: str) -> str:
    return _VERB_ENDING.sub("", stem(word))[:_LONGEST_KEY]


def _is_telling(word: str) -> bool:
    return word not in _SMALL and len(word) > 1 and not _NUMBER.fullmatch(word) and not _HOURS.fullmatch(word)


def _beside(keys: Sequence[str], at: int) -> frozenset[str]:
    return frozenset([*keys[max(0, at - _BESIDE) : at], *keys[at + 1 : at + 1 + _BESIDE]])


def _list_denied(words: Sequence[str]) -> set[int]:
    """The places of words that are denied."""
    denied: set[int] = set()
    for place, word in enumerate(words):
        if word in _NE:
            denied |= _denied_by_ne(words, place)
        elif word in _DIRECTLY:
            denied |= _next_telling(words, place + 1, 2)
        elif _DENIES.match(word):
            denied |= {place, *_next_telling(words, place + 1, 4)}
    return denied


def _denied_by_ne(words: Sequence[str], place: int) -> set[int]:
    """The verb between « ne » and « pas », or, of an auxiliary, the participle behind; « ne … que » denies nothing."""
    for end in range(place + 1, min(place + _LONGEST_NEGATION, len(words))):
        if words[end] in _SECOND:
            between = {at for at in range(place + 1, end) if _is_telling(words[at])}
            return between or _next_telling(words, end + 1, 3)
    return set()


def _next_telling(words: Sequence[str], start: int, within: int) -> set[int]:
    return set(next(([at] for at in range(start, min(start + within, len(words))) if _is_telling(words[at])), []))


def _list_quantities(words: Sequence[str]) -> Iterator[Quantity]:
    for place, word in enumerate(words):
        clock = _HOURS.fullmatch(word)
        if clock:  # « 8 heures » is how long, or when: to a reader another number is news in either case
            around = [_key(one) for one in words[max(0, place - 6) : place + 7] if _is_telling(one)]
            rough = not _ROUGHLY.isdisjoint(words[max(0, place - 3) : place])
            yield Quantity(int(clock[1]) + int(clock[2]) / 60, "h", rough, frozenset(around))
            continue
        if not _NUMBER.fullmatch(word) or _is_of_a_date(words, place):
            continue
        value, end = float(word), place + 1
        while end < len(words) and (scale := _SCALES.get(stem(words[end]))) is not None:
            value, end = value * scale, end + 1
        unit = next((_key(one) for one in words[end : end + 3] if one in "%€$£¥" or _is_telling(one)), "")
        rough = not _ROUGHLY.isdisjoint(words[max(0, place - 3) : place])
        around = [_key(one) for one in words[max(0, place - 6) : end + 6] if _is_telling(one)]
        yield Quantity(value, unit, rough, frozenset(around))


def _is_of_a_date(words: Sequence[str], place: int) -> bool:
    following = words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    return following in _MONTHS or (
        _YEAR.fullmatch(words[place]) is not None and (before in _MONTHS or before in {"en", "in", "fin", "debut", "annee"})
    )


def _list_days(words: Sequence[str]) -> Iterator[Day]:
    place = 0
    while place < len(words):
        day, length = _read_day(words, place)
        if day is not None:
            yield day
        place += length


def _read_day(words: Sequence[str], place: int) -> tuple[Day | None, int]:
    """The date that begins here, if one does, and how many words it has."""
    weekday = _DAYS.get(words[place])
    at = place + (weekday is not None)
    number = int(words[at]) if at < len(words) and re.fullmatch(r"[12]?\d|3[01]", words[at]) else None
    month_at = at + (number is not None)
    month_at += number == 1 and words[month_at : month_at + 1] == ("er",)
    month = _MONTHS.get(words[month_at]) if month_at < len(words) else None
    if month is None:
        if weekday is not None:
            return Day(weekday=weekday), 1
        is_year = _YEAR.fullmatch(words[place]) and place and words[place - 1] in {"en", "in", "fin", "debut", "annee"}
        return (Day(year=int(words[place])), 1) if is_year else (None, 1)
    if words[month_at] == "mai" and number is None and weekday is None and words[month_at - 1] == "m":
        return None, 1
    year_at = month_at + 1
    year = int(words[year_at]) if year_at < len(words) and _YEAR.fullmatch(words[year_at]) else None
    return Day(year, month, number, weekday), year_at - place + (year is not None)


def _list_names(sentence: str) -> Iterator[Name]:
    text = sentence.strip(" «“\"'")
    for found in _NAME.finditer(text):
        words = split_words(found[1])
        keys = frozenset(_key(word) for word in words if _is_telling(word))
        if not keys or (found.start() == 0 and len(words) == 1) or keys <= {_key(one) for one in (*_MONTHS, *_DAYS)}:
            continue
        before = [_key(one) for one in split_words(text[: found.start()]) if _is_telling(one)]
        after = [_key(one) for one in split_words(text[found.end() :]) if _is_telling(one)]
        yield Name(keys, before[-1] if before else None, after[0] if after else None)
