"""Taking back a wall that was taken for an article: it is known as one only when the third article shows the same text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from news.arriving import showing_of
from news.judging import Version, make_version
from news.walls import UNMASKED, Holder, find_deceived
from storage.file.database import Database
from storage.file.rows import select_in
from storage.recording.entries import give_up_page, list_entries
from storage.recording.knowing import hashes_of, remember_titles
from storage.recording.settle_one import settle_one
from storage.recording.watch import Tally, Watch


def unmask_wall(db: Database, watch: Watch, wall: Version, tally: Tally, now: datetime) -> None:
    """Remember one more title of the wall's text, and give the articles that hold that text as theirs the feed's text back."""
    remember_titles(db, [(wall.text_hash, wall.title_key)])
    for stored in list_entries(db, find_deceived(_load_holders(db, wall))):
        give_up_page(db, stored.entry_id, UNMASKED)
        settle_one(db, watch, replace(showing_of(stored, make_version(stored.entry, None)), restores=True), now, tally)


def _load_holders(db: Database, wall: Version) -> list[Holder]:
    rows = select_in(
        db,
        """SELECT articles.title, revisions.text,
                  (SELECT min(id) FROM entries WHERE article_id = articles.id) AS entry_id
           FROM revisions JOIN articles ON articles.revision_id = revisions.id
           WHERE revisions.text_hash IN ({marks}) AND revisions.origin = 'page' AND articles.deleted_at IS NULL""",
        hashes_of([wall]),
    )
    return [Holder(row["title"], row["text"], row["entry_id"]) for row in rows]
