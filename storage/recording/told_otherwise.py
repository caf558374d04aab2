"""What a follow-up says otherwise than what its topic alerted on before in the story: found in the operation that records the match."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlite_utils import Database

from news.alerting import NewAlert
from news.alerts import AlertKind, Difference, TopicMatch
from news.articles import ArticleFacts
from news.disagreeing import find_news
from news.otherwise import Told, read_said
from news.text import AnalysedArticle
from storage.recording.facts import list_facts
from storage.recording.watch import Watch

MOST_EARLIER = 8
"""Articles that a follow-up is compared with for a topic: those that it alerted on last."""
MOST_TOPICS = 5
"""For which one article is compared; of the others it is told without differences."""

Due = list[tuple[TopicMatch, NewAlert]]

_EARLIER = """WITH told AS (
        SELECT topic, alerts.article_id, max(sequence), revision_id, created_at
        FROM story_articles AS own JOIN story_articles AS others USING (story_id)
            CROSS JOIN alerts ON alerts.article_id = others.article_id AND topic IN (SELECT value FROM json_each(:topics))
        WHERE own.article_id = :article AND others.article_id != own.article_id
        GROUP BY topic, alerts.article_id),
    last AS (SELECT *, row_number() OVER (PARTITION BY topic ORDER BY created_at DESC, article_id DESC) AS place FROM told)
    SELECT topic, last.article_id, sources.name AS source, title, text
    FROM last JOIN revisions ON revisions.id = revision_id JOIN sources ON sources.id = revisions.source_id
    WHERE place <= :most ORDER BY place"""
"""Each article as the topic was told it last: SQLite takes the columns that are not grouped from the row of the highest sequence."""


def add_differences(db: Database, watch: Watch, article_id: int, analysed: AnalysedArticle, facts: ArticleFacts | None, due: Due) -> Due:
    """The same alerts, the follow-ups among them with what they say otherwise."""
    topics = [match.topic for match, new in due if new.kind is AlertKind.FOLLOW_UP][:MOST_TOPICS]
    if not topics:
        return due
    new = Told(article_id, "", analysed.title, analysed.text, facts)
    earlier = _load_earlier(db, watch, article_id, topics)
    found = {topic: _compare(watch, topic, new, earlier[topic]) for topic in topics}
    return [(match, replace(one, differences=found.get(match.topic, ()))) for match, one in due]


def _compare(watch: Watch, topic: str, new: Told, earlier: Sequence[Told]) -> tuple[Difference, ...]:
    said = [read_said(watch.matcher, topic, one) for one in earlier]
    return find_news(read_said(watch.matcher, topic, new), said)


def _load_earlier(db: Database, watch: Watch, article_id: int, topics: Sequence[str]) -> Mapping[str, Sequence[Told]]:
    asked = {"topics": json.dumps(topics), "article": article_id, "most": MOST_EARLIER}
    rows = db.conn.execute(_EARLIER, asked).fetchall()
    facts = list_facts(db, {row["article_id"] for row in rows}) if watch.matcher.needs_facts else {}
    earlier: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        told = Told(row["article_id"], row["source"], row["title"], row["text"], facts.get(row["article_id"]))
        earlier[row["topic"]].append(told)
    return earlier
