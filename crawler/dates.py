"""Dates as feeds and pages write them, to aware UTC times."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FRENCH_MONTHS = {
    "janvier": "Jan", "janv": "Jan", "jan": "Jan",
    "février": "Feb", "fevrier": "Feb", "févr": "Feb", "fevr": "Feb", "fév": "Feb", "fev": "Feb",
    "mars": "Mar", "avril": "Apr", "avr": "Apr", "mai": "May", "juin": "Jun", "juillet": "Jul", "juil": "Jul", "août": "Aug", "aout": "Aug",
    "septembre": "Sep", "sept": "Sep", "sep": "Sep", "octobre": "Oct", "oct": "Oct", "novembre": "Nov", "nov": "Nov",
    "décembre": "Dec", "decembre": "Dec", "déc": "Dec", "dec": "Dec",
}  # fmt: skip
_ZONES = {"CEST": "+0200", "CET": "+0100", "HEC": "+0100", "MEST": "+0200", "MET": "+0100", "BST": "+0100", "WEST": "+0100", "WET": "+0000"}
"""Zone names of European feeds that RFC 5322 does not define, and that parsers therefore take for UTC."""
_ZONE_NAME = re.compile(r"\b(" + "|".join(_ZONES) + r")\b")
_FRENCH_DATE = re.compile(
    r"(\d{1,2})(?:er)?\s+([a-zéûA-ZÉÛ]{3,9})\.?\s+(\d{4})(?:[^\d]{1,4}(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([+-]\d{2}:?\d{2})?)?"
)


def from_struct(parsed: time.struct_time | None) -> datetime | None:
    """The time that feedparser's nine numbers (in UTC) mean; None if they mean none."""
    if parsed is None:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return _plausible(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def from_text(text: str | None) -> datetime | None:
    """The time that an ISO 8601, RFC 5322 or French date means; without a zone it is UTC; None if it means none."""
    stripped = (text or "").strip()[:80]
    if not stripped:
        return None
    for read in (datetime.fromisoformat, _read_rfc5322, _read_french):
        try:
            moment = read(stripped)
            return _plausible(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _plausible(moment: datetime) -> datetime | None:
    """The moment, if it can be that of a publication: the far ends of the calendar break whoever converts or subtracts them."""
    return moment if 1900 <= moment.year < 2200 else None


def names_european_zone(text: str | None) -> bool:
    """Whether the date is written with a zone name that feedparser would take for UTC."""
    return bool(text and _ZONE_NAME.search(text))


def _read_rfc5322(text: str) -> datetime:
    return parsedate_to_datetime(_ZONE_NAME.sub(lambda found: _ZONES[found[1]], text))


def _read_french(text: str) -> datetime:
    found = _FRENCH_DATE.search(text)
    month = _FRENCH_MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        raise ValueError(text)
    day, _, year, hour, minute, second, zone = found.groups()
    offset = (zone or "+0000").replace(":", "")
    return parsedate_to_datetime(f"{day} {month} {year} {hour or 0}:{minute or '00'}:{second or '00'} {offset}")
