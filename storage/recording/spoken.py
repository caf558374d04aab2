"""What sources say of articles that only the articles' texts hold: loading it, and storing what a revised text holds no longer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from news.sayings import SaidAlready, Saying, StillSaid
from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.times import to_text
from storage.recording.entries import list_entries

_VERSION = ("id", "article_id", "number", "seen_at", "source_id", "origin", "title", "text", "text_hash", "text_length")


def load_sayings(db: Database, article_ids: Iterable[int], entry_ids: Iterable[int]) -> list[Saying]:
    """What is said of these articles and is no version of its own: by each of these entries, and by one of all others that say the same."""
    # From one saying to the next by the order of the index: thousands of entries may say the same.
    rows = db.conn.execute(
        """WITH RECURSIVE said (article_id, says_hash) AS (
               SELECT value, (SELECT min(says_hash) FROM entries INDEXED BY entries_by_saying
                              WHERE article_id = value AND says_hash IS NOT NULL) FROM json_each(:articles)
               UNION ALL
               SELECT article_id, (SELECT min(entries.says_hash) FROM entries INDEXED BY entries_by_saying
                                   WHERE entries.article_id = said.article_id AND entries.says_hash > said.says_hash)
               FROM said WHERE says_hash IS NOT NULL)
           SELECT (SELECT id FROM entries INDEXED BY entries_by_saying
                   WHERE entries.article_id = said.article_id AND entries.says_hash = said.says_hash AND spoken_revision_id IS NULL
                     AND id NOT IN (SELECT value FROM json_each(:entries)) ORDER BY id LIMIT 1) AS id
           FROM said WHERE says_hash IS NOT NULL
           UNION ALL
           SELECT id FROM entries
           WHERE id IN (SELECT value FROM json_each(:entries)) AND says_hash IS NOT NULL AND spoken_revision_id IS NULL""",
        {"articles": json.dumps(list(article_ids)), "entries": json.dumps(list(entry_ids))},
    )
    return [
        Saying(one.article_id, one.entry_id, one.source_id, one.says_hash, one.entry)
        for one in list_entries(db, [row["id"] for row in rows if row["id"] is not None])
        if one.article_id is not None and one.says_hash is not None
    ]


def write_still_said(db: Database, still_said: Sequence[StillSaid], said_already: Sequence[SaidAlready], now: datetime) -> None:
    """Store what is still said of revised articles as versions, for all entries that say it, unless a version holds it already."""
    said: Sequence[StillSaid | SaidAlready] = [*still_said, *said_already]
    insert_rows(db, "revisions", _VERSION, [_row(one, now) for one in still_said])
    db.conn.executemany("UPDATE articles SET versions = versions + 1 WHERE id = ?", [(one.article_id,) for one in still_said])
    db.conn.executemany(
        "UPDATE entries SET spoken_revision_id = ? WHERE article_id = ? AND says_hash = ? AND spoken_revision_id IS NULL",
        [(one.revision_id, one.article_id, one.says_hash) for one in said],
    )


def _row(one: StillSaid, now: datetime) -> tuple[object, ...]:
    said = one.version
    words = (said.origin, said.title, said.text, said.text_hash, said.text_length)
    return (one.revision_id, one.article_id, one.number, to_text(now), one.source_id, *words)
