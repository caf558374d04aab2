"""Spans of time and amounts of data as people write them in the configuration and on the command line."""

from __future__ import annotations

import re
from datetime import timedelta

from news.wording import Wording

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([0-9]{1,10})([smhdw])")
LONGEST_DURATION = timedelta(weeks=5_200)
"""A hundred years: longer ones are typing mistakes, and would overflow when added to a date."""

_UNIT_BYTES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SIZE = re.compile(r"([0-9]{1,15}) ?([kKMG]i?B|B)")


def parse_duration(text: str) -> timedelta:
    """Read `30s`, `15m`, `12h`, `7d` or `4w`. Raises ValueError with a message for the user."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            Wording("{text} is no duration; write a whole number and s, m, h, d or w, such as 30s, 15m, 12h, 7d or 4w", text=repr(text))
        )
    seconds = int(found[1]) * _UNIT_SECONDS[found[2]]
    if seconds > LONGEST_DURATION.total_seconds():
        raise ValueError(Wording("{text} is longer than a hundred years", text=repr(text)))
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds in the largest unit that divides it, so that `parse_duration` gives it back."""
    seconds = int(duration.total_seconds())
    for unit, length in reversed(_UNIT_SECONDS.items()):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return "0s"


def parse_size(text: str) -> int:
    """Read `500kB`, `10MB` (powers of 1000) or `10MiB` (powers of 1024) as bytes. Raises ValueError with a message for the user."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or found[2] not in _UNIT_BYTES:
        raise ValueError(Wording("{text} is no size; write a whole number and a unit, such as 500kB, 10MB or 10MiB", text=repr(text)))
    return int(found[1]) * _UNIT_BYTES[found[2]]
