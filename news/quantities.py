"""The numbers of a sentence with what they count, and whether two may be said of the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from news.days import is_of_a_date
from news.telling_words import is_telling, list_keys, make_key
from news.text import stem

_HOURS = re.compile(r"(\d{1,2})h(\d\d)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ENGLISH_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_SIGNS = frozenset("%€$£¥")
_MONEY = frozenset("€$£¥")
_AROUND = 6
"""Words on either side that show of what a number speaks."""
_UNIT_WITHIN = 4
"""Words behind a number of which the first telling ones say what it counts."""
_NEAR = 0.1
_OPEN = 0.25
"""Of a number: how far from it is what is said to be about it; what is said to be more, or less."""

_ABOUT = frozenset({"environ", "pres", "quelque", "autour", "quasi", "presque", "about", "around", "nearly", "almost"})
_BOUNDS = {"plus": "most", "over": "most", "more": "most", "moins": "least", "under": "least", "less": "least"}
_SCALES = {"mille": 1e3, "millier": 1e3, "million": 1e6, "milliard": 1e9, "billion": 1e9, "thousand": 1e3, "hundred": 1e2}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "md": 1e9, "mds": 1e9, "bn": 1e9}
"""Where a sign of money stands on either side."""
_DOZENS = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "centaine": 100, "dozen": 12,
}  # fmt: skip
_ONE = frozenset({"un", "une", "a", "one"})
_HALF = frozenset({"demi", "half"})
_BETWEEN = frozenset({"entre", "between"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, from `least` to `most` as it is said, with what it counts: the keys of the words behind it, a sign such as `%`."""

    value: float
    units: tuple[str, ...]
    least: float
    most: float
    beside: frozenset[str]
    """The telling words around it."""

    @property
    def unit(self) -> str:
        """What it counts, in a word; empty if nothing tells."""
        return self.units[0] if self.units else ""


def list_quantities(words: Sequence[str]) -> Iterator[Quantity]:
    """The numbers of a sentence that belong to no date, in order."""
    is_english = not {"the", "of"}.isdisjoint(words)
    place = 0
    while place < len(words):
        clock = _HOURS.fullmatch(words[place])
        if clock:  # « 8 heures » is how long, or when: to a reader another number is news in either case
            yield _make(int(clock[1]) + int(clock[2]) / 60, ("h",), words, place, place + 1)
            place += 1
            continue
        value, end = _read_value(words, place, is_english=is_english)
        top, end = (None, end) if value is None else _read_top(words, place, end, is_english=is_english)
        if value is not None:
            yield _make(value, _list_units(words, place, end), words, place, end, top)
        place = end


def _read_value(words: Sequence[str], place: int, *, is_english: bool) -> tuple[float | None, int]:
    """The number that begins here, if one does, and where what follows it begins."""
    word, end = words[place], place + 1
    if _NUMBER.fullmatch(word) and not is_of_a_date(words, place):
        value = float(word.replace(".", "")) if is_english and _ENGLISH_THOUSANDS.fullmatch(word) else float(word)
        return _scale(value, words, place, end)
    before = words[place - 1] if place else ""
    if word in _HALF and words[end : end + 1] and stem(words[end]) in _SCALES:
        return _scale(0.5, words, place, end)
    if before in _ONE and (stem(word) in _SCALES or word in _DOZENS):
        return (_DOZENS[word], end) if word in _DOZENS else _scale(1, words, place, place)
    return None, end


def _read_top(words: Sequence[str], place: int, end: int, *, is_english: bool) -> tuple[float | None, int]:
    """The second number of « entre 3 et 5 », if there is one, and where what follows both begins."""
    if place and words[place - 1] in _BETWEEN and words[end : end + 1] and words[end] in {"et", "and"}:
        top, after = _read_value(words, end + 1, is_english=is_english) if end + 1 < len(words) else (None, end)
        if top is not None:
            return top, after
    return None, end


def _scale(value: float, words: Sequence[str], place: int, end: int) -> tuple[float, int]:
    while end < len(words) and (scale := _SCALES.get(stem(words[end]))) is not None:
        value, end = value * scale, end + 1
    if end < len(words) and words[end] in _SHORT_SCALES:
        following, before = words[end + 1 : end + 2], words[place - 1 : place]
        if not _MONEY.isdisjoint((*following, *before)):
            return value * _SHORT_SCALES[words[end]], end + 1
    return value, end


def _list_units(words: Sequence[str], place: int, end: int) -> tuple[str, ...]:
    if place and words[place - 1] in _MONEY:
        return (words[place - 1],)
    if words[end : end + 1] and words[end] in _SIGNS:
        return (words[end],)
    return tuple(make_key(one) for one in words[end : end + _UNIT_WITHIN] if is_telling(one) or one in _SIGNS)[:2]


def _make(value: float, units: tuple[str, ...], words: Sequence[str], place: int, end: int, top: float | None = None) -> Quantity:
    beside = frozenset(list_keys(words[max(0, place - _AROUND) : end + _AROUND]))
    if top is not None:  # « entre 3 et 5 millions »: the scale is said once
        least = value if value * 1e3 > top else value * next((scale for scale in (1e9, 1e6, 1e3) if value * scale <= top), 1)
        return Quantity(least, units, min(least, top), top, beside)
    return _widen(Quantity(value, units, value, value, beside), words, place)


def _widen(said: Quantity, words: Sequence[str], place: int) -> Quantity:
    """The number with how far it reaches by the words before it."""
    before = words[max(0, place - 3) : place]
    bound = next((_BOUNDS[word] for word in before if word in _BOUNDS), None)
    if words[place] in _DOZENS or not _ABOUT.isdisjoint(before):
        return replace(said, least=said.value * (1 - _NEAR), most=said.value * (1 + _NEAR))
    if bound == "most":
        return replace(said, most=said.value * (1 + _OPEN))
    return said if bound is None else replace(said, least=said.value * (1 - _OPEN))


def count_the_same(one: Quantity, other: Quantity) -> bool:
    """Whether both say how many there are of the same: « 500 nouveaux drones », « 300 drones »; not « épisode 2 », which counts nothing."""
    if not one.units or not other.units:
        return False
    return one.units[0] in other.units or other.units[0] in one.units


def are_compatible(one: Quantity, other: Quantity) -> bool:
    """Whether both may be said of the same: they are equal, equal once rounded, or one reaches as far as the other."""
    reach = one.least <= other.most and other.least <= one.most
    return reach or _rounds_to(one.value, other.value) or _rounds_to(other.value, one.value)


def _rounds_to(value: float, rounded: float) -> bool:
    """Whether a number of at least two telling digits is another one rounded: 2.48 is 2.5."""
    digits = _count_digits(rounded)
    return digits >= 2 and _count_digits(value) > digits and float(f"{value:.{digits}g}") == rounded


def _count_digits(value: float) -> int:
    return len(f"{value:.12f}".replace(".", "").replace("-", "").strip("0"))
