"""What is told of a round once it is over, whichever program did it. Whoever only tells it needs nothing of what polls."""

from __future__ import annotations

from dataclasses import dataclass

from news.answers import Undelivered
from quivive.reporting import FailedSource
from quivive.totals import Totals


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """What a round did, in so many seconds; `pending` deliveries are left."""

    totals: Totals
    pending: int
    seconds: float
    failures: tuple[FailedSource, ...]
    undelivered: tuple[Undelivered, ...]
    """The channels for which messages wait because they failed."""
