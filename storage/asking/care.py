"""What needs somebody's care, and how fast alerts were made."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from news.care import (
    Care,
    ChannelTrouble,
    Delays,
    FailingSource,
    OverdueSource,
    SilentSource,
    UnreadPages,
    find_unread_pages,
    is_long_overdue,
    measure_delays,
)
from news.circuits import CLOSED
from news.silence import usual_pause
from news.sources import Problem
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text
from storage.recording.circuits import list_circuits
from storage.recording.line import load_line
from storage.recording.page_readings import page_readings
from storage.recording.rhythms import read_rhythm

LATELY = timedelta(days=7)
"""How far back delays are measured, and dead deliveries are worth a word: what was left dead for longer is left on purpose."""


def report_care(db: Database, now: datetime) -> Care:
    """What somebody has to look after at `now`: sources that fail, say nothing or are overdue, channels in trouble, and delays."""
    since = now - LATELY
    return Care(
        failing=_list_failing(db),
        silent=_list_silent(db),
        overdue=_list_overdue(db, now),
        channels=_list_channels(db, since),
        delays=_measure(db, since),
        unread_pages=_list_unread_pages(db),
    )


def _list_failing(db: Database) -> tuple[FailingSource, ...]:
    """Those that fail for longest first. A body that is damaged counts: what it lacked is not had."""
    rows = db.conn.execute(
        "SELECT * FROM sources WHERE configured = 1 AND error_code IS NOT NULL ORDER BY last_success_at IS NOT NULL, last_success_at, name"
    )
    return tuple(
        FailingSource(
            row["name"],
            optional_time(row["last_success_at"]),
            row["consecutive_failures"],
            Problem(row["error_code"], row["error_message"] or ""),
        )
        for row in rows
    )


def _list_silent(db: Database) -> tuple[SilentSource, ...]:
    rows = db.conn.execute(
        """SELECT name, rhythm FROM sources JOIN rhythms ON source_id = sources.id
           WHERE configured = 1 AND error_code IS NULL AND last_read_at >= silent_from"""
    )
    silent = [SilentSource(row["name"], rhythm.last_news_at, usual_pause(rhythm)) for row in rows if (rhythm := read_rhythm(row["rhythm"]))]
    return tuple(sorted(silent, key=lambda one: (one.since, one.name)))


def _list_unread_pages(db: Database) -> tuple[UnreadPages, ...]:
    rows = db.conn.execute(
        "SELECT * FROM sources WHERE configured = 1 AND pages_failing_since IS NOT NULL ORDER BY pages_failing_since, name"
    )
    return tuple(one for row in rows if (one := find_unread_pages(row["name"], page_readings(row))) is not None)


def _list_overdue(db: Database, now: datetime) -> tuple[OverdueSource, ...]:
    if load_line(db) is not None:  # all wait for it, and that is said
        return ()
    rows = db.conn.execute(
        "SELECT name, next_poll_at, interval_seconds FROM sources WHERE configured = 1 AND next_poll_at < ? ORDER BY next_poll_at",
        (to_text(now),),
    )
    return tuple(
        OverdueSource(row["name"], due_at)
        for row in rows
        if is_long_overdue(due_at := from_text(row["next_poll_at"]), timedelta(seconds=row["interval_seconds"]), now)
    )


def _list_channels(db: Database, since: datetime) -> tuple[ChannelTrouble, ...]:
    """What waits is told however old it is. SQLite takes the reason from the row that has the latest attempt."""
    rows = db.conn.execute(
        """WITH troubled AS (
               SELECT deliveries.channel, status, deliveries.created_at, coalesce(last_error, reason) AS why,
                      coalesce((SELECT max(attempted_at) FROM attempts WHERE attempts.message_id = deliveries.message_id),
                               deliveries.created_at) AS last_at
               FROM deliveries LEFT JOIN messages ON messages.id = message_id WHERE status IN ('pending', 'dead')
           )
           SELECT channel, why AS reason, max(last_at), min(created_at) AS since,
                  count(*) FILTER (WHERE status = 'pending') AS waiting, count(*) FILTER (WHERE status = 'dead') AS dead
           FROM troubled
           WHERE (status = 'pending' AND (why IS NOT NULL OR channel IN (SELECT channel FROM circuits)))
              OR (status = 'dead' AND last_at >= ?)
           GROUP BY channel ORDER BY channel""",
        (to_text(since),),
    )
    circuits = dict(list_circuits(db))
    return tuple(
        ChannelTrouble(
            channel=row["channel"],
            waiting=row["waiting"],
            dead=row["dead"],
            since=from_text(row["since"]),
            reason=row["reason"] or circuits.get(row["channel"], CLOSED).reason,
            left_alone_until=circuits.get(row["channel"], CLOSED).until,
        )
        for row in rows
    )


def _measure(db: Database, since: datetime) -> tuple[Delays, ...]:
    by_source: dict[str, list[int]] = defaultdict(list)
    rows = db.conn.execute(
        """SELECT sources.name, delay_seconds FROM alerts JOIN articles ON articles.id = article_id
           JOIN sources ON sources.id = articles.source_id WHERE created_at >= ? AND delay_seconds IS NOT NULL
             AND kind <> 'corrected'""",
        (to_text(since),),
    )
    for row in rows:
        by_source[row["name"]].append(row["delay_seconds"])
    if not by_source:
        return ()
    each = [measure_delays(name, seconds) for name, seconds in by_source.items()]
    everything = measure_delays(None, [one for seconds in by_source.values() for one in seconds])
    return (everything, *sorted(each, key=lambda one: (-one.median, one.source or "")))
