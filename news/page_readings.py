"""How the last pages of a source were read: whether its site has changed its pages so that their articles are no longer found. Pure.

Each page that was had is held against what the feed says of its article (`news.judging`); one that brings no text, or a text that speaks
of something else, is one of which nothing could be read. Some of them are on every site: videos, notices, articles that are gone. What
tells a change is that most fail of a source whose pages used to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from news.sources import PageOutcome, Problem

MOST_MARKS = 20
READ, UNREAD = "+", "-"
_UNREAD_CODES = frozenset({"no_text", "teaser", "wall", "other_page"})
"""Problems of pages that were had, and of which nothing could be read."""
_LATELY = 10
"""Pages by which it is judged whether most fail."""
_WELL, _BROKEN = 8, 7
"""So many of them read, or this share of fewer, are a source that is read well; so many not are one that no longer is."""
_FEW = 5
"""So many one after the other of which none could be read say the same. A page that can be read ends a time of failures unless most of
so many fail; and nothing is known of a source of fewer."""


@dataclass(frozen=True, slots=True)
class PageReadings:
    """What is on record of the last pages of a source: a mark for each, the newest last."""

    marks: str = ""
    failing_since: datetime | None = None
    """When the first of the pages came since which most could not be read; None if most can."""
    was_well: bool = False
    """Whether its pages were read well at a time."""

    @property
    def unread(self) -> int:
        """How many of the last pages could not be read."""
        return self.marks.count(UNREAD)

    @property
    def is_broken(self) -> bool:
        """Whether pages that used to be read can no longer be."""
        lately = self.marks[-_LATELY:]
        return self.was_well and (self.marks.endswith(UNREAD * _FEW) or lately.count(UNREAD) >= _BROKEN)


def note_page(readings: PageReadings, outcome: PageOutcome, judged: Problem | None, attempts: int, now: datetime) -> PageReadings:
    """What is on record after the fetch of a page, of which judging found wrong what is `judged`.

    `attempts`: fetches before this one that brought nothing. A page counts once however often it is tried; one that could not be had, not
    at all.
    """
    problem = outcome.problem or judged
    if problem is None or problem.code not in _UNREAD_CODES:
        return readings if outcome.page is None else _after(readings, READ, now)
    return readings if attempts else _after(readings, UNREAD, now)


def _after(readings: PageReadings, mark: str, now: datetime) -> PageReadings:
    marks = (readings.marks + mark)[-MOST_MARKS:]
    if mark == UNREAD:
        return replace(readings, marks=marks, failing_since=readings.failing_since or now)
    is_over = 2 * marks[-_FEW:].count(UNREAD) < _FEW
    lately = marks[-_LATELY:]
    is_well = len(lately) >= _FEW and lately.count(READ) >= _WELL * len(lately) / _LATELY
    return PageReadings(marks, None if is_over else readings.failing_since, readings.was_well or is_well)
