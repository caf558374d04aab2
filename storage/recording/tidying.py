"""Keeping the archive in order: the retention of articles, and the length of the poll log."""

from __future__ import annotations

from datetime import datetime, timedelta

from news.health import GONE_WAITS
from news.rebuilding import RebuildingPart
from news.text import analyse_article
from news.timing import DELIVERY_LIFETIME, LONGEST_RETRY_AFTER
from news.websub import LONGEST_LEASE
from storage.file.database import Database
from storage.file.times import from_text, to_text
from storage.file.words import index_waiting, unindex
from storage.recording.attempts import forget_attempts
from storage.recording.left_to_rebuild import is_placing, left_below
from storage.recording.stories import forget_sketches, forget_text

POLL_LOG_AGE = timedelta(days=30)
GAP_AGE = timedelta(days=365)
KEPT_GAPS = 100
"""Of a source, however old."""
_BATCH = 500
LONGEST_WAIT = LONGEST_RETRY_AFTER + timedelta(hours=1)
LONGEST_HOLD = timedelta(days=366)
"""Until the next digest of a channel that has one a year."""
_WHEN_DUE = (
    ("sources", "next_poll_at", ""),
    ("entries", "page_due_at", "page_state = 'due' AND"),  # so that the index of these is read, and not every entry there ever was
    ("deliveries", "due_at", ""),
    ("deliveries", "escalate_at", ""),
    ("messages", "next_attempt_at", ""),
    ("gaps", "next_repair_at", ""),
    ("corrections_due", "due_at", ""),
)
_SUBSCRIPTIONS_DUE = ("subscriptions", "next_attempt_at", "")
"""Apart, since these wait for months."""
DUE = (*_WHEN_DUE, _SUBSCRIPTIONS_DUE)
"""Each column that says when something is due, with what else must hold: what a wrong clock has put off is brought back."""


def forget_articles(db: Database, before: datetime, now: datetime) -> int:
    """Delete the texts of up to a batch of articles that were published and first seen before `before`; returns how many.

    URL, hashes, sightings and alerts stay, so that a deleted article is not new again; the log of attempts to tell of it goes. One whose
    delivery is still to be made, or whose page is still to come and to be matched, waits.
    """
    rows = db.conn.execute(
        """SELECT id FROM articles WHERE time < :before AND first_seen_at < :before AND deleted_at IS NULL
             AND coalesce(published_at, first_seen_at) < :before
             AND NOT EXISTS (SELECT 1 FROM alerts CROSS JOIN deliveries ON alert_id = alerts.id  -- in this order: thousands may be pending
                             WHERE alerts.article_id = articles.id AND status IN ('pending', 'held'))
             AND NOT EXISTS (SELECT 1 FROM entries JOIN sources ON sources.id = entries.source_id
                             WHERE article_id = articles.id AND page_state = 'due' AND configured = 1)
           ORDER BY time LIMIT :most""",
        {"before": to_text(before), "most": _BATCH},
    ).fetchall()
    index_waiting(db)  # what is still to be indexed cannot be taken out
    not_in_index = left_below(db, RebuildingPart.INDEX)
    for row in rows:
        _forget(db, row["id"], not_in_index, now)
    forget_attempts(db, [row["id"] for row in rows])
    return len(rows)


def _forget(db: Database, article_id: int, not_in_index: int, now: datetime) -> None:
    """Revisions below `not_in_index` are in an index of before only, which is given up as a whole."""
    rows = db.conn.execute("SELECT id, title, text FROM revisions WHERE article_id = ?", (article_id,))
    for row in rows.fetchall():
        analysed = analyse_article(row["title"], row["text"])
        if row["id"] >= not_in_index:
            unindex(db, row["id"], analysed)
        forget_text(db, article_id, analysed)
    db.conn.execute("UPDATE revisions SET text = '' WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE matches SET hits = '[]' WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE entries SET summary = NULL, content = NULL WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE articles SET deleted_at = ? WHERE id = ?", (to_text(now), article_id))


