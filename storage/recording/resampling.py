"""Sampling anew the texts of articles that are in stories, when another version sampled them: in small steps, the newest first.

It alerts nobody. Opening the archive sets the index of shingles aside and begins an empty one, which new articles are put into as they
come: those below `shingles_left_below` are not in it yet, and until they are, no copy of them is found. Each step is one operation, and
notes how far it got with what it wrote: a death in between loses nothing but that step. The index of before is of no use any more, and is
cleared away at the end.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator

from news.rebuilding import RebuildingPart
from news.resampling import Resampled, ShownText, leave_out_common, resample
from news.sampling import SAMPLING_VERSION
from news.text import ANALYSIS_VERSION
from storage.file.database import Database
from storage.file.old_shingles import start_shingles_over
from storage.file.shingles import leave_shingles_waiting, load_holders
from storage.recording.left_to_rebuild import LEFT_BELOW
from storage.recording.state import get_state, remove_state, set_state

STEP_ARTICLES = 100
STEP_CHARACTERS = 400_000
"""Of their texts and those of their originals: some 0.1 s of work. One article is always taken, however long it is."""
_VERSION = "sampling_version"


def sampling_version() -> str:
    """What the samples depend on: which runs of words are taken, and the words, with the Unicode tables that say what a letter is."""
    return f"{ANALYSIS_VERSION} {unicodedata.unidata_version} {SAMPLING_VERSION}"


def begin_resampling(db: Database) -> None:
    """Note which articles are to be sampled anew, if another version sampled any. Takes no longer for a large archive."""
    if get_state(db, _VERSION) == sampling_version():
        return
    set_state(db, _VERSION, sampling_version())
    newest = db.conn.execute("SELECT max(article_id) FROM story_articles").fetchone()[0]
    if newest is None:
        return
    start_shingles_over(db)
    set_state(db, LEFT_BELOW[RebuildingPart.SHINGLES], str(newest + 1))


def resample_some(db: Database, below: int) -> None:
    """Sample some of the articles anew that are left; of those past their retention only the number in their address is known."""
    rows = list(_take_articles(db, below))
    if not rows:
        remove_state(db, LEFT_BELOW[RebuildingPart.SHINGLES])
        return
    articles = [_resample(row) for row in rows]
    holders = load_holders(db, {mark for one in articles for mark in one.marks})
    leave_shingles_waiting(db, leave_out_common(articles, holders))
    counts = [(one.shingles, one.one_in, one.article_id) for one in articles]
    db.conn.executemany("UPDATE story_articles SET shingles = ?, sampled_one_in = ? WHERE article_id = ?", counts)
    set_state(db, LEFT_BELOW[RebuildingPart.SHINGLES], str(rows[-1]["article_id"]))


def _take_articles(db: Database, below: int) -> Iterator[sqlite3.Row]:
    rows = db.conn.execute(
        """SELECT placed.article_id, own.url, own_text.text, original.url AS original_url, original_text.text AS original_text
           FROM story_articles AS placed CROSS JOIN articles AS own ON own.id = placed.article_id
               CROSS JOIN revisions AS own_text ON own_text.id = own.revision_id
               LEFT JOIN articles AS original ON original.id = copy_of
               LEFT JOIN revisions AS original_text ON original_text.id = original.revision_id
           WHERE placed.article_id < ? ORDER BY placed.article_id DESC LIMIT ?""",
        (below, STEP_ARTICLES),
    )
    characters = 0
    for row in rows:
        yield row
        characters += len(row["text"]) + len(row["original_text"] or "")
        if characters >= STEP_CHARACTERS:
            return


def _resample(row: sqlite3.Row) -> Resampled:
    original = None if row["original_url"] is None else ShownText(row["original_url"], row["original_text"])
    return resample(row["article_id"], ShownText(row["url"], row["text"]), original)
