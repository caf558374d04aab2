"""Taking back a wall that was taken for an article: it is known as one only when the third article shows the same text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from news.arriving import showing_of
from news.judging import Version, make_version
from news.walls import speaks_of
from storage.file.rows import select_in
from storage.recording.entries import list_entries
from storage.recording.knowing import hashes_of, remember_titles
from storage.recording.settle_one import settle_one
from storage.recording.watch import Tally, Watch


def unmask_wall(db: Database, watch: Watch, wall: Version, tally: Tally, now: datetime) -> None:
    """Remember one more title of the wall's text, and give the articles that hold that text as theirs the feed's text back."""
    remember_titles(db, [(wall.text_hash, wall.title_key)])
    rows = select_in(
        db,
        """SELECT articles.title, revisions.text,
                  (SELECT min(id) FROM entries WHERE article_id = articles.id) AS entry_id
           FROM revisions JOIN articles ON articles.revision_id = revisions.id
           WHERE revisions.text_hash IN ({marks}) AND revisions.origin = 'page' AND articles.deleted_at IS NULL""",
        hashes_of([wall]),
    )
    for row in list(rows):  # what follows writes to what is read
        # An entry that speaks of another article by now has no words for this one.
        if row["entry_id"] is not None and not speaks_of(row["text"], row["title"]):
            _restore_feed_text(db, watch, row["entry_id"], tally, now)


def _restore_feed_text(db: Database, watch: Watch, entry_id: int, tally: Tally, now: datetime) -> None:
    for stored in list_entries(db, [entry_id]):
        _give_up_page(db, entry_id)
        settle_one(db, watch, replace(showing_of(stored, make_version(stored.entry, None)), restores=True), now, tally)


def _give_up_page(db: Database, entry_id: int) -> None:
    db.conn.execute(
        """UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = 'wall',
                              page_error_message = 'the page shows the same text as other articles; the feed''s text is kept'
           WHERE id = ?""",
        (entry_id,),
    )
