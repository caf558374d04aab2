"""How far the rebuilding has come: what of the texts a new version of the program has still to make anew."""

from __future__ import annotations

from news.rebuilding import RebuildingPart, RebuildingProgress
from storage.file.database import Database
from storage.file.old_shingles import list_old_shingles
from storage.file.words import list_old_indexes
from storage.recording.state import get_state

LEFT_BELOW = {
    RebuildingPart.HASHES: "hashes_left_below",
    RebuildingPart.INDEX: "index_left_below",
    RebuildingPart.SHINGLES: "shingles_left_below",
}
"""The names under which the archive notes, of each part, the number below which revisions, of shingles articles, are not yet made anew."""
_OF_REVISIONS = "SELECT min(id), max(id) FROM revisions"
_NUMBERS = {
    RebuildingPart.HASHES: _OF_REVISIONS,
    RebuildingPart.INDEX: _OF_REVISIONS,
    RebuildingPart.SHINGLES: "SELECT min(article_id), max(article_id) FROM story_articles",
}
"""How the lowest and the highest of these numbers are asked for."""

STORIES_DONE, STORIES_UNTIL = "stories_done", "stories_until"
"""The article up to which those are in stories that were archived before stories were known, and the last of them."""


def left_below(db: Database, part: RebuildingPart) -> int:
    """The number below which revisions, of shingles articles, are not yet made anew; 0 when all are."""
    return int(get_state(db, LEFT_BELOW[part]) or 0)


def get_progress(db: Database) -> RebuildingProgress | None:
    """How far the rebuilding has come; None when there is none."""
    for part in LEFT_BELOW:
        below = left_below(db, part)
        if below:
            oldest, newest = db.conn.execute(_NUMBERS[part]).fetchone()
            return RebuildingProgress(part, round(100.0 * (newest + 1 - below) / (newest + 1 - oldest), 1))
    until = get_state(db, STORIES_UNTIL)
    if until is not None:
        return RebuildingProgress(RebuildingPart.STORIES, round(100.0 * int(get_state(db, STORIES_DONE) or 0) / int(until), 1))
    return RebuildingProgress(RebuildingPart.OLD_INDEX, 100.0) if list_old_indexes(db) or list_old_shingles(db) else None


def is_placing(db: Database) -> bool:
    """Whether there are articles that are still to be placed in stories."""
    return get_state(db, STORIES_UNTIL) is not None
