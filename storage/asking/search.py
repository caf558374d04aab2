"""Searching the archive: candidates of the index, ranked by relevance or by date, with the reason each was found.

Ranking reads at most the newest `MOST_RANKED` candidates: bm25 of a common word over a large archive would take seconds. By date the
answer is exact: an article's time is never later than the moment its row was written, so reading the rows newest first may stop early.
"""

from __future__ import annotations

import heapq
import itertools
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from news.query import Query, explain, holds, make_snippet
from news.text import analyse_article
from storage.asking.candidates import Bounds, Candidate, Candidates
from storage.asking.facts import get_facts
from storage.file.times import json_time

MOST_RANKED = 2_000
"""Candidates whose relevance is computed for one answer."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked. `since` is included, `until` is not; `source` is a name or URL; `by_date`: newest first instead of best first.

    `limit` is at least 1.
    """

    query: Query
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    topic: str | None = None
    by_date: bool = False
    limit: int = 20

    @property
    def bounds(self) -> Bounds:
        """What the answer is limited to besides the query."""
        return Bounds(self.since, self.until, self.source, self.topic)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The articles found, as `search --json` prints them.

    `cut`: there may be more; only the newest candidates were looked at. `unranked`: the best were asked for, of a query with more words
    than can be scored; these are the newest. `rebuilding`: the index is being made anew, and the older articles follow unranked.
    """

    articles: list[dict[str, Any]] = field(default_factory=list)
    cut: bool = False
    unranked: bool = False
    rebuilding: bool = False


def search(db: Database, request: SearchRequest) -> SearchAnswer:
    """The articles of which a current version holds the query, best or newest first."""
    candidates = Candidates(db, request.query, request.bounds)
    unranked = not (request.by_date or candidates.rankable)
    best, cut = (_newest if request.by_date or unranked else _best)(candidates, request.limit)
    return SearchAnswer(
        [_report(db, request.query, candidates, one) for one in best],
        cut or candidates.cut or candidates.left_out,
        unranked,
        candidates.rebuilding,
    )


def _best(candidates: Candidates, limit: int) -> tuple[list[Candidate], bool]:
    """The best of the newest candidates, verified from the best down; and whether there were more candidates."""
    ranked, more = candidates.ranked(MOST_RANKED)
    return list(itertools.islice(candidates.hits(ranked), limit)), more


def _newest(candidates: Candidates, limit: int) -> tuple[list[Candidate], bool]:
    newest: list[tuple[str, int, Candidate]] = []
    found: set[int] = set()
    for candidate in candidates.rows(scored=False):
        full = len(newest) >= limit
        if full and candidate.seen_at < newest[0][0]:
            break
        if candidate.article_id in found or (full and candidate.time < newest[0][0]):
            continue
        if candidates.is_hit(candidate):
            found.add(candidate.article_id)
            (heapq.heappushpop if full else heapq.heappush)(newest, (candidate.time, candidate.revision_id, candidate))
        elif candidates.cut:
            break
    return [candidate for _, _, candidate in sorted(newest, reverse=True)], False


def _report(db: Database, query: Query, candidates: Candidates, candidate: Candidate) -> dict[str, Any]:
    article = candidates.article(candidate)
    hits = explain(query, article) or ()
    return describe_article(db, get_current(db, candidate.article_id)) | {
        "score": None if candidate.score is None else round(candidate.score, 4),
        "snippet": make_snippet(query, article),
        "matches": [asdict(hit) for hit in hits],
    }


def get_current(db: Database, article_id: int) -> sqlite3.Row:
    """An article's row, and the name of its source."""
    row: sqlite3.Row = db.conn.execute(
        "SELECT articles.*, sources.name AS source FROM articles JOIN sources ON sources.id = articles.source_id WHERE articles.id = ?",
        (article_id,),
    ).fetchone()
    return row


def describe_article(db: Database, row: sqlite3.Row) -> dict[str, Any]:
    """What is said of an article wherever one is listed; `row` is of articles, with the name of its source."""
    return {
        "id": row["id"],
        "url": row["url"],
        "title": row["title"],
        "source": row["source"],
        "author": row["author"],
        "language": row["language"],
        "published_at": json_time(row["published_at"]),
        "first_seen_at": json_time(row["first_seen_at"]),
        "score": None,
        "snippet": None,
        "topics": _topics_of(db, row["id"]),
        "sightings": _sightings_of(db, row["id"]),
    }


def _topics_of(db: Database, article_id: int) -> list[str]:
    rows = db.conn.execute("SELECT DISTINCT topic FROM matches WHERE article_id = ? ORDER BY topic", (article_id,))
    return [row["topic"] for row in rows]


def _sightings_of(db: Database, article_id: int) -> list[dict[str, Any]]:
    rows = db.conn.execute(
        """SELECT sources.name AS source, sightings.url, seen_at FROM sightings JOIN sources ON sources.id = sightings.source_id
           WHERE article_id = ? ORDER BY sightings.id""",
        (article_id,),
    )
    return [{"source": row["source"], "url": row["url"], "seen_at": json_time(row["seen_at"])} for row in rows]


def export_articles(db: Database, query: Query | None) -> Iterator[str]:
    """Every article (that holds the query) as a line of JSON, in the order they came, with the text of the current version."""
    rows = db.conn.execute(
        """SELECT articles.*, sources.name AS source, revisions.text, revisions.origin FROM articles
           JOIN sources ON sources.id = articles.source_id JOIN revisions ON revisions.id = articles.revision_id
           WHERE articles.deleted_at IS NULL ORDER BY articles.id"""
    )
    for row in rows:
        if query is None or _is_held(db, query, row):
            article = describe_article(db, row) | {"text": row["text"], "origin": row["origin"], "revisions": row["revisions"]}
            del article["score"], article["snippet"]
            yield json.dumps(article, ensure_ascii=False)


def _is_held(db: Database, query: Query, row: sqlite3.Row) -> bool:
    """Whether the article's text holds the query, or what one of its sources says of it."""
    facts = get_facts(db, row["id"])
    said = db.conn.execute(
        """SELECT title, text FROM current_versions JOIN revisions ON revisions.id = revision_id
           WHERE current_versions.article_id = ? ORDER BY revision_id""",
        (row["id"],),
    )
    return any(holds(query, analyse_article(version["title"], version["text"]), facts) for version in said)
