"""What channels were told of stories: asked when follow-ups are planned, and kept with the message that tells them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from news.alerts import DeliveryStatus, Followed
from news.follow_ups import DEFAULT_FOLLOW_UP, FollowUp, StoryOfTopic, Told
from news.plans import Follows, WaitingDelivery
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text

_TOLD = """SELECT DISTINCT story_id, topic, sealed_at, status
    FROM story_articles CROSS JOIN alerts ON alerts.article_id = story_articles.article_id
        CROSS JOIN deliveries ON alert_id = alerts.id CROSS JOIN messages ON messages.id = message_id
    WHERE kind != 'corrected' AND deliveries.channel = ? AND status IN ('pending', 'sent') AND story_id IN ({marks})
    ORDER BY sealed_at"""


def with_stories(
    db: Database, follow_ups: Mapping[str, FollowUp], channel: str, waiting: Sequence[WaitingDelivery]
) -> list[WaitingDelivery]:
    """The same deliveries, the follow-ups among them with what the channel was told of their stories, and how often it wants to be."""
    stories = {one.story_id for one in waiting if one.is_follow_up and one.story_id is not None}
    if not stories:
        return list(waiting)
    told = _load_told(db, channel, stories)
    return [
        replace(one, told=told.get(one.stories[0]), follow_up=follow_ups.get(one.topic, DEFAULT_FOLLOW_UP))
        if one.is_follow_up and one.stories
        else one
        for one in waiting
    ]


def _load_told(db: Database, channel: str, stories: set[int]) -> dict[StoryOfTopic, Told]:
    rows: dict[StoryOfTopic, list[sqlite3.Row]] = defaultdict(list)
    for row in select_in(db, _TOLD, stories, channel):
        rows[row["story_id"], row["topic"]].append(row)
    return {
        story: Told(tuple(from_text(one["sealed_at"]) for one in some), any(one["status"] == DeliveryStatus.SENT for one in some))
        for story, some in rows.items()
    }


def find_followed(db: Database, channel: str, follows: Follows) -> Followed:
    """The story of a follow-up as it is now, and the first alert on it that the channel was told, else the first that there is."""
    row = db.conn.execute(
        """SELECT (SELECT title FROM articles WHERE articles.id = central_id) AS title, alerts.id, json_extract(payload, '$.url') AS url
           FROM stories CROSS JOIN story_articles ON story_id = stories.id
               CROSS JOIN alerts ON alerts.article_id = story_articles.article_id
               LEFT JOIN deliveries ON alert_id = alerts.id AND deliveries.channel = :channel AND status IN ('pending', 'sent')
               LEFT JOIN messages ON messages.id = message_id
           WHERE stories.id = :story AND topic IN (SELECT value FROM json_each(:topics)) AND kind != 'corrected'
           ORDER BY sealed_at IS NULL, sealed_at, alerts.created_at, alerts.id LIMIT 1""",
        {"story": follows.story_id, "channel": channel, "topics": json.dumps(follows.topics)},
    ).fetchone()
    return Followed(follows.story_id, row["title"], row["id"], row["url"])


def followed_json(followed: Followed) -> str:
    """The story of a follow-up as it is kept with its message."""
    return json.dumps(asdict(followed), ensure_ascii=False)


def followed_from_json(text: str | None) -> Followed | None:
    """The story that was kept with a message; None for what follows up nothing."""
    return None if text is None else Followed(**json.loads(text))
