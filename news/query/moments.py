"""How `since:` and `until:` read a moment: by functions that are handed in, because ages and days need a clock and a timezone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from news.errors import UsageError


@dataclass(frozen=True, slots=True)
class MomentParser:
    """Both read what was typed and raise `UsageError` for what is no moment; `until` gives the first moment that counts no more."""

    since: Callable[[str], datetime]
    until: Callable[[str], datetime]


def read_moment(parse: Callable[[str], datetime], text: str) -> datetime:
    """The moment in UTC. Raises `ValueError`, also for moments beyond the calendar."""
    try:
        return parse(text).astimezone(UTC)
    except (UsageError, OverflowError) as error:
        raise ValueError(text) from error
