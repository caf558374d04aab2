"""Whether our own line is down, in the archive, so that no restart forgets it: finding it out, probing it, and its end."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from news.alerts import OUR_LINE, Alert
from news.health import Trouble, Verdict
from news.health_news import DOWN, WELL, HealthEvent, HealthNews
from news.own_line import (
    LATELY,
    LINE_CODES,
    Line,
    Seen,
    count_hosts,
    find_outage,
    is_refuted,
    next_poll_after_refutation,
    next_probe,
    probe_wait,
)
from news.sources import SourceStatus
from news.wording import Wording
from storage.file.database import Database
from storage.file.times import from_text, optional_time, to_text
from storage.recording.health import raise_health_alert
from storage.recording.state import get_state, remove_state, set_state
from storage.recording.troubles import trouble_text
from storage.recording.watch import Watch

LINE_KEY = "line"
"""Under which the state of the archive holds the outage."""
_CODES = json.dumps(sorted(LINE_CODES))
_POLLS_LOOKED_AT = 400
_SOURCES_COUNTED = 400
"""More make no difference to how many hosts are a proof."""
_NAME = "line"


def load_line(db: Database) -> Line | None:
    """The outage of our line, if there is one."""
    return read_line(get_state(db, LINE_KEY))


def read_line(text: str | None) -> Line | None:
    """The outage that `_write_line` wrote; None for none."""
    if text is None:
        return None
    fields = json.loads(text)
    since = from_text(fields["since"])
    found_at = optional_time(fields.get("found_at")) or since  # earlier versions wrote none
    return Line(since, found_at, from_text(fields["probe_at"]), fields["probe_wait"], fields.get("is_witness_due", False))


def _write_line(db: Database, line: Line) -> None:
    moments = {"since": to_text(line.since), "found_at": to_text(line.found_at), "probe_at": to_text(line.probe_at)}
    fields = {**moments, "probe_wait": line.probe_wait, "is_witness_due": line.is_witness_due}
    set_state(db, LINE_KEY, json.dumps(fields))


def note_failed_probe(db: Database, line: Line, status: SourceStatus, now: datetime) -> None:
    """A source whose status was that could not be reached: the line is still down, and the next probe waits its time."""
    _write_line(db, next_probe(line, now, was_cut_off=status is SourceStatus.UNREACHABLE))


_ANSWERS = "(coalesce(last_polled_at, '') >= :found AND coalesce(error_code, '') NOT IN (SELECT value FROM json_each(:codes)))"
"""Whether a source has answered since the outage was found."""


def list_due_while_down(db: Database, line: Line, now: datetime, limit: int, in_hand: Collection[int]) -> list[Row]:
    """What is polled while the line is down: what has answered since then, as usual; and the next probe or witness, one at a time."""
    known = {"found": to_text(line.found_at), "codes": _CODES, "now": to_text(now)}
    asked = {**known, "limit": limit, "hand": json.dumps(list(in_hand))}
    answering = db.conn.execute(
        f"""SELECT * FROM sources WHERE configured = 1 AND next_poll_at <= :now AND status <> 'unreachable' AND {_ANSWERS}
              AND id NOT IN (SELECT value FROM json_each(:hand)) ORDER BY next_poll_at LIMIT :limit""",  # noqa: S608  # literals
        asked,
    ).fetchall()
    is_asking = db.conn.execute(
        f"""SELECT 1 FROM sources WHERE id IN (SELECT value FROM json_each(:hand)) AND (status = 'unreachable' OR NOT {_ANSWERS})
            LIMIT 1""",  # noqa: S608  # literals
        asked,
    ).fetchone()
    return answering if is_asking else [*answering, *_list_probe(db, line, known, now)]


def _list_probe(db: Database, line: Line, known: dict[str, str], now: datetime) -> list[Row]:
    """The source that is to be asked next whether the line is back, each that was cut off in turn; or the next witness.

    What has answered since then is no witness again.
    """
    if line.is_probe_due(now):
        cut_off = db.conn.execute(
            "SELECT * FROM sources WHERE configured = 1 AND status = 'unreachable' ORDER BY last_polled_at, id LIMIT 1"
        ).fetchall()
        return cut_off or db.conn.execute("SELECT * FROM sources WHERE configured = 1 ORDER BY last_polled_at, id LIMIT 1").fetchall()
    if not line.is_witness_due:
        return []
    # A source that is failing may answer too, but seldom does.
    return db.conn.execute(
        f"""SELECT * FROM sources WHERE configured = 1 AND status <> 'unreachable' AND next_poll_at <= :now AND NOT {_ANSWERS}
              AND coalesce(last_polled_at, '') < :before ORDER BY trouble IS NOT NULL, last_polled_at, id LIMIT 1""",  # noqa: S608  # literals
        {**known, "before": to_text(max(line.found_at, now - LATELY))},
    ).fetchall()


def look_for_outage(db: Database, watch: Watch, now: datetime) -> list[Alert]:
    """Find out whether our line is down, and note it: returns the operational alert that says so."""
    since = find_outage(_list_latest(db, now), _count_hosts(db), now)
    if since is None:
        return []
    cut_off = _note_cut_off(db, since, now)
    wait = probe_wait(cut_off, watch.least_interval)
    _write_line(db, next_probe(Line(since, now, now, wait.total_seconds()), now, was_cut_off=False))
    message = Wording(
        "Nothing is counted against the sources. One of them is asked now and then; when it answers, all that is due is polled at once."
    )
    news = HealthNews(HealthEvent.LINE, _NAME, DOWN, WELL, since=since, message=message)
    return [raise_health_alert(db, watch.health_notify, OUR_LINE, news, now)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A source that answered while the line is down: its address, its status before, and when it answered."""

    url: str
    status: SourceStatus
    at: datetime


