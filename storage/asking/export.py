"""The archive, out: every article with its text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from news.answers import ExportedArticle
from news.articles import Origin
from news.query import Query, holds
from news.text import analyse_article
from storage.asking.records import make_record
from storage.file.database import Database
from storage.recording.facts import get_facts


def export_articles(db: Database, query: Query | None, after: int) -> Iterator[ExportedArticle]:
    """Every article (that holds the query) in the order they came, with the text of the current version; those that came after a number."""
    rows = db.conn.execute(
        """SELECT articles.*, sources.name AS source, revisions.text, revisions.origin FROM articles
           JOIN sources ON sources.id = articles.source_id JOIN revisions ON revisions.id = articles.revision_id
           WHERE articles.deleted_at IS NULL AND articles.id > ? ORDER BY articles.id""",
        (after,),
    )
    for row in rows:
        if query is None or _is_held(db, query, row):
            yield ExportedArticle(make_record(db, row), row["text"], Origin(row["origin"]), row["revisions"])


def _is_held(db: Database, query: Query, row: sqlite3.Row) -> bool:
    """Whether the article's text holds the query, or what one of its sources says of it."""
    facts = get_facts(db, row["id"])
    said = db.conn.execute(
        """SELECT title, text FROM current_versions JOIN revisions ON revisions.id = revision_id
           WHERE current_versions.article_id = ? ORDER BY revision_id""",
        (row["id"],),
    )
    return any(holds(query, analyse_article(version["title"], version["text"]), facts) for version in said)
