"""What the archive knows of an article besides its words, for the filters of a query."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from sqlite_utils import Database

from news.articles import ArticleFacts, SourceFacts
from storage.file.times import from_text
from storage.recording.rows import select_in


def get_facts(db: Database, article_id: int) -> ArticleFacts:
    """The facts of one article."""
    return list_facts(db, [article_id])[article_id]


def list_facts(db: Database, article_ids: Iterable[int]) -> dict[int, ArticleFacts]:
    """The facts of articles by their id; the sources of each are those of all its sightings, in the order they showed it."""
    wanted = set(article_ids)
    sources: dict[int, list[SourceFacts]] = defaultdict(list)
    rows = select_in(
        db,
        """SELECT article_id, sources.name, sources.url, sources.tags FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE article_id IN ({marks}) GROUP BY article_id, sources.id ORDER BY min(sightings.id)""",
        wanted,
    )
    for row in rows:
        sources[row["article_id"]].append(SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"]))))
    rows = select_in(db, "SELECT id, url, author, language, time FROM articles WHERE id IN ({marks})", wanted)
    return {
        row["id"]: ArticleFacts(row["url"], row["author"], row["language"], from_text(row["time"]), tuple(sources[row["id"]]))
        for row in rows
    }


def list_sources(db: Database) -> list[tuple[int, SourceFacts]]:
    """Every source the archive has ever known, with its id."""
    rows = db.conn.execute("SELECT id, name, url, tags FROM sources")
    return [(row["id"], SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"])))) for row in rows]