def end_outage(db: Database, watch: Watch, line: Line, answer: Answer, now: datetime) -> list[Alert]:
    """Whether an answer ends the outage. If it is of a source that was cut off, the line is back: what was is due at once.

    What was not cut off may be on the local network. It shows only together with others that it was not our line.
    """
    cut_off = [row["url"] for row in db.conn.execute("SELECT url FROM sources WHERE configured = 1 AND status = 'unreachable'")]
    if cut_off and answer.status is not SourceStatus.UNREACHABLE:
        return _doubt_outage(db, watch, line, cut_off, answer, now)
    db.conn.execute("UPDATE sources SET next_poll_at = :now WHERE status = 'unreachable' AND next_poll_at > :now", {"now": to_text(now)})
    return [_tell_end(db, watch, line, Wording("All sources that are due are polled now."), now)]


def _doubt_outage(db: Database, watch: Watch, line: Line, cut_off: Sequence[str], answer: Answer, now: datetime) -> list[Alert]:
    answering = [answer.url, *_list_answering(db, line)] if answer.at >= line.found_at else []
    if not is_refuted(line, cut_off, answering, now):
        return []
    trouble = Trouble(line.since, 1, Verdict.BROKEN, 1)
    db.conn.execute(
        """UPDATE sources SET status = 'failing', status_since = :since, trouble = :trouble, consecutive_failures = 1, next_poll_at = :next
           WHERE status = 'unreachable'""",
        {"since": to_text(line.since), "trouble": trouble_text(trouble), "next": to_text(next_poll_after_refutation(line, now))},
    )
    message = Wording("It was not the line, since other sources answer: those that cannot be reached are failing.")
    return [_tell_end(db, watch, line, message, now)]


def _list_answering(db: Database, line: Line) -> list[str]:
    """The sources that have answered since the outage was found; what was on its way before that tells nothing."""
    rows = db.conn.execute(
        """SELECT DISTINCT url FROM polls JOIN sources ON sources.id = source_id
           WHERE polls.polled_at >= :found AND configured = 1 AND status <> 'unreachable'
             AND coalesce(polls.error_code, '') NOT IN (SELECT value FROM json_each(:codes)) LIMIT :most""",
        {"found": to_text(line.found_at), "codes": _CODES, "most": _SOURCES_COUNTED},
    )
    return [row["url"] for row in rows]


def _tell_end(db: Database, watch: Watch, line: Line, message: str, now: datetime) -> Alert:
    remove_state(db, LINE_KEY)
    _try_deliveries_again(db, line, now)
    news = HealthNews(HealthEvent.LINE, _NAME, WELL, DOWN, since=line.since, until=now, message=message)
    return raise_health_alert(db, watch.health_notify, OUR_LINE, news, now)


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
    return db.conn.execute(
        """UPDATE sources SET status = 'unreachable', status_since = :since, trouble = NULL, consecutive_failures = 0,
                              next_poll_at = min(next_poll_at, :now)
           WHERE error_code IN (SELECT value FROM json_each(:codes)) AND json_extract(trouble, '$.since') >= :since
             AND json_extract(trouble, '$.told') = 'ok'""",
        {"since": to_text(since), "now": to_text(now), "codes": _CODES},
    ).rowcount
