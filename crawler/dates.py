"""Dates as feeds and pages write them, to aware UTC times.

Own code rather than a library: `dateutil` and `dateparser` guess where nothing is meant (an hour, a month, today's year), and the common
mistakes of publishers are none that they know. What this doesn't recognise at all is left to feedparser.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from unicodedata import normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PARIS = ZoneInfo("Europe/Paris")
_ELSEWHERE_IN_FRENCH = {"fr-ca": ZoneInfo("America/Toronto")}
"""Belgium, Luxembourg, Monaco and Switzerland have the time of Paris."""

_LOCAL_MEAN_TIMES = {
    9: PARIS, 18: ZoneInfo("Europe/Brussels"), 34: ZoneInfo("Europe/Zurich"), 53: ZoneInfo("Europe/Berlin"), 50: ZoneInfo("Europe/Rome"),
    -1: ZoneInfo("Europe/London"), -15: ZoneInfo("Europe/Madrid"), -296: ZoneInfo("America/New_York"), -318: ZoneInfo("America/Toronto"),
}  # fmt: skip
"""Minutes that stand for a city of today: what Python's pytz makes of a zone that is attached without its `localize`."""

_MONTHS = {
    "jan": 1, "feb": 2, "fev": 2, "mar": 3, "apr": 4, "avr": 4, "may": 5, "mai": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7, "aug": 8,
    "aou": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "gen": 1, "maa": 3, "mrt": 3, "abr": 4, "mag": 5, "mei": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "okt": 10, "ott": 10,
    "out": 10, "dez": 12, "dic": 12,
}  # fmt: skip
"""By how their French and English names begin, accents aside; then what begins otherwise in Dutch, German, Italian, Portuguese, Spanish."""
_FOLDED = str.maketrans("éèêûôîàäç", "eeeuoiaac")

_ZONE_HOURS = {
    "z": 0, "utc": 0, "ut": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "hec": 1, "met": 1, "mez": 1, "mest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "ast": -4, "adt": -3, "est": -5, "edt": -4, "hne": -5, "hae": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "cedt": 2, "hnec": 1, "haec": 2, "akst": -9, "akdt": -8, "hst": -10,
    "nst": -3.5, "ndt": -2.5, "brt": -3, "sast": 2, "eat": 3, "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "sgt": 8, "hkt": 8, "awst": 8,
    "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
"""Of several meanings the one that feeds have: CST is in America, IST in India. Unknown ones are as good as none."""

_WORD_DATE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:er|st|nd|rd|th)?[\s,./-]+(?:of\s+|de\s+)?(?P<month>[a-z]{3,9})\.?[\s,./-]+(?:de\s+)?(?P<year>-?\d{4}|\d{2}(?!\s*[:h]))(?!\d)"
)
_CLOCK_BEFORE_YEAR = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\.?\s+(?P<month>[a-z]{3,9})\.?,?\s+(?P<time>\d\d?:[\d:]+(?:\s+(?:[a-z]{1,4}|[+-]\d{4}))?)\s+(?P<year>\d{4})(?!\d)"
)
"""What `date` prints, in the order of most locales. The order of others, and of C, is that of `_MONTH_FIRST`."""
_MONTH_FIRST = re.compile(
    r"(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?:(?P<time>\d\d?:[\d:]+(?:\s+(?:[a-z]{1,4}|[+-]\d{4}))?)\s+)?(?P<year>\d{4})(?!\d)"
)
_YEAR_FIRST = re.compile(r"(?<![\d-])(?P<year>-0\d{3}|\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)")
_AMERICAN = re.compile(r"(?<!\d)(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/(?P<year>\d{4})(?!\d)")
"""The month before the day, where no other order is possible."""
_WEEK = re.compile(r"\d{4}-?w\d\d(?!\d)")
_COMPACT = re.compile(r"^(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?|(?=$|\s|t))")
_TIME = re.compile(
    r"(?<![\d:+-])(?P<hour>\d{1,2})(?:\s*(?::|h)\s*(?P<minute>\d{2})(?:\s*(?::|mn?)\s*(?P<second>\d{2})(?:[.,]\d+)?)?|\s*h(?![a-z])|(?=\s*[ap]\.?m))"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
)
_TIME_WITH_DOTS = re.compile(
    r"^(?:[\s,t-]|\b(?:a|at|um|kl|alle|ore)\b)*(?P<hour>\d{1,2})\.(?P<minute>\d{2})(?:\.(?P<second>\d{2}))?(?![\d.])"
)
"""18.55, as in Denmark, Finland, Italy and Switzerland: only right behind the day, where nothing else is written so."""
_OFFSET = re.compile(r"(?P<sign>[+−-]|–(?=\d\d:?\d\d))(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)")
_ZONE_NAME = re.compile(r"\b(" + "|".join(_ZONE_HOURS) + r")\b")
_SHORT_YEAR_FIRST = re.compile(r"\s*\d\d-\d\d-\d\d(?!\d)")
_UNIX = re.compile(r"0|\d{10}(?:\d{3})?(?:\.\d*)?")
_CITY = re.compile(r"\b[a-z]+(?:/[a-z][a-z_-]*)+")
"""How zones are called in the tz database: America/New_York."""

