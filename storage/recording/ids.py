"""Finding alerts and deliveries by their ids, of which people type the first letters."""

from __future__ import annotations

from news.things import Thing, ThingKind
from storage.file.database import Database

FEWEST_LETTERS = 4
"""Of an id's beginning: fewer say little, and are likely to be a word."""
MOST_MEANT = 10
"""Things that are told of where a beginning is not unique."""
_AFTER_EVERY_LETTER = "{"
"""Sorts after all that an id is made of (`news.fingerprints.derived_id`)."""
_OF_MESSAGES = """SELECT min(deliveries.id) AS id, deliveries.channel FROM messages JOIN deliveries ON message_id = messages.id
    WHERE messages.id BETWEEN :first AND :last AND messages.id NOT IN (SELECT id FROM deliveries) GROUP BY messages.id"""


def find_ids(db: Database, wanted: str) -> list[Thing]:
    """The alerts and deliveries that an id, or the beginning of one, may mean; a whole id means itself alone.

    The id of a message that tells several alerts means the first of its deliveries.
    """
    if exact := _find_between(db, wanted, wanted):
        return exact[:1]
    beginning = wanted.lower()
    if len(beginning) < FEWEST_LETTERS or not (beginning.isascii() and beginning.isalnum()):
        return []
    return _find_between(db, beginning, beginning + _AFTER_EVERY_LETTER)


def _find_between(db: Database, first: str, last: str) -> list[Thing]:
    """Those whose ids lie between two texts, both included."""
    bounds = {"first": first, "last": last, "most": MOST_MEANT}
    alerts = db.conn.execute("SELECT id, topic FROM alerts WHERE id BETWEEN :first AND :last LIMIT :most", bounds)
    found = [Thing(ThingKind.ALERT, row["id"], row["topic"]) for row in alerts]
    for sql in ("SELECT id, channel FROM deliveries WHERE id BETWEEN :first AND :last", _OF_MESSAGES):
        rows = db.conn.execute(f"{sql} LIMIT :most", bounds)
        found += [Thing(ThingKind.DELIVERY, row["id"], row["channel"]) for row in rows]
    return found
