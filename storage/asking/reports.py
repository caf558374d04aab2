"""What people ask of the archive: the volume of each topic, and one look at everything."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from news.alerts import DeliveryStatus
from news.answers import (
    AlertCounts,
    ArticleCounts,
    Contents,
    DeliveryCounts,
    Gap,
    PageCounts,
    PageState,
    PageTrouble,
    SourceCounts,
    TopicVolume,
    Undelivered,
)
from news.sources import Problem, SourceStatus
from news.topics import Topic
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text
from storage.recording.left_to_rebuild import get_progress
from storage.recording.line import load_line
from storage.recording.sources import get_longest_overdue, source_status


def report_topics(db: Database, topics: Sequence[Topic], now: datetime) -> list[TopicVolume]:
    """Each topic with the articles it matched lately and its alerts."""
    return [_report_topic(db, topic, now) for topic in topics]


def _report_topic(db: Database, topic: Topic, now: datetime) -> TopicVolume:
    def matched_since(age: timedelta | None) -> int:
        since = to_text(now - age) if age else ""
        row = db.conn.execute(
            """SELECT count(DISTINCT article_id) AS n FROM matches JOIN articles ON articles.id = article_id
               WHERE topic = ? AND articles.time >= ?""",
            (topic.name, since),
        ).fetchone()
        return int(row["n"])

    alerts = db.conn.execute("SELECT count(*) AS n, max(created_at) AS last FROM alerts WHERE topic = ?", (topic.name,)).fetchone()
    return TopicVolume(
        name=topic.name,
        query=topic.query,
        notify=topic.notify,
        articles=matched_since(None),
        articles_24h=matched_since(timedelta(days=1)),
        articles_7d=matched_since(timedelta(days=7)),
        articles_30d=matched_since(timedelta(days=30)),
        alerts=alerts["n"],
        last_alert_at=optional_time(alerts["last"]),
    )


def report_contents(db: Database, now: datetime) -> Contents:
    """One look at everything the archive knows."""
    day_ago = to_text(now - timedelta(days=1))
    return Contents(
        rebuilding=get_progress(db),
        sources=_count_sources(db),
        overdue=get_longest_overdue(db, now),
        last_poll_at=optional_time(_one(db, "SELECT max(last_polled_at) FROM sources")),
        articles=ArticleCounts(
            total=_one(db, "SELECT (SELECT count(*) FROM articles) - (SELECT count(*) FROM articles WHERE deleted_at IS NOT NULL)"),
            last_24h=_one(db, "SELECT count(*) FROM articles WHERE first_seen_at >= ?", day_ago),
            revisions=_one(db, "SELECT coalesce(sum(revisions - 1), 0) FROM articles WHERE revisions > 1"),
            sightings=_one(db, "SELECT count(*) FROM sightings"),
        ),
        gaps=_list_recent_gaps(db, now),
        pages=PageCounts(
            due=_one(db, "SELECT count(*) FROM entries WHERE page_state = 'due'"),
            given_up=_one(db, "SELECT count(*) FROM entries WHERE page_state = 'given_up' AND page_error_code IS NOT NULL"),
        ),
        alerts=AlertCounts(
            total=_one(db, "SELECT count(*) FROM alerts"),
            last_24h=_one(db, "SELECT count(*) FROM alerts WHERE created_at >= ?", day_ago),
        ),
        deliveries=_count_deliveries(db),
    )


def _count_sources(db: Database) -> SourceCounts:
    line = load_line(db)
    states = Counter(source_status(row, line).value for row in db.conn.execute("SELECT * FROM sources WHERE configured = 1"))
    return SourceCounts(states.total(), **{status.value: states[status.value] for status in SourceStatus})


def _count_deliveries(db: Database) -> DeliveryCounts:
    def count(status: DeliveryStatus) -> int:
        return int(_one(db, "SELECT count(*) FROM deliveries WHERE status = ?", status))

    return DeliveryCounts(**{status.value: count(status) for status in DeliveryStatus})


def _list_recent_gaps(db: Database, now: datetime) -> tuple[Gap, ...]:
    """The sources of which entries may have been missed in the last week: each once, with how often, and what was said last."""
    rows = db.conn.execute(
        """SELECT sources.name, count(*) AS count, count(*) FILTER (WHERE state = 'open') AS open, gaps.found_at, gaps.message,
                  problem_code, problem, max(gaps.id) AS latest
           FROM gaps JOIN sources ON sources.id = gaps.source_id
           WHERE gaps.found_at >= ? AND state <> 'repaired' GROUP BY sources.id ORDER BY latest DESC LIMIT 20""",
        (to_text(now - timedelta(days=7)),),
    )  # beside max(), SQLite takes the other columns from the row that has it
    return tuple(Gap(row["name"], from_text(row["found_at"]), row["message"], row["count"], row["open"], _gap_problem(row)) for row in rows)


def _gap_problem(row: sqlite3.Row) -> Problem | None:
    return Problem(row["problem_code"], row["problem"] or "") if row["problem_code"] else None


def _one(db: Database, sql: str, *parameters: str) -> Any:  # a count or a time
    return db.conn.execute(sql, parameters).fetchone()[0]


def list_undelivered(db: Database) -> list[Undelivered]:
    """The channels for which messages wait: an attempt failed, or they are left alone, or not configured; not what waits its turn.

    Nor what waits for the end of quiet hours: nobody needs to look at that.
    """
    rows = db.conn.execute(
        """SELECT deliveries.channel, count(*) AS waiting, max(coalesce(last_error, deliveries.reason, circuits.reason)) AS reason,
                  min(messages.next_attempt_at) AS next_attempt_at
           FROM deliveries LEFT JOIN messages ON messages.id = message_id LEFT JOIN circuits ON circuits.channel = deliveries.channel
           WHERE status = 'pending' AND messages.hold IS NOT 'quiet'
             AND (last_error IS NOT NULL OR circuits.channel IS NOT NULL OR 'absent' IN (deliveries.hold, messages.hold)
                  OR (deliveries.hold = 'asked' AND deliveries.reason IS NOT NULL))
           GROUP BY deliveries.channel ORDER BY deliveries.channel"""
    )
    return [Undelivered(row["channel"], row["waiting"], row["reason"] or "", optional_time(row["next_attempt_at"])) for row in rows]


def list_page_troubles(db: Database, limit: int) -> list[PageTrouble]:
    """The pages that were given up or wait to be tried again, newest first, each with its reason."""
    rows = db.conn.execute(
        """SELECT entries.*, sources.name AS source FROM entries JOIN sources ON sources.id = source_id
           WHERE entries.id IN (
               SELECT id FROM entries WHERE page_error_code IS NOT NULL AND page_state IN ('given_up', 'due') ORDER BY id DESC LIMIT ?
           ) ORDER BY entries.id DESC""",
        (limit,),
    )
    return [
        PageTrouble(
            source=row["source"],
            url=row["link"],
            title=row["title"],
            state=PageState(row["page_state"]),
            attempts=row["page_attempts"],
            next_attempt_at=optional_time(row["page_due_at"]),
            error=Problem(row["page_error_code"], row["page_error_message"]),
        )
        for row in rows
    ]
