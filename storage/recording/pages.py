"""Recording the fetch of an article page: what it brought, or why not and when it is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.judging import Version, choose_article_url, judge_page_text, make_version, still_same_article, storable
from news.scheduling import next_page_fetch_at, next_page_refresh_at
from news.sources import DuePage, ExtractedPage, PageOutcome, Problem
from news.urls import canonical_url
from storage.file.times import optional_text, to_text
from storage.recording.articles import Settling, article_at, settle, titles_of_text
from storage.recording.entries import StoredEntry, get_entry, urls_of_other_entries
from storage.recording.walls import unmask_wall
from storage.recording.watch import Tally, Watch


def list_due_pages(db: Database, now: datetime, limit: int) -> list[DuePage]:
    """The pages that are due: each source's in turn, and of one source those longest due first.

    A source with thousands must not keep the others out of the list.
    """
    rows = db.conn.execute(
        """WITH chosen AS (
               SELECT entries.id, page_due_at, row_number() OVER (PARTITION BY source_id ORDER BY page_due_at, entries.id) AS turn
               FROM entries JOIN sources ON sources.id = source_id
               WHERE page_state = 'due' AND page_due_at <= ? AND sources.configured = 1
               ORDER BY turn, page_due_at, entries.id LIMIT ?)
           SELECT entries.id, source_id, coalesce(link, url) AS url, page_attempts
           FROM chosen JOIN entries ON entries.id = chosen.id ORDER BY turn, chosen.page_due_at, chosen.id""",
        (to_text(now), limit),
    )
    return [DuePage(row["id"], row["source_id"], row["url"], row["page_attempts"]) for row in rows]


def record_page(db: Database, watch: Watch, outcome: PageOutcome, now: datetime) -> Tally:
    """Write what a fetch of an entry's page brought, and give its article its place."""
    tally = Tally()
    stored = get_entry(db, outcome.entry_id)
    if stored is None or stored.page_state != "due" or outcome.url != (stored.entry.link or stored.url):
        return tally  # deleted meanwhile, or its link changed while the old page was on its way: the new one is due
    outcome = replace(outcome, page=storable(outcome.page) if outcome.page else None)
    version = make_version(stored.entry, outcome.page)
    problem = outcome.problem or _judge_text(db, watch, stored, outcome.page, tally, now)
    if problem is not None:
        _record_failure(db, watch, stored, problem, tally, now)
    else:
        _record_page_text(db, watch, Settling(stored, version, _article_url(db, stored, version, outcome), now), outcome, tally)
    return tally


def _judge_text(db: Database, watch: Watch, stored: StoredEntry, page: ExtractedPage | None, tally: Tally, now: datetime) -> Problem | None:
    version = make_version(stored.entry, page)
    problem = judge_page_text(version, titles_of_text(db, version.text_hash), stored.entry, page)
    if problem is not None:
        unmask_wall(db, watch, version, tally, now)
    return problem


def _record_page_text(db: Database, watch: Watch, settling: Settling, outcome: PageOutcome, tally: Tally) -> None:
    stored, now = settling.stored, settling.now
    again_at = next_page_refresh_at(now, now) if _changed_meanwhile(stored, outcome) else None
    db.conn.execute(
        """UPDATE entries SET page_state = ?, page_due_at = ?, page_attempts = 0, page_fetched_at = ?, page_url = ?,
                              page_error_code = NULL, page_error_message = NULL WHERE id = ?""",
        (
            "due" if again_at else "done",
            optional_text(again_at),
            to_text(now),
            settling.url if settling.url != stored.url else None,
            stored.entry_id,
        ),
    )
    settle(db, watch, settling, tally)


def _changed_meanwhile(stored: StoredEntry, outcome: PageOutcome) -> bool:
    """Whether the entry changed while its page was on its way: what came may be the page before the change."""
    return stored.edited and stored.changed_at > outcome.fetched_at - timedelta(seconds=outcome.seconds)


def _article_url(db: Database, stored: StoredEntry, version: Version, outcome: PageOutcome) -> str:
    canonical = outcome.page.canonical_url if outcome.page else None
    candidates = [canonical_url(url) for url in (outcome.final_url, canonical) if url]
    taken = urls_of_other_entries(db, stored, candidates) | {url for url in candidates if _is_anothers(db, stored, version, url)}
    return choose_article_url(stored.url, outcome.final_url, canonical, taken)


def _is_anothers(db: Database, stored: StoredEntry, version: Version, url: str) -> bool:
    """Whether another article is known at an address: what a site shows for many of its pages (an offer, a section) is none of theirs.

    Of entries of one source that shows in the address alone; a site has several feeds, and there only the words can tell.
    """
    article_id = article_at(db, url)
    if article_id is None or article_id == stored.article_id:
        return False
    title = db.conn.execute("SELECT title FROM articles WHERE id = ?", (article_id,)).fetchone()["title"]
    return not still_same_article(title, version)


def _record_failure(db: Database, watch: Watch, stored: StoredEntry, problem: Problem, tally: Tally, now: datetime) -> None:
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
    version = make_version(stored.entry, _page_at_hand(db, stored))
    settle(db, watch, Settling(stored, version, stored.url, now), tally)


def give_up_page(db: Database, entry_id: int, problem: Problem) -> None:
    """Want the entry's page no more, and say why. Nothing is judged: this is for an entry whose judging fails."""
    db.conn.execute(
        "UPDATE entries SET page_state = 'given_up', page_due_at = NULL, page_error_code = ?, page_error_message = ? WHERE id = ?",
        (problem.code, problem.message, entry_id),
    )


def _page_at_hand(db: Database, stored: StoredEntry) -> ExtractedPage | None:
    """The page text that the entry's article already has: a failed fetch must not lose it, and a changed title must still be judged."""
    if stored.article_id is None:
        return None
    row = db.conn.execute(
        """SELECT revisions.title, revisions.text FROM articles JOIN revisions ON revisions.id = articles.revision_id
           WHERE articles.id = ? AND origin = 'page'""",
        (stored.article_id,),
    ).fetchone()
    return ExtractedPage(title=row["title"], text=row["text"]) if row else None
