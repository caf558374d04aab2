"""What a digest tells of many alerts: topic by topic, of each the most relevant, and how many it leaves out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from news.alerts import Alert

MOST_SHOWN = 25
"""Alerts of one topic; who has more of them in one period wants another query."""


@dataclass(frozen=True, slots=True)
class TopicDigest:
    """What is told of a topic: some of its alerts, the most relevant first, and how many others there are."""

    topic: str
    shown: tuple[Alert, ...]
    left_out: int


def arrange_digest(alerts: Sequence[Alert], most: int = MOST_SHOWN) -> tuple[TopicDigest, ...]:
    """The alerts by topic: the topic with most of them first, then by name."""
    by_topic: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_topic[alert.topic].append(alert)
    return tuple(
        TopicDigest(topic, tuple(sorted(told, key=_rank)[:most]), max(0, len(told) - most))
        for topic, told in sorted(by_topic.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _rank(alert: Alert) -> tuple[bool, int, int, float, str]:
    """The lower, the more relevant: what speaks of the topic in its title, then with more of its terms, more often, later."""
    in_title = any(hit.field == "title" for hit in alert.matches)
    terms = len({hit.term for hit in alert.matches})
    return not in_title, -terms, -len(alert.matches), -alert.created_at.timestamp(), alert.alert_id
