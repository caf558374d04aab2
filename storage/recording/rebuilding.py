"""What a new version of the program makes anew of the texts, in small steps while everything else goes on: hashes, index, and samples.

Each step is one operation of the writer: it takes some of the texts, the newest first, and notes in the same transaction how far it got.
A death in between loses nothing but that step. What is done and what is not are told apart by the number of the revision:

- hashes: revisions below `hashes_left_below` have those of an earlier normalisation. A text that arrives is compared under both
  (`hashes_of`).
- index: revisions below `index_left_below` are not in `words`, which holds words of this version only, those of new revisions from the
  first moment on. The index of before is kept as `words_old_…` until the end: it names candidates, and the text decides.
- shingles: `resampling` tells; stories: `placing_old`.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator

from news.fingerprints import NORMALISATION_VERSION, content_hash, normalise_text
from news.rebuilding import RebuildingPart, RebuildingProgress
from news.text import ANALYSIS_VERSION, analyse_article
from storage.file.database import Database
from storage.file.old_shingles import clear_old_shingles
from storage.file.words import clear_old_index, index_now, start_index_over
from storage.recording.knowing import remember_titles
from storage.recording.left_to_rebuild import LEFT_BELOW, get_progress, is_placing, left_below
from storage.recording.placing_old import begin_placing, place_some
from storage.recording.resampling import begin_resampling, resample_some
from storage.recording.state import get_state, remove_state, set_state

STEP_REVISIONS = 100
STEP_CHARACTERS = 400_000
"""Of title and text: some 0.2 s of work, also where articles are long. One text is always taken, however long it is."""


_VERSIONS = {RebuildingPart.HASHES: "normalisation_version", RebuildingPart.INDEX: "analysis_version"}


def index_version() -> str:
    """What the words of the index depend on: the analysis, and the Unicode tables of this Python, which say what a letter is."""
    return f"{ANALYSIS_VERSION} {unicodedata.unidata_version}"


def begin(db: Database) -> None:
    """Note what has to be made anew, if another version of the program made it. Takes no longer for a large archive."""
    _begin(db, RebuildingPart.HASHES, str(NORMALISATION_VERSION))
    if _begin(db, RebuildingPart.INDEX, index_version()):
        start_index_over(db)
    begin_resampling(db)
    begin_placing(db)


def _begin(db: Database, part: RebuildingPart, version: str) -> bool:
    if get_state(db, _VERSIONS[part]) == version:
        return False
    set_state(db, _VERSIONS[part], version)
    newest = db.conn.execute("SELECT max(id) FROM revisions").fetchone()[0]
    if newest is None:
        return False
    set_state(db, LEFT_BELOW[part], str(newest + 1))
    return True


def step(db: Database) -> RebuildingProgress | None:
    """Make a small part anew; returns how far it got, or None when nothing was left to do."""
    for part in (RebuildingPart.HASHES, RebuildingPart.INDEX):
        below = left_below(db, part)
        if below:
            _renew(db, part, below)
            return get_progress(db)
    if below := left_below(db, RebuildingPart.SHINGLES):
        resample_some(db, below)
        return get_progress(db)
    if is_placing(db):
        place_some(db)
        return get_progress(db) or RebuildingProgress(RebuildingPart.STORIES, 100.0)
    if clear_old_index(db) or clear_old_shingles(db):
        return RebuildingProgress(RebuildingPart.OLD_INDEX, 100.0)
    return None


def _renew(db: Database, part: RebuildingPart, below: int) -> None:
    texts = list(_take_texts(db, below))
    # In the order of their numbers: FTS5 writes what it has gathered whenever a number is lower than the one before.
    for revision in reversed(texts):
        if part is RebuildingPart.INDEX:
            index_now(db, revision["id"], analyse_article(revision["title"], revision["text"]))
        else:
            _rehash(db, revision)
    if texts:
        set_state(db, LEFT_BELOW[part], str(texts[-1]["id"]))
    else:
        remove_state(db, LEFT_BELOW[part])


def _take_texts(db: Database, below: int) -> Iterator[sqlite3.Row]:
    """The newest revisions below that number. Of articles past their retention the texts are gone; their hashes stay as they are."""
    rows = db.conn.execute(
        """SELECT revisions.id, revisions.title, text FROM revisions JOIN articles ON articles.id = article_id
           WHERE revisions.id < ? AND deleted_at IS NULL ORDER BY revisions.id DESC LIMIT ?""",
        (below, STEP_REVISIONS),
    )
    characters = 0
    for row in rows:
        yield row
        characters += len(row["title"]) + len(row["text"])
        if characters >= STEP_CHARACTERS:
            return


def _rehash(db: Database, revision: sqlite3.Row) -> None:
    text_hash, length = content_hash(revision["title"], revision["text"])
    db.conn.execute("UPDATE revisions SET text_hash = ?, text_length = ? WHERE id = ?", (text_hash, length, revision["id"]))
    remember_titles(db, [(text_hash, normalise_text(revision["title"]))])
