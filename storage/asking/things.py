"""What people mean by an id, the beginning of one, an address or a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlite_utils import Database

from news.names import find_name
from news.one_thing import Thing, ThingKind
from news.urls import comparing_url
from storage.recording.sources import is_called

FEWEST_LETTERS = 4
"""Of an id's beginning: fewer say little, and are likely to be a word."""
MOST_MEANT = 10
"""Things of one kind that are told of where a beginning is not unique."""
_AFTER_EVERY_ID = "{"
"""Sorts after every letter that an id has (`news.fingerprints.derived_id`)."""


def find_things(db: Database, what: str, topics: Collection[str]) -> list[Thing]:
    """What `what` may mean: one thing as a rule, none if it is unknown, several if it is not unique. `topics`: those of the configuration.

    What is exact counts before what is only the beginning of an id: an article by its number, then a whole id.
    """
    wanted = what.strip()
    if exact := [*_articles_by_number(db, wanted), *_by_id(db, wanted, wanted)]:
        return exact[:1]
    named = [*_articles_by_address(db, wanted), *_sources(db, wanted), *_topics(db, wanted, topics)]
    return named or list(_by_beginning(db, wanted))


def _articles_by_number(db: Database, wanted: str) -> Iterator[Thing]:
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:  # more is no number that SQLite has
        for row in db.conn.execute("SELECT id, title FROM articles WHERE id = ?", (int(wanted),)):
            yield Thing(ThingKind.ARTICLE, str(row["id"]), row["title"])


def _articles_by_address(db: Database, wanted: str) -> Iterator[Thing]:
    if "://" not in wanted:
        return
    rows = db.conn.execute(
        "SELECT articles.id, title FROM article_urls JOIN articles ON articles.id = article_id WHERE article_urls.url = ?",
        (comparing_url(wanted),),
    ).fetchall()
    if not rows:  # of several entries that share an address in the comparing form, each shows its own
        rows = db.conn.execute(
            "SELECT DISTINCT articles.id, title FROM sightings JOIN articles ON articles.id = article_id WHERE sightings.url = ? LIMIT ?",
            (wanted, MOST_MEANT),
        ).fetchall()
    for row in rows:
        yield Thing(ThingKind.ARTICLE, str(row["id"]), row["title"])


def _sources(db: Database, wanted: str) -> Iterator[Thing]:
    """Those of the configuration before those that have left it: these are meant only where no other has the name."""
    rows = [row for row in db.conn.execute("SELECT id, url, name, configured FROM sources ORDER BY id") if is_called(row, wanted)]
    configured = [row for row in rows if row["configured"]]
    for row in configured or rows:
        yield Thing(ThingKind.SOURCE, str(row["id"]), row["name"])


def _topics(db: Database, wanted: str, topics: Collection[str]) -> Iterator[Thing]:
    name = find_name(wanted, topics)
    if name is None:
        former = [row["topic"] for row in db.conn.execute("SELECT DISTINCT topic FROM alerts")]
        name = find_name(wanted, former)
    if name is not None:
        yield Thing(ThingKind.TOPIC, name, name)


def _by_beginning(db: Database, wanted: str) -> Iterator[Thing]:
    beginning = wanted.lower()
    if len(beginning) >= FEWEST_LETTERS and beginning.isascii() and beginning.isalnum():
        yield from _by_id(db, beginning, beginning + _AFTER_EVERY_ID)


def _by_id(db: Database, first: str, last: str) -> Iterator[Thing]:
    """Alerts and deliveries whose ids lie between two texts, both included; a message that is no delivery's own means what it tells."""
    rows = db.conn.execute("SELECT id, topic FROM alerts WHERE id BETWEEN ? AND ? LIMIT ?", (first, last, MOST_MEANT))
    yield from (Thing(ThingKind.ALERT, row["id"], row["topic"]) for row in rows)
    rows = db.conn.execute("SELECT id, channel FROM deliveries WHERE id BETWEEN ? AND ? LIMIT ?", (first, last, MOST_MEANT))
    yield from (Thing(ThingKind.DELIVERY, row["id"], row["channel"]) for row in rows)
    rows = db.conn.execute(
        """SELECT min(deliveries.id) AS id, deliveries.channel FROM messages JOIN deliveries ON message_id = messages.id
           WHERE messages.id BETWEEN ? AND ? AND messages.id NOT IN (SELECT id FROM deliveries) GROUP BY messages.id LIMIT ?""",
        (first, last, MOST_MEANT),
    )
    yield from (Thing(ThingKind.DELIVERY, row["id"], row["channel"]) for row in rows)


def find_deliveries(db: Database, wanted: str) -> list[Thing]:
    """The alerts and deliveries that an id or the beginning of one may mean."""
    if exact := list(_by_id(db, wanted, wanted)):
        return exact[:1]
    return list(_by_beginning(db, wanted))
