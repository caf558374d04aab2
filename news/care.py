"""What needs somebody's care: sources that fail, are silent or overdue, deliveries that wait or are dead, a daemon that stands still.

Pure: storage says what there is, here is decided what of it is worth a word, and what a supervisor is to be alarmed by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from news.page_readings import PageReadings
from news.sources import Problem

HUNG_AFTER = timedelta(minutes=2)
"""The daemon gives a sign of life every ten seconds; a machine that is busy for a while is no reason for alarm."""
LEAST_OVERDUE = timedelta(minutes=30)
"""How long a poll may be late, or twice its interval if that is longer."""


@dataclass(frozen=True, slots=True)
class FailingSource:
    """A source whose last polls failed, since the moment after the last one that did not; None: none ever succeeded."""

    name: str
    since: datetime | None
    failures: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class SilentSource:
    """A source that is polled well and brings nothing new for much longer than it used to."""

    name: str
    since: datetime
    usual_pause: timedelta


@dataclass(frozen=True, slots=True)
class OverdueSource:
    """A source whose poll is long overdue."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class UnreadPages:
    """A source whose pages used to be read and no longer are: so many of the last ones are not, most of those that came since a moment."""

    name: str
    unread: int
    pages: int
    since: datetime


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """Deliveries of a channel that wait after a failed attempt, or since it is left alone, or were given up lately; the latest reason."""

    channel: str
    waiting: int
    dead: int
    since: datetime
    """When the oldest of them was made."""
    reason: str | None
    left_alone_until: datetime | None = None
    """Until when nothing is sent to it, since it answers nobody."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How long after publication alerts were made; half of them were within the median. `source` is None for all sources together."""

    source: str | None
    alerts: int
    median: timedelta
    slow: timedelta
    """95 of 100 were within this."""


@dataclass(frozen=True, slots=True)
class Care:
    """What needs care, and how fast alerts were lately."""

    failing: tuple[FailingSource, ...]
    silent: tuple[SilentSource, ...]
    overdue: tuple[OverdueSource, ...]
    """The longest overdue first."""
    channels: tuple[ChannelTrouble, ...]
    delays: tuple[Delays, ...]
    """Of all sources together first, then of each, the slowest first. Empty where no alert's publication is known."""
    unread_pages: tuple[UnreadPages, ...] = ()
    """Where it began first, first."""


class AlarmKind(StrEnum):
    """The reasons for which a supervisor is told that all is not well."""

    STOPPED = "stopped"
    """No daemon runs."""
    HUNG = "hung"
    """It runs, and gives no sign of life."""
    WAITING = "waiting"
    """It cannot write the archive."""
    LINE = "line"
    """Nothing can be reached through this machine's own line."""
    OVERDUE = "overdue"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is wrong now: of which source or channel, how many of them, since when, and why."""

    kind: AlarmKind
    name: str = ""
    count: int = 0
    since: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known of the daemon: whether it runs, when it last gave a sign of life, since when and why it cannot write."""

    is_running: bool
    alive_at: datetime | None
    waiting_since: datetime | None
    waiting_reason: str | None


def find_unread_pages(name: str, readings: PageReadings) -> UnreadPages | None:
    """Whether the pages of a source, which used to be read, no longer are: its site has probably changed them."""
    if not readings.is_broken or readings.failing_since is None:
        return None
    return UnreadPages(name, readings.unread, len(readings.marks), readings.failing_since)


def is_long_overdue(due_at: datetime, interval: timedelta, now: datetime) -> bool:
    """Whether a poll is later than a busy machine explains."""
    return now - due_at > max(LEAST_OVERDUE, interval * 2)


def measure_delays(source: str | None, seconds: Sequence[int]) -> Delays:
    """The median and the 95th percentile of at least one delay, by the nearest rank: each is one that occurred."""
    ordered = sorted(seconds)

    def within(share: float) -> timedelta:
        return timedelta(seconds=ordered[math.ceil(share * len(ordered)) - 1])

    return Delays(source, len(ordered), within(0.5), within(0.95))


def find_alarms(vitals: Vitals, care: Care, now: datetime, line_down_since: datetime | None = None) -> tuple[Alarm, ...]:
    """What is wrong now. Nothing else is told of what a daemon that does not run leaves undone."""
    alarms = [*_judge_vitals(vitals, now)]
    if line_down_since is not None:
        alarms.append(Alarm(AlarmKind.LINE, since=line_down_since))
    if care.overdue and vitals.is_running:
        longest = care.overdue[0]
        alarms.append(Alarm(AlarmKind.OVERDUE, longest.name, len(care.overdue), longest.due_at))
    alarms += [Alarm(AlarmKind.DEAD, one.channel, one.dead, one.since, one.reason) for one in care.channels if one.dead]
    return tuple(alarms)


def _judge_vitals(vitals: Vitals, now: datetime) -> Sequence[Alarm]:
    if not vitals.is_running:
        return [Alarm(AlarmKind.STOPPED)]
    if vitals.alive_at is not None and now - vitals.alive_at > HUNG_AFTER:
        return [Alarm(AlarmKind.HUNG, since=vitals.alive_at)]
    if vitals.waiting_since is not None:
        return [Alarm(AlarmKind.WAITING, since=vitals.waiting_since, reason=vitals.waiting_reason)]
    return []
