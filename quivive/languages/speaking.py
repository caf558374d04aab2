"""A language as the rest of the program is handed it: gettext for texts, Babel for dates, durations and numbers.

Babel costs a command 0.1 s: it is imported where something is formatted that needs it, and most answers do not.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from news.wording import Wording
from quivive.clock import in_zone
from quivive.languages.choosing import LANGUAGES
from quivive.languages.recognising import Recogniser

CATALOGUES = Path(__file__).parent / "catalogues"
DOMAIN = "quivive"
NOTHING = "–"
"""What is shown for a moment that there is not."""

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
"""In English the day comes before the month, and hours are counted to 24, as everywhere in this program."""
_UNITS = (86_400, 3_600, 60, 1)
"""Seconds of a day, an hour, a minute, a second."""
_KILO = 1000
_MULTIPLES = ("", "k", "M", "G", "T")


@dataclass(frozen=True)
class GettextLanguage:
    """A language by its code; see `Language` in `news/wording.py` for what each method says."""

    code: str
    timezone: ZoneInfo

    def text(self, template: str, /, **values: object) -> str:
        if not template:  # by which gettext would mean what a catalogue says of itself
            return ""
        return self._fill(_translations(self.code).gettext(template), values)

    def plural(self, one: str, many: str, count: float, /, **values: object) -> str:
        chosen = _translations(self.code).ngettext(one, many, _number_for_plural(self.code, count))
        return self._fill(chosen, {"count": self.number(count), **values})

    def tell(self, text: str) -> str:
        if isinstance(text, Wording):
            if text.many is None or text.number is None:
                return self.text(text.template, **text.values)
            return self.plural(text.template, text.many, text.number, **text.values)
        return text if self.code == "en" else _recogniser(self.code).retell(text) or text

    def moment(self, moment: datetime | None) -> str:
        if moment is None:
            return NOTHING
        return self.text("{date}, {time}", date=self._date(moment, "medium"), time=self.time_of_day(moment))

    def short_moment(self, moment: datetime | None, now: datetime) -> str:
        if moment is None:
            return NOTHING
        local, today = in_zone(moment, self.timezone), now.astimezone(self.timezone).date()
        time = self.time_of_day(moment)
        if local.date() == today:
            return self.text("today {time}", time=time)
        if local.date() == today - timedelta(days=1):
            return self.text("yesterday {time}", time=time)
        if local.year != today.year:
            return self._date(moment, "medium")
        return f"{self._date(moment, 'd MMM')} {time}"

    def time_of_day(self, moment: datetime) -> str:
        return f"{in_zone(moment, self.timezone):%H:%M}"

    def duration(self, span: timedelta | float) -> str:
        left = round(span.total_seconds() if isinstance(span, timedelta) else span)
        amounts = []
        for length in _UNITS:
            amounts.append(left // length)
            left %= length
        first = next((place for place, amount in enumerate(amounts) if amount), len(_UNITS) - 1)
        shown = [first, *([first + 1] if amounts[first + 1 : first + 2] not in ([], [0]) else [])]
        return " ".join(self._in_unit(amounts[place], place) for place in shown)

    def age(self, moment: datetime, now: datetime) -> str:
        passed = now - moment
        if abs(passed) < timedelta(seconds=1):
            return self.text("just now")
        span = self._one_unit(abs(passed))
        return self.text("in {span}", span=span) if passed < timedelta(0) else self.text("{span} ago", span=span)

    def number(self, number: float) -> str:
        if isinstance(number, int) and abs(number) < _KILO:  # without Babel, which most commands need for nothing else
            return str(number)
        from babel.numbers import format_decimal  # noqa: PLC0415

        return format_decimal(number, locale=_LOCALES[self.code])

    def percent(self, share: float) -> str:
        from babel.numbers import format_decimal  # noqa: PLC0415

        return self.text("{amount} %", amount=format_decimal(share * 100, format="#,##0.#", locale=_LOCALES[self.code]))

    def size(self, size_bytes: float) -> str:
        from babel.numbers import format_decimal  # noqa: PLC0415

        step = 0
        while size_bytes >= _KILO and step < len(_MULTIPLES) - 1:
            size_bytes, step = size_bytes / _KILO, step + 1
        amount = format_decimal(size_bytes, format="#,##0.#" if step > 1 else "#,##0", locale=_LOCALES[self.code])
        return self.text("{amount} {multiple}B", amount=amount, multiple=_MULTIPLES[step])

    def _date(self, moment: datetime, form: str) -> str:
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(in_zone(moment, self.timezone).date(), form, locale=_LOCALES[self.code])

    def _one_unit(self, span: timedelta) -> str:
        """The span in its largest unit, rounded down, as people say how long ago something was."""
        seconds = int(span.total_seconds())
        place = next(place for place, length in enumerate(_UNITS) if seconds >= length or length == 1)
        return self._in_unit(seconds // _UNITS[place], place)

    def _in_unit(self, amount: int, place: int) -> str:
        texts = (self.text("{amount} d", amount=amount), self.text("{amount} h", amount=amount))
        return (*texts, self.text("{amount} min", amount=amount), self.text("{amount} s", amount=amount))[place]

    def _fill(self, template: str, values: dict[str, object]) -> str:
        told = {name: self.tell(value) if isinstance(value, Wording) else value for name, value in values.items()}
        return template.format(**told) if told else template


def make_language(code: str, timezone: ZoneInfo) -> GettextLanguage:
    """The language with this code, which is one of `LANGUAGES`."""
    assert code in LANGUAGES
    return GettextLanguage(code, timezone)


@cache
def _translations(code: str) -> gettext.NullTranslations:
    return gettext.NullTranslations() if code == "en" else gettext.translation(DOMAIN, CATALOGUES, [code])


@cache
def _recogniser(code: str) -> Recogniser:
    translations = _translations(code)
    assert isinstance(translations, gettext.GNUTranslations)
    # gettext has no public way to its texts; the attribute has been there since it was written (CPython keeps it for its own tools).
    return Recogniser(translations._catalog)  # type: ignore[attr-defined]  # noqa: SLF001


def _number_for_plural(code: str, count: float) -> int:
    """The whole number whose plural form the count takes: in French 1.5 is singular, in English plural."""
    if isinstance(count, int):
        return count
    return int(abs(count)) if code == "fr" else 2 - (abs(count) == 1)
