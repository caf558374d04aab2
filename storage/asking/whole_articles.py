"""An article whole: its text, its versions, what matches it, and its alerts with every attempt to tell them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from news.alerting import Silence
from news.articles import Origin
from news.one_thing import AlertDetails, DueCorrection, MatchRecord, PageNote, VersionRecord, WholeArticle
from news.sources import Problem
from news.topics import Entity, Topic
from storage.asking.alert_log import list_alerts_on
from storage.asking.attempts import detail_deliveries
from storage.asking.records import get_record
from storage.asking.stories import get_place
from storage.asking.story_differences import list_differences
from storage.file.database import Database
from storage.file.times import from_text, optional_time
from storage.recording.alerts import hits_from_json

MOST_PAGE_PROBLEMS = 20
"""An article that thousands of sources show has as many pages."""


def get_article(db: Database, article_id: int) -> WholeArticle:
    """The article of that number, which must be there."""
    row = db.conn.execute("SELECT revision_id, deleted_at FROM articles WHERE id = ?", (article_id,)).fetchone()
    versions = _list_versions(db, article_id, row["revision_id"])
    return WholeArticle(
        article=get_record(db, article_id),
        text=next((version.text for version in versions if version.is_current), ""),
        deleted_at=optional_time(row["deleted_at"]),
        versions=versions,
        matches=_list_matches(db, article_id),
        alerts=tuple(AlertDetails(record, detail_deliveries(db, record)) for record in list_alerts_on(db, article_id)),
        page_problems=_list_page_problems(db, article_id),
        corrections_due=_list_corrections_due(db, article_id),
        place=get_place(db, article_id),
    )


def get_article_in_story(db: Database, article_id: int, topics: Sequence[Topic], entities: Mapping[str, Entity]) -> WholeArticle:
    """As `get_article`, with what it says otherwise than the others of its story."""
    whole = get_article(db, article_id)
    if whole.place is None or len(whole.place.story.articles) < 2:
        return whole
    return replace(whole, differences=list_differences(db, article_id, whole.place.story, topics, entities))


def _list_versions(db: Database, article_id: int, current_id: int | None) -> tuple[VersionRecord, ...]:
    rows = db.conn.execute(
        """SELECT revisions.*, sources.name AS source FROM revisions JOIN sources ON sources.id = source_id
           WHERE article_id = ? ORDER BY number""",
        (article_id,),
    )
    return tuple(_version(row, is_current=row["id"] == current_id) for row in rows)


def _list_page_problems(db: Database, article_id: int) -> tuple[PageNote, ...]:
    rows = db.conn.execute(
        """SELECT sources.name AS source, link, page_error_code, page_error_message
           FROM entries JOIN sources ON sources.id = source_id
           WHERE article_id = ? AND page_error_code IS NOT NULL ORDER BY entries.id LIMIT ?""",
        (article_id, MOST_PAGE_PROBLEMS),
    )
    return tuple(PageNote(row["source"], row["link"], Problem(row["page_error_code"], row["page_error_message"] or "")) for row in rows)


def _list_corrections_due(db: Database, article_id: int) -> tuple[DueCorrection, ...]:
    rows = db.conn.execute("SELECT topic, due_at FROM corrections_due WHERE article_id = ? ORDER BY due_at, topic", (article_id,))
    return tuple(DueCorrection(row["topic"], from_text(row["due_at"])) for row in rows)


def _version(row: sqlite3.Row, *, is_current: bool) -> VersionRecord:
    seen_at, origin = from_text(row["seen_at"]), Origin(row["origin"])
    return VersionRecord(row["number"], seen_at, row["source"], origin, row["title"], row["text"], is_current)


def _list_matches(db: Database, article_id: int) -> tuple[MatchRecord, ...]:
    """Each topic once, by the version that brought its alert, else by the first that matched: later ones say the same again."""
    rows = db.conn.execute(
        """SELECT topic, number, matched_at, hits, silence, row_number() OVER (
               PARTITION BY topic ORDER BY silence IS NOT NULL, revision_id) AS place
           FROM matches WHERE article_id = ? ORDER BY topic""",
        (article_id,),
    )
    return tuple(_match(row) for row in rows if row["place"] == 1)


def _match(row: sqlite3.Row) -> MatchRecord:
    silence = Silence(row["silence"]) if row["silence"] else None
    return MatchRecord(row["topic"], row["number"], from_text(row["matched_at"]), hits_from_json(row["hits"]), silence)
