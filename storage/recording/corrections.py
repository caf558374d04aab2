"""Corrections: an edit of an article that topics have alerted on is compared with what was told, and told with the version it brought.

What comes within an hour of a correction waits in `corrections_due`: it is compared anew when the hour is over, so that what was taken
back meanwhile is not told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from news.alerting import NewAlert
from news.alerts import Alert, AlertKind, TopicMatch, article_subject
from news.articles import ArticleFacts
from news.corrections import Version, decide_when, find_changes
from news.edits import find_edit
from news.text import AnalysedArticle, analyse_article
from news.topics import Revisions
from storage.file.times import from_text, to_text
from storage.recording.alerts import Cause, record_alerts
from storage.recording.facts import list_facts
from storage.recording.watch import Watch

MOST_AT_ONCE = 20
"""Corrections that waited and are told by one operation; others write between two of these."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a topic was told of an article last: by the alert of this sequence, the version it was told; and when it was corrected last."""

    sequence: int
    number: int
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Edited:
    """An article with its current version, in which something may have been corrected at `now`."""

    article_id: int
    current: sqlite3.Row
    analysed: AnalysedArticle
    facts: ArticleFacts | None
    now: datetime


def record_corrections(
    db: Database, watch: Watch, article_id: int, now: datetime, topic: str | None = None, analysed: AnalysedArticle | None = None
) -> list[Alert]:
    """Write the alerts that an edit makes due: what the article's current text says otherwise than each topic was told, or just that one.

    `analysed`: the words of that text, where they are at hand.
    """
    told = {name: one for name, one in _load_told(db, article_id).items() if _is_asked(watch, name) and topic in {None, name}}
    current = _load_current(db, article_id) if told else None
    if current is None:
        return []
    told = {name: one for name, one in told.items() if one.number != current["number"]}
    facts = list_facts(db, [article_id]).get(article_id) if told and watch.matcher.needs_facts else None
    edited = _Edited(article_id, current, analysed or analyse_article(current["title"], current["text"]), facts, now)
    return [alert for name, one in told.items() for alert in _correct(db, watch, edited, name, one)]


def _is_asked(watch: Watch, topic: str) -> bool:
    return watch.revisions_of_topic.get(topic, Revisions.OFF) is not Revisions.OFF


def _load_told(db: Database, article_id: int) -> Mapping[str, _Told]:
    rows = db.conn.execute(
        """SELECT topic, sequence, kind, created_at, number FROM alerts JOIN revisions ON revisions.id = revision_id
           WHERE alerts.article_id = ? ORDER BY sequence""",
        (article_id,),
    )
    told: dict[str, _Told] = {}
    for row in rows:
        before = told.get(row["topic"])
        is_correction = row["kind"] == AlertKind.CORRECTED
        corrected_at = from_text(row["created_at"]) if is_correction else before.corrected_at if before else None
        told[row["topic"]] = _Told(row["sequence"], row["number"], corrected_at)
    return told


def _load_current(db: Database, article_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.conn.execute(
        """SELECT revisions.* FROM articles JOIN revisions ON revisions.id = revision_id
           WHERE articles.id = ? AND deleted_at IS NULL""",
        (article_id,),
    ).fetchone()
    return row


def _load_base(db: Database, edited: _Edited, told: _Told) -> sqlite3.Row | None:
    """What the current version is an edit of: the first since it was told that the same source gave in the same way.

    A page that takes the place of its feed's few words is no edit of them, nor is what one source writes one of another's text.
    """
    current = edited.current
    row: sqlite3.Row | None = db.conn.execute(
        """SELECT title, text FROM revisions
           WHERE article_id = ? AND number BETWEEN ? AND ? AND source_id = ? AND origin = ? ORDER BY number LIMIT 1""",
        (edited.article_id, told.number, current["number"] - 1, current["source_id"], current["origin"]),
    ).fetchone()
    return row


def _correct(db: Database, watch: Watch, edited: _Edited, topic: str, told: _Told) -> list[Alert]:
    due_at = decide_when(told.corrected_at, edited.now)
    if due_at > edited.now:  # compared once, when it may be told: live blogs are edited all the time
        _put_off(db, edited.article_id, topic, due_at)
        return []
    _forget_due(db, edited.article_id, topic)
    base = _load_base(db, edited, told)
    before = None if base is None else _find_in(watch, topic, analyse_article(base["title"], base["text"]), edited.facts)
    after = None if before is None else _find_in(watch, topic, edited.analysed, edited.facts)
    if before is None or after is None:
        return []
    edit = find_edit((before.title, before.text), (after.title, after.text))
    changes = find_changes(watch.revisions_of_topic[topic], edit, before, after)
    match = after.match or before.match
    if match is None or not changes:
        return []
    return _tell(db, watch, edited, match, NewAlert(AlertKind.CORRECTED, told.sequence + 1, changes))


def _find_in(watch: Watch, topic: str, analysed: AnalysedArticle, facts: ArticleFacts | None) -> Version | None:
    places = watch.matcher.find_places(topic, analysed, facts)
    return None if places is None else Version(analysed.title, analysed.text, places.match, places.found)


def _tell(db: Database, watch: Watch, edited: _Edited, match: TopicMatch, new: NewAlert) -> list[Alert]:
    revision_id = edited.current["id"]
    db.conn.execute("UPDATE matches SET silence = NULL WHERE revision_id = ? AND topic = ?", (revision_id, match.topic))
    cause = Cause(edited.article_id, article_subject(edited.article_id), revision_id, edited.now, edited.analysed.text)
    return record_alerts(db, watch.channels_of_topic, cause, [(match, new)])


def _put_off(db: Database, article_id: int, topic: str, due_at: datetime) -> None:
    db.conn.execute(
        """INSERT INTO corrections_due (article_id, topic, due_at) VALUES (?, ?, ?)
           ON CONFLICT (article_id, topic) DO UPDATE SET due_at = excluded.due_at""",
        (article_id, topic, to_text(due_at)),
    )


def _forget_due(db: Database, article_id: int, topic: str) -> None:
    db.conn.execute("DELETE FROM corrections_due WHERE article_id = ? AND topic = ?", (article_id, topic))


def has_due_corrections(db: Database, now: datetime) -> bool:
    """Whether a correction that waited is to be told."""
    return db.conn.execute("SELECT 1 FROM corrections_due WHERE due_at <= ? LIMIT 1", (to_text(now),)).fetchone() is not None


def record_due_corrections(db: Database, watch: Watch, now: datetime) -> list[Alert]:
    """Tell some of the corrections whose hour is over, the longest waiting first, as far as there is still something to tell."""
    rows = db.conn.execute(
        "SELECT article_id, topic FROM corrections_due WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", (to_text(now), MOST_AT_ONCE)
    ).fetchall()
    alerts: list[Alert] = []
    for row in rows:
        _forget_due(db, row["article_id"], row["topic"])
        alerts += record_corrections(db, watch, row["article_id"], now, row["topic"])
    return alerts
