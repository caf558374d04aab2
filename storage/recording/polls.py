"""Recording a poll: the entries it brought, and only together with them the validators that vouch for them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.judging import (
    EntryNews,
    IdentifiedEntry,
    entry_url,
    identify_entries,
    judge_entry,
    judge_gap,
    make_version,
    storable_text,
    wants_page,
)
from news.scheduling import PollTiming, next_page_refresh_at, next_poll_at
from news.sources import ArticlesMode, DuePage, PollKind, PollOutcome
from storage.file.times import optional_time, to_text
from storage.recording.articles import Settling, article_at, has_page_text, settle
from storage.recording.entries import StoredEntry, get_entry, get_fingerprints, insert_entry, mark_page_due, update_entry
from storage.recording.watch import Tally, Watch

LONGEST_BELIEF = timedelta(days=1)
"""How long a server is believed that nothing changed, before its feed is read again whatever it says."""


@dataclass(frozen=True, slots=True)
class _Poll:
    """A poll on its way into the archive: the source as it was before, and the time of writing."""

    source: sqlite3.Row
    outcome: PollOutcome
    now: datetime

    @property
    def is_first_read(self) -> bool:
        """Whether the source's entries were never read before."""
        return self.source["first_read_at"] is None


def record_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write what a poll brought: its log line, its entries and what follows from them, and the source's new state."""
    tally = Tally()
    source = db.conn.execute("SELECT * FROM sources WHERE id = ?", (outcome.source_id,)).fetchone()
    if source is None:
        return tally
    poll = _Poll(source, outcome, now)
    changed = _record_entries(db, watch, poll, tally) if outcome.feed is not None else 0
    _log_poll(db, poll, tally, changed)
    _update_source(db, watch, poll)
    return tally


def _record_entries(db: Database, watch: Watch, poll: _Poll, tally: Tally) -> int:
    assert poll.outcome.feed is not None  # the caller asked
    arrived = identify_entries(poll.outcome.feed.entries)
    known = get_fingerprints(db, poll.outcome.source_id, [one.key for one in arrived])
    tally.entries_seen = len(arrived)
    tally.gap = judge_gap(len(arrived), len(known), had_entries=_has_entries(db, poll.outcome.source_id))
    changed = 0
    # Feeds list the newest first; the archive keeps the order of publication.
    for one in reversed(arrived):
        entry_id, old_fingerprint = known.get(one.key, (None, None))
        news = judge_entry(old_fingerprint, one)
        if news is EntryNews.NEW:
            _record_new(db, watch, poll, one, tally)
        elif news is EntryNews.CHANGED and entry_id is not None:
            changed += 1
            _record_changed(db, watch, poll, _update(db, poll, entry_id, one), tally)
    return changed


def _has_entries(db: Database, source_id: int) -> bool:
    return db.conn.execute("SELECT 1 FROM entries WHERE source_id = ? LIMIT 1", (source_id,)).fetchone() is not None


def _record_new(db: Database, watch: Watch, poll: _Poll, arrived: IdentifiedEntry, tally: Tally) -> None:
    silent = poll.is_first_read and watch.silent_first_poll
    entry_id = insert_entry(db, poll.outcome.source_id, arrived, _url_of(arrived, poll), silent=silent, now=poll.now)
    tally.entries_new += 1
    tally.entries_silent += silent
    stored = get_entry(db, entry_id)
    assert stored is not None  # just inserted
    if wants_page(_mode(poll), arrived.entry) and not _is_page_known(db, stored):
        _want_page(db, stored, poll.now, poll.now, tally)
    else:
        _settle_with_feed(db, watch, stored, poll.now, tally)


def _is_page_known(db: Database, stored: StoredEntry) -> bool:
    """Whether another source's entry already brought the page at this entry's address; a feed's few words are not the page.

    The same source showing the same address under a new guid is how sites announce an update: then the page is fetched again.
    """
    article_id = article_at(db, stored.url)
    if article_id is None:
        return False
    own = db.conn.execute("SELECT 1 FROM entries WHERE article_id = ? AND source_id = ? LIMIT 1", (article_id, stored.source_id)).fetchone()
    return own is None and has_page_text(db, article_id)


def _update(db: Database, poll: _Poll, entry_id: int, arrived: IdentifiedEntry) -> StoredEntry:
    update_entry(db, entry_id, arrived, _url_of(arrived, poll), poll.now)
    stored = get_entry(db, entry_id)
    assert stored is not None  # just updated
    return stored


def _url_of(arrived: IdentifiedEntry, poll: _Poll) -> str:
    return entry_url(arrived.entry, arrived.key, poll.outcome.final_url or poll.outcome.url)


def _record_changed(db: Database, watch: Watch, poll: _Poll, stored: StoredEntry, tally: Tally) -> None:
    if wants_page(_mode(poll), stored.entry):
        _want_page(db, stored, next_page_refresh_at(poll.now, stored.page_fetched_at), poll.now, tally)
    else:
        _settle_with_feed(db, watch, stored, poll.now, tally)


def _want_page(db: Database, stored: StoredEntry, due_at: datetime, now: datetime, tally: Tally) -> None:
    mark_page_due(db, stored.entry_id, due_at)
    if due_at <= now:
        tally.pages.append(DuePage(stored.entry_id, stored.source_id, stored.entry.link or stored.url))


