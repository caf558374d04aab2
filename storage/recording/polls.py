"""Recording a poll: the entries it brought, and only together with them the validators that vouch for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from news.arriving import Body
from news.concluding import SourceRecord, conclude_poll, conclude_told, judge_silence, problem_of
from news.gaps import Gap
from news.health import Condition
from news.own_line import Line
from news.preparing import prepared_entries
from news.rhythm import Brought
from news.scheduling import PollTiming
from news.source_specs import ArticlesMode
from news.sources import ParsedFeed, PollOutcome
from news.websub import find_hubs
from storage.file.database import Database
from storage.file.times import to_text
from storage.recording.bodies import Receiving, load_body, sift_entries, write_body
from storage.recording.conditions import PolledSource, condition_of, look_at_line, settle_source
from storage.recording.gaps import Shown, keep_window, record_gap, watch_window
from storage.recording.line import read_line
from storage.recording.sources import load_source, source_record, write_news_told, write_source
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
    url: str
    """Of the source, whatever address was asked."""
    condition: Condition
    line: Line | None
    has_subscriptions: bool


def record_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write what a poll brought: its log line, its entries and what follows from them, and the source's new state."""
    tally = Tally()
    poll = _load_poll(db, watch, outcome, now)
    if poll is None:
        return tally
    tally.source_before = SourceBefore(poll.record.name, poll.record.problem.code if poll.record.problem else None)
    changed = _record_entries(db, watch, poll, outcome.feed, tally) if outcome.feed is not None else 0
    if outcome.feed is not None and outcome.feed.problem is None:
        wanted = find_hubs(outcome.feed.links, outcome.final_url or outcome.url)
        if wanted or poll.has_subscriptions:
            heed_hubs(db, outcome.source_id, wanted, now)
    _log_poll(db, poll, tally, changed)
    brought = Brought(tally.entries_seen, tuple(tally.published))
    _settle(db, watch, poll, conclude_poll(poll.record, outcome, poll.timing, now, brought), tally)
    return tally


def _settle(db: Database, watch: Watch, poll: _Poll, record: SourceRecord, tally: Tally) -> None:
    """Write what the poll makes of the record of its source, and of its condition."""
    outcome = poll.outcome
    is_empty = outcome.feed is not None and not outcome.feed.entries
    had_entries = is_empty and _has_entries(db, outcome.source_id)
    polled = PolledSource(outcome.source_id, poll.url, poll.record, poll.condition, had_entries, poll.line, outcome, poll.now)
    record, condition = settle_source(db, watch, polled, record, tally)
    write_source(db, outcome.source_id, poll.record, record, condition if condition != poll.condition else None, poll.now)
    look_at_line(db, watch, polled, tally)


def _has_entries(db: Database, source_id: int) -> bool:
    return db.conn.execute("SELECT 1 FROM entries WHERE source_id = ? LIMIT 1", (source_id,)).fetchone() is not None


def record_told(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> Tally:
    """Write the entries of a body that a hub sent, and what follows from them.

    It holds some of the feed's entries: so it says nothing of the others, is no poll of the log, and vouches for nothing.
    """
    tally = Tally()
    poll = _load_poll(db, watch, outcome, now)
    if poll is not None and outcome.feed is not None:
        _, body = _take_in(db, watch, poll, outcome.feed, tally)
        write_body(db, watch, body, tally)
        record = conclude_told(poll.record, poll.timing, now, Brought(tally.entries_seen, tuple(tally.published)))
        write_news_told(db, outcome.source_id, poll.record, record)
    return tally


def _load_poll(db: Database, watch: Watch, outcome: PollOutcome, now: datetime) -> _Poll | None:
    """None if the source is unknown."""
    row = load_source(db, outcome.source_id)
    if row is None:
        return None
    timing = PollTiming(timedelta(seconds=row["interval_seconds"]), watch.least_interval, watch.most_interval, bool(row["own_interval"]))
    return _Poll(
        record=source_record(row),
        mode=ArticlesMode(row["articles_mode"]),
        timing=timing,
        outcome=outcome,
        now=now,
        url=row["url"],
        condition=condition_of(row),
        line=read_line(row["line"]),
        has_subscriptions=bool(row["has_subscriptions"]),
    )


def _record_entries(db: Database, watch: Watch, poll: _Poll, feed: ParsedFeed, tally: Tally) -> int:
    """Write what the body brought, and whether it overlaps with the last; returns how many entries say something else than before."""
    shown, body = _take_in(db, watch, poll, feed, tally)
    watched = watch_window(db, poll.record, poll.outcome, shown)
    arrivals = write_body(db, watch, body, tally)
    numbers = {**shown.ids, **{one.arrived.key: one.entry_id for one in arrivals}}
    keep_window(db, poll.outcome, watched, [numbers[one.key] for one in shown.arrived])
    if isinstance(watched.verdict, Gap):
        record_gap(db, watch, poll.outcome, watched, tally)
    return sum(not one.is_new for one in arrivals)


def _take_in(db: Database, watch: Watch, poll: _Poll, feed: ParsedFeed, tally: Tally) -> tuple[Shown, Body]:
    """The entries of a body, with what is known of them, and all that decides what becomes of them."""
    source_id, url = poll.outcome.source_id, poll.outcome.final_url or poll.outcome.url
    arrived = prepared_entries(feed)
    tally.entries_seen = len(arrived)
    sifted = sift_entries(db, source_id, arrived)
    tally.entries_known = sifted.known
    silence = judge_silence(poll.record, silent_first_poll=watch.silent_first_poll)
    body = load_body(db, Receiving(source_id, url, poll.mode, silence, poll.now), arrived, sifted)
    return Shown(arrived, sifted.ids, body.known), body


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
