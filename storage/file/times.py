"""Times as the archive writes them: RFC 3339, UTC, microseconds, `Z`; of fixed width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """`moment` (aware) as the archive writes it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def optional_text(moment: datetime | None) -> str | None:
    """`moment` as the archive writes it, or None."""
    return None if moment is None else to_text(moment)


def from_text(text: str) -> datetime:
    """The aware moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def optional_time(text: str | None) -> datetime | None:
    """The aware moment that `optional_text` wrote, or None."""
    return None if text is None else datetime.fromisoformat(text)
