"""Filling gaps: which places are due to be read, and recording what they brought."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from news.concluding import judge_silence
from news.gaps import Item, Window, recognise_renamed
from news.preparing import prepared_entries
from news.repairing import Page, Repair, RepairState, Step, after_page, after_problem, is_elsewhere, steps_from, wanted_places
from news.source_specs import ArticlesMode
from news.sources import DueRepair, PreparedEntry, Problem, RepairOutcome, RepairWay
from news.wording import Wording
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, optional_text, to_text
from storage.recording.bodies import Receiving, load_body, sift_entries, write_body
from storage.recording.gaps import list_named, namings_of, read_items, tell_of_gap
from storage.recording.line import load_line
from storage.recording.sources import load_source, source_record
from storage.recording.volumes import leave_uncounted
from storage.recording.watch import Tally, Watch


def list_due_repairs(db: Database, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueRepair]:
    """The places that are due to be read, of each source one, its newest gap's; without those of the sources in hand.

    While our own line is down, none is.
    """
    if load_line(db) is not None:
        return []
    rows = db.conn.execute(
        """SELECT max(gaps.id) AS id, source_id, steps FROM gaps JOIN sources ON sources.id = source_id
           WHERE next_repair_at <= ? AND configured = 1 AND source_id NOT IN (SELECT value FROM json_each(?))
           GROUP BY +source_id ORDER BY next_repair_at LIMIT ?""",
        (to_text(now), json.dumps(list(in_hand)), limit),
    )  # Beside max(), SQLite takes the other columns from the row that has it. Without the `+` it would go through all gaps ever found.
    return [DueRepair(row["id"], row["source_id"], *_read_steps(row["steps"])[0]) for row in rows]


def record_repair(db: Database, watch: Watch, outcome: RepairOutcome, now: datetime) -> Tally:
    """Write what a place brought: entries that were missed, as those of a poll, and where the gap stands now."""
    tally = Tally()
    row = db.conn.execute("SELECT * FROM gaps WHERE id = ? AND state = 'open'", (outcome.gap_id,)).fetchone()
    if row is None or _read_steps(row["steps"])[0] != Step(outcome.way, outcome.url):  # it was read already
        return tally
    repair = _repair_of(row, _list_shown(db, outcome.source_id))
    problem = _problem_with(repair, outcome)
    if problem is not None:
        repair = after_problem(repair, problem, now)
    else:
        page, taken = _record_page(db, watch, repair, outcome, tally, now)
        leave_uncounted(db, tally.alerts)
        repair = after_page(repair, page, taken, now)
    _write_repair(db, outcome.gap_id, repair, now)
    tell_of_gap(db, watch, outcome.source_id, repair, tally, now)
    tally.gap_became = None if repair.state is RepairState.OPEN else repair.state
    return tally


def _problem_with(repair: Repair, outcome: RepairOutcome) -> Problem | None:
    if outcome.problem is None and is_elsewhere(repair, outcome.final_url):
        return Problem("elsewhere", Wording("it leads to another site: {url}", url=outcome.final_url or ""))
    return outcome.problem


def _record_page(db: Database, watch: Watch, repair: Repair, outcome: RepairOutcome, tally: Tally, now: datetime) -> tuple[Page, int]:
    """Write the entries of a place that were missed; returns what it shows, and how many that were."""
    steps = steps_from(outcome.way, outcome.url, outcome.feed, outcome.sitemaps)
    if outcome.feed is None or not outcome.feed.entries:
        return Page((), steps), 0
    arrived = prepared_entries(outcome.feed)
    sifted = sift_entries(db, outcome.source_id, arrived)
    items = _items_of(db, repair, outcome.source_id, arrived, sifted.ids)
    missed = [arrived[place] for place in wanted_places(repair, outcome.way, items)]
    tally.entries_seen = len(arrived)
    if missed:
        chosen = {one.key for one in missed}
        receiving = _receive(db, watch, outcome, now)
        # Only what is new: an archive may hold an older state of what is known, which is no correction.
        body = load_body(db, receiving, arrived, replace(sifted, telling=[one for one in sifted.telling if one.key in chosen], changed={}))
        write_body(db, watch, body, tally)
    return Page(tuple(items), steps), len(missed)


def _receive(db: Database, watch: Watch, outcome: RepairOutcome, now: datetime) -> Receiving:
    row = load_source(db, outcome.source_id)
    assert row is not None  # a gap is one of a source
    silence = judge_silence(source_record(row), silent_first_poll=watch.silent_first_poll)
    return Receiving(outcome.source_id, row["url"], ArticlesMode(row["articles_mode"]), silence, now)


def _items_of(db: Database, repair: Repair, source_id: int, arrived: Sequence[PreparedEntry], ids: Mapping[str, int]) -> list[Item]:
    """The entries of a place as items; known is also what the source has at the same address under another name."""
    items = [Item(ids.get(one.key), one.entry.published_at) for one in arrived]
    items = recognise_renamed(items, namings_of(arrived), list_named(db, repair.window))
    at = _list_at(db, source_id, {one.address for one in arrived if one.address})
    return [
        item if item.entry_id is not None or one.address is None else item._replace(entry_id=at.get(one.address))
        for item, one in zip(items, arrived, strict=True)
    ]


def _list_at(db: Database, source_id: int, addresses: Collection[str]) -> dict[str, int]:
    """The entries of a source at these addresses (comparing forms): by their links, or where their pages were found."""
    found: dict[str, int] = {}
    for column in ("page_url", "place"):
        sql = f"SELECT id, {column} AS address FROM entries WHERE source_id = ? AND {column} IN ({{marks}})"  # noqa: S608  # literals
        found |= {row["address"]: row["id"] for row in select_in(db, sql, addresses, source_id)}
    return found


def _list_shown(db: Database, source_id: int) -> tuple[Item, ...]:
    row = db.conn.execute("SELECT items FROM windows WHERE source_id = ?", (source_id,)).fetchone()
    return () if row is None else read_items(row["items"])


def _repair_of(row: sqlite3.Row, shown: tuple[Item, ...]) -> Repair:
    return Repair(
        window=Window(read_items(row["window"]), from_text(row["last_good_at"])),
        from_at=from_text(row["from_at"]),
        to_at=from_text(row["to_at"]),
        found_at=from_text(row["found_at"]),
        reached_at=from_text(row["reached_at"]),
        hosts=frozenset(json.loads(row["hosts"])),
        steps=_read_steps(row["steps"]),
        shown=shown,
        visited=frozenset(json.loads(row["visited"])),
        attempts=row["attempts"],
        barren=row["barren"],
        entries=row["found"],
    )


def _read_steps(text: str) -> tuple[Step, ...]:
    return tuple(Step(RepairWay(way), url) for way, url in json.loads(text))


def _write_repair(db: Database, gap_id: int, repair: Repair, now: datetime) -> None:
    is_open = repair.state is RepairState.OPEN
    db.conn.execute(
        """UPDATE gaps SET state = :state, found = :found, reached_at = :reached, steps = :steps, visited = :visited, attempts = :attempts,
                           barren = :barren, next_repair_at = :next, problem_code = :code, problem = :problem,
                           repaired_at = CASE WHEN :state = 'repaired' THEN :now END, window = CASE WHEN :open THEN window END
           WHERE id = :id""",
        {
            "id": gap_id,
            "state": repair.state,
            "found": repair.entries,
            "reached": to_text(repair.reached_at),
            "steps": json.dumps(repair.steps),
            "visited": json.dumps(sorted(repair.visited) if is_open else []),
            "attempts": repair.attempts,
            "barren": repair.barren,
            "next": optional_text(repair.next_at),
            "code": repair.problem.code if repair.problem else None,
            "problem": repair.problem.message if repair.problem else None,
            "now": to_text(now),
            "open": is_open,
        },
    )
