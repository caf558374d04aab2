"""What follows from the versions of one body: loading what that depends on, and writing matches, with the alerts that follow, by set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from news.alerting import NewAlert, Silence
from news.alerts import Alert
from news.consequences import Before, Consequence, Consequences, MatchedVersion, Wants
from news.corrections import EditedArticle
from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.times import to_text
from storage.recording.alerts import Cause, Due, hits_json, record_alerts
from storage.recording.corrections import load_told, write_corrections
from storage.recording.standings import load_source_names, load_standings
from storage.recording.watch import Watch

_MATCH = ("article_id", "topic", "revision_id", "number", "matched_at", "hits", "silence")
_TOLD_LATER = "ON CONFLICT DO UPDATE SET silence = NULL WHERE excluded.silence IS NULL"
"""A version that matched in silence may be told later, when the article is sighted openly."""


def load_before(db: Database, watch: Watch, matched: Sequence[MatchedVersion], edited: Sequence[EditedArticle]) -> Before:
    """All that is on record of what matches, and of what topics were told of the articles that were edited."""
    told = load_told(db, watch, edited) if edited and watch.tells_corrections else ()
    return Before(load_standings(db, watch, matched), load_source_names(db, watch, matched), told)


def wants_of(watch: Watch) -> Wants:
    """What the configuration says of alerts on articles."""
    return Wants(watch.matcher, watch.per_of_topic, watch.revisions_of_topic, watch.digest_first_poll)


def write_consequences(db: Database, watch: Watch, decided: Consequences, now: datetime) -> list[Alert]:
    """Write the matches, and the alerts that follow from them and from edits; returns these."""
    insert_rows(db, "matches", _MATCH, [_match_row(one, now) for one in decided.matches], _TOLD_LATER)
    due = [Due(_cause_of(one.of, now), one.match, one.verdict) for one in decided.matches if isinstance(one.verdict, NewAlert)]
    alerts = record_alerts(db, watch.channels_of_topic, due)
    return alerts + write_corrections(db, watch, decided.edits, now)


def _match_row(one: Consequence, now: datetime) -> tuple[object, ...]:
    version, match = one.of.version, one.match
    silence = one.verdict if isinstance(one.verdict, Silence) else None
    matched = (version.article_id, match.topic, version.revision_id, version.matched.number)
    return (*matched, to_text(now), hits_json(match.hits), silence)


def _cause_of(one: MatchedVersion, now: datetime) -> Cause:
    version = one.version
    return Cause(version.article_id, version.subject, version.revision_id, now, version.text)
