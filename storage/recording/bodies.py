"""Recording the entries of a body, be it of a feed that was polled or of an archive that fills a gap: load, have it decided, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from news.arriving import (
    Arrival,
    Body,
    Sifted,
    all_to_be_known,
    decide_arrivals,
    keys_of,
    links_unknown,
    may_be_new,
    showings_of,
    sift,
)
from news.comparing import Shown
from news.places import places_of
from news.showings import Showing
from news.source_specs import ArticlesMode
from news.sources import DuePage, PreparedEntry
from storage.file.database import Database
from storage.recording.articles import decide_what_follows, write_articles, write_settled
from storage.recording.beforehand import load_beforehand
from storage.recording.entries import (
    list_entries,
    list_held,
    list_held_by_link,
    list_shared_links,
    next_entry_id,
    rename_keys,
    write_arrivals,
)
from storage.recording.knowing import load_known
from storage.recording.stories import MOST_AT_ONCE
from storage.recording.watch import Tally, Watch


@dataclass(frozen=True, slots=True)
class Receiving:
    """Whose entries come in, from where, and when that is written."""

    source_id: int
    url: str
    """Where the body was found: entries without a link stand there."""
    mode: ArticlesMode
    silence: tuple[bool, datetime | None]
    """As `judge_silence` tells it."""
    now: datetime


def sift_entries(db: Database, source_id: int, arrived: Sequence[PreparedEntry]) -> Sifted:
    """Which of the entries are on record; those known under a key of an older version get the one they have now."""
    by_key = list_held(db, source_id, keys_of(arrived))
    sifted = sift(arrived, by_key, list_held_by_link(db, source_id, links_unknown(arrived, by_key)))
    rename_keys(db, sifted.renamed)
    return sifted


def load_body(db: Database, receiving: Receiving, arrived: Sequence[PreparedEntry], sifted: Sifted) -> Body:
    """All that decides what becomes of the entries that arrived, sifted as they are."""
    shared = list_shared_links(db, receiving.source_id, {one.address for one in arrived if one.address})
    silent, silent_before = receiving.silence
    return Body(
        source_id=receiving.source_id,
        arrived=sifted.telling,
        known={sifted.changed[entry.entry_id]: entry for entry in list_entries(db, sifted.changed)},
        places=places_of(arrived, receiving.url, shared),
        mode=receiving.mode,
        silent=silent,
        silent_before=silent_before,
        formerly_known=sifted.old,
        next_entry_id=next_entry_id(db),
        now=receiving.now,
    )


def write_body(db: Database, watch: Watch, body: Body, tally: Tally) -> list[Arrival]:
    """Decide and write what becomes of the entries; returns it, of those that are new or say something else than before.

    Of more entries than can be placed at once, each portion is decided and written like a body of its own.
    """
    showings, arrivals = showings_of(body), []
    for start in range(0, len(showings), MOST_AT_ONCE):
        arrivals += _write_portion(db, watch, body, showings[start : start + MOST_AT_ONCE], tally)
    for one in arrivals:
        tally.entries_new += one.is_new
        if one.is_new:
            tally.published.append(one.arrived.entry.published_at)
        tally.entries_silent += one.is_new and one.silent and not watch.digest_first_poll
        if one.page_due_at is not None and one.page_due_at <= body.now:
            entry = one.arrived.entry
            tally.pages.append(DuePage(one.entry_id, body.source_id, entry.link or one.place.own, title=entry.title))
    return arrivals


def _write_portion(
    db: Database, watch: Watch, body: Body, showings: Sequence[tuple[PreparedEntry, Sequence[Showing]]], tally: Tally
) -> list[Arrival]:
    asked = all_to_be_known(body, showings)
    known = load_known(db, asked)
    before = load_beforehand(db, watch, known, asked, may_be_new(body, showings, known), body.now)
    arrivals, decided = decide_arrivals(body, showings, known)
    writing = decide_what_follows(watch, before, decided, _shown_by(arrivals))
    write_articles(db, writing)
    write_arrivals(db, body.source_id, arrivals, body.now)
    write_settled(db, watch, writing, tally)
    return arrivals


def _shown_by(arrivals: Sequence[Arrival]) -> Shown:
    """What these entries are on record as from now on."""
    categories = {one.entry_id: one.arrived.entry.categories for one in arrivals}
    return Shown(categories, {one.entry_id for one in arrivals if one.is_another and one.page_due_at is not None})
