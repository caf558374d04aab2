"""Numbers of several words as figures: « vingt-deux », « quatre-vingt-dix », « deux cent mille », "twenty-two". Pure.

Those of one word (« deux ») are known by themselves, and « un », « une », "one" alone count nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise

_UNITS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
_TEENS = {"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16}
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "nonante": 90}
_ENGLISH_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_ENGLISH_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_VALUES = {**_UNITS, **_TEENS, **_TENS, **_ENGLISH_UNITS, **_ENGLISH_TENS}

_UNIT = "(?:" + "|".join(_UNITS) + ")"
_TEEN = "(?:dix[ -](?:sept|huit|neuf)|" + "|".join(_TEENS) + ")"
_UNDER_100 = (
    f"(?:quatre[ -]vingts?(?:[ -](?:{_TEEN}|{_UNIT}))?"
    f"|soixante(?:(?:[ -]et)?[ -](?:{_TEEN}|{_UNIT}))?"
    f"|(?:{'|'.join(_TENS)})(?:[ -]et[ -]une?|[ -]{_UNIT})?"
    f"|{_TEEN}|{_UNIT})"
)
_UNDER_1000 = f"(?:(?:{_UNIT}[ -])?cents?(?:[ -]{_UNDER_100})?|{_UNDER_100})"
_FRENCH = f"(?:(?:{_UNDER_1000}[ -])?mille(?:[ -]{_UNDER_1000})?|{_UNDER_1000})"
_ENGLISH = f"(?:{'|'.join(_ENGLISH_TENS)})[ -](?:{'|'.join(_ENGLISH_UNITS)})"
_SPELLED = re.compile(rf"(?<![\w-])(?:{_ENGLISH}|{_FRENCH})(?![\w])")


def write_in_figures(folded: str) -> str:
    """A text in lower case without accents, in which numbers of several words are figures."""
    return _SPELLED.sub(_figure, folded)


def _figure(found: re.Match[str]) -> str:
    words = re.split("[ -]", found[0])
    return str(_add_up(words)) if len(words) > 1 else found[0]


def _add_up(words: list[str]) -> int:
    total = current = 0
    for before, word in pairwise(["", *words]):
        if word == "mille":
            total, current = max(current, 1) * 1000, 0
        elif word in {"cent", "cents"}:
            current = max(current, 1) * 100
        elif before == "quatre" and word in {"vingt", "vingts"}:
            current += 80 - 4
        else:
            current += _VALUES.get(word, 0)  # « et » is nothing
    return total + current
