"""Corrections: an edit of an article that topics have alerted on is compared with what was told, and told with the version it brought.

What comes within an hour of a correction waits in `corrections_due`: it is compared anew when the hour is over, so that what was taken
back meanwhile is not told.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from news.alerts import Alert, AlertKind, article_subject
from news.articles import Origin
from news.corrections import Compared, EditedArticle, ToldLast, decide_corrections, is_told_of_edits
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.file.times import from_text, to_text
from storage.recording.alerts import Cause, Due, record_alerts
from storage.recording.facts import list_facts
from storage.recording.watch import Watch

MOST_AT_ONCE = 20
"""Corrections that waited and are told by one operation; others write between two of these."""


def load_told(db: Database, watch: Watch, edited: Sequence[EditedArticle]) -> list[EditedArticle]:
    """The articles with what topics were told of them that are told of edits, and with what that is compared with."""
    told = {
        article_id: {topic: one for topic, one in of_topics.items() if is_told_of_edits(watch.revisions_of_topic, topic)}
        for article_id, of_topics in _load_told(db, [one.article_id for one in edited]).items()
    }
    return _with_bases(db, watch, [replace(one, told=told.get(one.article_id, {})) for one in edited])


def write_corrections(db: Database, watch: Watch, compared: Sequence[Compared], now: datetime) -> list[Alert]:
    """Write what is told of edits, and what is to be compared again; returns the alerts."""
    later = [(one.article.article_id, one.topic, to_text(one.again_at)) for one in compared if one.again_at is not None]
    put_off = "ON CONFLICT (article_id, topic) DO UPDATE SET due_at = excluded.due_at"
    insert_rows(db, "corrections_due", ("article_id", "topic", "due_at"), later, put_off)
    _forget_due(db, [(one.article.article_id, one.topic) for one in compared if one.again_at is None])
    due = [Due(_cause_of(one.article, now), one.match, one.new) for one in compared if one.match is not None and one.new is not None]
    told = [(one.cause.revision_id, one.match.topic) for one in due]
    db.conn.executemany("UPDATE matches SET silence = NULL WHERE revision_id = ? AND topic = ?", told)
    return record_alerts(db, watch.channels_of_topic, due)


def _cause_of(article: EditedArticle, now: datetime) -> Cause:
    return Cause(article.article_id, article_subject(article.article_id), article.revision_id, now, article.text)


def _load_told(db: Database, article_ids: Iterable[int]) -> Mapping[int, Mapping[str, ToldLast]]:
    rows = select_in(
        db,
        """SELECT alerts.article_id, topic, sequence, kind, created_at, number FROM alerts JOIN revisions ON revisions.id = revision_id
           WHERE alerts.article_id IN ({marks}) ORDER BY sequence""",
        article_ids,
    )
    told: dict[int, dict[str, ToldLast]] = defaultdict(dict)
    for row in rows:
        before = told[row["article_id"]].get(row["topic"])
        is_correction = row["kind"] == AlertKind.CORRECTED
        corrected_at = from_text(row["created_at"]) if is_correction else before.corrected_at if before else None
        told[row["article_id"]][row["topic"]] = ToldLast(row["sequence"], row["number"], corrected_at)
    return told


def _load_current(db: Database, article_ids: Iterable[int]) -> list[EditedArticle]:
    rows = select_in(
        db,
        """SELECT revisions.* FROM articles JOIN revisions ON revisions.id = revision_id
           WHERE articles.id IN ({marks}) AND deleted_at IS NULL""",
        article_ids,
    )
    return [
        EditedArticle(row["article_id"], row["id"], row["number"], row["source_id"], Origin(row["origin"]), row["title"], row["text"])
        for row in rows
    ]


def _with_bases(db: Database, watch: Watch, edited: Sequence[EditedArticle]) -> list[EditedArticle]:
    bases = _load_bases(db, edited)
    facts = list_facts(db, bases) if bases and watch.matcher.needs_facts else {}
    return [replace(one, bases=bases.get(one.article_id, {}), facts=facts.get(one.article_id)) for one in edited]


def _load_bases(db: Database, edited: Sequence[EditedArticle]) -> Mapping[int, dict[int, tuple[str, str]]]:
    """What each current version is an edit of: the first since it was told that the same source gave in the same way.

    A page that takes the place of its feed's few words is no edit of them, nor is what one source writes one of another's text.
    """
    asked = {
        (one.article_id, told.number, one.number, one.source_id, one.origin)
        for one in edited
        for told in one.told.values()
        if told.number != one.number
    }
    bases: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    if not asked:
        return bases
    rows = db.conn.execute(
        """SELECT json_extract(value, '$[0]') AS article_id, json_extract(value, '$[1]') AS told, title, text
           FROM json_each(?) JOIN revisions ON revisions.id = (
               SELECT id FROM revisions AS base
               WHERE article_id = json_extract(value, '$[0]')
                 AND number BETWEEN json_extract(value, '$[1]') AND json_extract(value, '$[2]') - 1
                 AND source_id = json_extract(value, '$[3]') AND origin = json_extract(value, '$[4]') ORDER BY number LIMIT 1)""",
        (json.dumps(sorted(asked)),),
    )
    for row in rows:
        bases[row["article_id"]][row["told"]] = (row["title"], row["text"])
    return bases


def _forget_due(db: Database, compared: Iterable[tuple[int, str]]) -> None:
    db.conn.executemany("DELETE FROM corrections_due WHERE article_id = ? AND topic = ?", list(compared))


def has_due_corrections(db: Database, now: datetime) -> bool:
    """Whether a correction that waited is to be told."""
    return db.conn.execute("SELECT 1 FROM corrections_due WHERE due_at <= ? LIMIT 1", (to_text(now),)).fetchone() is not None


def record_due_corrections(db: Database, watch: Watch, now: datetime) -> list[Alert]:
    """Tell some of the corrections whose hour is over, the longest waiting first, as far as there is still something to tell."""
    rows = db.conn.execute(
        "SELECT article_id, topic FROM corrections_due WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", (to_text(now), MOST_AT_ONCE)
    ).fetchall()
    due = [(row["article_id"], row["topic"]) for row in rows]
    _forget_due(db, due)
    told = _load_told(db, {article_id for article_id, _ in due})
    asked: dict[int, dict[str, ToldLast]] = defaultdict(dict)
    for article_id, topic in due:
        if topic in told[article_id]:
            asked[article_id][topic] = told[article_id][topic]
    edited = _with_bases(db, watch, [replace(one, told=asked[one.article_id]) for one in _load_current(db, asked)])
    compared = decide_corrections(watch.matcher, watch.revisions_of_topic, edited, now)
    return write_corrections(db, watch, compared, now)
