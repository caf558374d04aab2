"""The sources table: bringing it in line with the configuration, and asking for the health of each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from news.answers import SourceHealth
from news.concluding import SourceRecord, Validators
from news.freshness import FeedWishes
from news.health import Condition
from news.own_line import Line
from news.scheduling import PollTiming, Standing, poll_at_from_now_on
from news.source_specs import SourceSpec
from news.sources import DueSource, Problem, SourceStatus
from news.trusting import Trust
from news.urls import host_of
from news.websub import poll_at_when_told
from storage.file.database import Database
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.called import is_called
from storage.recording.conditions import address_of, condition_columns, move_of
from storage.recording.line import LINE_KEY, list_due_while_down, load_line
from storage.recording.page_readings import page_readings
from storage.recording.rhythms import read_rhythm, write_rhythm
from storage.recording.watch import Watch


def sync_sources(db: Database, watch: Watch, specs: Sequence[SourceSpec], default_interval: timedelta, now: datetime) -> None:
    """Bring the table in line with the configuration: new sources are due now; those no longer named rest, with all they brought.

    When known ones are due is for `news.scheduling.poll_at_from_now_on` to say. What is in line already is not written: at most starts that
    is all of it, and thousands of sources would keep the first poll waiting.
    """
    _take_over_moved(db, specs)
    columns = f"url, feed_title, last_polled_at, next_poll_at, consecutive_failures, {', '.join(_CONFIGURED)}"
    known = {row["url"]: row for row in db.conn.execute(f"SELECT {columns} FROM sources")}  # noqa: S608  # names of our own
    _let_rest(db, [url for url, row in known.items() if row["configured"]], specs)
    for spec in specs:
        interval = spec.interval or default_interval
        row = known.get(spec.url)
        wanted = _as_configured(spec, interval, row)
        if row is None:
            _insert(db, spec.url, wanted, now)
            continue
        timing = PollTiming(interval, watch.least_interval, watch.most_interval, is_own=spec.interval is not None)
        planned = from_text(row["next_poll_at"])
        moment = poll_at_from_now_on(now, _standing(row, planned), timing)
        if moment != planned or any(row[column] != value for column, value in wanted.items()):
            _update(db, spec.url, {**wanted, "next_poll_at": to_text(moment)})


_CONFIGURED = ("name", "named", "articles_mode", "interval_seconds", "own_interval", "tags", "configured")
"""The columns that say what the configuration says."""


def _as_configured(spec: SourceSpec, interval: timedelta, row: sqlite3.Row | None) -> dict[str, object]:
    """What `_CONFIGURED` is to hold of a source. One that the configuration does not name is called as its feed calls itself."""
    title = None if row is None or spec.name is not None else row["feed_title"]
    name = (spec.name or host_of(spec.url) or spec.url) if title is None else title
    tags = json.dumps(spec.tags, ensure_ascii=False) if spec.tags else "[]"
    values = (name, spec.name is not None, str(spec.articles), interval.total_seconds(), spec.interval is not None, tags, True)
    return dict(zip(_CONFIGURED, values, strict=True))


def _let_rest(db: Database, configured: Iterable[str], specs: Iterable[SourceSpec]) -> None:
    """The sources that were in the configuration, by their URLs, and are so no more."""
    for url in set(configured).difference(spec.url for spec in specs):
        db.conn.execute("UPDATE sources SET configured = 0 WHERE url = ?", (url,))


def _insert(db: Database, url: str, wanted: Mapping[str, object], now: datetime) -> None:
    values = {"url": url, **wanted, "added_at": to_text(now), "next_poll_at": to_text(now)}
    marks = ", ".join("?" * len(values))
    db.conn.execute(f"INSERT INTO sources ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608  # as above


def _update(db: Database, url: str, values: Mapping[str, object]) -> None:
    changes = ", ".join(f"{column} = ?" for column in values)
    db.conn.execute(f"UPDATE sources SET {changes} WHERE url = ?", (*values.values(), url))  # noqa: S608  # as above


def _take_over_moved(db: Database, specs: Sequence[SourceSpec]) -> None:
    """A source whose new address is written into the configuration in the place of the old one stays the same source, with its history."""
    named = {spec.url for spec in specs}
    known = {row["url"] for row in db.conn.execute("SELECT url FROM sources")}
    for row in db.conn.execute("SELECT id, url, moved FROM sources WHERE moved IS NOT NULL AND configured = 1").fetchall():
        move = move_of(row)
        if move is not None and move.is_adopted and move.url in named - known and row["url"] not in named:
            known.add(move.url)
            db.conn.execute(
                "UPDATE sources SET url = ?, moved = NULL, status = CASE status WHEN 'moved' THEN 'ok' ELSE status END WHERE id = ?",
                (move.url, row["id"]),
            )


def _standing(row: sqlite3.Row, planned: datetime) -> Standing:
    """How a source stands on the schedule, that is to be polled at `planned`."""
    interval = timedelta(seconds=row["interval_seconds"])
    return Standing(optional_time(row["last_polled_at"]), planned, interval, row["consecutive_failures"])


def poll_when_told(db: Database, watch: Watch, source_id: int, now: datetime) -> None:
    """Make a source due whose hub says that there is news."""
    row = db.conn.execute("SELECT last_polled_at, next_poll_at FROM sources WHERE id = ?", (source_id,)).fetchone()
    if row is not None:
        moment = poll_at_when_told(now, from_text(row["next_poll_at"]), optional_time(row["last_polled_at"]), watch.least_interval)
        db.conn.execute("UPDATE sources SET next_poll_at = ? WHERE id = ?", (to_text(moment), source_id))


def load_source(db: Database, source_id: int) -> sqlite3.Row | None:
    """The row of the source of that number, with what a poll must know beside it; None if there is none."""
    # One statement, since it is asked at every poll, and most polls bring nothing.
    row: sqlite3.Row | None = db.conn.execute(
        """SELECT sources.*, rhythm, (SELECT value FROM archive_state WHERE name = :line) AS line,
                  EXISTS (SELECT 1 FROM subscriptions WHERE source_id = sources.id) AS has_subscriptions
           FROM sources LEFT JOIN rhythms ON source_id = sources.id WHERE sources.id = :id""",
        {"id": source_id, "line": LINE_KEY},
    ).fetchone()
    return row


def source_record(row: sqlite3.Row) -> SourceRecord:
    """A row that `load_source` gave as what is remembered from poll to poll."""
    return SourceRecord(
        added_at=from_text(row["added_at"]),
        next_poll_at=from_text(row["next_poll_at"]),
        name=row["name"],
        is_named=bool(row["named"]),
        feed_title=row["feed_title"],
        last_success_at=optional_time(row["last_success_at"]),
        first_read_at=optional_time(row["first_read_at"]),
        last_read_at=optional_time(row["last_read_at"]),
        consecutive_failures=row["consecutive_failures"],
        problem=_problem(row),
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"]),
        trust=_trust(row),
        rhythm=read_rhythm(row["rhythm"]),
        silent_from=optional_time(row["silent_from"]),
        wishes=_wishes(row["wishes"]),
    )


def _trust(row: sqlite3.Row) -> Trust:
    return Trust(optional_time(row["unchanged_at"]), bool(row["doubted"]), optional_time(row["distrusted_at"]), row["strikes"])


def _wishes(text: str | None) -> FeedWishes:
    if text is None:
        return FeedWishes()
    seconds, hours, days = json.loads(text)
    return FeedWishes(None if seconds is None else timedelta(seconds=seconds), frozenset(hours), frozenset(days))


def _wishes_text(wishes: FeedWishes) -> str | None:
    if wishes == FeedWishes():
        return None
    every = None if wishes.every is None else wishes.every.total_seconds()
    return json.dumps([every, sorted(wishes.skip_hours), sorted(wishes.skip_days)])


def write_source(
    db: Database, source_id: int, before: SourceRecord, record: SourceRecord, condition: Condition | None, polled_at: datetime
) -> None:
    """Remember what came of the poll that is written at `polled_at`, and how the source stands after it; None: as it did."""
    columns = {"last_polled_at": to_text(polled_at), **_record_columns(record)}
    if condition is not None:
        columns |= condition_columns(condition)
    if record.rhythm is not None and record.rhythm is not before.rhythm:
        columns["silent_from"] = optional_text(record.silent_from)
        write_rhythm(db, source_id, record.rhythm)
    setting = ", ".join(f"{column} = ?" for column in columns)
    db.conn.execute(f"UPDATE sources SET {setting} WHERE id = ?", (*columns.values(), source_id))  # noqa: S608  # names of our own


def _record_columns(record: SourceRecord) -> dict[str, str | int | None]:
    """The columns of a source's row that every poll writes, with their values."""
    return {
        "next_poll_at": to_text(record.next_poll_at),
        "name": record.name,
        "feed_title": record.feed_title,
        "last_success_at": optional_text(record.last_success_at),
        "first_read_at": optional_text(record.first_read_at),
        "last_read_at": optional_text(record.last_read_at),
        "consecutive_failures": record.consecutive_failures,
        "error_code": record.problem.code if record.problem else None,
        "error_message": record.problem.message if record.problem else None,
        "etag": record.validators.etag,
        "last_modified": record.validators.last_modified,
        "body_hash": record.validators.body_hash,
        "unchanged_at": optional_text(record.trust.unchanged_at),
        "doubted": record.trust.is_doubted,
        "distrusted_at": optional_text(record.trust.distrusted_at),
        "strikes": record.trust.strikes,
        "wishes": _wishes_text(record.wishes),
    }


