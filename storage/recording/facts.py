"""What the archive knows of an article besides its words, for the filters of a query."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from news.articles import ArticleFacts, SourceFacts
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text


def get_facts(db: Database, article_id: int) -> ArticleFacts:
    """As `list_facts`, for an article that is known to be there."""
    return list_facts(db, [article_id])[article_id]


def list_facts(db: Database, article_ids: Iterable[int]) -> dict[int, ArticleFacts]:
    """The facts of articles by their id; the sources of each are those of all its sightings, in the order they showed it."""
    wanted = set(article_ids)
    filed = _list_categories(db, wanted)
    sources: dict[int, list[SourceFacts]] = defaultdict(list)
    rows = select_in(
        db,
        """SELECT article_id, sources.id, sources.name, sources.url, sources.tags
           FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE article_id IN ({marks}) GROUP BY article_id, sources.id ORDER BY min(sightings.id)""",
        wanted,
    )
    for row in rows:
        tags = tuple(dict.fromkeys([*json.loads(row["tags"]), *filed[row["article_id"], row["id"]]]))
        sources[row["article_id"]].append(SourceFacts(row["name"], row["url"], tags))
    rows = select_in(db, "SELECT id, url, author, language, time FROM articles WHERE id IN ({marks})", wanted)
    return {
        row["id"]: ArticleFacts(row["url"], row["author"], row["language"], from_text(row["time"]), tuple(sources[row["id"]]))
        for row in rows
    }


def _list_categories(db: Database, article_ids: set[int]) -> dict[tuple[int, int], list[str]]:
    """By article and source: what the publisher files the entries under that show the article."""
    filed: dict[tuple[int, int], list[str]] = defaultdict(list)
    rows = select_in(
        db,
        """SELECT sightings.article_id, sightings.source_id, categories FROM sightings JOIN entries ON entries.id = entry_id
           WHERE sightings.article_id IN ({marks}) AND categories <> '[]' ORDER BY sightings.id""",
        article_ids,
    )
    for row in rows:
        filed[row["article_id"], row["source_id"]] += json.loads(row["categories"])
    return filed


def list_sources(db: Database) -> list[tuple[int, SourceFacts]]:
    """Every source the archive has ever known, with its id."""
    rows = db.conn.execute("SELECT id, name, url, tags FROM sources")
    return [(row["id"], SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"])))) for row in rows]
