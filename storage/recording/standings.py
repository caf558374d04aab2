"""What is on record of articles and of the topics that match them now: what alerts are decided from, loaded by set."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from news.alerting import OnRecord
from news.consequences import MOST_EARLIER, ArticleOfTopic, Earlier, MatchedVersion, Standing
from news.follow_ups import Per
from news.otherwise import Told
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text
from storage.recording.facts import list_facts
from storage.recording.watch import Watch

_ASKED = """WITH asked AS (
    SELECT json_extract(value, '$[0]') AS article_id, json_extract(value, '$[1]') AS topic, json_extract(value, '$[2]') AS subject
    FROM json_each(?))"""
_STANDINGS = f"""{_ASKED}
    SELECT asked.article_id, asked.topic, sighted_openly, story_id, matches.revision_id, number,
           (SELECT max(sequence) FROM alerts WHERE topic = asked.topic AND subject = asked.subject) AS alerts,
           EXISTS (SELECT 1 FROM story_articles AS others JOIN alerts ON topic = asked.topic AND subject = 'article:' || others.article_id
                   WHERE others.story_id = own.story_id AND others.article_id != asked.article_id) AS story_alerted
    FROM asked JOIN articles ON articles.id = asked.article_id LEFT JOIN story_articles AS own ON own.article_id = asked.article_id
         LEFT JOIN matches ON matches.article_id = asked.article_id AND matches.topic = asked.topic AND matches.revision_id = (
             SELECT revision_id FROM matches WHERE article_id = asked.article_id AND topic = asked.topic ORDER BY revision_id LIMIT 1)"""  # noqa: S608  # literals
"""The first match by the order of the key: an article may have thousands of versions, and each asks."""
_EARLIER = f"""{_ASKED}, told AS (
        SELECT asked.article_id AS new_id, asked.topic, alerts.article_id, max(sequence), revision_id, created_at
        FROM asked JOIN story_articles AS own ON own.article_id = asked.article_id JOIN story_articles AS others USING (story_id)
             CROSS JOIN alerts ON alerts.article_id = others.article_id AND alerts.topic = asked.topic
        WHERE others.article_id != own.article_id
        GROUP BY 1, 2, 3),
    last AS (SELECT *, row_number() OVER (PARTITION BY new_id, topic ORDER BY created_at DESC, article_id DESC) AS place FROM told)
    SELECT new_id, topic, article_id, revision_id, created_at FROM last WHERE place <= {MOST_EARLIER}"""  # noqa: S608  # literals
"""Each article as the topic was told it last: SQLite takes the columns that are not grouped from the row of the highest sequence."""


def load_standings(db: Database, watch: Watch, matched: Sequence[MatchedVersion]) -> dict[ArticleOfTopic, Standing]:
    """What is on record of each article and each topic that matches a version of it, before these matches are written."""
    if not matched:
        return {}
    asked = {(one.version.article_id, match.topic): one.version.subject.text for one in matched for match in one.matches}
    rows = db.conn.execute(_STANDINGS, (json.dumps([(*of, subject) for of, subject in asked.items()]),))
    standings = {(row["article_id"], row["topic"]): _standing(row) for row in rows}
    followed = [of for of, one in standings.items() if one.on_record.story_alerted and _is_per_story(watch, of[1])]
    for of, earlier in _load_earlier(db, watch, followed).items():
        before = standings[of]
        standings[of] = Standing(before.on_record, before.first_revision_id, before.story_id, earlier)
    return standings


def _standing(row: sqlite3.Row) -> Standing:
    on_record = OnRecord(row["alerts"] or 0, row["number"], bool(row["sighted_openly"]), bool(row["story_alerted"]))
    return Standing(on_record, row["revision_id"], row["story_id"])


def _is_per_story(watch: Watch, topic: str) -> bool:
    return watch.per_of_topic.get(topic, Per.ARTICLE) is Per.STORY


def _load_earlier(db: Database, watch: Watch, asked: Collection[ArticleOfTopic]) -> Mapping[ArticleOfTopic, Sequence[Earlier]]:
    """What each topic was told last of the other articles of the story of each article."""
    if not asked:
        return {}
    rows = db.conn.execute(_EARLIER, (json.dumps(list(asked)),)).fetchall()
    texts = _load_texts(db, {row["revision_id"] for row in rows})
    facts = list_facts(db, {row["article_id"] for row in rows}) if watch.matcher.needs_facts else {}
    earlier: dict[ArticleOfTopic, list[Earlier]] = defaultdict(list)
    for row in rows:
        told = Told(row["article_id"], *texts[row["revision_id"]], facts.get(row["article_id"]))
        earlier[row["new_id"], row["topic"]].append(Earlier(from_text(row["created_at"]), told))
    return earlier


def _load_texts(db: Database, revision_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Source, title and text of each version."""
    rows = select_in(
        db,
        """SELECT revisions.id, name, title, text FROM revisions JOIN sources ON sources.id = source_id
           WHERE revisions.id IN ({marks})""",
        revision_ids,
    )
    return {row["id"]: (row["name"], row["title"], row["text"]) for row in rows}


def load_source_names(db: Database, watch: Watch, matched: Sequence[MatchedVersion]) -> dict[int, str]:
    """What the sources of these versions are called, where one may be followed up by another."""
    versions = [one.version for one in matched if any(_is_per_story(watch, match.topic) for match in one.matches)]
    if len({version.article_id for version in versions}) < 2:
        return {}
    rows = select_in(db, "SELECT id, name FROM sources WHERE id IN ({marks})", {version.source_id for version in versions})
    return {row["id"]: row["name"] for row in rows}
