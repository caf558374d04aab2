"""Alerts on a topic's volume: writing one, and what it says as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from news.alerts import Alert, AlertKind, volume_subject
from news.surges import MOST_ARTICLES, Surge, SurgeArticle, SurgeBar, make_surge_alert_id
from storage.file.database import Database
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.raising import next_sequence, write_alert


def raise_surge_alert(db: Database, channels: Sequence[str], surge: Surge, now: datetime) -> Alert:
    """Write an alert on a surge, with a delivery for each channel of its topic. That it is due is the caller's decision."""
    subject = volume_subject(surge.topic)
    sequence = next_sequence(db, surge.topic, subject.text)
    surge = replace(surge, latest=_list_latest(db, surge))
    alert = Alert(
        alert_id=make_surge_alert_id(surge, sequence),
        topic=surge.topic,
        kind=AlertKind.SURGE,
        created_at=now,
        delay_seconds=None,
        about=surge,
        matches=(),
        subject=subject,
        sequence=sequence,
    )
    return write_alert(db, alert, _surge_to_json(surge), channels, now)


def last_told(db: Database, topic: str) -> datetime | None:
    """When a surge of the topic was last told."""
    row = db.conn.execute(
        "SELECT created_at FROM alerts WHERE topic = ? AND subject = ? ORDER BY sequence DESC LIMIT 1", (topic, volume_subject(topic).text)
    ).fetchone()
    return None if row is None else from_text(row["created_at"])


def _list_latest(db: Database, surge: Surge) -> tuple[SurgeArticle, ...]:
    """The latest of its articles, as their own alerts named them."""
    rows = db.conn.execute(
        """SELECT payload FROM alerts JOIN articles ON articles.id = article_id
           WHERE alerts.created_at >= :since AND topic = :topic AND articles.time >= :since
           ORDER BY articles.time DESC, articles.id LIMIT :most""",
        {"since": to_text(surge.since), "topic": surge.topic, "most": MOST_ARTICLES},
    )
    told = [json.loads(row["payload"]) for row in rows]
    return tuple(SurgeArticle(one["title"], one["url"], one["source"], optional_time(one["published_at"])) for one in told)


def _surge_to_json(surge: Surge) -> str:
    """What an alert on a surge says, as it is stored; with its title, for whoever asks the archive in SQL."""
    kept = {
        "title": surge.title,
        "topic": surge.topic,
        "since": to_text(surge.since),
        "until": to_text(surge.until),
        "articles": surge.articles,
        "usual": surge.usual,
        "bars": [[to_text(bar.start), bar.articles, bar.usual] for bar in surge.bars],
        "latest": [asdict(one) | {"published_at": optional_text(one.published_at)} for one in surge.latest],
    }
    return json.dumps(kept, ensure_ascii=False)


def surge_from_json(text: str) -> Surge:
    """What an alert on a surge said when it was made."""
    kept = json.loads(text)
    return Surge(
        topic=kept["topic"],
        since=from_text(kept["since"]),
        until=from_text(kept["until"]),
        articles=kept["articles"],
        usual=kept["usual"],
        bars=tuple(SurgeBar(from_text(start), articles, usual) for start, articles, usual in kept["bars"]),
        latest=tuple(SurgeArticle(one["title"], one["url"], one["source"], optional_time(one["published_at"])) for one in kept["latest"]),
    )
