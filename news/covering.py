"""How much of the last days a source was watched so that nothing can have been missed. Pure.

What lies between two good polls whose windows overlap is covered, from the earlier to the later, also where polls failed in between. What
is not: the time before the source was first read, that since its last good poll, and gaps that are not filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

COVERAGE_SPAN = timedelta(days=30)


class Stretch(NamedTuple):
    """A stretch in which nothing can have been missed: from `start` on, and before `end`; both UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the last `COVERAGE_SPAN` is covered."""

    share: float
    """From 0 to 1."""
    first_read_at: datetime | None
    last_good_at: datetime | None
    """Until when it is; None: it was never read."""
    gaps: int
    """Gaps in that time that are not filled."""
    missed: int | None
    """About how many entries they may have cost; None: of some nothing tells."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap that is not filled."""

    from_at: datetime | None
    last_good_at: datetime | None
    reached_at: datetime
    missed: int | None


def measure_coverage(first_read_at: datetime | None, last_good_at: datetime | None, gaps: Sequence[Missing], now: datetime) -> Coverage:
    """The coverage of a source at `now`, of which these gaps are not filled."""
    since = now - COVERAGE_SPAN
    late = [gap for gap in gaps if gap.reached_at > since]
    missed = [gap.missed for gap in late if gap.missed is not None]
    covered = timedelta()
    if first_read_at is not None and last_good_at is not None:
        watched = Stretch(max(since, first_read_at), min(now, last_good_at))
        covered = max(timedelta(), watched.end - watched.start) - _measure_within(watched, [_missing_stretch(gap) for gap in late])
    return Coverage(covered / COVERAGE_SPAN, first_read_at, last_good_at, len(late), sum(missed) if len(missed) == len(late) else None)


def _missing_stretch(gap: Missing) -> Stretch:
    """What a gap leaves uncovered: what came until the last good poll before it was had, unless all it lacks is dated before that."""
    starts = [start for start in (gap.last_good_at, gap.from_at) if start is not None and start < gap.reached_at]
    return Stretch(starts[0] if starts else gap.reached_at, gap.reached_at)


def _measure_within(whole: Stretch, parts: Sequence[Stretch]) -> timedelta:
    """How much of a stretch is within any of the parts."""
    total, reached = timedelta(), whole.start
    for start, end in sorted(parts):
        begin, until = max(start, reached), min(end, whole.end)
        if until > begin:
            total += until - begin
            reached = until
    return total