def prune_poll_log(db: Database, now: datetime) -> int:
    """Delete poll log lines older than `POLL_LOG_AGE`; returns how many."""
    return int(db.conn.execute("DELETE FROM polls WHERE polled_at < ?", (to_text(now - POLL_LOG_AGE),)).rowcount)


def prune_sketches(db: Database, now: datetime) -> int:
    """Forget up to a batch of what placing articles in stories no longer needs; returns how many.

    While old ones are being placed, that forgets as it goes.
    """
    newest = db.conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
    return 0 if is_placing(db) else forget_sketches(db, now, up_to=newest)


def forget_gaps(db: Database, now: datetime) -> int:
    """Delete a batch of gaps that are older than a year, but for the last of each source; returns how many.

    A feed that shows one entry at a time leaves one with each.
    """
    return db.conn.execute(
        """DELETE FROM gaps WHERE id IN (
               SELECT id FROM gaps AS old WHERE found_at < :before AND state <> 'open'
                 AND id < (SELECT id FROM gaps WHERE source_id = old.source_id ORDER BY id DESC LIMIT 1 OFFSET :kept) LIMIT :most)""",
        {"before": to_text(now - GAP_AGE), "kept": KEPT_GAPS - 1, "most": _BATCH},
    ).rowcount


def mend_clock_jumps(db: Database, most_interval: timedelta, now: datetime) -> None:
    """Bring back what a clock that was ahead for a while put off.

    Nothing is ever tried again later than after `LONGEST_WAIT`, or the longest interval of a source, but a source that is gone, and a
    hub's lease.
    """
    moment, latest_of_gone = to_text(now), to_text(now + GONE_WAITS[-1] + LONGEST_WAIT)
    db.conn.execute("UPDATE sources SET next_poll_at = ? WHERE status = 'gone' AND next_poll_at > ?", (moment, latest_of_gone))
    latest = to_text(now + max(LONGEST_WAIT, most_interval))
    others = ("sources", "next_poll_at", "status <> 'gone' AND")
    for table, column, condition in (others, *_WHEN_DUE[1:]):
        db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {condition} {column} > ?", (moment, latest))  # noqa: S608  # literals
    renewal = to_text(now + LONGEST_LEASE)
    db.conn.execute("UPDATE subscriptions SET next_attempt_at = ? WHERE next_attempt_at > ?", (moment, renewal))
    _mend_giving_up(db, now)


def _mend_giving_up(db: Database, now: datetime) -> None:
    """Give up what waits to be told no later than if it were made now.

    What is in no message may wait for a digest, and has its days from then on; unless it was made by the clock that was ahead.
    """
    lifetime = now + DELIVERY_LIFETIME
    values = {"now": to_text(now), "last": to_text(lifetime), "longest": to_text(lifetime + LONGEST_HOLD)}
    db.conn.execute("UPDATE messages SET give_up_at = :last WHERE next_attempt_at IS NOT NULL AND give_up_at > :last", values)
    db.conn.execute(
        """UPDATE deliveries SET give_up_at = :last
           WHERE due_at IS NOT NULL AND give_up_at > iif(created_at > :now, :last, :longest)""",
        values,
    )


def set_back(db: Database, step: timedelta, now: datetime) -> None:
    """Bring back what was put off by a clock that was ahead by `step` and has just gone back to `now`.

    What was written by the right clock cannot be told from what was written by the wrong one: all is due that much earlier, which is
    at worst too early once.
    """
    for table, column, condition in DUE:
        sql = f"SELECT id, {column} AS due FROM {table} WHERE {condition} {column} > ?"  # noqa: S608  # literals
        rows = db.conn.execute(sql, (to_text(now),)).fetchall()
        moved = [(to_text(max(now, from_text(row["due"]) - step)), row["id"]) for row in rows]
        db.conn.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", moved)  # noqa: S608  # literals