def _settle_with_feed(db: Database, watch: Watch, stored: StoredEntry, now: datetime, tally: Tally) -> None:
    settle(db, watch, Settling(stored, make_version(stored.entry, None), stored.url, now), tally)


def _mode(poll: _Poll) -> ArticlesMode:
    return ArticlesMode(poll.source["articles_mode"])


def _log_poll(db: Database, poll: _Poll, tally: Tally, changed: int) -> None:
    outcome = poll.outcome
    problem = outcome.problem or (outcome.feed.problem if outcome.feed else None) or tally.gap
    db.conn.execute(
        """INSERT INTO polls (source_id, polled_at, seconds, kind, http_status, body_bytes, entries_seen, entries_new, entries_changed,
                              error_code, error_message)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            outcome.source_id,
            to_text(outcome.polled_at),
            outcome.seconds,
            outcome.kind,
            outcome.http_status,
            outcome.body_bytes,
            tally.entries_seen,
            tally.entries_new,
            changed,
            problem.code if problem else None,
            problem.message if problem else None,
        ),
    )


def _update_source(db: Database, watch: Watch, poll: _Poll) -> None:
    outcome = poll.outcome
    if outcome.kind is PollKind.FAILED:
        _note_failure(db, watch, poll)
        return
    problem = outcome.feed.problem if outcome.feed else None
    db.conn.execute(
        """UPDATE sources SET last_polled_at = :now, last_success_at = :now, consecutive_failures = 0, next_poll_at = :next,
                              error_code = :code, error_message = :message, first_read_at = coalesce(first_read_at, :first),
                              last_read_at = coalesce(:read, last_read_at)
           WHERE id = :id""",
        {
            "now": to_text(poll.now),
            "next": to_text(next_poll_at(poll.now, _timing(watch, poll))),
            "code": problem.code if problem else None,
            "message": problem.message if problem else None,
            "first": to_text(poll.now) if outcome.feed else None,
            "read": None if outcome.kind is PollKind.UNCHANGED else to_text(poll.now),
            "id": outcome.source_id,
        },
    )
    if outcome.kind is PollKind.UNCHANGED:
        _doubt_validators(db, poll)
    elif outcome.kind is PollKind.SAME_BODY:
        _renew_validators(db, outcome)
    else:
        _save_validators(db, outcome)
        _name_source(db, poll)


def _doubt_validators(db: Database, poll: _Poll) -> None:
    """Ask without condition next time, if the server has answered 304 for a day: some do so for ever."""
    read_at = optional_time(poll.source["last_read_at"])
    if read_at is not None and poll.now - read_at >= LONGEST_BELIEF:
        db.conn.execute("UPDATE sources SET etag = NULL, last_modified = NULL WHERE id = ?", (poll.outcome.source_id,))


def _renew_validators(db: Database, outcome: PollOutcome) -> None:
    """The very body whose entries are in the archive came again: what vouches for it now vouches for them."""
    db.conn.execute(
        "UPDATE sources SET etag = coalesce(?, etag), last_modified = coalesce(?, last_modified) WHERE id = ?",
        (outcome.etag, outcome.last_modified, outcome.source_id),
    )


def _note_failure(db: Database, watch: Watch, poll: _Poll) -> None:
    problem = poll.outcome.problem
    failures = poll.source["consecutive_failures"] + 1
    retry_after = problem.retry_after if problem else None
    db.conn.execute(
        """UPDATE sources SET last_polled_at = ?, consecutive_failures = ?, next_poll_at = ?, error_code = ?, error_message = ?
           WHERE id = ?""",
        (
            to_text(poll.now),
            failures,
            to_text(next_poll_at(poll.now, _timing(watch, poll), failures, retry_after)),
            problem.code if problem else "unknown",
            problem.message if problem else "the poll failed without a reason",
            poll.outcome.source_id,
        ),
    )


def _save_validators(db: Database, outcome: PollOutcome) -> None:
    """Only a body that was read without damage, whose entries this very operation writes, vouches for them (a 304 would hide the rest)."""
    vouches = outcome.feed is not None and outcome.feed.problem is None
    db.conn.execute(
        "UPDATE sources SET etag = ?, last_modified = ?, body_hash = ? WHERE id = ?",
        (
            outcome.etag if vouches else None,
            outcome.last_modified if vouches else None,
            outcome.body_hash if vouches else None,
            outcome.source_id,
        ),
    )


def _name_source(db: Database, poll: _Poll) -> None:
    """Remember the feed's own title; it names the source where the configuration doesn't."""
    title = storable_text((poll.outcome.feed.title if poll.outcome.feed else None) or "")
    if title and title != poll.source["feed_title"]:
        db.conn.execute(
            "UPDATE sources SET feed_title = :title, name = CASE WHEN named = 1 THEN name ELSE :title END WHERE id = :id",
            {"title": title, "id": poll.outcome.source_id},
        )


def _timing(watch: Watch, poll: _Poll) -> PollTiming:
    return PollTiming(timedelta(seconds=poll.source["interval_seconds"]), watch.least_interval, watch.most_interval)
