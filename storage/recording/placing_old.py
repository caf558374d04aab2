"""Placing in stories what was archived by a version that knew none, in small steps, the earliest first. It alerts nobody.

Each step is one operation: how far it got is written with what it placed, so that a death in between loses nothing but that step. New
articles are placed meanwhile as they come.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from news.placing import Unplaced, make_unplaced
from news.text import analyse_article
from storage.file.database import Database
from storage.file.times import from_text
from storage.recording.left_to_rebuild import STORIES_DONE, STORIES_UNTIL
from storage.recording.state import get_state, remove_state, set_state
from storage.recording.stories import forget_sketches, place_articles

STEP_ARTICLES = 50
STEP_CHARACTERS = 200_000
"""Of title and text: some 0.2 s of work."""
_KNOWS_STORIES = "knows_stories"


def begin_placing(db: Database) -> None:
    """Note which articles are to be placed, when the archive is first opened by a version that knows stories."""
    if get_state(db, _KNOWS_STORIES) is not None:
        return
    set_state(db, _KNOWS_STORIES, "1")
    newest = db.conn.execute("SELECT max(id) FROM articles").fetchone()[0]
    if newest is not None:
        set_state(db, STORIES_UNTIL, str(newest))


def place_some(db: Database) -> None:
    """Place some of the articles that are left; those past their retention have no text, and are in no story."""
    rows = list(_take_articles(db, int(get_state(db, STORIES_DONE) or 0), int(get_state(db, STORIES_UNTIL) or 0)))
    if not rows:
        remove_state(db, STORIES_DONE)
        remove_state(db, STORIES_UNTIL)
        return
    articles = [_unplaced(row) for row in rows]
    place_articles(db, articles)
    forget_sketches(db, min(one.sketch.at for one in articles), up_to=rows[-1]["id"])
    set_state(db, STORIES_DONE, str(rows[-1]["id"]))


def _take_articles(db: Database, done: int, until: int) -> Iterator[sqlite3.Row]:
    rows = db.conn.execute(
        """SELECT articles.id, articles.source_id, url, time, articles.title, text
           FROM articles JOIN revisions ON revisions.id = revision_id
           WHERE articles.id > ? AND articles.id <= ? AND deleted_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM story_articles WHERE article_id = articles.id)
           ORDER BY articles.id LIMIT ?""",
        (done, until, STEP_ARTICLES),
    )
    characters = 0
    for row in rows:
        yield row
        characters += len(row["title"]) + len(row["text"])
        if characters >= STEP_CHARACTERS:
            return


def _unplaced(row: sqlite3.Row) -> Unplaced:
    analysed = analyse_article(row["title"], row["text"])
    return make_unplaced(row["id"], row["source_id"], row["url"], from_text(row["time"]), analysed)
