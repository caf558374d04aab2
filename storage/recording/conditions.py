"""How each source is doing, in its row: what is remembered from poll to poll, and what of it is told."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from news.alerts import source_subject
from news.concluding import SourceRecord
from news.health import (
    NO_ENTRIES,
    Condition,
    Named,
    Polled,
    Verdict,
    conclude_condition,
    decide_telling,
    wait_while_gone,
)
from news.moving import Move, address_to_ask, conclude_move
from news.own_line import LATELY, LINE_CODES, Line
from news.sources import PollKind, PollOutcome, Problem, SourceStatus
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text
from storage.recording.health import raise_health_alert
from storage.recording.line import Answer, end_outage, look_for_outage, note_failed_probe
from storage.recording.troubles import read_trouble, trouble_text
from storage.recording.watch import Tally, Watch


@dataclass(frozen=True, slots=True)
class PolledSource:
    """A source as it was before a poll, the poll, and when that is written."""

    source_id: int
    url: str
    before: SourceRecord
    condition: Condition
    had_entries: bool
    line: Line | None
    """The outage of our own line, if there is one."""
    outcome: PollOutcome
    now: datetime


def condition_of(row: sqlite3.Row) -> Condition:
    """A row of the table as how the source stands."""
    return Condition(
        status=SourceStatus(row["status"]),
        since=optional_time(row["status_since"]) or from_text(row["added_at"]),
        trouble=read_trouble(row["trouble"]),
        move=move_of(row),
        told_silent=bool(row["told_silent"]),
    )


def move_of(row: sqlite3.Row) -> Move | None:
    """Where a source is said to have moved."""
    if row["moved"] is None:
        return None
    fields = json.loads(row["moved"])
    return Move(fields["url"], from_text(fields["since"]), fields["polls"], fields["is_told"])


def address_of(row: sqlite3.Row) -> str:
    """The address at which the source of a row is polled."""
    return row["url"] if row["moved"] is None else address_to_ask(row["url"], move_of(row), row["consecutive_failures"])


def condition_columns(condition: Condition) -> dict[str, str | bool | None]:
    """The columns of a source's row that `condition_of` reads, with their values."""
    move = condition.move
    return {
        "status": condition.status,
        "status_since": to_text(condition.since),
        "trouble": trouble_text(condition.trouble),
        "moved": None if move is None else _move_text(move),
        "told_silent": condition.told_silent,
    }


def _move_text(move: Move) -> str:
    return json.dumps({"since": to_text(move.since), "url": move.url, "polls": move.polls, "is_told": move.is_told})


def settle_source(db: Database, watch: Watch, polled: PolledSource, record: SourceRecord, tally: Tally) -> tuple[SourceRecord, Condition]:
    """Judge how a source stands after a poll, and raise the operational alert that follows, if one does.

    `record` is what the poll alone makes of the source's record; returned is what is to be remembered, and how the source stands.
    """
    outcome, now, line = polled.outcome, polled.now, polled.line
    is_cut_off = outcome.kind is PollKind.FAILED and outcome.problem is not None and outcome.problem.code in LINE_CODES
    if line is not None and is_cut_off:
        note_failed_probe(db, line, polled.condition.status, now)
        tally.is_line_down = True
        condition = polled.condition
        if condition.trouble is None:
            condition = replace(condition, status=SourceStatus.UNREACHABLE, since=line.since)
        return replace(polled.before, problem=record.problem), condition
    if line is not None:
        tally.alerts += end_outage(db, watch, line, Answer(polled.url, polled.condition.status, outcome.polled_at), now)
    condition = _judge(db, watch, polled, record, tally)
    if condition.status is SourceStatus.FAILING and _is_empty(polled):
        record = replace(record, problem=NO_ENTRIES)
    wait = wait_while_gone(condition, record.problem.code if record.problem else None, now)
    if wait is not None:
        record = replace(record, next_poll_at=max(record.next_poll_at, now + wait))
    return record, condition


def look_at_line(db: Database, watch: Watch, polled: PolledSource, tally: Tally) -> None:
    """After a poll is written: whether its failure shows that our own line is down. Asked of sources only that were well before."""
    problem, trouble = polled.outcome.problem, polled.condition.trouble
    if problem is None or problem.code not in LINE_CODES or tally.is_line_down:
        return
    if trouble is None or polled.now - trouble.since <= LATELY:
        tally.alerts += look_for_outage(db, watch, polled.now)


def _problem_of(polled: PolledSource, record: SourceRecord) -> Problem | None:
    return NO_ENTRIES if _is_empty(polled) else record.problem


def _is_empty(polled: PolledSource) -> bool:
    """Whether the feed lists nothing any more; one that is unchanged still does not."""
    feed, trouble = polled.outcome.feed, polled.condition.trouble
    if feed is not None:
        return not feed.entries and feed.problem is None and polled.had_entries
    return polled.outcome.kind is not PollKind.FAILED and trouble is not None and trouble.verdict is Verdict.EMPTY


def _judge(db: Database, watch: Watch, polled: PolledSource, record: SourceRecord, tally: Tally) -> Condition:
    """How the source stands after the poll, with the operational alert that follows."""
    now = polled.now
    move = conclude_move(polled.condition.move, polled.url, polled.outcome, tally.entries_known, now)
    seen = Polled(_problem_of(polled, record), is_silent=record.is_silent, move=move)
    after = conclude_condition(polled.condition, seen, now)
    condition, news = decide_telling(polled.condition, after, seen, Named(polled.before.name, polled.url), now)
    if news is not None:
        tally.alerts.append(raise_health_alert(db, watch.health_notify, source_subject(polled.url), news, now))
    return condition
