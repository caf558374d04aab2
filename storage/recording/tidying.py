"""Keeping the archive in order: the retention of articles, the length of the poll log, and the version of the index."""

from __future__ import annotations

import sqlite3
import unicodedata
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.fingerprints import NORMALISATION_VERSION, content_hash, normalise_text
from news.text.analysis import ANALYSIS_VERSION, analyse_article
from news.timing import LONGEST_RETRY_AFTER
from storage.file.times import to_text
from storage.recording.words import empty_index, index_now, index_waiting, unindex

POLL_LOG_AGE = timedelta(days=30)
_BATCH = 500
LONGEST_WAIT = LONGEST_RETRY_AFTER + timedelta(hours=1)


def forget_articles(db: Database, before: datetime, now: datetime) -> int:
    """Delete the texts of up to a batch of articles that were published and first seen before `before`; returns how many.

    URL, hashes, sightings and alerts stay, so that a deleted article is not new again. One whose delivery is still pending, or whose page
    is still to come and to be matched, waits.
    """
    rows = db.conn.execute(
        """SELECT id FROM articles WHERE time < ? AND first_seen_at < ? AND deleted_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM alerts JOIN deliveries ON alert_id = alerts.id
                             WHERE alerts.article_id = articles.id AND status = 'pending')
             AND NOT EXISTS (SELECT 1 FROM entries JOIN sources ON sources.id = entries.source_id
                             WHERE article_id = articles.id AND page_state = 'due' AND configured = 1)
           ORDER BY time LIMIT ?""",
        (to_text(before), to_text(before), _BATCH),
    ).fetchall()
    index_waiting(db)  # what is still to be indexed cannot be taken out
    for row in rows:
        _forget(db, row["id"], now)
    return len(rows)


def _forget(db: Database, article_id: int, now: datetime) -> None:
    for row in db.conn.execute("SELECT id, title, text FROM revisions WHERE article_id = ?", (article_id,)).fetchall():
        unindex(db, row["id"], analyse_article(row["title"], row["text"]))
    db.conn.execute("UPDATE revisions SET text = '' WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE matches SET hits = '[]' WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE entries SET summary = NULL, content = NULL WHERE article_id = ?", (article_id,))
    db.conn.execute("UPDATE articles SET deleted_at = ? WHERE id = ?", (to_text(now), article_id))


def prune_poll_log(db: Database, now: datetime) -> int:
    """Delete poll log lines older than `POLL_LOG_AGE`; returns how many."""
    return int(db.conn.execute("DELETE FROM polls WHERE polled_at < ?", (to_text(now - POLL_LOG_AGE),)).rowcount)


def mend_clock_jumps(db: Database, most_interval: timedelta, now: datetime) -> None:
    """Bring back what a clock that was ahead for a while put off.

    Nothing ever waits longer than `LONGEST_WAIT`, or the longest interval of a source.
    """
    latest, moment = to_text(now + max(LONGEST_WAIT, most_interval)), to_text(now)
    for table, column in (("sources", "next_poll_at"), ("entries", "page_due_at"), ("deliveries", "next_attempt_at")):
        db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {column} > ?", (moment, latest))  # noqa: S608  # literals


def index_version() -> str:
    """What the words of the index depend on: the analysis, and the Unicode tables of this Python, which say what a letter is."""
    return f"{ANALYSIS_VERSION} {unicodedata.unidata_version}"


def refresh_index(db: Database) -> int:
    """Rebuild the index if another version of the analysis made it; returns how many revisions were indexed anew."""
    if _is_current(db, "analysis_version", index_version()):
        return 0
    count = 0
    with db.atomic():
        empty_index(db)
        for revision in _list_texts(db):
            index_now(db, revision["id"], analyse_article(revision["title"], revision["text"]))
            count += 1
        _note_version(db, "analysis_version", index_version())
    return count


def refresh_hashes(db: Database) -> int:
    """Hash all texts anew if another version of the normalisation made their hashes; returns how many were.

    The hashes of articles past their retention stay as they are: their texts are gone.
    """
    if _is_current(db, "normalisation_version", str(NORMALISATION_VERSION)):
        return 0
    count = 0
    with db.atomic():
        for revision in _list_texts(db).fetchall():
            title, (text_hash, length) = revision["title"], content_hash(revision["title"], revision["text"])
            db.conn.execute("UPDATE revisions SET text_hash = ?, text_length = ? WHERE id = ?", (text_hash, length, revision["id"]))
            db.conn.execute("INSERT OR IGNORE INTO text_titles VALUES (?, ?)", (text_hash, normalise_text(title)))
            count += 1
        _note_version(db, "normalisation_version", str(NORMALISATION_VERSION))
    return count


def _list_texts(db: Database) -> sqlite3.Cursor:
    return db.conn.execute(
        "SELECT revisions.id, revisions.title, text FROM revisions JOIN articles ON articles.id = article_id WHERE deleted_at IS NULL"
    )


def _is_current(db: Database, name: str, version: str) -> bool:
    row = db.conn.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return row is not None and row["value"] == version


def _note_version(db: Database, name: str, version: str) -> None:
    db.conn.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, version),
    )
