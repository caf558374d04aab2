"""Recording the fetch of an article page: what it brought, or why not and when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from news.arriving import KnownEntry, showing_of
from news.concluding import PageStanding, addresses_of_page, conclude_page, conclude_page_failure, is_awaited, page_address
from news.cuts import find_shortfall
from news.judging import judge_page_text, make_version
from news.own_line import LINE_CODES
from news.page_readings import note_page
from news.preparing import page_version
from news.sources import DuePage, ExtractedPage, PageOutcome, Problem
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.entries import load_entry_with_readings, load_others, note_page_url, write_page
from storage.recording.line import load_line
from storage.recording.page_readings import write_page_readings
from storage.recording.settle_one import decide_one, get_ready, settle_one, write_one
from storage.recording.walls import unmask_wall
from storage.recording.watch import Tally, Watch


def list_due_pages(db: Database, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DuePage]:
    """The pages that are due: each source's in turn, and of one source those longest due first; without those of entries in hand.

    A source with thousands must not keep the others out of the list.
    While our own line is down, none is.
    """
    if load_line(db) is not None:
        return []
    rows = db.conn.execute(
        """WITH chosen AS (
               SELECT entries.id, page_due_at, row_number() OVER (PARTITION BY source_id ORDER BY page_due_at, entries.id) AS turn
               FROM entries JOIN sources ON sources.id = source_id
               WHERE page_state = 'due' AND page_due_at <= ? AND sources.configured = 1
                     AND entries.id NOT IN (SELECT value FROM json_each(?))
               ORDER BY turn, page_due_at, entries.id LIMIT ?)
           SELECT entries.id, source_id, coalesce(link, place) AS url, title
           FROM chosen JOIN entries ON entries.id = chosen.id ORDER BY turn, chosen.page_due_at, chosen.id""",
        (to_text(now), json.dumps(list(in_hand)), limit),
    )
    return [DuePage(row["id"], row["source_id"], row["url"], title=row["title"]) for row in rows]


def record_page(db: Database, watch: Watch, outcome: PageOutcome, now: datetime) -> Tally:
    """Write what a fetch of an entry's page brought, and give its article its place."""
    tally = Tally()
    stored, readings = load_entry_with_readings(db, outcome.entry_id)
    if stored is None or not is_awaited(stored, outcome):
        return tally
    problem = _record_awaited(db, watch, stored, outcome, tally, now)
    noted = note_page(readings, outcome, problem, stored.page_attempts, now)
    if noted != readings:
        write_page_readings(db, outcome.source_id, noted)
    return tally


def _record_awaited(db: Database, watch: Watch, stored: KnownEntry, outcome: PageOutcome, tally: Tally, now: datetime) -> Problem | None:
    """Returns why the page's text is no article's, or is none that is taken."""
    if outcome.page is None:
        assert outcome.problem is not None  # one of the two is set
        _record_failure(db, watch, stored, outcome.problem, tally, now)
        return outcome.problem
    version, adopted = page_version(stored.entry, outcome.page), addresses_of_page(stored, outcome)
    held = _page_at_hand(db, stored) if find_shortfall(outcome.page) else None
    showing = replace(showing_of(stored, version), adopted=adopted)
    ready = get_ready(db, watch, showing, now, load_others(db, stored, adopted))
    titles = ready.known.titles_of_text.get(version.text_hash, ())
    problem = judge_page_text(version, titles, stored.entry, outcome.page, held=len(held.text) if held else 0)
    if problem is None:
        standing, decided = conclude_page(stored, outcome, now), decide_one(watch, ready)
        write_page(db, stored.entry_id, standing, now)
        note_page_url(db, stored.entry_id, page_address(stored, outcome))
        write_one(db, watch, decided, tally)
    else:
        unmask_wall(db, watch, version, tally, now)
        _record_failure(db, watch, stored, problem, tally, now)
    return problem


def _record_failure(db: Database, watch: Watch, stored: KnownEntry, problem: Problem, tally: Tally, now: datetime) -> None:
    standing = conclude_page_failure(stored, problem, now)
    if problem.code in LINE_CODES and load_line(db) is not None:
        standing = PageStanding("due", now, stored.page_attempts, problem)  # not its own failure: it is fetched once the line is back
    write_page(db, stored.entry_id, standing, now)
    tally.pages_failed += 1
    settle_one(db, watch, showing_of(stored, make_version(stored.entry, _page_at_hand(db, stored))), now, tally)


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
