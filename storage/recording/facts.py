"""What the archive knows of an article besides its words, for the filters of a query."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from news.article_facts import FactsOnRecord, KnownFacts, Sighted
from news.articles import ArticleFacts, SourceFacts
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, optional_time


def get_facts(db: Database, article_id: int) -> ArticleFacts:
    """As `list_facts`, for an article that is known to be there."""
    return list_facts(db, [article_id])[article_id]


def list_facts(db: Database, article_ids: Iterable[int]) -> dict[int, ArticleFacts]:
    """The facts of articles by their id; the sources of each are those of all its sightings, in the order they showed it."""
    known = load_facts(db, article_ids)
    return {article_id: facts for article_id in known.articles if (facts := known.of(article_id)) is not None}


def load_facts(db: Database, article_ids: Iterable[int], source_ids: Iterable[int] = ()) -> KnownFacts:
    """What the facts of these articles are made of, and what is known of these sources beside those that have shown them."""
    wanted = set(article_ids)
    sightings = _load_sightings(db, wanted)
    sources = {one.source_id for some in sightings.values() for one in some}.union(source_ids)
    columns = "id, url, author, language, published_at, first_seen_at, time"
    rows = select_in(db, f"SELECT {columns} FROM articles WHERE id IN ({{marks}})", wanted)  # noqa: S608  # literals
    articles = {row["id"]: _on_record(row, sightings[row["id"]]) for row in rows}
    rows = select_in(db, "SELECT id, name, url, tags FROM sources WHERE id IN ({marks})", sources)
    return KnownFacts(articles, {row["id"]: _source_facts(row) for row in rows})


def _on_record(row: sqlite3.Row, sightings: Iterable[Sighted]) -> FactsOnRecord:
    times = (optional_time(row["published_at"]), from_text(row["first_seen_at"]), from_text(row["time"]))
    return FactsOnRecord(row["url"], row["author"], row["language"], *times, tuple(sightings))


def _load_sightings(db: Database, article_ids: set[int]) -> dict[int, list[Sighted]]:
    """By article: who has shown it, and what the publisher files the entries under that did."""
    found: dict[int, list[Sighted]] = defaultdict(list)
    rows = select_in(
        db,
        """SELECT sightings.article_id, sightings.source_id, entry_id, categories FROM sightings JOIN entries ON entries.id = entry_id
           WHERE sightings.article_id IN ({marks}) ORDER BY sightings.id""",
        article_ids,
    )
    for row in rows:
        categories = () if row["categories"] == "[]" else tuple(json.loads(row["categories"]))
        found[row["article_id"]].append(Sighted(row["source_id"], row["entry_id"], categories))
    return found


def _source_facts(row: sqlite3.Row) -> SourceFacts:
    return SourceFacts(row["name"], row["url"], tuple(json.loads(row["tags"])))


def list_sources(db: Database) -> list[tuple[int, SourceFacts]]:
    """Every source the archive has ever known, with its id."""
    rows = db.conn.execute("SELECT id, name, url, tags FROM sources")
    return [(row["id"], _source_facts(row)) for row in rows]
