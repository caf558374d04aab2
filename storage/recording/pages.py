"""Recording the fetch of an article page: what it brought, or why not and when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.adopting import adopted_addresses
from news.arriving import KnownEntry, showing_of
from news.judging import Version, judge_page_text, make_version
from news.preparing import page_version
from news.scheduling import next_page_fetch_at, next_page_refresh_at
from news.sources import DuePage, ExtractedPage, PageOutcome, Problem
from news.urls import comparing_url
from storage.file.times import optional_text, to_text
from storage.recording.entries import list_entries, load_others
from storage.recording.knowing import hashes_of, load_titles
from storage.recording.settle_one import settle_one
from storage.recording.walls import unmask_wall
from storage.recording.watch import Tally, Watch


def list_due_pages(db: Database, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DuePage]:
    """The pages that are due: each source's in turn, and of one source those longest due first; without those of entries in hand.

    A source with thousands must not keep the others out of the list.
    """
    rows = db.conn.execute(
        """WITH chosen AS (
               SELECT entries.id, page_due_at, row_number() OVER (PARTITION BY source_id ORDER BY page_due_at, entries.id) AS turn
               FROM entries JOIN sources ON sources.id = source_id
               WHERE page_state = 'due' AND page_due_at <= ? AND sources.configured = 1
                     AND entries.id NOT IN (SELECT value FROM json_each(?))
               ORDER BY turn, page_due_at, entries.id LIMIT ?)
           SELECT entries.id, source_id, coalesce(link, place) AS url
           FROM chosen JOIN entries ON entries.id = chosen.id ORDER BY turn, chosen.page_due_at, chosen.id""",
        (to_text(now), json.dumps(list(in_hand)), limit),
    )
    return [DuePage(row["id"], row["source_id"], row["url"]) for row in rows]


def record_page(db: Database, watch: Watch, outcome: PageOutcome, now: datetime) -> Tally:
    """Write what a fetch of an entry's page brought, and give its article its place."""
    tally = Tally()
    stored = next(iter(list_entries(db, [outcome.entry_id])), None)
    if stored is None or stored.page_state != "due" or outcome.url != (stored.entry.link or stored.place):
        return tally  # deleted meanwhile, or its link changed while the old page was on its way: the new one is due
    if outcome.page is None:
        assert outcome.problem is not None  # one of the two is set
        _record_failure(db, watch, stored, outcome.problem, tally, now)
        return tally
    version = page_version(stored.entry, outcome.page)
    problem = _judge_text(db, watch, (stored, version, outcome.page), tally, now)
    if problem is not None:
        _record_failure(db, watch, stored, problem, tally, now)
        return tally
    _note_page(db, stored, outcome, now)
    adopted = _adopted(stored, outcome)
    others = load_others(db, stored, adopted)
    settle_one(db, watch, replace(showing_of(stored, version), adopted=adopted), now, tally, others)
    return tally


def _judge_text(db: Database, watch: Watch, read: tuple[KnownEntry, Version, ExtractedPage], tally: Tally, now: datetime) -> Problem | None:
    stored, version, page = read
    titles = load_titles(db, hashes_of([version])).get(version.text_hash, set())
    problem = judge_page_text(version, titles, stored.entry, page)
    if problem is not None:
        unmask_wall(db, watch, version, tally, now)
    return problem


def _note_page(db: Database, stored: KnownEntry, outcome: PageOutcome, now: datetime) -> None:
    again_at = next_page_refresh_at(now, now) if _changed_meanwhile(stored, outcome) else None
    adopted = _adopted(stored, outcome)
    db.conn.execute(
        """UPDATE entries SET page_state = ?, page_due_at = ?, page_attempts = 0, page_fetched_at = ?, page_url = ?,
                              page_error_code = NULL, page_error_message = NULL WHERE id = ?""",
        ("due" if again_at else "done", optional_text(again_at), to_text(now), adopted[-1] if adopted else None, stored.entry_id),
    )


def _adopted(stored: KnownEntry, outcome: PageOutcome) -> tuple[str, ...]:
    canonical = outcome.page.canonical_url if outcome.page else None
    final, named = (comparing_url(url) if url else None for url in (outcome.final_url, canonical))
    return adopted_addresses(stored.place, final, named)


def _changed_meanwhile(stored: KnownEntry, outcome: PageOutcome) -> bool:
    """Whether the entry changed while its page was on its way: what came may be the page before the change."""
    return stored.edited and stored.changed_at > outcome.fetched_at - timedelta(seconds=outcome.seconds)


def _record_failure(db: Database, watch: Watch, stored: KnownEntry, problem: Problem, tally: Tally, now: datetime) -> None:
    attempts = stored.page_attempts + 1
    again_at = next_page_fetch_at(now, attempts, problem.code, problem.retry_after)
    db.conn.execute(
        """UPDATE entries SET page_state = ?, page_due_at = ?, page_attempts = ?, page_fetched_at = ?, page_error_code = ?,
                              page_error_message = ? WHERE id = ?""",
        (
            "due" if again_at else "given_up",
            optional_text(again_at),
            attempts,
            to_text(now),
            problem.code,
            problem.message,
            stored.entry_id,
        ),
    )
    tally.pages_failed += 1
    settle_one(db, watch, showing_of(stored, make_version(stored.entry, _page_at_hand(db, stored))), now, tally)


def give_up_page(db: Database, entry_id: int, problem: Problem) -> None:
    """Want the entry's page no more, and say why. Nothing is judged: this is for an entry whose judging fails."""
    db.conn.execute(
        "UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = ?, page_error_message = ? WHERE id = ?",
        (problem.code, problem.message, entry_id),
    )


def _page_at_hand(db: Database, stored: KnownEntry) -> ExtractedPage | None:
    """The page text that the entry's source gave its article: a failed fetch must not lose it, and a changed title must still be judged.

    None if the entry's link leads elsewhere now: the text of the page before would make the two one article.
    """
    if stored.article_id is None:
        return None
    row = db.conn.execute(
        """SELECT revisions.title, revisions.text FROM articles JOIN revisions ON revisions.id = articles.revision_id
           WHERE articles.id = :article AND origin = 'page' AND revisions.source_id = :source
             AND EXISTS (SELECT 1 FROM article_urls WHERE url = :place AND article_id = articles.id)""",
        {"article": stored.article_id, "source": stored.source_id, "place": stored.place},
    ).fetchone()
    return ExtractedPage(title=row["title"], text=row["text"]) if row else None
