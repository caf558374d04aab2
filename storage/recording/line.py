"""Whether our own line is down, in the archive, so that no restart forgets it: finding it out, probing it, and its end."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from news.alerts import OUR_LINE, Alert
from news.health_news import DOWN, WELL, HealthEvent, HealthNews
from news.own_line import LATELY, LINE_CODES, Line, Seen, count_hosts, find_outage, next_probe, probe_wait
from news.sources import SourceStatus
from news.wording import Wording
from storage.file.times import from_text, optional_time, to_text
from storage.recording.health import raise_health_alert
from storage.recording.watch import Watch

_KEY = "line"
_POLLS_LOOKED_AT = 400
_SOURCES_COUNTED = 400
"""More make no difference to how many hosts are a proof."""
_NAME = "line"


def load_line(db: Database) -> Line | None:
    """The outage of our line, if there is one."""
    row = db.conn.execute("SELECT value FROM archive_state WHERE name = ?", (_KEY,)).fetchone()
    if row is None:
        return None
    fields = json.loads(row["value"])
    return Line(from_text(fields["since"]), from_text(fields["probe_at"]), fields["probe_wait"])


def _write_line(db: Database, line: Line) -> None:
    fields = {"since": to_text(line.since), "probe_at": to_text(line.probe_at), "probe_wait": line.probe_wait}
    db.conn.execute("INSERT OR REPLACE INTO archive_state (name, value) VALUES (?, ?)", (_KEY, json.dumps(fields)))


def note_failed_probe(db: Database, line: Line, now: datetime) -> None:
    """The line is still down: the next probe waits its time."""
    _write_line(db, next_probe(line, now))


def list_probes(db: Database, line: Line, now: datetime, in_hand: Collection[int]) -> list[Row]:
    """The source that is to be asked next whether the line is back: each that was cut off in turn, one at a time."""
    if in_hand or not line.is_probe_due(now):
        return []
    cut_off = "configured = 1 AND status = 'unreachable'"
    for condition in (cut_off, "configured = 1"):
        if rows := db.conn.execute(f"SELECT * FROM sources WHERE {condition} ORDER BY last_polled_at, id LIMIT 1").fetchall():  # noqa: S608  # literals
            return rows
    return []


def look_for_outage(db: Database, watch: Watch, now: datetime) -> list[Alert]:
    """Find out whether our line is down, and note it: returns the operational alert that says so."""
    since = find_outage(_list_latest(db, now), _count_hosts(db), now)
    if since is None:
        return []
    cut_off = _note_cut_off(db, since, now)
    wait = probe_wait(cut_off, watch.least_interval)
    _write_line(db, next_probe(Line(since, now, wait.total_seconds()), now))
    message = Wording(
        "Nothing is counted against the sources. One of them is asked now and then; when it answers, all that is due is polled at once."
    )
    news = HealthNews(HealthEvent.LINE, _NAME, DOWN, WELL, since=since, message=message)
    return [raise_health_alert(db, watch.health_notify, OUR_LINE, news, now)]


def end_outage(db: Database, watch: Watch, line: Line, status: SourceStatus, now: datetime) -> list[Alert]:
    """A source whose status was that has answered. If it had been cut off, the line is back: what was is due at once.

    What answers all the time may be on the local network, and proves nothing, as long as there is a source that was cut off.
    """
    cut_off = db.conn.execute("SELECT 1 FROM sources WHERE configured = 1 AND status = 'unreachable' LIMIT 1").fetchone()
    if status is not SourceStatus.UNREACHABLE and cut_off is not None:
        return []
    db.conn.execute("DELETE FROM archive_state WHERE name = ?", (_KEY,))
    db.conn.execute("UPDATE sources SET next_poll_at = :now WHERE status = 'unreachable' AND next_poll_at > :now", {"now": to_text(now)})
    _try_deliveries_again(db, line, now)
    message = Wording("All sources that are due are polled now.")
    news = HealthNews(HealthEvent.LINE, _NAME, WELL, DOWN, since=line.since, until=now, message=message)
    return [raise_health_alert(db, watch.health_notify, OUR_LINE, news, now)]


def _try_deliveries_again(db: Database, line: Line, now: datetime) -> None:
    """What could not be sent through the dead line waits no longer than it has to."""
    db.conn.execute(
        """UPDATE messages SET next_attempt_at = :now
           WHERE next_attempt_at > :now AND hold IS NULL
             AND EXISTS (SELECT 1 FROM attempts WHERE message_id = messages.id AND attempted_at >= :since)""",
        {"now": to_text(now), "since": to_text(line.since)},
    )


def _list_latest(db: Database, now: datetime) -> list[Seen]:
    """The last poll of each source that was polled lately, the newest first."""
    rows = db.conn.execute(
        """SELECT source_id, url, polls.polled_at, polls.error_code, json_extract(trouble, '$.since') AS since, last_success_at
           FROM (SELECT * FROM polls ORDER BY id DESC LIMIT ?) AS polls JOIN sources ON sources.id = source_id
           WHERE polls.polled_at >= ? AND configured = 1 ORDER BY polls.id DESC""",
        (_POLLS_LOOKED_AT, to_text(now - LATELY)),
    )
    latest: dict[int, Seen] = {}
    for row in rows:
        latest.setdefault(row["source_id"], _seen(row))
    return list(latest.values())


def _seen(row: Row) -> Seen:
    since, was_well = optional_time(row["since"]), row["last_success_at"] is not None
    return Seen(row["url"], from_text(row["polled_at"]), row["error_code"], since, was_well)


def _count_hosts(db: Database) -> int:
    rows = db.conn.execute("SELECT url FROM sources WHERE configured = 1 LIMIT ?", (_SOURCES_COUNTED,))
    return count_hosts(row["url"] for row in rows)


def _note_cut_off(db: Database, since: datetime, now: datetime) -> int:
    """Take back what was counted against the sources that were cut off; returns how many there are.

    Those of which somebody was told already keep their trouble, so that its end is told too.
    """
    codes = json.dumps(sorted(LINE_CODES))
    return db.conn.execute(
        """UPDATE sources SET status = 'unreachable', status_since = :since, trouble = NULL, consecutive_failures = 0,
                              next_poll_at = min(next_poll_at, :now)
           WHERE error_code IN (SELECT value FROM json_each(:codes)) AND json_extract(trouble, '$.since') >= :since
             AND json_extract(trouble, '$.told') = 'ok'""",
        {"since": to_text(since), "now": to_text(now), "codes": codes},
    ).rowcount
