"""The rows of the index that may hold a query, newest first, and the proof that one does.

While the index is rebuilt for a new version, revisions that are not in it yet follow after those that are: they are the older ones. Their
text decides; which of them are worth reading, the index of before says, and of those it does not name a bounded number is read too.

The index says most of the query. Conditions that every match must fulfil (`source:`, `since:` …) are asked of the tables; what is
left (exact letters, order, conditions within an OR) is verified on the stored text, row by row and only for rows that are wanted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import NamedTuple

from news.articles import ArticleFacts, SourceFacts
from news.query import (
    Condition,
    Fact,
    Filter,
    PreparedArticle,
    Query,
    Since,
    Until,
    find,
    found_fact,
    needs_facts,
    prepare,
    required_conditions,
)
from news.rebuilding import RebuildingPart
from news.search_answers import ByDate, ByRelevance
from news.text import analyse_article
from storage.asking.match_expression import compile_expression
from storage.file.database import Database
from storage.file.times import from_text, to_text
from storage.file.words import list_old_indexes
from storage.recording.called import list_called
from storage.recording.facts import get_facts, list_sources
from storage.recording.left_to_rebuild import left_below

MOST_VERIFIED = 2_000
"""Texts read and analysed for one answer, about a millisecond each."""

MOST_UNNAMED = 1_000
"""Texts read, of those, that no index names as candidates, while the index is rebuilt."""

MOST_SCORED_PHRASES = 200
"""Words and phrases up to which relevance is computed: FTS5's bm25 compares every occurrence of any of them with all of them."""