def write_news_told(db: Database, source_id: int, before: SourceRecord, record: SourceRecord) -> None:
    """Remember what entries that a hub sent make of a source's rhythm."""
    if record.rhythm is not None and record.rhythm is not before.rhythm:
        db.conn.execute("UPDATE sources SET silent_from = ? WHERE id = ?", (optional_text(record.silent_from), source_id))
        write_rhythm(db, source_id, record.rhythm)


def _problem(row: sqlite3.Row) -> Problem | None:
    return Problem(row["error_code"], row["error_message"]) if row["error_code"] else None


def _due_source(row: sqlite3.Row) -> DueSource:
    """A row of the table as work for the crawler. A server that is not believed is asked for its feed without condition."""
    if not _trust(row).asks_on_condition:
        return DueSource(row["id"], address_of(row), body_hash=row["body_hash"])
    return DueSource(row["id"], address_of(row), row["etag"], row["last_modified"], row["body_hash"])


def list_due_sources(db: Database, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueSource]:
    """The sources whose poll is due, the longest overdue first, without those of the ids that are in hand already.

    While our own line is down, those that answer all the same, and one of the others now and then.
    """
    if (line := load_line(db)) is not None:
        return [_due_source(row) for row in list_due_while_down(db, line, now, limit, in_hand)]
    rows = db.conn.execute(
        """SELECT * FROM sources WHERE configured = 1 AND next_poll_at <= ? AND id NOT IN (SELECT value FROM json_each(?))
           ORDER BY next_poll_at LIMIT ?""",
        (to_text(now), json.dumps(list(in_hand)), limit),
    )
    return [_due_source(row) for row in rows]