_WORD = re.compile(r"[^\W\d_]+")
_FRENCH_WORDS = frozenset(
    _WORD.findall("le les des une du et est dans pour sur au aux que qui pas avec par ce sont ses leur plus l d qu où à")
)
_OTHER_WORDS = frozenset(_WORD.findall("the of and to in is for on with der die das und el los las y il che di een het"))
_FEW_WORDS = 4

LONGEST_DATE = 80
"""Characters; the rest of a longer text is not looked at."""


class NoDateError(ValueError):
    """Raised for a text that is written like a date, but names a day that doesn't exist."""


def zone_of(language: str | None, sample: str = "") -> tzinfo:
    """The zone of a source's dates that name none: of Paris if its language is French, else UTC.

    `sample`: some of its words, which tell the language where the source doesn't.
    """
    if language is None:
        return PARIS if _reads_french(sample) else UTC
    tag = language.lower()
    return _ELSEWHERE_IN_FRENCH.get(tag, PARIS) if tag.partition("-")[0] == "fr" else UTC


def _reads_french(sample: str) -> bool:
    """Whether the little words of a text are French ones: one word in ten, and many more than of its neighbours."""
    words = _WORD.findall(sample.lower())
    french, others = (sum(word in little for word in words) for little in (_FRENCH_WORDS, _OTHER_WORDS))
    return french > _FEW_WORDS and 10 * french >= len(words) and french > 2 * others


