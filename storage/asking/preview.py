"""What a query would have found in a stretch of the archive, and what that means for someone who would follow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from news.answers import PreviewAnswer, PreviewedArticle, SourceShare
from news.query import Query, explain
from news.wording import Wording
from storage.asking.candidates import Bounds, Candidate, Candidates
from storage.asking.records import get_record
from storage.file.database import Database
from storage.file.times import optional_time, to_text

MOST_SHOWN = 20
"""Hits told with their reasons; all are counted."""
MOST_VERIFIED = 20_000
"""Texts read for one preview: it may take a while, a search may not."""

_REBUILDING = Wording("the index is being rebuilt for a new version of the program: there may be more matches than counted")
_FEWEST_ALERTS_A_DAY = 1 / 90
_LARGEST_SHARE = 0.1
_FEWEST_ARTICLES_TO_JUDGE = 50


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """A query over the articles from `since` up to `now`."""

    query: Query
    since: datetime
    now: datetime


def preview(db: Database, request: PreviewRequest) -> PreviewAnswer:
    """What the query would have matched; all matches are counted, the newest are told."""
    articles, oldest = _count_articles(db, request)
    days = max((request.now - max(request.since, oldest or request.since)).total_seconds() / 86_400, 1.0)
    candidates = Candidates(db, request.query, Bounds(since=request.since), MOST_VERIFIED)
    hits = list(candidates.hits(candidates.rows(scored=False)))
    a_day = len(hits) / days
    newest = sorted(hits, key=_by_time, reverse=True)[:MOST_SHOWN]
    return PreviewAnswer(
        query=request.query.text,
        since=request.since,
        days=round(days, 1),
        articles=articles,
        matches=len(hits),
        alerts_per_day=round(a_day, 2),
        sources=tuple(_share_by_source(db, hits)),
        warning=_REBUILDING if candidates.left_out else _warn(articles, len(hits), a_day, cut=candidates.cut),
        hits=tuple(_explain(db, request.query, candidates, hit) for hit in newest),
    )


def _count_articles(db: Database, request: PreviewRequest) -> tuple[int, datetime | None]:
    row = db.conn.execute(
        "SELECT count(*) AS n, min(time) AS oldest FROM articles WHERE deleted_at IS NULL AND time >= ?", (to_text(request.since),)
    ).fetchone()
    return row["n"], optional_time(row["oldest"])


def _share_by_source(db: Database, hits: list[Candidate]) -> Iterator[SourceShare]:
    """The sources whose articles were hit, the most hit first; an article counts for the source that showed it first."""
    counts: Counter[str] = Counter()
    for hit in hits:
        row = db.conn.execute(
            "SELECT sources.name FROM articles JOIN sources ON sources.id = source_id WHERE articles.id = ?", (hit.article_id,)
        ).fetchone()
        counts[row["name"]] += 1
    for name, count in counts.most_common():
        yield SourceShare(name, count, round(count / len(hits), 3))


def _warn(articles: int, hits: int, a_day: float, *, cut: bool) -> str | None:
    """What someone should know before following the query."""
    if cut:
        return Wording("only the first {most} candidates were verified: there are more matches than counted", most=MOST_VERIFIED)
    if articles < _FEWEST_ARTICLES_TO_JUDGE:
        return Wording("the archive holds only {articles} articles of that time: too few to judge by", articles=articles)
    if a_day < _FEWEST_ALERTS_A_DAY:
        return Wording("this matches nearly nothing: check the spelling, add the names that are used for it, or look further back")
    if hits > _LARGEST_SHARE * articles:
        return Wording(
            "this matches nearly everything ({hits} of {articles} articles): add a word that must be there, or a NEAR",
            hits=hits,
            articles=articles,
        )
    return None


def _explain(db: Database, query: Query, candidates: Candidates, hit: Candidate) -> PreviewedArticle:
    found = explain(query, candidates.article(hit)) or ()
    return PreviewedArticle(get_record(db, hit.article_id), tuple(found))


def _by_time(hit: Candidate) -> tuple[str, int]:
    return hit.time, hit.revision_id
