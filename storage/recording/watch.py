"""What the archive must know of the configuration while it writes, and what it tells back of each operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from news.alerts import Alert
from news.follow_ups import FollowUp, Per
from news.query import Matcher
from news.repairing import RepairState
from news.sources import DuePage, Problem
from news.topics import Revisions


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is to be told of what, and how sources are polled: the part of the configuration that writing depends on."""

    matcher: Matcher
    channels_of_topic: Mapping[str, tuple[str, ...]]
    query_of_topic: Mapping[str, str] = field(default_factory=dict)
    """What each topic asks for, urgent or not: one that asks for something else has another usual volume."""
    silent_first_poll: bool = True
    digest_first_poll: bool = False
    """What would be silent is told in one message instead."""
    health_notify: tuple[str, ...] = ()
    """The channels that are told of operational alerts."""
    revisions_of_topic: Mapping[str, Revisions] = field(default_factory=dict)
    """Which edits each topic is told of; one that is not named is told of none."""
    per_of_topic: Mapping[str, Per] = field(default_factory=dict)
    """For what each topic alerts at once; one that is not named does for every article."""
    follow_up_of_topic: Mapping[str, FollowUp] = field(default_factory=dict)
    """How often each topic wants to be told what follows in a story."""
    least_interval: timedelta = timedelta(minutes=5)
    most_interval: timedelta = timedelta(hours=12)

    @property
    def tells_corrections(self) -> bool:
        """Whether any topic is told of edits."""
        return any(asked is not Revisions.OFF for asked in self.revisions_of_topic.values())


@dataclass(frozen=True, slots=True)
class SourceBefore:
    """How a source stood before a poll of it was recorded; `error_code`: what the poll before met, None if all went well."""

    name: str
    error_code: str | None


@dataclass(slots=True)
class Tally:
    """What one operation did, for the summary, the log and the work that follows. Filled while the operation runs."""

    entries_seen: int = 0
    entries_new: int = 0
    entries_silent: int = 0
    published: list[datetime | None] = field(default_factory=list)
    """When each of the new entries was published, as it says itself."""
    articles_new: int = 0
    articles_revised: int = 0
    duplicates: int = 0
    pages_failed: int = 0
    alerts: list[Alert] = field(default_factory=list)
    has_more: bool = False
    """The operation did a part of its work, and is to be called again for the rest."""
    entries_known: int = 0
    """Entries of the body that were on record."""
    is_line_down: bool = False
    """The poll failed because our own line is down: nothing of it is news."""
    gap: Problem | None = None
    """Set when the source may have published and removed entries between two polls."""
    gap_became: RepairState | None = None
    """What became of a gap in which entries were looked for, once that is decided."""
    pages: list[DuePage] = field(default_factory=list)
    """Pages that are due because of this operation."""
    source_before: SourceBefore | None = None
    """Of a poll, unless its source is gone."""