def from_text(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """The time that a date in ISO 8601, RFC 5322, French or English words means; None if it means none, or is nobody's.

    `zone`: that of a date which names none.
    """
    try:
        return recognise(text, zone)
    except NoDateError:
        return None


def from_page(text: str | None, zone: tzinfo) -> datetime | None:
    """The time that a page's date means. A day alone begins at midnight in UTC, so that it is the same day there and in France."""
    moment = from_text(text, zone)
    begins_day = moment is not None and moment.astimezone(zone).time() == datetime.min.time()
    return from_text(text, UTC) if begins_day and not _TIME.search((text or "").lower()) else moment


def from_feed(text: str | None, parsed: time.struct_time | None, zone: tzinfo = UTC) -> datetime | None:
    """The time that a feed's date means. `parsed`: feedparser's nine numbers in UTC, for what only it can read (Greek, Korean dates)."""
    if not text and not parsed:
        return None
    try:
        moment = recognise(text, zone)
    except NoDateError:
        return None
    return moment or (_from_struct(parsed) if text is None or _names_year_of(text, parsed) else None)


def recognise(text: str | None, zone: tzinfo) -> datetime | None:
    """The time that a text means; None if it isn't written like a date.

    Raises NoDateError if it is, but is that of no day, or the zero of some calendar (year 0 or 1, the epoch), which nobody has set.
    """
    written = normalize("NFC", (text or "").strip()[:LONGEST_DATE].lower()).translate(_FOLDED)
    if _UNIX.fullmatch(written):
        return _checked(datetime.fromtimestamp(int(written.partition(".")[0][:10]), UTC), UTC)
    if _WEEK.match(written):
        return _day_of_week(written, zone)
    numbers = _read_numbers(written)
    if numbers is None:
        return None
    day, rest = numbers
    try:
        return _checked(day.replace(tzinfo=_named_zone(rest)), zone)
    except (ValueError, OverflowError) as error:
        raise NoDateError(written) from error


def _day_of_week(written: str, zone: tzinfo) -> datetime:
    """The time that a year, a week and a day in it mean (ISO 8601): 2025-W47-3."""
    try:
        return _checked(datetime.fromisoformat(written.upper()), zone)
    except ValueError as error:
        raise NoDateError(written) from error


def _read_numbers(written: str) -> tuple[datetime, str] | None:
    """The clock's time as written, without a zone, and what stands behind it."""
    for pattern in (_COMPACT, _YEAR_FIRST, _WORD_DATE, _CLOCK_BEFORE_YEAR, _MONTH_FIRST, _AMERICAN, _DAY_FIRST):
        found = pattern.search(written)
        month = _month(found["month"]) if found else None
        if found is None or month is None:
            continue
        try:
            day = datetime(_year(found["year"]), month, int(found["day"]))  # noqa: DTZ001  # the zone stands behind the time
        except ValueError as error:
            raise NoDateError(written) from error
        return _at_time(day, found, written)
    return None


def _at_time(day: datetime, date: re.Match[str], written: str) -> tuple[datetime, str]:
    """The day with the time that stands in or behind its date, rarely before it, and what is left behind both."""
    rest = written[date.end() :]
    inner = date.groupdict()
    if inner.get("hour"):
        return _on_clock(day, date), rest
    rest = (inner.get("time") or "") + rest
    clock = _TIME.search(rest) or _TIME_WITH_DOTS.search(rest)
    if clock is not None:
        return _on_clock(day, clock), rest[clock.end() :]
    clock = _TIME.search(written[: date.start()])
    return _on_clock(day, clock) if clock else day, rest


def _on_clock(day: datetime, clock: re.Match[str]) -> datetime:
    """The time of that day. 24:00 and the second 60 are the beginning of what follows."""
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    half = clock.groupdict().get("half")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        raise NoDateError(clock[0])
    return day + timedelta(hours=hour, minutes=minute, seconds=second)


def _named_zone(rest: str) -> tzinfo | None:
    """The zone that stands behind a time. An offset counts from UTC, whatever name stands before it (`GMT+1`)."""
    offset = _OFFSET.search(rest)
    if offset is not None:
        minutes = (int(offset["hours"]) * 60 + int(offset["minutes"] or 0)) * (1 if offset["sign"] == "+" else -1)
        return _LOCAL_MEAN_TIMES.get(minutes) or timezone(timedelta(minutes=minutes))
    if (city := _CITY.search(rest)) and (zone := _zone_of_city(city[0])):
        return zone
    name = _ZONE_NAME.search(rest)
    if name is None:
        return PARIS if "paris" in rest else None
    return timezone(timedelta(hours=_ZONE_HOURS[name[1]]))


def _zone_of_city(name: str) -> tzinfo | None:
    """The zone that the tz database knows by a name in lower case."""
    try:
        return ZoneInfo(name.title())
    except (ZoneInfoNotFoundError, OSError):
        return None


def _month(name: str) -> int | None:
    return int(name) if name.isdigit() else _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])


def _year(digits: str) -> int:
    """Of two digits as RFC 5322 §4.3 has it."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _checked(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC, if somebody can have meant it; the far ends of the calendar, besides, break whoever converts them."""
    if not 1900 <= moment.year < 2200 or moment.replace(tzinfo=None) == datetime(1970, 1, 1):  # noqa: DTZ001  # the zero as written
        raise NoDateError(str(moment))
    aware = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    if aware.timestamp() == 0:
        raise NoDateError(str(moment))
    return aware


def _names_year_of(text: str, parsed: time.struct_time | None) -> bool:
    """Whether feedparser read the year and did not guess it: it makes 2001 of year 1, and 2063 of the seconds since 1970."""
    return parsed is not None and (str(parsed[0]) in text or _SHORT_YEAR_FIRST.match(text) is not None)


def _from_struct(parsed: time.struct_time | None) -> datetime | None:
    try:
        return _checked(datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC), UTC) if parsed else None
    except (ValueError, OverflowError):
        return None
