"""Recording a poll: the entries it brought, and only together with them the validators that vouch for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from news.arriving import Arrival, Body, Sifted, all_to_be_known, decide_arrivals, keys_of, links_unknown, showings_of, sift
from news.concluding import SourceRecord, conclude_poll, conclude_told, judge_silence, problem_of
from news.judging import judge_gap
from news.places import places_of
from news.preparing import prepared_entries
from news.rhythm import Brought
from news.scheduling import PollTiming
from news.settling import Decided
from news.sources import ArticlesMode, DuePage, ParsedFeed, PollOutcome, PreparedEntry
from storage.file.times import to_text
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
from storage.recording.rhythms import write_rhythm
from storage.recording.sources import source_record, write_source
from storage.recording.subscriptions import heed_hubs
from storage.recording.watch import SourceBefore, Tally, Watch


@dataclass(frozen=True, slots=True)
class _Poll:
    """A poll on its way into the archive: the source as it was before, and the time of writing."""

    record: SourceRecord
    mode: ArticlesMode
    timing: PollTiming
    outcome: PollOutcome
    now: datetime


def record_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write what a poll brought: its log line, its entries and what follows from them, and the source's new state."""
    tally = Tally()
    poll = _load_poll(db, watch, outcome, now)
    if poll is None:
        return tally
    tally.source_before = SourceBefore(poll.record.name, poll.record.problem.code if poll.record.problem else None)
    changed = _record_entries(db, watch, poll, outcome.feed, tally) if outcome.feed is not None else 0
    if outcome.feed is not None and outcome.feed.problem is None:
        heed_hubs(db, outcome.source_id, outcome.feed, outcome.final_url or outcome.url, now)
    if tally.gap is not None:
        record_gap(db, outcome.source_id, poll.record.last_success_at, outcome.polled_at, tally)
    _log_poll(db, poll, tally, changed)
    record = conclude_poll(poll.record, outcome, poll.timing, now, Brought(tally.entries_seen, tuple(tally.published)))
    write_source(db, outcome.source_id, record, now)
    if record.rhythm is not None and record.rhythm is not poll.record.rhythm:
        write_rhythm(db, outcome.source_id, record.rhythm, record.silent_from)
    return tally


def record_told(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write the entries of a body that a hub sent, and what follows from them.

    It holds some of the feed's entries: so it says nothing of the others, is no poll of the log, and vouches for nothing.
    """
    tally = Tally()
    poll = _load_poll(db, watch, outcome, now)
    if poll is not None and outcome.feed is not None:
        _record_entries(db, watch, poll, outcome.feed, tally)
        tally.gap = None
        record = conclude_told(poll.record, poll.timing, now, Brought(tally.entries_seen, tuple(tally.published)))
        if record.rhythm is not None and record.rhythm is not poll.record.rhythm:
            write_rhythm(db, outcome.source_id, record.rhythm, record.silent_from)
    return tally


def _load_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> _Poll | None:
    """None if the source is unknown."""
    row = db.conn.execute(
        "SELECT sources.*, rhythm FROM sources LEFT JOIN rhythms ON source_id = sources.id WHERE sources.id = ?", (outcome.source_id,)
    ).fetchone()
    if row is None:
        return None
    timing = PollTiming(timedelta(seconds=row["interval_seconds"]), watch.least_interval, watch.most_interval, bool(row["own_interval"]))
    return _Poll(source_record(row), ArticlesMode(row["articles_mode"]), timing, outcome, now)


def _record_entries(db: Database, watch: Watch, poll: _Poll, feed: ParsedFeed, tally: Tally) -> int:
    """Write what the body brought; returns how many entries say something else than before."""
    arrived = prepared_entries(feed)
    sifted = _sift(db, poll.outcome.source_id, arrived)
    tally.entries_seen = len(arrived)
    tally.gap = judge_gap(len(arrived), sifted.known, had_entries=_has_entries(db, poll.outcome.source_id))
    body = _load_body(db, watch, poll, arrived, sifted)
    showings = showings_of(body)
    arrivals, decided = decide_arrivals(body, showings, load_known(db, all_to_be_known(body, showings)))
    _write(db, watch, poll, (arrivals, decided), tally)
    return sum(not one.is_new for one in arrivals)


def _sift(db: Database, source_id: int, arrived: Sequence[PreparedEntry]) -> Sifted:
    by_key = list_held(db, source_id, keys_of(arrived))
    sifted = sift(arrived, by_key, list_held_by_link(db, source_id, links_unknown(arrived, by_key)))
    rename_keys(db, sifted.renamed)
    return sifted


def _load_body(db: Database, watch: Watch, poll: _Poll, arrived: Sequence[PreparedEntry], sifted: Sifted) -> Body:
    source_id, source_url = poll.outcome.source_id, poll.outcome.final_url or poll.outcome.url
    shared = list_shared_links(db, source_id, {one.address for one in arrived if one.address})
    silent, silent_before = judge_silence(poll.record, silent_first_poll=watch.silent_first_poll)
    return Body(
        source_id=source_id,
        arrived=sifted.telling,
        known={sifted.changed[entry.entry_id]: entry for entry in list_entries(db, sifted.changed)},
        places=places_of(arrived, source_url, shared),
        mode=poll.mode,
        silent=silent,
        silent_before=silent_before,
        formerly_known=sifted.old,
        next_entry_id=next_entry_id(db),
        now=poll.now,
    )


def _has_entries(db: Database, source_id: int) -> bool:
    return db.conn.execute("SELECT 1 FROM entries WHERE source_id = ? LIMIT 1", (source_id,)).fetchone() is not None


def _write(db: Database, watch: Watch, poll: _Poll, brought: tuple[Sequence[Arrival], Decided], tally: Tally) -> None:
    arrivals, decided = brought
    writing = begin_writing(db, watch, decided, poll.now)
    write_articles(db, writing)
    write_arrivals(db, poll.outcome.source_id, arrivals, poll.now)
    write_settled(db, watch, writing, tally)
    for one in arrivals:
        tally.entries_new += one.is_new
        if one.is_new:
            tally.published.append(one.arrived.entry.published_at)
        tally.entries_silent += one.is_new and one.silent
        if one.page_due_at is not None and one.page_due_at <= poll.now:
            tally.pages.append(DuePage(one.entry_id, poll.outcome.source_id, one.arrived.entry.link or one.place.own))


def _log_poll(db: Database, poll: _Poll, tally: Tally, changed: int) -> None:
    outcome = poll.outcome
    problem = problem_of(outcome)
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
