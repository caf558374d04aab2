"""Dates, as far as a sentence says them, and whether two may be the same day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), 1)
}
_ENGLISH_MONTHS = frozenset(list(_MONTHS)[12:])
_PERHAPS_NO_MONTH = frozenset({"mars", "mai", "may", "march", "august"})
_LEADS_TO_MONTH = frozenset(
    ["en", "in", "de", "d", "du", "des", "au", "fin", "debut", "mi", "ce", "depuis", "since", "of", "by", "last", "next", "until", "early"]
)
"""What stands before a month whose name is also another word's, where it is the month: « en mars »."""
_DAYS = {
    name: number
    for names in ("lundi mardi mercredi jeudi vendredi samedi dimanche", "monday tuesday wednesday thursday friday saturday sunday")
    for number, name in enumerate(names.split(), 1)
}
_YEAR = re.compile(r"(?:19|20)\d\d")
_IN_A_YEAR = frozenset({"en", "in", "fin", "debut", "annee"})
_DAY_OF_MONTH = re.compile(r"0?[1-9]|[12]\d|3[01]")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_NUMERIC = re.compile(r"(?<![\d/])(\d{1,2})/(0[1-9]|1[0-2])(?:/((?:20)?\d\d))?(?![\d/])")
NAMES_OF_DATES = frozenset({*_MONTHS, *_DAYS})
_MONTH_NAMES = [name for name, _ in zip(_MONTHS, range(12), strict=False)]


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is said: each part None if it is not."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def write_dates_in_words(folded: str) -> str:
    """A text in which « 04/07/2024 » is the 4th of July, as it is written in French."""
    return _NUMERIC.sub(_tell_date, _ORDINAL.sub("", folded))


def _tell_date(found: re.Match[str]) -> str:
    year = "" if found[3] is None else f" 20{found[3][-2:]}"
    return f"{int(found[1])} {_MONTH_NAMES[int(found[2]) - 1]}{year}"


def is_of_a_date(words: Sequence[str], place: int) -> bool:
    """Whether a number is that of a day or year."""
    following = words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    if following in _MONTHS or following == "er" or (before in _ENGLISH_MONTHS and _DAY_OF_MONTH.fullmatch(words[place])):
        return True
    return _YEAR.fullmatch(words[place]) is not None and (before in _MONTHS or before in _IN_A_YEAR or _is_english_day(words, place - 1))


def _is_english_day(words: Sequence[str], place: int) -> bool:
    """« March 12 »: here stands the 12."""
    return place > 0 and words[place - 1] in _ENGLISH_MONTHS and _DAY_OF_MONTH.fullmatch(words[place]) is not None


def list_days(words: Sequence[str]) -> Iterator[Day]:
    """The dates of a sentence, in order."""
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
    number, at = _read_number(words, at)
    month = _MONTHS.get(words[at]) if at < len(words) else None
    if month is None:
        if weekday is not None:
            return Day(weekday=weekday), 1
        is_year = _YEAR.fullmatch(words[place]) and place and words[place - 1] in _IN_A_YEAR
        return (Day(year=int(words[place])), 1) if is_year else (None, 1)
    at += 1
    if number is None and words[at - 1] in _ENGLISH_MONTHS:
        number, at = _read_number(words, at)
    year = int(words[at]) if at < len(words) and _YEAR.fullmatch(words[at]) else None
    if (
        number is None
        and year is None
        and words[at - 1] in _PERHAPS_NO_MONTH
        and _LEADS_TO_MONTH.isdisjoint(words[max(0, at - 2) : at - 1])
    ):
        return None, 1
    return Day(year, month, number, weekday), at - place + (year is not None)


def _read_number(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The day of a month that stands here, if one does, and where what follows it begins."""
    if at >= len(words) or not _DAY_OF_MONTH.fullmatch(words[at]):
        return None, at
    return int(words[at]), at + 1 + (words[at + 1 : at + 2] == ("er",))


def agree(one: Day, other: Day) -> bool | None:
    """Whether two dates may be the same day; None if they say nothing that can be compared."""
    pairs = [(one.year, other.year), (one.month, other.month), (one.day, other.day), (one.weekday, other.weekday)]
    both = [(first, second) for first, second in pairs if first is not None and second is not None]
    return all(first == second for first, second in both) if both else None


def tell_day(day: Day) -> str:
    """What is known of a date, from the year on, as one key: `2025-02-10`, `02-10`, `D0` for a Monday."""
    parts = ((day.year, "{}"), (day.month, "{:02}"), (day.day, "{:02}"), (day.weekday, "D{}"))
    return "-".join(shape.format(part) for part, shape in parts if part is not None)
