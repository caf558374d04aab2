"""The entries table: what each source said, under which key, and where its page stands."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from news.adopting import OtherEntries, OtherEntry
from news.arriving import Arrival, KnownEntry
from news.concluding import PageStanding
from news.keys import Held
from news.page_readings import PageReadings
from news.settling import Settled
from news.sources import FeedEntry, PreparedEntry, Problem
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.page_readings import page_readings

_SAID = ("link", "place", "title", "summary", "content", "author", "language", "categories", "published_at", "updated_at", "fingerprint")
_COLUMNS = (
    "id",
    "source_id",
    "key",
    *_SAID,
    "silent",
    "first_seen_at",
    "changed_at",
    "page_state",
    "page_due_at",
    "article_id",
    "own_hash",
    "says_hash",
    "spoken_revision_id",
)


def _known_entry(row: sqlite3.Row) -> KnownEntry:
    entry = FeedEntry(
        guid=None,
        link=row["link"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        author=row["author"],
        published_at=optional_time(row["published_at"]),
        updated_at=optional_time(row["updated_at"]),
        language=row["language"],
        categories=tuple(json.loads(row["categories"])),
    )
    return KnownEntry(
        entry_id=row["id"],
        source_id=row["source_id"],
        key=row["key"],
        place=row["place"],
        entry=entry,
        fingerprint=row["fingerprint"],
        silent=bool(row["silent"]),
        edited=bool(row["edited"]),
        changed_at=from_text(row["changed_at"]),
        article_id=row["article_id"],
        own_hash=row["own_hash"],
        says_hash=row["says_hash"],
        page_state=row["page_state"],
        page_attempts=row["page_attempts"],
        page_fetched_at=optional_time(row["page_fetched_at"]),
    )


def list_entries(db: Database, ids: Iterable[int]) -> list[KnownEntry]:
    """The entries of these ids that are on record."""
    return [_known_entry(row) for row in select_in(db, "SELECT * FROM entries WHERE id IN ({marks}) ORDER BY id", ids)]


def load_entry_with_readings(db: Database, entry_id: int) -> tuple[KnownEntry | None, PageReadings]:
    """The entry of that id, if it is on record, and how the last pages of its source were read."""
    row = db.conn.execute(
        """SELECT entries.*, page_marks, pages_failing_since, pages_were_read
           FROM entries JOIN sources ON sources.id = source_id WHERE entries.id = ?""",
        (entry_id,),
    ).fetchone()
    return (None, PageReadings()) if row is None else (_known_entry(row), page_readings(row))


def list_held(db: Database, source_id: int, keys: Iterable[str]) -> dict[str, Held]:
    """The entries of the source that are known under these keys."""
    rows = select_in(db, "SELECT id, key, fingerprint FROM entries WHERE source_id = ? AND key IN ({marks})", keys, source_id)
    return {row["key"]: Held(row["id"], row["fingerprint"]) for row in rows}


def list_held_by_link(db: Database, source_id: int, places: Iterable[str]) -> dict[str, Held]:
    """The newest entry of the source at each of these places, if it was named by its link."""
    rows = select_in(
        db,
        "SELECT id, place, fingerprint FROM entries WHERE source_id = ? AND place IN ({marks}) AND key LIKE 'link:%' ORDER BY id",
        places,
        source_id,
    )
    return {row["place"]: Held(row["id"], row["fingerprint"]) for row in rows}


def next_entry_id(db: Database) -> int:
    """The id of the next entry: one program writes an archive, and entries are never deleted."""
    return int(db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM entries").fetchone()[0])


def rename_keys(db: Database, renamed: Iterable[tuple[int, str]]) -> None:
    """Give entries that are known under a key of an older version the one they have now."""
    for entry_id, key in renamed:
        db.conn.execute("UPDATE entries SET key = ? WHERE id = ?", (key, entry_id))


def write_arrivals(db: Database, source_id: int, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Store what new entries say, and what changed ones say now, with what was decided about them."""
    moment = to_text(now)
    rows = [_new_row(source_id, one, moment) for one in arrivals if one.is_new]
    insert_rows(db, "entries", _COLUMNS, rows)
    for one in arrivals:
        if not one.is_new:
            _write_change(db, one, moment)


def _new_row(source_id: int, one: Arrival, moment: str) -> tuple[Any, ...]:
    due = optional_text(one.page_due_at)
    page = ("none" if due is None else "due", due)
    return (
        one.entry_id,
        source_id,
        one.arrived.key,
        *_saying(one.arrived, one.place.own),
        one.silent,
        moment,
        moment,
        *page,
        *_shown(one.settled[-1] if one.settled else None),
    )


def _saying(arrived: PreparedEntry, place: str) -> tuple[Any, ...]:
    """What an entry says, in the order of `_SAID`."""
    entry = arrived.entry
    return (
        entry.link,
        place,
        entry.title,
        entry.summary,
        entry.content,
        entry.author,
        entry.language,
        json.dumps(entry.categories, ensure_ascii=False),
        optional_text(entry.published_at),
        optional_text(entry.updated_at),
        arrived.fingerprints[0],
    )


