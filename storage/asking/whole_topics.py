"""A topic whole: its volume, its last alerts, and when articles matched it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from news.one_thing import WholeTopic
from news.topics import Topic
from news.volume import usual_a_day
from storage.asking.alert_log import AlertRequest, report_alerts
from storage.asking.reports import report_topics
from storage.asking.whole_sources import make_hours
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.volumes import load_volume

MOST_ALERTS = 10
SHOWN_DAYS = timedelta(days=28)


def get_topic(db: Database, name: str, topics: Sequence[Topic], now: datetime) -> WholeTopic:
    """The topic of that name. One that has left the configuration has no query any more, but its alerts."""
    configured = next((topic for topic in topics if topic.name == name), None)
    (volume,) = report_topics(db, [configured or Topic(name, "")], now)
    hours = db.conn.execute(
        """SELECT substr(articles.time, 1, 13) AS hour, count(DISTINCT article_id) AS count
           FROM matches JOIN articles ON articles.id = article_id WHERE topic = ? AND articles.time >= ? GROUP BY hour ORDER BY hour""",
        (name, to_text(now - SHOWN_DAYS)),
    )
    known = load_volume(db, name)
    return WholeTopic(
        volume,
        configured is not None,
        report_alerts(db, AlertRequest(topic=name, limit=MOST_ALERTS)).alerts,
        make_hours(hours),
        None if known is None else usual_a_day(known, now),
    )
