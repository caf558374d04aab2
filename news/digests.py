"""What a digest tells of many alerts: topic by topic, of each the most relevant, and how many it leaves out. Pure.

What follows in a story stands beneath the first of it that the digest tells, and is counted there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from news.alerts import Alert, AlertKind

MOST_SHOWN = 25
"""Alerts of one topic; who has more of them in one period wants another query."""


@dataclass(frozen=True, slots=True)
class DigestStory:
    """An alert, and those that follow in its story, as they came."""

    first: Alert
    others: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicDigest:
    """What is told of a topic: some of its alerts, the most relevant first, and how many others there are."""

    topic: str
    stories: tuple[DigestStory, ...]
    left_out: int

    @property
    def shown(self) -> tuple[Alert, ...]:
        """All alerts that are told, each before those that follow in its story."""
        return tuple(alert for story in self.stories for alert in (story.first, *story.others))


def arrange_digest(alerts: Sequence[Alert], most: int = MOST_SHOWN) -> tuple[TopicDigest, ...]:
    """The alerts by topic: the topic with most of them first, then by name."""
    by_topic: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_topic[alert.topic].append(alert)
    return tuple(
        TopicDigest(topic, tuple(_cut(_gather(told), most)), max(0, len(told) - most))
        for topic, told in sorted(by_topic.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _gather(alerts: Iterable[Alert]) -> Iterable[DigestStory]:
    """The alerts of a topic by their stories: an alert that is no follow-up begins one, or else the first that follows."""
    gathered: list[list[Alert]] = []
    story_of: dict[int, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda one: (one.kind is AlertKind.FOLLOW_UP, _rank(one))):
        story = story_of.get(alert.story_id) if alert.kind is AlertKind.FOLLOW_UP and alert.story_id is not None else None
        if story is not None:
            story.append(alert)
            continue
        gathered.append([alert])
        if alert.story_id is not None:
            story_of.setdefault(alert.story_id, gathered[-1])
    for first, *others in sorted(gathered, key=lambda one: _rank(one[0])):
        yield DigestStory(first, tuple(sorted(others, key=lambda one: (one.created_at, one.alert_id))))


def _cut(stories: Iterable[DigestStory], most: int) -> Iterable[DigestStory]:
    """As many of them, from the first on, as hold so many alerts."""
    left = most
    for story in stories:
        if left <= 0:
            return
        others = tuple(islice(story.others, left - 1))
        left -= 1 + len(others)
        yield DigestStory(story.first, others)


def _rank(alert: Alert) -> tuple[bool, int, int, float, str]:
    """The lower, the more relevant: what speaks of the topic in its title, then with more of its terms, more often, later."""
    in_title = any(hit.field == "title" for hit in alert.matches)
    terms = len({hit.term for hit in alert.matches})
    return not in_title, -terms, -len(alert.matches), -alert.created_at.timestamp(), alert.alert_id
