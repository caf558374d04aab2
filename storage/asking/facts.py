"""What the archive knows of an article besides its words, for the filters of a query."""

from __future__ import annotations

import json

from sqlite_utils import Database

from news.articles import ArticleFacts, SourceFacts
from storage.file.times import from_text


def get_facts(db: Database, article_id: int) -> ArticleFacts:
    """The facts of an article; its sources are those of all its sightings, in the order they showed it."""
    article = db.conn.execute("SELECT url, author, language, time FROM articles WHERE id = ?", (article_id,)).fetchone()
    rows = db.conn.execute(
        """SELECT sources.name, sources.url, sources.tags FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE article_id = ? GROUP BY sources.id ORDER BY min(sightings.id)""",
        (article_id,),
    )
    sources = tuple(SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"]))) for row in rows)
    return ArticleFacts(article["url"], article["author"], article["language"], from_text(article["time"]), sources)


def list_sources(db: Database) -> list[tuple[int, SourceFacts]]:
    """Every source the archive has ever known, with its id."""
    rows = db.conn.execute("SELECT id, name, url, tags FROM sources")
    return [(row["id"], SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"])))) for row in rows]
