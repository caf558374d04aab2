"""Searching the archive: candidates from the index, verified on the stored text where the index cannot say the same.

Ranking reads at most the newest `MOST_RANKED` hits: bm25 of a common word over a large archive would take seconds. By date the answer is
exact: an article's time is never later than the moment its row was written, so reading the rows newest first may stop early.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from news.analysis import analyse_article
from news.matching import evaluate
from news.passages import make_snippet
from news.query import Query
from storage.match_expression import compile_expression
from storage.times import json_time, to_text

MOST_RANKED = 2_000
SNIPPET_CHARACTERS = 240
_TITLE_WEIGHT, _TEXT_WEIGHT = 4.0, 1.0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked. `since` is included, `until` is not; `source` is a name or URL; `by_date`: newest first instead of best first."""

    query: Query
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    topic: str | None = None
    by_date: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The articles found, as `search --json` prints them; `cut`: only the newest hits were ranked, there are more."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    cut: bool = False


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    rank: tuple[float | str, int]
    """The higher the better."""
    article_id: int


def search(db: Database, request: SearchRequest) -> SearchAnswer:
    """The articles whose current version holds the query, best or newest first."""
    best, cut = _newest(db, request) if request.by_date else _best(db, request)
    return SearchAnswer([_report(db, request.query, candidate) for candidate in best], cut)


def _rows(db: Database, request: SearchRequest, columns: str) -> tuple[Iterator[sqlite3.Row], bool]:
    """Index hits on current versions, newest row first, and whether they are exactly the answer."""
    compiled = compile_expression(request.query)
    conditions, parameters = _filters(request)
    rows = db.conn.execute(
        f"""SELECT words.rowid AS revision_id, articles.id AS article_id, articles.time, {columns}
            FROM words CROSS JOIN articles ON articles.revision_id = words.rowid
            WHERE words MATCH :expression {conditions} ORDER BY words.rowid DESC""",  # noqa: S608  # literals of this file
        parameters | {"expression": compiled.expression},
    )
    return rows, compiled.exact


def _filters(request: SearchRequest) -> tuple[str, dict[str, str]]:
    conditions, parameters = "", {}
    if request.since is not None:
        conditions += " AND articles.time >= :since"
        parameters["since"] = to_text(request.since)
    if request.until is not None:
        conditions += " AND articles.time < :until"
        parameters["until"] = to_text(request.until)
    if request.source is not None:
        conditions += """ AND EXISTS (SELECT 1 FROM sightings JOIN sources ON sources.id = sightings.source_id
            WHERE sightings.article_id = articles.id AND (sources.url = :source OR lower(sources.name) = lower(:source)))"""
        parameters["source"] = request.source
    if request.topic is not None:
        conditions += " AND EXISTS (SELECT 1 FROM matches WHERE matches.article_id = articles.id AND matches.topic = :topic)"
        parameters["topic"] = request.topic
    return conditions, parameters


def _best(db: Database, request: SearchRequest) -> tuple[list[_Candidate], bool]:
    weights = f"{_TITLE_WEIGHT}, {_TITLE_WEIGHT}, {_TEXT_WEIGHT}, {_TEXT_WEIGHT}"
    rows, exact = _rows(db, request, f"bm25(words, {weights}) AS score")
    ranked: list[_Candidate] = []
    for row in rows:
        if len(ranked) == MOST_RANKED:
            return heapq.nlargest(request.limit, ranked), True
        if exact or _holds(db, request.query, row["revision_id"]):
            ranked.append(_Candidate((-row["score"], row["revision_id"]), row["article_id"]))
    return heapq.nlargest(request.limit, ranked), False


def _newest(db: Database, request: SearchRequest) -> tuple[list[_Candidate], bool]:
    rows, exact = _rows(db, request, "(SELECT seen_at FROM revisions WHERE id = words.rowid) AS seen_at")
    newest: list[_Candidate] = []
    for row in rows:
        full = len(newest) >= request.limit
        if full and row["seen_at"] < str(newest[0].rank[0]):
            break
        if full and row["time"] < str(newest[0].rank[0]):
            continue
        if exact or _holds(db, request.query, row["revision_id"]):
            candidate = _Candidate((row["time"], row["revision_id"]), row["article_id"])
            (heapq.heappushpop if full else heapq.heappush)(newest, candidate)
    return sorted(newest, reverse=True), False


def _holds(db: Database, query: Query, revision_id: int) -> bool:
    row = db.conn.execute("SELECT title, text FROM revisions WHERE id = ?", (revision_id,)).fetchone()
    return evaluate(query, analyse_article(row["title"], row["text"])) is not None


def _report(db: Database, query: Query, candidate: _Candidate) -> dict[str, Any]:
    row = db.conn.execute(
        """SELECT articles.*, sources.name AS source, revisions.text FROM articles JOIN sources ON sources.id = articles.source_id
           JOIN revisions ON revisions.id = articles.revision_id WHERE articles.id = ?""",
        (candidate.article_id,),
    ).fetchone()
    score = candidate.rank[0]
    return describe_article(db, row) | {
        "score": round(score, 4) if isinstance(score, float) else None,
        "snippet": make_snippet(query, analyse_article(row["title"], row["text"]), SNIPPET_CHARACTERS),
    }


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
        if query is None or evaluate(query, analyse_article(row["title"], row["text"])) is not None:
            article = describe_article(db, row) | {"text": row["text"], "origin": row["origin"], "revisions": row["revisions"]}
            del article["score"], article["snippet"]
            yield json.dumps(article, ensure_ascii=False)