def _shown(settled: Settled | None) -> tuple[Any, ...]:
    """Article, hash of the text it gave, hash of what it says, and the version that holds that."""
    if settled is None:
        return (None, None, None, None)
    showing = settled.showing
    own_hash = showing.version.own_hash if showing.version else showing.own_hash
    return (settled.article_id, own_hash, showing.saying.own_hash, settled.spoken_revision_id)


def _write_change(db: Database, one: Arrival, moment: str) -> None:
    columns = ", ".join(f"{column} = ?" for column in _SAID)
    db.conn.execute(
        f"UPDATE entries SET {columns}, edited = 1, changed_at = ? WHERE id = ?",  # noqa: S608  # literals of this file
        (*_saying(one.arrived, one.place.own), moment, one.entry_id),
    )
    if one.page_due_at is not None:
        want_page(db, one.entry_id, one.page_due_at)
    if one.settled:
        note_settled(db, one.settled[-1])
    if one.is_another and one.page_due_at is not None:
        _forget_article(db, one.entry_id)


def _forget_article(db: Database, entry_id: int) -> None:
    """Let the page that is awaited be judged as that of a new entry: what it showed before, be it in silence, was another article."""
    db.conn.execute(
        """UPDATE entries SET article_id = NULL, own_hash = NULL, says_hash = NULL, spoken_revision_id = NULL, silent = 0
           WHERE id = ?""",
        (entry_id,),
    )


def note_settled(db: Database, settled: Settled) -> None:
    """Remember which article an entry that is on record shows, and in which words."""
    db.conn.execute(
        "UPDATE entries SET article_id = ?, own_hash = ?, says_hash = ?, spoken_revision_id = ? WHERE id = ?",
        (*_shown(settled), settled.showing.entry_id),
    )


def want_page(db: Database, entry_id: int, due_at: datetime) -> None:
    """Want the entry's page at `due_at`; earlier failures are forgotten."""
    db.conn.execute(
        "UPDATE entries SET page_state = 'due', page_due_at = ?, page_attempts = 0 WHERE id = ?",
        (to_text(due_at), entry_id),
    )


def write_page(db: Database, entry_id: int, standing: PageStanding, fetched_at: datetime) -> None:
    """Remember where the entry's page stands after a fetch."""
    problem = standing.problem
    db.conn.execute(
        """UPDATE entries SET page_state = ?, page_due_at = ?, page_attempts = ?, page_fetched_at = ?, page_error_code = ?,
                              page_error_message = ? WHERE id = ?""",
        (
            standing.state,
            optional_text(standing.due_at),
            standing.attempts,
            to_text(fetched_at),
            problem.code if problem else None,
            problem.message if problem else None,
            entry_id,
        ),
    )


def note_page_url(db: Database, entry_id: int, address: str | None) -> None:
    """Remember at which address (comparing form) an entry's page was found, where that is not its own link."""
    db.conn.execute("UPDATE entries SET page_url = ? WHERE id = ? AND page_url IS NOT ?", (address, entry_id, address))


def give_up_page(db: Database, entry_id: int, problem: Problem) -> None:
    """Want the entry's page no more, and say why. Nothing is judged here."""
    db.conn.execute(
        "UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = ?, page_error_message = ? WHERE id = ?",
        (problem.code, problem.message, entry_id),
    )


def list_shared_links(db: Database, source_id: int, links: Iterable[str]) -> set[str]:
    """Those of the links (comparing forms) at which entries of the source have places of their own."""
    rows = db.conn.execute(
        """SELECT value FROM json_each(?) WHERE EXISTS (
               SELECT 1 FROM entries WHERE source_id = ? AND place > value || '#' AND place < value || '$')""",  # '$' comes after '#'
        (json.dumps(sorted(links)), source_id),
    )
    return {row["value"] for row in rows}


def load_others(db: Database, stored: KnownEntry, addresses: Iterable[str]) -> OtherEntries:
    """What its source has beside an entry: at these addresses, and under its title."""
    at = _list_others(db, stored, addresses)
    if not at:
        return OtherEntries()
    row = db.conn.execute(
        "SELECT count(DISTINCT place) FROM entries WHERE source_id = ? AND place <> ? AND title = ?",
        (stored.source_id, stored.place, stored.entry.title),
    ).fetchone()
    return OtherEntries(at, int(row[0]))


def _list_others(db: Database, stored: KnownEntry, addresses: Iterable[str]) -> dict[str, list[OtherEntry]]:
    """By address: the other entries of the source that have it, as their link or as where their page was found.

    A site that has thousands of entries at one address has shown enough with a few.
    """
    rows = db.conn.execute(
        """SELECT place AS address, title, article_id FROM entries
           WHERE source_id = :source AND id <> :entry AND place IN (SELECT value FROM json_each(:given))
           UNION SELECT page_url, title, article_id FROM entries
           WHERE source_id = :source AND id <> :entry AND page_url IN (SELECT value FROM json_each(:given)) LIMIT 100""",
        {"source": stored.source_id, "entry": stored.entry_id, "given": json.dumps(sorted(addresses))},
    )
    others: dict[str, list[OtherEntry]] = defaultdict(list)
    for row in rows:
        others[row["address"]].append(OtherEntry(row["title"] or "", row["article_id"]))
    return others
