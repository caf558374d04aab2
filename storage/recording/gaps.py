"""What each source showed last, and the gaps that are found when nothing of it is left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from news.alerts import source_subject
from news.arriving import KnownEntry
from news.concluding import SourceRecord
from news.gaps import (
    Gap,
    Item,
    Named,
    Naming,
    NoGap,
    Window,
    foresee_missed,
    judge_gap,
    next_window,
    recognise_renamed,
)
from news.health_news import NO_TOPIC, HealthEvent, HealthNews
from news.judging import speaks_of_another
from news.repairing import (
    NOT_SEARCHED,
    Repair,
    RepairState,
    begin,
    first_steps,
    give_up_unsearched,
    host_of_place,
    is_hopeless,
    should_tell,
)
from news.sources import ParsedFeed, PollOutcome, PreparedEntry, Problem
from news.wording import Wording, template
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import optional_text, optional_time, to_text
from storage.recording.health import raise_health_alert
from storage.recording.watch import Tally, Watch

FIRST_GUESS = 200
"""Entries that are taken for what a source showed last where it is not on record, as in an archive of an earlier version."""
TOLD_BEFORE = template(
    "none of the {arrived} entries was known: others may have come and gone since the last poll; shorten the source's interval"
)
"""What earlier versions wrote of a gap, and archives still hold."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The entries of a body as they arrived, and what is known of those on record, by the key under which they arrived."""

    arrived: Sequence[PreparedEntry]
    ids: Mapping[str, int]
    known: Mapping[str, KnownEntry]


@dataclass(frozen=True, slots=True)
class Watched:
    """A body beside what was shown before it."""

    before: Window | None
    is_closed: bool
    """Whether a later body showed something else than `before`, and could not take its place."""
    items: Sequence[Item]
    verdict: Gap | NoGap


def watch_window(db: Database, record: SourceRecord, outcome: PollOutcome, shown: Shown) -> Watched:
    """What a body shows beside what was shown before it; asked before anything of the body is written."""
    before, is_closed = _load_window(db, outcome.source_id, record)
    items = items_of(shown)
    is_damaged = outcome.feed is not None and outcome.feed.problem is not None
    verdict = judge_gap(before, items, outcome.polled_at, is_damaged=is_damaged)
    if before is not None and isinstance(verdict, Gap):  # seldom; then a second look is worth reading entries for
        items = recognise_renamed(items, namings_of(shown.arrived), list_named(db, before))
        verdict = judge_gap(before, items, outcome.polled_at, is_damaged=is_damaged)
    return Watched(before, is_closed, items, foresee_missed(verdict, record.rhythm) if isinstance(verdict, Gap) else verdict)


def items_of(shown: Shown) -> list[Item]:
    """The entries of a body as items of a window; one that keeps its guid and speaks of another article is another item."""
    return [Item(_number_of(one, shown), one.entry.published_at) for one in shown.arrived]


def _number_of(one: PreparedEntry, shown: Shown) -> int | None:
    held = shown.known.get(one.key)
    return None if held is not None and speaks_of_another(held.entry, one.entry) else shown.ids.get(one.key)


def namings_of(arrived: Sequence[PreparedEntry]) -> list[Naming]:
    """What the entries are called."""
    return [Naming(one.address, one.entry.title) for one in arrived]


def list_named(db: Database, window: Window) -> list[Named]:
    """What the items of a window are called on record."""
    rows = select_in(db, "SELECT id, place, title, published_at FROM entries WHERE id IN ({marks})", ids_of(window))
    return [Named(row["id"], row["place"], row["title"], optional_time(row["published_at"])) for row in rows]


def ids_of(window: Window) -> list[int]:
    """The numbers of a window's items."""
    return [item.entry_id for item in window.items if item.entry_id is not None]


def _load_window(db: Database, source_id: int, record: SourceRecord) -> tuple[Window | None, bool]:
    row = db.conn.execute("SELECT items, held_until FROM windows WHERE source_id = ?", (source_id,)).fetchone()
    last_success_at = record.last_success_at or record.added_at
    if record.trust.is_doubted and record.last_read_at:  # what its 304 were worth is about to be seen
        last_success_at = record.last_read_at
    if row is not None:
        return Window(read_items(row["items"]), optional_time(row["held_until"]) or last_success_at), row["held_until"] is not None
    if record.first_read_at is None and record.last_success_at is None:
        return None, True  # nothing of it was ever read
    rows = db.conn.execute(
        # Not by the numbers' own order, in which SQLite would go through the entries of all sources.
        "SELECT id, published_at FROM entries WHERE source_id = ? ORDER BY +id DESC LIMIT ?",
        (source_id, FIRST_GUESS),
    ).fetchall()
    items = tuple(Item(row["id"], optional_time(row["published_at"])) for row in rows)
    return (Window(items, last_success_at), True) if items else (None, True)


