"""What sources say of an article that is revised: words that its text had, and has no longer, are found as long as a source says them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from news.arriving import KnownEntry, find_spoken
from news.judging import Version
from storage.file.rows import select_in
from storage.file.times import to_text
from storage.file.words import leave_waiting
from storage.recording.entries import list_entries


def keep_spoken(db: Database, revised: Mapping[int, Version], now: datetime) -> None:
    """Store what entries say of the revised articles as versions of their own, where it stood in the text before and not in the new one.

    It was matched with the text before, and is not matched again.
    """
    # One entry for all that say the same: thousands may.
    sql = """SELECT min(id) AS id FROM entries WHERE spoken_revision_id IS NULL AND says_hash IS NOT NULL AND article_id IN ({marks})
             GROUP BY article_id, says_hash"""
    entries = list_entries(db, [row["id"] for row in select_in(db, sql, revised)])
    for entry, said, analysed in find_spoken(entries, revised):
        leave_waiting(db, [(_store(db, entry, said, now), analysed)])


def _store(db: Database, entry: KnownEntry, said: Version, now: datetime) -> int:
    db.conn.execute("UPDATE articles SET versions = versions + 1 WHERE id = ?", (entry.article_id,))
    cursor = db.conn.execute(
        """INSERT INTO revisions (article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length)
           SELECT id, versions, ?, ?, ?, ?, ?, ?, ? FROM articles WHERE id = ?""",
        (to_text(now), entry.source_id, said.origin, said.title, said.text, said.text_hash, said.text_length, entry.article_id),
    )
    revision_id = int(cursor.lastrowid or 0)
    db.conn.execute(
        "UPDATE entries SET spoken_revision_id = ? WHERE article_id = ? AND says_hash = ? AND spoken_revision_id IS NULL",
        (revision_id, entry.article_id, entry.says_hash),
    )
    db.conn.execute("INSERT INTO current_versions (revision_id, article_id) VALUES (?, ?)", (revision_id, entry.article_id))
    return revision_id
