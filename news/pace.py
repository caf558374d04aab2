"""How fast a channel may be told: attempts at once and a second, and what must be on record before the next. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MOST_AT_ONCE = 32
"""Attempts that a channel may ask for; each may have a connection, a thread or a program of its own."""
MOST_UNRECORDED = 32
"""Messages that a receiver has answered for and that are not on record yet: so many are repeated after a crash, at most."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a channel can bear. Whoever says nothing is told as fast as it answers, a few messages at once."""

    at_once: int = 4
    """Attempts under way."""
    per_second: float | None = None
    """How many attempts may begin within a second, evenly spread; None: any number."""
    knows_repeats: bool = True
    """Whether its messages have an id by which a receiver tells a repeat. If not, each is on record before the next is sent."""

    @property
    def most_unrecorded(self) -> int:
        """How many answered messages may wait to be recorded while further ones are sent."""
        return MOST_UNRECORDED if self.knows_repeats else 0

    @property
    def gap_seconds(self) -> float:
        """The least time between the beginnings of two attempts."""
        return 1 / self.per_second if self.per_second else 0.0