_MOST_KEPT = 50
_LONGEST_KEPT = 50_000
"""Characters of title and text; of each, an article that was asked about takes some fifty bytes."""
_TITLE_WEIGHT, _TEXT_WEIGHT = 4.0, 1.0
_OF_SOURCES = frozenset({Fact.SOURCE, Fact.TAG})
"""The facts that a sighting decides, not the article itself."""
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_SCORE = f"bm25(words, {_TITLE_WEIGHT}, {_TITLE_WEIGHT}, {_TEXT_WEIGHT}, {_TEXT_WEIGHT})"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an answer is limited to besides the query. `since` is included, `until` is not; `source` is a name or URL."""

    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    topic: str | None = None
    after: ByDate | ByRelevance | None = None
    """Where an earlier page of the list ended."""


class Candidate(NamedTuple):
    """A current version that may hold the query; a plain tuple, since they are made by the thousand.

    `score`: the better, the higher; None where it was not asked for.
    """

    revision_id: int
    article_id: int
    time: str
    seen_at: str
    """When the version came; empty where a score was asked for."""
    score: float | None


class Candidates:
    """The candidates of a query within bounds. `cut` tells whether verification had to stop at `most_verified` texts."""

    def __init__(self, db: Database, query: Query, bounds: Bounds, most_verified: int = MOST_VERIFIED) -> None:
        self.cut = False
        self._db = db
        self._query = query
        self._asked = required_conditions(query.root)
        self._compiled = compile_expression(query, asked=self._asked)
        self._conditions, self._parameters = _make_conditions(db, bounds, self._asked)
        self._own = [one for one in self._asked if isinstance(one, Filter) and one.fact not in _OF_SOURCES]
        self.rankable = self._compiled.phrases <= MOST_SCORED_PHRASES
        """Whether a score may be asked for."""
        self._needs_facts = needs_facts(query)
        self._hits: dict[int, PreparedArticle] = {}
        """The first that were verified: mostly those that are shown, and they were analysed already."""
        self._verified = 0
        self._most_verified = most_verified
        self.left_out = False
        """Whether texts were left out that no index names."""
        self._left_below = 0 if self._compiled.expression is None else left_below(db, RebuildingPart.INDEX)
        self._may_read_unnamed = MOST_UNNAMED
        """Texts that no index names, of revisions that wait to be indexed anew."""

    @property
    def rebuilding(self) -> bool:
        """Whether the index that was asked does not hold all revisions yet."""
        return self._left_below > 0

    def rows(self, *, scored: bool) -> Iterator[Candidate]:
        """The candidates, the newest row of the index first."""
        rows = self._execute(scored=scored)
        for row in chain(rows, self._left_rows(scored=scored)) if self.rebuilding else rows:
            if self._fulfils(row):
                yield Candidate(row["revision_id"], row["article_id"], row["time"], row["seen_at"], row["score"])

    def _left_rows(self, *, scored: bool) -> Iterator[sqlite3.Row]:
        """The revisions that are not in the index yet and may hold the query, the newest first."""
        named = self._named_by_old_indexes()
        rows = self._db.conn.execute(
            f"""SELECT {_columns(scored=scored)}, {"0.0" if scored else "NULL"} AS score
                FROM current_versions AS found JOIN articles ON articles.id = found.article_id
                WHERE found.revision_id < :left_below AND articles.deleted_at IS NULL {self._conditions}
                ORDER BY found.revision_id DESC""",  # noqa: S608  # literals of this file
            self._parameters | {"left_below": self._left_below},
        )
        for row in rows:
            if row["revision_id"] in named:
                yield row
            elif self._may_read_unnamed:
                self._may_read_unnamed -= 1
                yield row
            else:
                self.left_out = True

    def _named_by_old_indexes(self) -> set[int]:
        """What the indexes of before find, in words that this version may cut or inflect differently."""
        named: set[int] = set()
        for index in list_old_indexes(self._db):
            rows = self._db.conn.execute(
                f"SELECT rowid FROM {index} WHERE {index} MATCH ? AND rowid < ?",  # noqa: S608  # our own names
                (self._compiled.expression, self._left_below),
            )
            named.update(row["rowid"] for row in rows)
        return named

    def ranked(self, most: int) -> tuple[Iterable[Candidate], bool]:
        """The newest `most` candidates, the best first; and whether there are more."""
        if self._own or self._compiled.expression is None or self.rebuilding:
            rows = self.rows(scored=True)
            newest = list(islice(rows, most))
            more = next(rows, None) is not None
            return sorted(newest, key=lambda one: (one.score, one.revision_id), reverse=True), more
        scores = self._list_scores(most + 1)
        return (self._look_up(revision_id, score) for score, revision_id in sorted(scores[:most], reverse=True)), len(scores) > most

    def _list_scores(self, most: int) -> list[tuple[float, int]]:
        """Score and id of the newest candidates. Of thousands, few are looked at further: the rest of them is read then."""
        cursor = self._db.conn.cursor()
        cursor.row_factory = None
        return cursor.execute(
            f"SELECT -{_SCORE}, words.rowid {self._newest_in_index} LIMIT :most",
            self._parameters | {"expression": self._compiled.expression, "most": most},
        ).fetchall()

    @property
    def _newest_in_index(self) -> str:
        """The rows of the index that hold the expression and are current versions, in SQL: literals of this file, and our own numbers."""
        return f"""FROM words CROSS JOIN current_versions AS found ON found.revision_id = words.rowid
            CROSS JOIN articles ON articles.id = found.article_id
            WHERE words MATCH :expression {self._conditions} ORDER BY words.rowid DESC"""

    def _look_up(self, revision_id: int, score: float) -> Candidate:
        row = self._db.conn.execute(
            "SELECT articles.id, time FROM current_versions AS found JOIN articles ON articles.id = article_id WHERE found.revision_id = ?",
            (revision_id,),
        ).fetchone()
        return Candidate(revision_id, row["id"], row["time"], "", score)

    def hits(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those of the candidates that hold the query, the first of each article: its sources may say the same of it in several ways."""
        found: set[int] = set()
        for candidate in candidates:
            if candidate.article_id not in found and self.is_hit(candidate):
                found.add(candidate.article_id)
                yield candidate

    def is_hit(self, candidate: Candidate) -> bool:
        """Whether a candidate holds the query; reads its text only where the index could not say so."""
        if self._compiled.exact and candidate.revision_id >= self._left_below:
            return True
        if self._verified >= self._most_verified:
            self.cut = True
            return False
        self._verified += 1
        article = self._prepare(candidate)
        if find(self._query.root, article) is None:
            return False
        if len(self._hits) < _MOST_KEPT and article.length <= _LONGEST_KEPT:
            self._hits[candidate.revision_id] = article
        return True

    def article(self, candidate: Candidate) -> PreparedArticle:
        """The version that a candidate is, ready to be asked why it holds the query."""
        return self._hits.get(candidate.revision_id) or self._prepare(candidate)

    def _prepare(self, candidate: Candidate) -> PreparedArticle:
        row = self._db.conn.execute("SELECT title, text FROM revisions WHERE id = ?", (candidate.revision_id,)).fetchone()
        facts = get_facts(self._db, candidate.article_id) if self._needs_facts else None
        return prepare(analyse_article(row["title"], row["text"]), facts)

    def _execute(self, *, scored: bool) -> Iterator[sqlite3.Row]:
        columns = _columns(scored=scored)
        if self._compiled.expression is None:
            return self._db.conn.execute(
                f"""SELECT {columns}, {"0.0" if scored else "NULL"} AS score
                    FROM current_versions AS found JOIN articles ON articles.id = found.article_id
                    WHERE articles.deleted_at IS NULL {self._conditions} ORDER BY found.revision_id DESC""",  # noqa: S608  # literals of this file
                self._parameters,
            )
        return self._db.conn.execute(
            f"SELECT {columns}, {'-' + _SCORE if scored else 'NULL'} AS score {self._newest_in_index}",
            self._parameters | {"expression": self._compiled.expression},
        )

    def _fulfils(self, row: sqlite3.Row) -> bool:
        """Whether the conditions hold that SQL was not asked: those on the article itself."""
        if not self._own:
            return True
        facts = ArticleFacts(row["url"], row["author"], row["language"], from_text(row["time"]), ())
        return all(found_fact(one, facts) is not None for one in self._own)


