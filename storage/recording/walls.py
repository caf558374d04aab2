"""Taking back a wall that was taken for an article: it is known as one only when the third article shows the same text."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from sqlite_utils import Database

from news.fingerprints import fingerprint
from news.judging import Identity, Version, make_version
from news.walls import speaks_of
from storage.recording.articles import Settling, remember_text, revise_article, settle
from storage.recording.entries import StoredEntry, get_entry
from storage.recording.watch import Tally, Watch


def unmask_wall(db: Database, watch: Watch, wall: Version, tally: Tally, now: datetime) -> None:
    """Remember one more title of the wall's text, and give the articles that hold that text as theirs the feed's text back."""
    remember_text(db, wall)
    rows = db.conn.execute(
        """SELECT articles.id, articles.url, articles.title, revisions.text,
                  (SELECT entry_id FROM sightings WHERE article_id = articles.id ORDER BY id LIMIT 1) AS entry_id
           FROM revisions JOIN articles ON articles.revision_id = revisions.id
           WHERE revisions.text_hash = ? AND revisions.origin = 'page' AND articles.deleted_at IS NULL""",
        (wall.text_hash,),
    ).fetchall()
    for row in rows:
        if not speaks_of(row["text"], row["title"]):
            _restore_feed_text(db, watch, row["id"], row["entry_id"], tally, now)
            _part_merged_entries(db, watch, row, tally, now)


def _restore_feed_text(db: Database, watch: Watch, article_id: int, entry_id: int, tally: Tally, now: datetime) -> None:
    stored = get_entry(db, entry_id)
    if stored is None:
        return
    _give_up_page(db, entry_id)
    revise_article(db, watch, Settling(stored, make_version(stored.entry, None), stored.url, now), article_id, tally)


def _part_merged_entries(db: Database, watch: Watch, article: sqlite3.Row, tally: Tally, now: datetime) -> None:
    """Entries of other sites that were taken for this article only because they showed the same wall get articles of their own."""
    rows = db.conn.execute(
        """SELECT sightings.id, sightings.entry_id, sightings.url FROM sightings
           JOIN entries ON entries.id = entry_id AND entries.article_id = sightings.article_id
           WHERE sightings.article_id = ? AND identity = ? AND page_state = 'done' ORDER BY sightings.id""",
        (article["id"], Identity.SAME_TEXT),
    ).fetchall()
    for row in rows:
        stored = get_entry(db, row["entry_id"])
        if stored is None or not _shows(stored, article["text"]):
            continue
        _detach(db, row, stored, article)
        detached = get_entry(db, stored.entry_id)
        assert detached is not None  # just seen
        settle(db, watch, Settling(detached, make_version(detached.entry, None), detached.url, now), tally)


def _shows(stored: StoredEntry, text: str) -> bool:
    return stored.own_hash == fingerprint(stored.entry.title or "", text)


def _detach(db: Database, sighting: sqlite3.Row, stored: StoredEntry, article: sqlite3.Row) -> None:
    db.conn.execute("DELETE FROM sightings WHERE id = ?", (sighting["id"],))
    db.conn.execute(
        "DELETE FROM article_urls WHERE article_id = ? AND url IN (?, ?) AND url <> ?",
        (article["id"], sighting["url"], stored.url, article["url"]),
    )
    db.conn.execute("UPDATE entries SET article_id = NULL, own_hash = NULL WHERE id = ?", (stored.entry_id,))
    _give_up_page(db, stored.entry_id)


def _give_up_page(db: Database, entry_id: int) -> None:
    db.conn.execute(
        """UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = 'wall',
                              page_error_message = 'the page shows the same text as other articles; the feed''s text is kept'
           WHERE id = ?""",
        (entry_id,),
    )
