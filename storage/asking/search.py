"""Searching the archive: candidates of the index, ranked by relevance or by date, with the reason each was found.

Ranking reads at most the newest `MOST_RANKED` candidates: bm25 of a common word over a large archive would take seconds. By date the
answer is exact: an article's time is never later than the moment its row was written, so reading the rows newest first may stop early.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from news.query import EVERYTHING, Query, explain, make_snippet
from news.search_answers import ByDate, ByRelevance, FoundArticle, SearchAnswer
from storage.asking.candidates import Bounds, Candidate, Candidates
from storage.asking.records import get_record
from storage.file.database import Database
from storage.file.times import from_text

MOST_RANKED = 2_000
"""Candidates whose relevance is computed for one answer."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked. `since` is included, `until` is not; `source` is a name or URL; `by_date`: newest first instead of best first.

    `limit` is at least 1. `after` is what the answer to the same request said of where its next page begins.
    """

    query: Query
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    topic: str | None = None
    by_date: bool = False
    limit: int = 20
    after: ByDate | ByRelevance | None = None

    @property
    def bounds(self) -> Bounds:
        """What the answer is limited to besides the query."""
        return Bounds(self.since, self.until, self.source, self.topic, self.after)


def search(db: Database, request: SearchRequest) -> SearchAnswer:
    """The articles of which a current version holds the query, best or newest first.

    Raises ValueError for a place in a list of the other order.
    """
    candidates = Candidates(db, request.query, request.bounds)
    unranked = not (request.by_date or candidates.rankable)
    by_date = request.by_date or unranked
    if request.after is not None and isinstance(request.after, ByDate) is not by_date:
        raise ValueError("this place is in a list of another order; ask for the first page again")
    best, cut = (_newest if by_date else _best)(candidates, request)
    return SearchAnswer(
        tuple(_explain(db, request.query, candidates, one) for one in best),
        _make_next(db, request, best, by_date=by_date) if len(best) == request.limit else None,
        cut or candidates.cut or candidates.left_out,
        unranked,
        candidates.rebuilding,
    )


def _best(candidates: Candidates, request: SearchRequest) -> tuple[list[Candidate], bool]:
    """The best of the newest candidates, verified from the best down; and whether there were more candidates."""
    ranked, more = candidates.ranked(MOST_RANKED)
    told = _told(request)
    left = (one for one in ranked if one.article_id not in told)
    return list(itertools.islice(candidates.hits(left), request.limit)), more


def _newest(candidates: Candidates, request: SearchRequest) -> tuple[list[Candidate], bool]:
    newest: list[tuple[str, int, Candidate]] = []
    found: set[int] = set()
    for candidate in candidates.rows(scored=False):
        full = len(newest) >= request.limit
        if full and candidate.seen_at < newest[0][0]:
            break
        if candidate.article_id in found or (full and candidate.time < newest[0][0]):
            continue
        if candidates.is_hit(candidate):
            found.add(candidate.article_id)
            (heapq.heappushpop if full else heapq.heappush)(newest, (candidate.time, candidate.article_id, candidate))
        elif candidates.cut:
            break
    return [candidate for _, _, candidate in sorted(newest, reverse=True)], False


def _make_next(db: Database, request: SearchRequest, told: Sequence[Candidate], *, by_date: bool) -> ByDate | ByRelevance:
    if by_date:
        return ByDate(from_text(told[-1].time), told[-1].article_id)
    if isinstance(request.after, ByRelevance):
        newest = request.after.newest_article_id
    else:
        newest = db.conn.execute("SELECT max(id) FROM articles").fetchone()[0]
    return ByRelevance(newest, _told(request) | {one.article_id for one in told})


def _told(request: SearchRequest) -> frozenset[int]:
    """The articles of the pages before."""
    return request.after.told if isinstance(request.after, ByRelevance) else frozenset()


def _explain(db: Database, query: Query, candidates: Candidates, candidate: Candidate) -> FoundArticle:
    article = candidates.article(candidate)
    hits = () if query is EVERYTHING else explain(query, article) or ()
    return FoundArticle(get_record(db, candidate.article_id), candidate.score, make_snippet(query, article), tuple(hits))
