"""The stories of the archive, newest first, and those of articles that were found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from news.copies import CopyOf, CopyReason
from news.stories import Because
from news.story_answers import PlaceInStory, StoryArticle, StoryRecord
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, optional_text, optional_time


@dataclass(frozen=True, slots=True)
class StoryRequest:
    """Which stories are asked for: those with an article that matches the topic, that grew since then, of so many articles or more."""

    topic: str | None = None
    since: datetime | None = None
    least: int = 1
    limit: int | None = None


def list_stories(db: Database, request: StoryRequest) -> Iterator[StoryRecord]:
    """The stories that are asked for, that with the latest article first."""
    rows = db.conn.execute(
        """SELECT id FROM stories WHERE joined_into IS NULL AND articles >= :least AND (:since IS NULL OR updated_at >= :since)
           AND (:topic IS NULL OR EXISTS (SELECT 1 FROM story_articles JOIN matches USING (article_id)
                                          WHERE story_id = stories.id AND topic = :topic))
           ORDER BY updated_at DESC, id DESC LIMIT :most""",
        {
            "least": request.least,
            "since": optional_text(request.since),
            "topic": request.topic,
            "most": -1 if request.limit is None else request.limit,
        },
    )
    for row in rows:
        yield get_story(db, row["id"])


def list_stories_of(db: Database, article_ids: Iterable[int]) -> list[StoryRecord]:
    """The stories of these articles, each once, in the order in which the articles are given; articles in no story are left out."""
    wanted = list(article_ids)
    rows = select_in(db, "SELECT article_id, story_id FROM story_articles WHERE article_id IN ({marks})", wanted)
    story_of = {row["article_id"]: row["story_id"] for row in rows}
    in_order = dict.fromkeys(story_of[article_id] for article_id in wanted if article_id in story_of)
    return [get_story(db, story_id) for story_id in in_order]


def get_story(db: Database, story_id: int) -> StoryRecord:
    """The story of that number, which must be there."""
    story = db.conn.execute(
        "SELECT stories.*, title FROM stories JOIN articles ON articles.id = central_id WHERE stories.id = ?", (story_id,)
    ).fetchone()
    articles = tuple(sorted(_list_articles(db, story_id), key=lambda one: (one.time, one.article_id)))
    topics = db.conn.execute(
        "SELECT DISTINCT topic FROM story_articles JOIN matches USING (article_id) WHERE story_id = ? ORDER BY topic", (story_id,)
    )
    return StoryRecord(
        story_id=story_id,
        title=story["title"],
        started_at=from_text(story["started_at"]),
        updated_at=from_text(story["updated_at"]),
        sources=tuple(dict.fromkeys(one.source for one in articles)),
        topics=tuple(row["topic"] for row in topics),
        articles=articles,
    )


def get_place(db: Database, article_id: int) -> PlaceInStory | None:
    """The story of an article, and why it is there; None for one that is not placed yet, or was deleted before stories were known."""
    row = db.conn.execute("SELECT * FROM story_articles WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return None
    copies = db.conn.execute("SELECT article_id FROM story_articles WHERE copy_of = ? ORDER BY article_id", (article_id,))
    return PlaceInStory(
        story=get_story(db, row["story_id"]),
        because=Because(row["because"]),
        nearness=row["nearness"],
        nearest_id=row["nearest_id"],
        words=tuple(row["words"].split()),
        copy=_copy(row),
        copies=tuple(one["article_id"] for one in copies),
    )


def _list_articles(db: Database, story_id: int) -> Iterator[StoryArticle]:
    rows = db.conn.execute(
        """SELECT articles.id, articles.url, title, sources.name AS source, published_at, first_seen_at, copy_of, share, copy_reason
           FROM story_articles JOIN articles ON articles.id = article_id JOIN sources ON sources.id = source_id WHERE story_id = ?""",
        (story_id,),
    )
    for row in rows:
        times = optional_time(row["published_at"]), from_text(row["first_seen_at"])
        yield StoryArticle(row["id"], row["url"], row["title"], row["source"], *times, _copy(row))


def _copy(row: sqlite3.Row) -> CopyOf | None:
    return None if row["copy_of"] is None else CopyOf(row["copy_of"], row["share"], CopyReason(row["copy_reason"]))
