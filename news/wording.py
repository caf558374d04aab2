"""Texts for people that can be told in more than one language, and what tells them.

English is the language of the source, of the archive, of JSON and of the log. A text that is made where nobody knows who will read it is
a `Wording`: in English wherever a string is wanted, and still in its parts where a `Language` tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, Self
from zoneinfo import ZoneInfo


class Wording(str):
    """An English text that knows its template and what was put into it; a value may be a `Wording` again.

    Wording("there is no field {field}; expected one of {known}", field="titel:", known="title, text")

    Templates are found in the source by their place as the first argument: they must be written out there.
    """

    __slots__ = ("many", "number", "template", "values")
    template: str
    values: Mapping[str, object]
    many: str | None
    """The template for several, where the text depends on a number, which is `number`."""
    number: int | None

    def __new__(cls, template: str, /, **values: object) -> Self:
        """A template without values is taken letter for letter."""
        return cls._make(template, None, None, values)

    @classmethod
    def counted(cls, one: str, many: str, count: int, /, **values: object) -> Self:
        """A text that depends on a number, which both templates may show as `{count}`."""
        return cls._make(one, many, count, values)

    @classmethod
    def _make(cls, template: str, many: str | None, count: int | None, values: Mapping[str, object]) -> Self:
        values = {name: said_by(value) if isinstance(value, BaseException) else value for name, value in values.items()}
        known = values if count is None else {"count": count, **values}
        chosen = template if many is None or count == 1 else many
        text = str.__new__(cls, chosen.format(**known) if known else chosen)
        text.template, text.values, text.many, text.number = template, values, many, count
        return text

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        """For its way between processes."""
        return type(self)._make, (self.template, self.many, self.number, dict(self.values))

    def with_values(self, change: Callable[[str], str]) -> Wording:
        """The same text with every string that was put into it changed, as where a secret is taken out."""
        values = {
            name: value.with_values(change) if isinstance(value, Wording) else change(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return self._make(self.template, self.many, self.number, values)


def template(text: str) -> str:
    """Marks a template that becomes a `Wording` elsewhere, for whoever looks for texts in the source."""
    return text


def join_choice(items: Sequence[str]) -> str:
    """`a or b or c`, of things that are the same in every language."""
    joined = items[0]
    for item in items[1:]:
        joined = Wording("{one} or {other}", one=joined, other=item)
    return joined


def said_by(error: BaseException) -> str:
    """The text of an error, still a `Wording` if it was given one."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Wording) else str(error)


def system_reason(error: OSError) -> Wording:
    """Why the operating system did not do what was asked, in its own words."""
    return Wording(os_words(error))


def os_words(error: OSError) -> str:
    """The system's words for an error, or the error's own where the system has none."""
    return error.strerror or str(error)


class Language(Protocol):
    """How people are spoken to: in which language, and in which time zone. Whatever makes text for people is handed one.

    Templates are English and hold `{name}` where a value comes. They are found in the source by their place in a call of these methods.
    """

    @property
    def code(self) -> str:
        """By which catalogue it speaks: `fr` or `en`."""
        ...

    @property
    def timezone(self) -> ZoneInfo:
        """In which people are told moments."""
        ...

    def text(self, template: str, /, **values: object) -> str:
        """The template in this language with its values; those that are a `Wording` are told too."""
        ...

    def plural(self, one: str, many: str, count: float, /, **values: object) -> str:
        """The template that fits the number, which it shows as `{count}`, written as the language writes numbers."""
        ...

    def tell(self, text: str) -> str:
        """A text that was made elsewhere: a `Wording`, or a string that one became in the archive; others stay as they are."""
        ...

    def moment(self, moment: datetime | None) -> str:
        """A date with its time: `26 nov. 2026 à 10:28`; `–` for none."""
        ...

    def short_moment(self, moment: datetime | None, now: datetime) -> str:
        """As short as it stays clear: `today 10:28`, `yesterday 22:14`, `24 Nov 10:28`, and without the time `24 Nov 2025`."""
        ...

    def time_of_day(self, moment: datetime) -> str:
        """A moment of a day that is known: `10:28`, in the time zone."""
        ...

    def duration(self, span: timedelta | float) -> str:
        """A span of time, or seconds, in its two largest units: `41 s`, `3 min 20 s`, `2 h 5 min`, `4 j 3 h`."""
        ...

    def age(self, moment: datetime, now: datetime) -> str:
        """How long ago: `il y a 3 h`; for what is to come, `dans 3 h`."""
        ...

    def number(self, number: float) -> str:
        """A number with the language's signs for thousands and decimals: `12 345`, `1,5`."""
        ...

    def percent(self, share: float) -> str:
        """A share of 1 as hundredths: 0.25 is `25 %`."""
        ...

    def size(self, size_bytes: float) -> str:
        """An amount of data: `12,3 Mo`."""
        ...
