"""How much each topic is written about: articles by hour, counted from their alerts, and the surges that are told.

An alert is written without a thought for this, and counted in the next step: what a crash interrupts is counted by the step after it, and
what was counted and what was told are one transaction, so that nothing is counted or told twice.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from news.alerts import Alert
from news.surges import Surge
from news.volume import Volume, hour_number, judge_volume, oldest_hour
from storage.file.database import Database
from storage.file.times import from_text, to_text
from storage.recording.surges import last_told, raise_surge_alert
from storage.recording.watch import Tally, Watch

MOST_COUNTED = 2_000
"""Alerts that one step counts, so that the writing thread is soon free again: an old archive brings all that it ever had."""
MOST_JUDGED = 10
"""Topics that one step judges: some milliseconds each."""


def watch_volumes(db: Database, watch: Watch, now: datetime) -> Tally:
    """Count what alerted since the last step, and tell the surges that this shows: some of it, and whether there is more.

    No topic is judged before all is counted: half of its past would make it look as if it rose.
    """
    _follow(db, watch, now)
    if _count(db, watch) == MOST_COUNTED:
        return Tally(has_more=True)
    grown = [row["topic"] for row in db.conn.execute("SELECT topic FROM topic_volumes WHERE grown = 1 LIMIT ?", (MOST_JUDGED,))]
    tally = Tally(has_more=len(grown) == MOST_JUDGED)
    for topic in grown:
        volume = load_volume(db, topic)
        surge = None if volume is None else judge_volume(topic, volume, now)
        if isinstance(surge, Surge):
            tally.alerts.append(raise_surge_alert(db, watch.channels_of_topic.get(topic, ()), surge, now))
        _conclude(db, topic, now)
    return tally


def _follow(db: Database, watch: Watch, now: datetime) -> None:
    """Take over the topics of the configuration; one that asks for something else than before is a new one here.

    So is one that is followed since a clock was ahead: it would be too new until that time comes.
    """
    followed = db.conn.execute("SELECT topic, query, since FROM topic_volumes").fetchall()
    known = {row["topic"]: row["query"] for row in followed}
    from_ahead = {row["topic"] for row in followed if from_text(row["since"]) > now}
    for topic in [topic for topic, query in known.items() if watch.query_of_topic.get(topic) != query or topic in from_ahead]:
        db.conn.execute("DELETE FROM topic_volumes WHERE topic = ?", (topic,))
        db.conn.execute("DELETE FROM topic_hours WHERE topic = ?", (topic,))
        del known[topic]
    for topic in watch.query_of_topic.keys() - known.keys():
        db.conn.execute(
            """INSERT INTO topic_volumes (topic, query, since)
               VALUES (:topic, :query, min(:now, coalesce((SELECT min(created_at) FROM alerts INDEXED BY alerts_uncounted
                   WHERE topic = :topic AND counted = 0 AND article_id IS NOT NULL), :now)))""",
            {"topic": topic, "query": watch.query_of_topic[topic], "now": to_text(now)},
        )


def _count(db: Database, watch: Watch) -> int:
    """Count some of the articles that alerted since the last step; returns how many alerts that were.

    What a source held when it was first read, told or not, is no news of the hour in which that was.
    """
    rows = db.conn.execute(
        """SELECT alerts.rowid, topic, articles.time, EXISTS (
                  SELECT 1 FROM sightings JOIN entries ON entries.id = entry_id JOIN sources ON sources.id = sightings.source_id
                  WHERE sightings.article_id = alerts.article_id AND entries.first_seen_at > sources.first_read_at) AS is_news
           FROM alerts INDEXED BY alerts_uncounted JOIN articles ON articles.id = article_id
           WHERE counted = 0 AND alerts.article_id IS NOT NULL LIMIT ?""",
        (MOST_COUNTED,),
    ).fetchall()
    hours = Counter((row["topic"], _hour_of(row)) for row in rows if row["is_news"] and row["topic"] in watch.query_of_topic)
    db.conn.executemany(
        """INSERT INTO topic_hours (topic, hour, articles) VALUES (?, ?, ?)
           ON CONFLICT (topic, hour) DO UPDATE SET articles = articles + excluded.articles""",
        [(*place, count) for place, count in hours.items()],
    )
    db.conn.executemany("UPDATE alerts SET counted = 1 WHERE rowid = ?", [(row["rowid"],) for row in rows])
    db.conn.executemany("UPDATE topic_volumes SET grown = 1 WHERE topic = ?", [(topic,) for topic in {topic for topic, _ in hours}])
    return len(rows)


def _hour_of(row: sqlite3.Row) -> int:
    return hour_number(from_text(row["time"]))


def leave_uncounted(db: Database, alerts: Iterable[Alert]) -> None:
    """Let alerts count for no volume: what was found by looking back came together because somebody looked."""
    db.conn.executemany("UPDATE alerts SET counted = 1 WHERE id = ?", [(alert.alert_id,) for alert in alerts])


def load_volume(db: Database, topic: str) -> Volume | None:
    """What is on record of the volume of a topic; None if it is not followed, or not yet."""
    row = db.conn.execute("SELECT since FROM topic_volumes WHERE topic = ?", (topic,)).fetchone()
    if row is None:
        return None
    hours = db.conn.execute("SELECT hour, articles FROM topic_hours WHERE topic = ?", (topic,))
    return Volume(from_text(row["since"]), {one["hour"]: one["articles"] for one in hours}, last_told(db, topic))


def _conclude(db: Database, topic: str, now: datetime) -> None:
    db.conn.execute("UPDATE topic_volumes SET grown = 0 WHERE topic = ?", (topic,))
    db.conn.execute("DELETE FROM topic_hours WHERE topic = ? AND hour < ?", (topic, oldest_hour(now)))