def keep_window(db: Database, outcome: PollOutcome, watched: Watched, numbers: Sequence[int]) -> None:
    """Remember what a body showed, now that all its entries have numbers; or that it is none to compare the next one with."""
    items = [item._replace(entry_id=number) for item, number in zip(watched.items, numbers, strict=True)]
    has_news = any(item.entry_id is None for item in watched.items)
    window = next_window(watched.before, items, watched.verdict, outcome.polled_at, has_news=has_news)
    if window is None:
        return
    if window is watched.before:
        if not watched.is_closed:
            db.conn.execute("UPDATE windows SET held_until = ? WHERE source_id = ?", (to_text(window.held_until), outcome.source_id))
    elif watched.is_closed or watched.before is None or window.items is not watched.before.items:
        db.conn.execute(
            """INSERT INTO windows (source_id, items, held_until) VALUES (?, ?, NULL)
               ON CONFLICT (source_id) DO UPDATE SET items = excluded.items, held_until = NULL""",
            (outcome.source_id, write_items(window.items)),
        )


def write_items(items: Sequence[Item]) -> str:
    """Items as text: number and time of each, in seconds."""
    return json.dumps([[item.entry_id, item.published_at and item.published_at.timestamp()] for item in items], separators=(",", ":"))


def read_items(text: str) -> tuple[Item, ...]:
    """The items that `write_items` wrote."""
    return tuple(Item(number, None if at is None else datetime.fromtimestamp(at, UTC)) for number, at in json.loads(text))


def record_gap(db: Database, watch: Watch, outcome: PollOutcome, watched: Watched, tally: Tally) -> None:
    """Note that entries may have come and gone before a poll, and where they will be looked for."""
    gap, feed = watched.verdict, outcome.feed
    assert isinstance(gap, Gap)
    assert feed is not None
    assert watched.before is not None
    repair = _plan_repair(db, outcome, feed, gap, watched.before)
    problem = Problem("gap", _tell(gap, len(watched.items)))
    db.conn.execute(
        """INSERT INTO gaps (source_id, from_at, to_at, entries, message, found_at, last_good_at, missed, state, reached_at,
                             window, hosts, steps, next_repair_at, problem_code, problem)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            outcome.source_id,
            to_text(gap.from_at),
            to_text(gap.to_at),
            len(watched.items),
            problem.message,
            to_text(outcome.polled_at),
            to_text(gap.last_good_at),
            gap.missed,
            repair.state,
            to_text(repair.reached_at),
            write_items(repair.window.items) if repair.state is RepairState.OPEN else None,
            json.dumps(sorted(repair.hosts)),
            json.dumps(repair.steps),
            optional_text(repair.next_at),
            repair.problem.code if repair.problem else None,
            repair.problem.message if repair.problem else None,
        ),
    )
    tally.gap = problem
    tell_of_gap(db, watch, outcome.source_id, repair, tally, outcome.polled_at)


def tell_of_gap(db: Database, watch: Watch, source_id: int, repair: Repair, tally: Tally, now: datetime) -> None:
    """Raise an operational alert for a gap that could not be filled, unless one of the source was told of a short while ago."""
    row = db.conn.execute("SELECT name, url FROM sources WHERE id = ?", (source_id,)).fetchone()
    subject = source_subject(row["url"])
    last = db.conn.execute(
        """SELECT max(created_at) AS at FROM alerts WHERE topic = ? AND subject = ? AND json_extract(payload, '$.event') = ?""",
        (NO_TOPIC, subject.text, HealthEvent.GAP),
    ).fetchone()
    if not should_tell(repair, optional_time(last["at"]), now):
        return
    problem = repair.problem
    news = HealthNews(
        HealthEvent.GAP,
        row["name"],
        "gap",
        url=row["url"],
        since=repair.from_at,
        until=repair.reached_at,
        code=problem.code if problem else None,
        message=problem.message if problem else "",
    )
    tally.alerts.append(raise_health_alert(db, watch.health_notify, subject, news, now))


def _tell(gap: Gap, entries: int) -> str:
    if not gap.missed:
        return Wording("none of the {entries} entries was known: others may have come and gone since the last poll", entries=entries)
    return Wording(
        "none of the {entries} entries was known: about {missed} others may have come and gone since the last poll",
        entries=entries,
        missed=gap.missed,
    )


def _plan_repair(db: Database, outcome: PollOutcome, feed: ParsedFeed, gap: Gap, window: Window) -> Repair:
    url = outcome.final_url or outcome.url
    hosts = frozenset({host_of_place(outcome.url), host_of_place(url)})
    steps = first_steps(feed, url, hosts)
    repair = Repair(window, gap.from_at, gap.to_at, outcome.polled_at, gap.to_at, hosts, steps)
    last = db.conn.execute(
        """SELECT problem_code, found_at FROM gaps
           WHERE source_id = ? AND state <> 'open' AND problem_code IS NOT ? ORDER BY id DESC LIMIT 1""",
        (outcome.source_id, NOT_SEARCHED),
    ).fetchone()
    if last is not None and is_hopeless(last["problem_code"], optional_time(last["found_at"]), outcome.polled_at):
        return give_up_unsearched(repair)
    return begin(repair, outcome.polled_at)
