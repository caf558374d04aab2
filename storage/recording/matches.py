"""Matches, written with the version that matched, and with the alerts that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from news.alerting import Matched, NewAlert, Silence, decide_alert
from news.alerts import Alert, Subject, TopicMatch
from news.articles import ArticleFacts
from news.follow_ups import Per
from news.text import AnalysedArticle
from storage.file.times import to_text
from storage.recording.alerts import Cause, hits_json, load_on_record, record_alerts
from storage.recording.told_otherwise import add_differences
from storage.recording.watch import Watch


@dataclass(frozen=True, slots=True)
class VersionToMatch:
    """A version that arrived at `now`, or was there when another source showed its article, to be compared with the topics."""

    article_id: int
    subject: Subject
    revision_id: int
    number: int
    analysed: AnalysedArticle
    now: datetime
    edited_since_silent: bool
    """Whether its entry was edited since it was first seen; only asked of an article that no entry has sighted openly."""


def match_version(db: Database, watch: Watch, version: VersionToMatch, facts: ArticleFacts | None) -> list[Alert]:
    """Match one version against all topics; record the matches, and the alerts that are due for them.

    `facts` are those of its article, where a topic asks for them.
    """
    matched = Matched(version.number, version.edited_since_silent, by_silent_sighting=False)
    return _record_matches(db, watch, version, facts, matched, watch.matcher.match(version.analysed, facts))


def match_sighting(
    db: Database, watch: Watch, version: VersionToMatch, facts: tuple[ArticleFacts, ArticleFacts], *, silent: bool
) -> list[Alert]:
    """Match a version against the topics that ask for sources or tags, since another source has shown its article.

    `facts` are those without and with that sighting. What a silent sighting makes match is recorded without alerting.
    """
    before, after = facts
    matched = Matched(version.number, version.edited_since_silent, by_silent_sighting=silent)
    return _record_matches(db, watch, version, after, matched, watch.matcher.match_sighting(version.analysed, before, after))


def _record_matches(
    db: Database, watch: Watch, version: VersionToMatch, facts: ArticleFacts | None, matched: Matched, matches: Sequence[TopicMatch]
) -> list[Alert]:
    if not matches:
        return []
    known = load_on_record(db, version.article_id, version.subject, [match.topic for match in matches])
    due: list[tuple[TopicMatch, NewAlert]] = []
    for match in matches:
        per = watch.per_of_topic.get(match.topic, Per.ARTICLE)
        verdict = decide_alert(known[match.topic], matched, digest=watch.digest_first_poll, per=per)
        if isinstance(verdict, NewAlert):
            due.append((match, verdict))
        _record_match(db, version, match, verdict if isinstance(verdict, Silence) else None)
    cause = Cause(version.article_id, version.subject, version.revision_id, version.now, version.analysed.text)
    due = add_differences(db, watch, version.article_id, version.analysed, facts, due)
    return record_alerts(db, watch.channels_of_topic, cause, due) if due else []


def _record_match(db: Database, version: VersionToMatch, match: TopicMatch, silence: Silence | None) -> None:
    # A version that matched in silence may be told later, when the article is sighted openly.
    db.conn.execute(
        """INSERT INTO matches (article_id, topic, revision_id, number, matched_at, hits, silence) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET silence = NULL WHERE excluded.silence IS NULL""",
        (version.article_id, match.topic, version.revision_id, version.number, to_text(version.now), hits_json(match.hits), silence),
    )
