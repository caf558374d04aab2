"""Which deliveries that nothing holds become one message, and which follow-ups wait for theirs. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from news.alerts import RollKind
from news.follow_ups import NotTold, StoriesTold, Wait
from news.plans import Hold, HoldKind, Policy, Together, WaitingDelivery
from news.wording import Wording


class Rolled(Enum):
    """The groups that become a digest or a summary."""

    DIGEST = RollKind.DIGEST
    SUMMARY = RollKind.SUMMARY
    FIRST_POLL = RollKind.FIRST_POLL


_ALL_HEALTH = "health"


def _group_of(delivery: WaitingDelivery, policy: Policy) -> Hashable:
    """The same for deliveries that are one message, follow-ups aside."""
    if not delivery.is_on_article:
        return _ALL_HEALTH if policy.together is Together.SUBJECT and delivery.is_operational else delivery.delivery_id
    if policy.when is not None and not delivery.urgent and delivery.held is not HoldKind.ASKED:
        return Rolled.DIGEST
    if delivery.first_poll and delivery.held is not HoldKind.ASKED:
        return Rolled.FIRST_POLL
    if delivery.held is HoldKind.LIMIT and not delivery.urgent:
        return Rolled.SUMMARY
    return _alone(delivery, policy)


def _alone(delivery: WaitingDelivery, policy: Policy) -> Hashable:
    match policy.together:
        case Together.NONE:
            return delivery.delivery_id
        case Together.SUBJECT:
            return delivery.subject, delivery.alerted_at


@dataclass(frozen=True, slots=True)
class StoryGroup:
    """The group of the follow-ups of a story: for one topic, or for all where the alerts on one article are one message."""

    story_id: int
    topic: str | None


class Grouping:
    """Which of the deliveries that nothing else holds become one message, and which follow-ups wait for theirs."""

    def __init__(self, policy: Policy, now: datetime) -> None:
        self._policy, self._now = policy, now
        self._stories = StoriesTold()
        self._waiting: list[tuple[WaitingDelivery, Wait]] = []
        self.groups: dict[Hashable, list[WaitingDelivery]] = defaultdict(list)
        self.held: list[tuple[str, Hold]] = []
        self.muted: list[tuple[str, str]] = []

    def group(self, ready: Sequence[WaitingDelivery]) -> Grouping:
        """Sort them all, what follows in a story after what is told of it first."""
        told = {story: one.told for one in ready for story in one.stories if one.told is not None}
        self._stories = StoriesTold(told, {one.topic: one.follow_up for one in ready})
        for delivery in sorted(ready, key=lambda one: one.is_follow_up):
            self._add(delivery)
        for delivery, wait in self._waiting:
            group = self._join(delivery) if wait.joins else None
            if group is None:
                until = self._policy.loud_from(wait.until)
                self.held.append((delivery.delivery_id, Hold(until, HoldKind.FOLLOW_UP, Wording("follow-up"))))
            else:
                self.groups[group].append(delivery)
        return self

    def _add(self, delivery: WaitingDelivery) -> None:
        if not self._follows(delivery):
            self.groups[_group_of(delivery, self._policy)].append(delivery)
            self._stories.note(delivery.stories, self._now)
            return
        verdict = self._judge(delivery)
        if isinstance(verdict, Wait):
            self._waiting.append((delivery, verdict))
        elif verdict is NotTold.OFF:
            self.muted.append((delivery.delivery_id, Wording("follow-ups are off")))
        else:
            group = _group_of(delivery, self._policy)
            self.groups[group if isinstance(group, Rolled) else self._story_of(delivery)].append(delivery)

    def _follows(self, delivery: WaitingDelivery) -> bool:
        """Whether it follows up what its channel was told, or is told now; else it is told like any other."""
        is_told = any(self._stories.knows(story) for story in delivery.stories)
        return delivery.is_follow_up and is_told and not delivery.first_poll and delivery.held not in {HoldKind.ASKED, HoldKind.LIMIT}

    def _judge(self, delivery: WaitingDelivery) -> Wait | NotTold | None:
        (story,) = delivery.stories
        if delivery.urgent:
            return None
        if not self._stories.is_off(story) and (delivery.contradicts or self._policy.when is not None):
            return None
        return self._stories.judge(story, delivery.alerted_at, self._now, self._policy.zone)

    def _story_of(self, delivery: WaitingDelivery) -> StoryGroup:
        assert delivery.story_id is not None  # it follows up a story
        return StoryGroup(delivery.story_id, delivery.topic if self._policy.together is Together.NONE else None)

    def _join(self, delivery: WaitingDelivery) -> Hashable | None:
        """The message that goes out now on its story, or on its article; None if there is none."""
        return next((one for one in (self._story_of(delivery), _alone(delivery, self._policy)) if one in self.groups), None)