def _columns(*, scored: bool) -> str:
    # A score is asked of thousands of rows: none of them may touch `revisions`, whose pages hold the texts.
    seen_at = "''" if scored else "(SELECT seen_at FROM revisions WHERE id = found.revision_id)"
    return f"found.revision_id, articles.id AS article_id, articles.time, {seen_at} AS seen_at, articles.url, author, language"


def _make_conditions(db: Database, bounds: Bounds, asked: tuple[Condition, ...]) -> tuple[str, dict[str, str | int]]:
    """What SQL is asked, and its parameters."""
    sinces = [one.moment for one in asked if isinstance(one, Since)] + ([bounds.since] if bounds.since else [])
    untils = [one.moment for one in asked if isinstance(one, Until)] + ([bounds.until] if bounds.until else [])
    sql, parameters = _make_place_condition(bounds.after)
    if sinces:
        sql += " AND articles.time >= :since"
        parameters["since"] = to_text(max(sinces))
    if untils:
        sql += " AND articles.time < :until"
        parameters["until"] = to_text(min(untils))
    if bounds.source is not None:
        sql += _sighted_in(_by_sources(list_called(db, bounds.source)))
    if bounds.topic is not None:
        sql += " AND EXISTS (SELECT 1 FROM matches WHERE matches.article_id = articles.id AND matches.topic = :topic)"
        parameters["topic"] = bounds.topic
    kinds = [one for one in asked if isinstance(one, Filter) and one.fact in _OF_SOURCES]
    return sql + "".join(_sighted_in(_fulfilling(db, kind)) for kind in kinds), parameters


def _make_place_condition(after: ByDate | ByRelevance | None) -> tuple[str, dict[str, str | int]]:
    """Of a list by date, what comes later in it; of one by relevance, all that was there when it began."""
    match after:
        case ByDate(time, article_id):
            return " AND (articles.time, articles.id) < (:after_time, :after_id)", {"after_time": to_text(time), "after_id": article_id}
        case ByRelevance(newest_article_id):
            return " AND articles.id <= :newest_id", {"newest_id": newest_article_id}
    return "", {}


def _list_sources_of(db: Database, condition: Filter) -> list[int]:
    """The ids of the sources of this kind."""
    return [source_id for source_id, source in list_sources(db) if found_fact(condition, _facts_of(source)) is not None]


def _fulfilling(db: Database, condition: Filter) -> str:
    """The condition that a sighting is by a source of this kind, or of an entry that the publisher files under this tag."""
    shown = _by_sources(_list_sources_of(db, condition))
    return f"({shown} OR {_filed_under(db, condition)})" if condition.fact is Fact.TAG else shown


def _by_sources(source_ids: Iterable[int]) -> str:
    """The condition that a sighting is by one of these sources; the ids are our own numbers."""
    return f"source_id IN ({','.join(map(str, source_ids))})"


def _sighted_in(sighting: str) -> str:
    """The condition that a sighting of this kind has shown the article."""
    return f" AND EXISTS (SELECT 1 FROM sightings WHERE sightings.article_id = articles.id AND {sighting})"  # noqa: S608  # see the callers


def _filed_under(db: Database, condition: Filter) -> str:
    """The condition that the publisher files the entry of a sighting under this tag; read from an index, since entries are long."""
    from news.fingerprints import fingerprint  # noqa: PLC0415  # a search waits for it only where it asks for a tag

    def has_tag(categories: str) -> bool:
        source = SourceFacts("", "", tuple(json.loads(categories)))
        return found_fact(condition, _facts_of(source)) is not None

    function = f"has_tag_{fingerprint(*condition.tokens)}"
    db.conn.create_function(function, 1, has_tag)
    return f"EXISTS (SELECT 1 FROM entries WHERE entries.id = sightings.entry_id AND categories <> '[]' AND {function}(categories))"  # noqa: S608


def _facts_of(source: SourceFacts) -> ArticleFacts:
    return ArticleFacts("", None, None, _ANY_TIME, (source,))
