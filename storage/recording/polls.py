"""Recording a poll: the entries it brought, and only together with them the validators that vouch for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.arriving import Arrival, Body, KnownEntry, decide_arrivals, showings_of
from news.judging import EntryNews, judge_entry, judge_gap, storable_text
from news.keys import Held, recognise
from news.places import places_of
from news.preparing import prepared_entries
from news.scheduling import PollTiming, next_poll_at
from news.sources import ArticlesMode, DuePage, PollKind, PollOutcome, PreparedEntry
from storage.file.times import optional_time, to_text
from storage.recording.articles import begin_writing, write_articles, write_settled
from storage.recording.entries import (
    list_entries,
    list_held,
    list_held_by_link,
    list_shared_links,
    next_entry_id,
    rename_keys,
    write_arrivals,
)
from storage.recording.gaps import record_gap
from storage.recording.knowing import load_known
from storage.recording.watch import SourceBefore, Tally, Watch

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
        """Whether the source's entries were never read before, not even some of them from a damaged body."""
        return self.source["first_read_at"] is None and self.source["last_read_at"] is None

    @property
    def old_before(self) -> datetime | None:
        """When the source was added, if all that was read of it since were damaged bodies."""
        is_unread = self.source["first_read_at"] is None and not self.is_first_read
        return optional_time(self.source["added_at"]) if is_unread else None


def record_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write what a poll brought: its log line, its entries and what follows from them, and the source's new state."""
    tally = Tally()
    source = db.conn.execute("SELECT * FROM sources WHERE id = ?", (outcome.source_id,)).fetchone()
    if source is None:
        return tally
    tally.source_before = SourceBefore(source["name"], source["error_code"])
    poll = _Poll(source, outcome, now)
    changed = _record_entries(db, watch, poll, tally) if outcome.feed is not None else 0
    if tally.gap is not None:
        record_gap(db, outcome.source_id, poll.source["last_success_at"], outcome.polled_at, tally)
    _log_poll(db, poll, tally, changed)
    _update_source(db, watch, poll)
    return tally


def _record_entries(db: Database, watch: Watch, poll: _Poll, tally: Tally) -> int:
    assert poll.outcome.feed is not None  # the caller asked
    arrived = prepared_entries(poll.outcome.feed)
    body, known = _load_body(db, watch, poll, arrived)
    tally.entries_seen = len(arrived)
    tally.gap = judge_gap(len(arrived), known, had_entries=_has_entries(db, poll.outcome.source_id))
    showings = showings_of(body)
    arrivals = decide_arrivals(body, showings, load_known(db, [showing for _, shown in showings for showing in shown]))
    _write(db, watch, poll, arrivals, tally)
    return sum(not one.is_new for one in arrivals)


def _load_body(db: Database, watch: Watch, poll: _Poll, arrived: Sequence[PreparedEntry]) -> tuple[Body, int]:
    """The body with what is known of its entries; and how many of them are."""
    source_id, source_url = poll.outcome.source_id, poll.outcome.final_url or poll.outcome.url
    held, formerly = _load_held(db, source_id, arrived)
    shared = list_shared_links(db, source_id, {one.address for one in arrived if one.address})
    body = Body(
        source_id=source_id,
        arrived=[one for one in arrived if _judge(held, one) is not EntryNews.KNOWN],
        known=_load_entries(db, held, arrived),
        places=places_of(arrived, source_url, shared),
        mode=ArticlesMode(poll.source["articles_mode"]),
        silent=poll.is_first_read and watch.silent_first_poll,
        silent_before=poll.old_before if watch.silent_first_poll else None,
        formerly_known=formerly,
        next_entry_id=next_entry_id(db),
        now=poll.now,
    )
    return body, len(held)


def _load_held(db: Database, source_id: int, arrived: Sequence[PreparedEntry]) -> tuple[dict[str, Held], frozenset[str]]:
    """The entries that are known, by key; and the keys of those that an older version took for one with another."""
    by_key = list_held(db, source_id, {key for one in arrived for key in (one.key, *one.former_keys)})
    unknown = {one.address for one in arrived if one.address and one.key not in by_key and one.key.startswith("link:")}
    by_place = list_held_by_link(db, source_id, unknown)
    recognised = {one.key: recognise(one, by_key, by_place) for one in arrived}
    rename_keys(db, [(found.held.entry_id, key) for key, found in recognised.items() if found.held and found.is_renamed])
    held = {key: found.held for key, found in recognised.items() if found.held}
    return held, frozenset(key for key, found in recognised.items() if found.is_old)


def _judge(held: Mapping[str, Held], one: PreparedEntry) -> EntryNews:
    return judge_entry(held[one.key].fingerprint if one.key in held else None, one)


def _load_entries(db: Database, held: Mapping[str, Held], arrived: Sequence[PreparedEntry]) -> dict[str, KnownEntry]:
    """The known entries that say something else now, whole."""
    changed = {held[one.key].entry_id: one.key for one in arrived if _judge(held, one) is EntryNews.CHANGED}
    return {changed[entry.entry_id]: entry for entry in list_entries(db, changed)}


def _has_entries(db: Database, source_id: int) -> bool:
    return db.conn.execute("SELECT 1 FROM entries WHERE source_id = ? LIMIT 1", (source_id,)).fetchone() is not None


def _write(db: Database, watch: Watch, poll: _Poll, arrivals: Sequence[Arrival], tally: Tally) -> None:
    writing = begin_writing(db, watch, [settled for one in arrivals for settled in one.settled], poll.now)
    write_articles(db, writing)
    write_arrivals(db, poll.outcome.source_id, arrivals, poll.now)
    write_settled(db, watch, writing, tally)
    for one in arrivals:
        tally.entries_new += one.is_new
        tally.entries_silent += one.is_new and one.silent
        if one.page_due_at is not None and one.page_due_at <= poll.now:
            tally.pages.append(DuePage(one.entry_id, poll.outcome.source_id, one.arrived.entry.link or one.place.own))


def _log_poll(db: Database, poll: _Poll, tally: Tally, changed: int) -> None:
    outcome = poll.outcome
    problem = outcome.problem or (outcome.feed.problem if outcome.feed else None)
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
            "first": to_text(poll.now) if outcome.feed and not problem else None,
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