def find_sources(db: Database, names: Sequence[str]) -> tuple[list[DueSource], list[str]]:
    """The configured sources of these names or URLs (all, if none is given), and the names that no source has."""
    if not names:
        return [_due_source(row) for row in db.conn.execute("SELECT * FROM sources WHERE configured = 1 ORDER BY id")], []
    configured = db.conn.execute("SELECT * FROM sources WHERE configured = 1 ORDER BY id").fetchall()
    found: dict[int, DueSource] = {}
    unknown = []
    for name in names:
        rows = [row for row in configured if is_called(row, name)]
        found.update((row["id"], _due_source(row)) for row in rows)
        if not rows:
            unknown.append(name)
    return list(found.values()), unknown


def list_numbers(db: Database) -> dict[str, int]:
    """The numbers of the configured sources, by the URLs that the configuration has."""
    return {row["url"]: row["id"] for row in db.conn.execute("SELECT url, id FROM sources WHERE configured = 1")}


_HEALTH = """SELECT sources.*, (SELECT count(DISTINCT article_id) FROM sightings WHERE source_id = sources.id) AS articles
    FROM sources"""


def report_sources(db: Database) -> list[SourceHealth]:
    """The health of every configured source, by name."""
    line = load_line(db)
    rows = db.conn.execute(f"{_HEALTH} WHERE configured = 1 ORDER BY name COLLATE NOCASE, id")
    return [_report(row, line) for row in rows]


def report_source(db: Database, source_id: int) -> SourceHealth:
    """The health of the source of that number, which must be there."""
    return _report(db.conn.execute(f"{_HEALTH} WHERE id = ?", (source_id,)).fetchone(), load_line(db))


def _report(row: sqlite3.Row, line: Line | None) -> SourceHealth:
    move = move_of(row)
    return SourceHealth(
        name=row["name"],
        url=row["url"],
        status=source_status(row, line),
        interval=interval_in_force(row),
        last_polled_at=optional_time(row["last_polled_at"]),
        last_success_at=optional_time(row["last_success_at"]),
        next_poll_at=optional_time(row["next_poll_at"]),
        consecutive_failures=row["consecutive_failures"],
        last_error=_problem(row),
        articles=row["articles"],
        pages=page_readings(row),
        status_since=optional_time(row["status_since"]),
        moved_to=move.url if move is not None and move.is_adopted else None,
    )


def interval_in_force(row: sqlite3.Row) -> timedelta:
    """From the last poll to the next, in whole seconds; for a source that was not polled yet, what the configuration says."""
    if row["last_polled_at"] is None:
        return timedelta(seconds=row["interval_seconds"])
    wait = from_text(row["next_poll_at"]) - from_text(row["last_polled_at"])
    return max(timedelta(seconds=round(wait.total_seconds())), timedelta(seconds=1))


_WELL = frozenset({SourceStatus.OK, SourceStatus.MOVED, SourceStatus.SILENT})


def source_status(row: sqlite3.Row, line: Line | None) -> SourceStatus:
    """How a row of the table stands; while our line is down, nobody can say that a source is well that has not answered since."""
    status = SourceStatus(row["status"])
    if line is None or status not in _WELL or (row["last_success_at"] or "") >= to_text(line.since):
        return status
    return SourceStatus.UNREACHABLE


def get_longest_overdue(db: Database, now: datetime) -> timedelta:
    """How long the most overdue source has been waiting; nothing if none is due, or all wait for our own line."""
    if load_line(db) is not None:
        return timedelta()
    row = db.conn.execute("SELECT min(next_poll_at) AS due FROM sources WHERE configured = 1").fetchone()
    return timedelta() if row["due"] is None else max(timedelta(), now - from_text(row["due"]))
