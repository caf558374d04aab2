"""Follow-ups: what is told of a story after its first alert, and how often. Pure.

The first article of a story that matches a topic alerts at once; each later one is a follow-up, an alert like any other, of which a channel
is told together with the others of its story, once in a while. A story of which a channel was told nothing is news to it, whatever the
archive knows: nothing of it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from news.durations import parse_duration
from news.schedules import Schedule, parse_schedule
from news.timing import MOST_AHEAD
from news.wording import Wording

LONGEST_EVERY = timedelta(days=7)
LOOK_AGAIN = timedelta(hours=1)
"""Until it is looked again whether the first message on a story has arrived, where what follows is not to be told."""
_HOUR = timedelta(hours=1)

StoryOfTopic = tuple[int, str]
"""A story, by its number, as far as one topic matches it."""


class Per(StrEnum):
    """For what a topic alerts at once: the first article of each story, or every article."""

    STORY = "story"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How often a channel is told what follows in a story, for one topic: once in `every`, at the moments of `when`, or never."""

    text: str = "1h"
    """What the user wrote."""
    every: timedelta = _HOUR
    when: Schedule | None = None
    is_off: bool = False
    """It is listed, and told nobody."""


def parse_follow_up(text: str) -> FollowUp:
    """Read `now`, `off`, a duration, or moments such as `daily 08:00`. Raises ValueError for the user's eyes."""
    said = text.strip()
    if said == "off":
        return FollowUp(said, is_off=True)
    if said == "now":
        return FollowUp(said, every=timedelta())
    try:
        every = parse_duration(said)
    except ValueError:
        return FollowUp(said, when=_parse_moments(said))
    if not timedelta() < every <= LONGEST_EVERY:
        raise ValueError(Wording("must be longer than 0s, and 7 days at most; write now to be told at once"))
    return FollowUp(said, every)


def _parse_moments(text: str) -> Schedule | None:
    try:
        return parse_schedule(text)
    except ValueError:
        wrong = Wording("{text} says not how often; write a duration such as 1h, now, off, hourly or daily 08:00", text=repr(text))
        raise ValueError(wrong) from None


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of a story, for one topic."""

    sealed: tuple[datetime, ...]
    """When the messages were sealed that have arrived or still may, the earliest first; at least one."""
    has_arrived: bool
    """Whether one of them has."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A follow-up waits until then."""

    until: datetime
    joins: bool = True
    """Whether it is told sooner where something else of its story is."""


class NotTold(StrEnum):
    """A follow-up is told nobody."""

    OFF = "off"


class StoriesTold:
    """What a channel was told of stories. It grows while a plan is made, which may tell the first of a story and what follows."""

    def __init__(
        self,
        told: Mapping[StoryOfTopic, Told] | None = None,
        wanted: Mapping[str, FollowUp] | None = None,
    ) -> None:
        self._told = dict(told or {})
        self._wanted = wanted or {}

    def knows(self, story: StoryOfTopic) -> bool:
        """Whether the channel was told anything of it that has arrived, or still may."""
        return story in self._told

    def note(self, stories: Iterable[StoryOfTopic], now: datetime) -> None:
        """Count a message sealed now among what the channel was told of these stories."""
        for story in stories:
            before = self._told.get(story)
            self._told[story] = Told((now,), has_arrived=False) if before is None else Told((*before.sealed, now), before.has_arrived)

    def is_off(self, story: StoryOfTopic) -> bool:
        """Whether what follows is told nobody."""
        return self._wants(story).is_off

    def judge(self, story: StoryOfTopic, alerted_at: datetime, now: datetime, zone: tzinfo = UTC) -> Wait | NotTold | None:
        """What becomes of a follow-up in a story that the channel `knows`; None if it is told now.

        How long it waits is counted from the last message that was sealed before its alert was made, or the first one if none was: what is
        told meanwhile keeps nothing waiting longer.
        """
        told, wanted = self._told[story], self._wants(story)
        if wanted.is_off:  # while it is not known whether anything arrived, nothing is given up
            return NotTold.OFF if told.has_arrived else Wait(now + LOOK_AGAIN, joins=False)
        if max(alerted_at, told.sealed[0]) > now + MOST_AHEAD:
            return None
        if wanted.when is not None:
            until = wanted.when.next_after(alerted_at, zone)
        else:
            until = max((one for one in told.sealed if one <= alerted_at), default=told.sealed[0]) + wanted.every
        return Wait(until) if now < until else None

    def _wants(self, story: StoryOfTopic) -> FollowUp:
        return self._wanted.get(story[1], DEFAULT_FOLLOW_UP)


DEFAULT_FOLLOW_UP = FollowUp()
