"""The entries table: what each source said, under which key, and where its page stands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from news.judging import IdentifiedEntry
from news.sources import FeedEntry
from storage.file.connection import portions
from storage.file.times import from_text, optional_text, optional_time, to_text


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the archive holds it, with what has come of it so far."""

    entry_id: int
    source_id: int
    url: str
    entry: FeedEntry
    silent: bool
    edited: bool
    changed_at: datetime
    article_id: int | None
    own_hash: str | None
    page_state: str
    page_attempts: int
    page_fetched_at: datetime | None


def _from_row(row: sqlite3.Row) -> StoredEntry:
    entry = FeedEntry(
        guid=None,
        link=row["link"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        author=row["author"],
        published_at=optional_time(row["published_at"]),
        updated_at=optional_time(row["updated_at"]),
        language=row["language"],
        categories=tuple(json.loads(row["categories"])),
    )
    return StoredEntry(
        entry_id=row["id"],
        source_id=row["source_id"],
        url=row["url"],
        entry=entry,
        silent=bool(row["silent"]),
        edited=bool(row["edited"]),
        changed_at=from_text(row["changed_at"]),
        article_id=row["article_id"],
        own_hash=row["own_hash"],
        page_state=row["page_state"],
        page_attempts=row["page_attempts"],
        page_fetched_at=optional_time(row["page_fetched_at"]),
    )


def get_entry(db: Database, entry_id: int) -> StoredEntry | None:
    """The entry with that id."""
    row = db.conn.execute("SELECT * FROM entries WHERE id = ?", (entry_id,)).fetchone()
    return _from_row(row) if row else None


def get_fingerprints(db: Database, source_id: int, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """For each of the keys that the source is known to have used: the entry's id and fingerprint."""
    known: dict[str, tuple[int, str]] = {}
    for portion, marks in portions(keys):
        rows = db.conn.execute(
            f"SELECT id, key, fingerprint FROM entries WHERE source_id = ? AND key IN ({marks})",  # noqa: S608  # only marks
            (source_id, *portion),
        )
        known.update((row["key"], (row["id"], row["fingerprint"])) for row in rows)
    return known


def insert_entry(db: Database, source_id: int, arrived: IdentifiedEntry, url: str, *, silent: bool, now: datetime) -> int:
    """Store an entry that is new to its source; its page is not wanted yet. Returns its id."""
    cursor = db.conn.execute(
        """INSERT INTO entries (source_id, key, link, url, title, summary, content, author, language, categories, published_at, updated_at,
                                fingerprint, silent, first_seen_at, changed_at, page_state)
           VALUES (:source_id, :key, :link, :url, :title, :summary, :content, :author, :language, :categories, :published_at, :updated_at,
                   :fingerprint, :silent, :now, :now, 'none')""",
        _saying(arrived, url, now) | {"source_id": source_id, "key": arrived.key, "silent": silent},
    )
    return int(cursor.lastrowid or 0)


def update_entry(db: Database, entry_id: int, arrived: IdentifiedEntry, url: str, now: datetime) -> None:
    """Store what a known entry says now."""
    db.conn.execute(
        """UPDATE entries SET link = :link, url = :url, title = :title, summary = :summary, content = :content, author = :author,
                              language = :language, categories = :categories, published_at = :published_at, updated_at = :updated_at,
                              fingerprint = :fingerprint, edited = 1, changed_at = :now
           WHERE id = :id""",
        _saying(arrived, url, now) | {"id": entry_id},
    )


def _saying(arrived: IdentifiedEntry, url: str, now: datetime) -> dict[str, Any]:
    """What an entry says, as the table holds it."""
    entry = arrived.entry
    return {
        "link": entry.link,
        "url": url,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "author": entry.author,
        "language": entry.language,
        "categories": json.dumps(entry.categories, ensure_ascii=False),
        "published_at": optional_text(entry.published_at),
        "updated_at": optional_text(entry.updated_at),
        "fingerprint": arrived.fingerprint,
        "now": to_text(now),
    }


def mark_page_due(db: Database, entry_id: int, due_at: datetime) -> None:
    """Want the entry's page at `due_at`; earlier failures are forgotten."""
    db.conn.execute(
        "UPDATE entries SET page_state = 'due', page_due_at = ?, page_attempts = 0 WHERE id = ?",
        (to_text(due_at), entry_id),
    )


def mark_settled(db: Database, entry_id: int, article_id: int, own_hash: str) -> None:
    """Remember which article the entry belongs to, and the version it gave."""
    db.conn.execute("UPDATE entries SET article_id = ?, own_hash = ? WHERE id = ?", (article_id, own_hash, entry_id))


def own_previous_hash(db: Database, stored: StoredEntry, article_id: int) -> str | None:
    """What the entry's source last said of the article, by this entry or another of its own; None if it says it for the first time."""
    if stored.article_id == article_id and stored.own_hash is not None:
        return stored.own_hash
    row = db.conn.execute(
        """SELECT own_hash FROM entries WHERE article_id = ? AND source_id = ? AND own_hash IS NOT NULL
           ORDER BY changed_at DESC, id DESC LIMIT 1""",
        (article_id, stored.source_id),
    ).fetchone()
    return row["own_hash"] if row else None


def urls_of_other_entries(db: Database, stored: StoredEntry, urls: Iterable[str]) -> set[str]:
    """Those of `urls` that other entries of the same source have, as their link or as where their page was found."""
    taken = set()
    for url in urls:
        row = db.conn.execute(
            """SELECT 1 FROM entries WHERE source_id = :source AND url = :url AND id <> :id
               UNION ALL
               SELECT 1 FROM entries WHERE source_id = :source AND page_url = :url AND page_url IS NOT NULL AND id <> :id LIMIT 1""",
            {"source": stored.source_id, "url": url, "id": stored.entry_id},
        ).fetchone()
        if row:
            taken.add(url)
    return taken
