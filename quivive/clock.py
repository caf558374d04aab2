"""The clock. Everything outside this package is given the time."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current moment, aware and in UTC."""
    return datetime.now(UTC)
