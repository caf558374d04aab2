"""Taking back a wall that was taken for an article: it is known as one only when the third article shows the same text."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from news.judging import Version, make_version
from news.walls import speaks_of
from storage.articles import Settling, match_revision, remember_text
from storage.entries import get_entry
from storage.watch import Tally, Watch


def unmask_wall(db: Database, watch: Watch, wall: Version, tally: Tally, now: datetime) -> None:
    """Remember one more title of the wall's text, and give the articles that hold that text as theirs the feed's text back."""
    remember_text(db, wall)
    rows = db.conn.execute(
        """SELECT articles.id, articles.title, revisions.text,
                  (SELECT entry_id FROM sightings WHERE article_id = articles.id ORDER BY id LIMIT 1) AS entry_id
           FROM revisions JOIN articles ON articles.revision_id = revisions.id
           WHERE revisions.text_hash = ? AND revisions.origin = 'page'""",
        (wall.text_hash,),
    ).fetchall()
    for row in rows:
        if not speaks_of(row["text"], row["title"]):
            _restore_feed_text(db, watch, row["id"], row["entry_id"], tally, now)


def _restore_feed_text(db: Database, watch: Watch, article_id: int, entry_id: int, tally: Tally, now: datetime) -> None:
    stored = get_entry(db, entry_id)
    if stored is None:
        return
    db.conn.execute(
        """UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = 'wall',
                              page_error_message = 'the page shows the same text as other articles; the feed''s text is kept'
           WHERE id = ?""",
        (entry_id,),
    )
    match_revision(db, watch, Settling(stored, make_version(stored.entry, None), stored.url, now), article_id, tally)
