"""What is told of an article wherever one is listed."""

from __future__ import annotations

import sqlite3

from news.articles import Identity
from news.search_answers import ArticleRecord, SightingRecord
from storage.file.database import Database
from storage.file.times import from_text, optional_time


def get_record(db: Database, article_id: int) -> ArticleRecord:
    """What is told of the article of that number."""
    row = db.conn.execute(
        "SELECT articles.*, sources.name AS source FROM articles JOIN sources ON sources.id = articles.source_id WHERE articles.id = ?",
        (article_id,),
    ).fetchone()
    return make_record(db, row)


def make_record(db: Database, row: sqlite3.Row) -> ArticleRecord:
    """What is told of an article; `row` is of articles, with the name of its source."""
    return ArticleRecord(
        article_id=row["id"],
        url=row["url"],
        title=row["title"],
        source=row["source"],
        author=row["author"],
        language=row["language"],
        published_at=optional_time(row["published_at"]),
        first_seen_at=from_text(row["first_seen_at"]),
        topics=_topics_of(db, row["id"]),
        sightings=_sightings_of(db, row["id"]),
    )


def _topics_of(db: Database, article_id: int) -> tuple[str, ...]:
    rows = db.conn.execute("SELECT DISTINCT topic FROM matches WHERE article_id = ? ORDER BY topic", (article_id,))
    return tuple(row["topic"] for row in rows)


def _sightings_of(db: Database, article_id: int) -> tuple[SightingRecord, ...]:
    rows = db.conn.execute(
        """SELECT sources.name AS source, sightings.url, seen_at, identity FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE article_id = ? ORDER BY sightings.id""",
        (article_id,),
    )
    return tuple(SightingRecord(row["source"], row["url"], from_text(row["seen_at"]), Identity(row["identity"])) for row in rows)
