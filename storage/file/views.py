"""Views for people who ask the archive in SQL, or look at it with Datasette: readable names instead of ids, times as they are read.

They belong to no migration: they hold nothing, and are made anew where they are not as this version has them. So a migration may change
any table; the columns of the views are what stays. `docs/archive.md` explains each.
"""

# ruff: noqa: S608  # the SQL is made of literals of this file

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storage.file.database import Database


def _time(column: str, name: str | None = None) -> str:
    """A time without fractions and letters, in UTC, as SQLite's own functions write and read it."""
    return f"replace(substr({column}, 1, 19), 'T', ' ') AS {name or column.rpartition('.')[2]}"


_INTERVAL = """CASE WHEN last_polled_at IS NULL THEN interval_seconds
        ELSE max(1, round((julianday(next_poll_at) - julianday(last_polled_at)) * 86400)) END AS interval_seconds"""
"""From the last poll to the next."""
_YES = "CASE WHEN {condition} THEN 'yes' ELSE 'no' END"

VIEWS = {
    "sources_v": f"""SELECT sources.id, name, url, status,
        (SELECT count(DISTINCT article_id) FROM sightings WHERE source_id = sources.id) AS articles,
        {_time("last_polled_at")}, {_time("last_success_at")}, {_time("next_poll_at")}, {_INTERVAL},
        consecutive_failures, error_code AS problem_code, error_message AS problem, {_YES.format(condition="configured = 1")} AS configured,
        {_time("added_at")}, (SELECT group_concat(value, ', ') FROM json_each(tags)) AS tags,
        length(page_marks) AS pages, length(page_marks) - length(replace(page_marks, '-', '')) AS pages_unread,
        {_time("pages_failing_since")}, {_time("status_since")}, json_extract(moved, '$.url') AS moves_to
        FROM sources""",
    "polls_v": f"""SELECT sources.name AS source, {_time("polled_at")}, kind, http_status, round(seconds, 3) AS seconds, body_bytes,
        entries_seen, entries_new, entries_changed, polls.error_code AS problem_code, polls.error_message AS problem
        FROM polls JOIN sources ON sources.id = source_id""",
    "gaps_v": f"""SELECT sources.name AS source, {_time("from_at")}, {_time("to_at")}, entries, {_time("repaired_at")}, message,
        state, {_time("found_at")}, missed, found, {_time("reached_at")}, problem_code, problem
        FROM gaps JOIN sources ON sources.id = source_id""",
    "entries_v": f"""SELECT sources.name AS source, title, link, {_time("published_at")}, {_time("updated_at")},
        {_time("first_seen_at")}, {_time("changed_at")}, article_id AS article, page_state, page_error_code AS page_problem_code,
        page_error_message AS page_problem
        FROM entries JOIN sources ON sources.id = source_id""",
    "articles_v": f"""SELECT articles.id, articles.title, articles.url, sources.name AS source, author, language,
        {_time("articles.published_at")}, {_time("articles.first_seen_at")}, revisions - 1 AS revisions,
        (SELECT count(*) FROM sightings WHERE article_id = articles.id) AS sightings,
        (SELECT group_concat(topic, ', ') FROM (SELECT DISTINCT topic FROM matches WHERE article_id = articles.id ORDER BY topic))
            AS topics,
        revisions.text, {_time("deleted_at")}
        FROM articles JOIN sources ON sources.id = articles.source_id LEFT JOIN revisions ON revisions.id = revision_id""",
    "sightings_v": f"""SELECT article_id AS article, articles.title, sources.name AS source, sightings.url, {_time("seen_at")},
        identity AS why, {_YES.format(condition="silent = 1")} AS silent
        FROM sightings JOIN articles ON articles.id = article_id JOIN sources ON sources.id = sightings.source_id""",
    "versions_v": f"""SELECT article_id AS article, number, revisions.title, sources.name AS source, origin, {_time("seen_at")},
        {_YES.format(condition="revisions.id = articles.revision_id")} AS current, text
        FROM revisions JOIN articles ON articles.id = article_id JOIN sources ON sources.id = revisions.source_id""",
    "matches_v": f"""SELECT topic, article_id AS article, articles.title, number AS version, {_time("matched_at")},
        (SELECT group_concat(json_extract(value, '$.found'), ', ') FROM json_each(hits)) AS found,
        (SELECT group_concat(json_extract(value, '$.passage'), ' / ') FROM json_each(hits)) AS passages, silence
        FROM matches JOIN articles ON articles.id = article_id""",
    "topics_v": f"""SELECT topic, count(DISTINCT article_id) AS articles,
        (SELECT count(*) FROM alerts WHERE alerts.topic = matches.topic) AS alerts,
        {_time("min(matched_at)", "first_match_at")}, {_time("max(matched_at)", "last_match_at")},
        (SELECT {_time("max(created_at)", "at")} FROM alerts WHERE alerts.topic = matches.topic) AS last_alert_at
        FROM matches GROUP BY topic""",
    "alerts_v": f"""SELECT alerts.id, topic, kind, article_id AS article, json_extract(payload, '$.title') AS title,
        json_extract(payload, '$.url') AS url, json_extract(payload, '$.source') AS source, {_time("created_at")}, delay_seconds,
        (SELECT group_concat(json_extract(value, '$.found'), ', ') FROM json_each(hits)) AS found,
        (SELECT group_concat(channel || ' ' || status, ', ') FROM deliveries WHERE alert_id = alerts.id) AS deliveries,
        {_time("acknowledged_at")}
        FROM alerts""",
    "deliveries_v": f"""SELECT deliveries.id, alert_id AS alert, topic, json_extract(payload, '$.title') AS title, deliveries.channel,
        status, coalesce(attempts, 0) AS attempts, {_time("deliveries.created_at")},
        {_time("coalesce(messages.next_attempt_at, due_at)", "next_attempt_at")}, {_time("sent_at")}, message_id AS message,
        coalesce(last_error, reason) AS problem, {_time("escalate_at")}, escalated_from, escalated_because
        FROM deliveries JOIN alerts ON alerts.id = alert_id LEFT JOIN messages ON messages.id = message_id""",
    "attempts_v": f"""SELECT message_id AS message, channel, {_time("attempted_at")}, status, answer, {_time("attempts.next_attempt_at")}
        FROM attempts JOIN messages ON messages.id = message_id""",
}
"""Their columns keep their names and order; new ones are added at the end."""


@contextmanager
def views_set_aside(db: Database) -> Iterator[None]:
    """Be without views while tables are changed: SQLite refuses to rename any while a view speaks of what is not there.

    Afterwards they are as they were, those that somebody made for themselves too. Both within a transaction of the caller's.
    """
    rows = db.conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid").fetchall()
    for row in rows:
        db.conn.execute('DROP VIEW "{}"'.format(row["name"].replace('"', '""')))  # under whatever name it was made
    yield
    for row in rows:
        db.conn.execute(row["sql"])


def make_views(db: Database) -> None:
    """Make the views, if they are not there as this version has them."""
    wanted = {name: f"CREATE VIEW {name} AS {sql}" for name, sql in VIEWS.items()}
    if _list_made(db) == wanted:
        return
    with db.atomic():
        for name in _list_made(db):
            db.conn.execute(f"DROP VIEW {name}")
        for statement in wanted.values():
            db.conn.execute(statement)


def _list_made(db: Database) -> dict[str, str]:
    """Our views with what they were made by; those that somebody made for themselves are left alone."""
    rows = db.conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'")
    return {row["name"]: row["sql"] for row in rows if row["name"] in VIEWS}
