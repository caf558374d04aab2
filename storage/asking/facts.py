"""What the archive knows of an article besides its words, for the filters of a query."""

from __future__ import annotations

import json
from itertools import chain

from sqlite_utils import Database

from news.articles import ArticleFacts, SourceFacts
from storage.file.times import from_text


def get_facts(db: Database, article_id: int) -> ArticleFacts:
    """The facts of an article; its sources are those of all its sightings, in the order they showed it."""
    article = db.conn.execute("SELECT url, author, language, time FROM articles WHERE id = ?", (article_id,)).fetchone()
    return ArticleFacts(article["url"], article["author"], article["language"], from_text(article["time"]), _sources_of(db, article_id))


def _sources_of(db: Database, article_id: int) -> tuple[SourceFacts, ...]:
    """Each source that showed the article; its tags are its own, and what the publisher files its entries of the article under."""
    rows = db.conn.execute(
        """SELECT sources.name, sources.url, sources.tags,
               (SELECT json_group_array(json(categories)) FROM sightings AS own JOIN entries ON entries.id = own.entry_id
                WHERE own.article_id = :article AND own.source_id = sources.id AND categories <> '[]') AS categories
           FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE sightings.article_id = :article GROUP BY sources.id ORDER BY min(sightings.id)""",
        {"article": article_id},
    )
    return tuple(SourceFacts(row["name"], row["url"], _tags_of(row["tags"], row["categories"])) for row in rows)


def _tags_of(tags: str, categories: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*json.loads(tags), *chain.from_iterable(json.loads(categories))]))


def list_sources(db: Database) -> list[tuple[int, SourceFacts]]:
    """Every source the archive has ever known, with its id."""
    rows = db.conn.execute("SELECT id, name, url, tags FROM sources")
    return [(row["id"], SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"])))) for row in rows]
