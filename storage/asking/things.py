"""What people mean by an id, the beginning of one, an address or a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from news.names import find_name
from news.things import Thing, ThingKind
from news.urls import comparing_url
from storage.file.database import Database
from storage.recording.called import is_called
from storage.recording.ids import MOST_MEANT, find_ids

_LARGEST_NUMBER = 2**63 - 1


def find_things(db: Database, what: str, topics: Collection[str]) -> list[Thing]:
    """What `what` may mean: one thing as a rule, none if it is unknown, several if it is not unique. `topics`: those of the configuration.

    The number of an article counts before names and addresses, and these before ids, of which the beginning is enough.
    """
    wanted = what.strip()
    if numbered := list(_articles_by_number(db, wanted)):
        return numbered
    named = [*_articles_by_address(db, wanted), *_sources(db, wanted), *_topics(db, wanted, topics)]
    return named or find_ids(db, wanted)


def _articles_by_number(db: Database, wanted: str) -> Iterator[Thing]:
    if wanted.isascii() and wanted.isdecimal() and len(wanted) <= len(str(_LARGEST_NUMBER)) and int(wanted) <= _LARGEST_NUMBER:
        for row in db.conn.execute("SELECT id, title FROM articles WHERE id = ?", (int(wanted),)):
            yield Thing(ThingKind.ARTICLE, str(row["id"]), row["title"])


_AT_ADDRESS = """SELECT DISTINCT articles.id, title FROM article_urls JOIN articles ON articles.id = article_urls.article_id
    WHERE (article_urls.url IN (:place, :wanted) OR (article_urls.url > :place || '#' AND article_urls.url < :place || '$'))"""
"""The articles that are known at an address. Those that share one have places of their own there, told apart after a `#`; `$` is next."""
_SHOWN = "EXISTS (SELECT 1 FROM sightings WHERE sightings.article_id = articles.id AND sightings.url = :wanted)"


def _articles_by_address(db: Database, wanted: str) -> Iterator[Thing]:
    """Those shown at exactly this address, else the one known at it in the comparing form."""
    if "://" not in wanted:
        return
    asked = {"wanted": wanted, "place": comparing_url(wanted), "most": MOST_MEANT}
    shown = db.conn.execute(f"{_AT_ADDRESS} AND {_SHOWN} LIMIT :most", asked).fetchall()
    known = "SELECT articles.id, title FROM article_urls JOIN articles ON articles.id = article_id WHERE article_urls.url = :place"
    for row in shown or db.conn.execute(known, asked):
        yield Thing(ThingKind.ARTICLE, str(row["id"]), row["title"])


def _sources(db: Database, wanted: str) -> Iterator[Thing]:
    """Those of the configuration before those that have left it: these are meant only where no other has the name."""
    rows = [row for row in db.conn.execute("SELECT id, url, name, configured FROM sources ORDER BY id") if is_called(row, wanted)]
    configured = [row for row in rows if row["configured"]]
    for row in configured or rows:
        yield Thing(ThingKind.SOURCE, str(row["id"]), row["name"])


def _topics(db: Database, wanted: str, topics: Collection[str]) -> Iterator[Thing]:
    """The one of the configuration, else one that has left it and has told of something."""
    name = find_name(wanted, topics)
    if name is None:
        name = find_name(wanted, [row["topic"] for row in db.conn.execute("SELECT DISTINCT topic FROM alerts WHERE topic <> ''")])
    if name is not None:
        yield Thing(ThingKind.TOPIC, name, name)
