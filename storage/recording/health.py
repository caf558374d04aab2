"""Operational alerts: the one way in which anything about the watch itself is told to those whom `[health] notify` names.

Whoever writes the cause calls `raise_health_alert` in the same operation. With nobody to notify, the alert is listed without deliveries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from news.alerts import Alert, AlertKind, AttemptResult, DeliveryStatus, Subject, channel_subject
from news.health_news import DEAD, NO_TOPIC, WELL, HealthEvent, HealthNews, make_health_alert_id, tell_given_up
from storage.file.database import Database
from storage.file.times import optional_text, optional_time
from storage.recording.raising import next_sequence, write_alert


def raise_health_alert(db: Database, notify: Sequence[str], subject: Subject, news: HealthNews, now: datetime) -> Alert:
    """Write an operational alert on `subject`, with a delivery for each channel of `notify`. That it is due is the caller's decision."""
    sequence = next_sequence(db, NO_TOPIC, subject.text)
    alert = Alert(
        alert_id=make_health_alert_id(subject.text, news, sequence),
        topic=NO_TOPIC,
        kind=AlertKind.HEALTH,
        created_at=now,
        delay_seconds=None,
        about=news,
        matches=(),
        subject=subject,
        sequence=sequence,
    )
    return write_alert(db, alert, health_to_json(news), notify, now)


def last_health_news(db: Database, subject: Subject) -> HealthNews | None:
    """What was told last of a subject; None if nothing ever was."""
    row = db.conn.execute(
        "SELECT payload FROM alerts WHERE topic = ? AND subject = ? ORDER BY sequence DESC LIMIT 1", (NO_TOPIC, subject.text)
    ).fetchone()
    return None if row is None else health_from_json(row["payload"])


def note_deliveries(db: Database, notify: Sequence[str], outcomes: Sequence[tuple[str, AttemptResult]]) -> list[Alert]:
    """What came of messages, each with its channel: told once when the first is given up, and once when one arrives again.

    Asked of the log of alerts, so that no restart tells it again. A channel's own operational alerts that are given up count like all
    others: the one alert about that is the last, until something arrives.
    """
    raised: list[Alert] = []
    told: dict[str, HealthNews | None] = {}
    for channel, result in outcomes:
        if result.status not in (DeliveryStatus.DEAD, DeliveryStatus.SENT):
            continue
        if channel not in told:
            told[channel] = last_health_news(db, channel_subject(channel))
        news = _judge(channel, result, told[channel])
        if news is not None:
            raised.append(raise_health_alert(db, notify, channel_subject(channel), news, result.attempted_at))
            told[channel] = news
    return raised


def _judge(channel: str, result: AttemptResult, told: HealthNews | None) -> HealthNews | None:
    """What is to be told of a channel because of this; `told` was last."""
    is_dead = told is not None and told.after == DEAD
    if result.status is DeliveryStatus.DEAD and not is_dead:
        return HealthNews(HealthEvent.DELIVERIES, channel, DEAD, WELL, since=result.attempted_at, message=tell_given_up(result.error))
    if result.status is DeliveryStatus.SENT and told is not None and is_dead:
        return HealthNews(HealthEvent.DELIVERIES, channel, WELL, DEAD, since=told.since, until=result.attempted_at)
    return None


def health_to_json(news: HealthNews) -> str:
    """What an operational alert says, as it is stored; with its title, for whoever asks the archive in SQL."""
    moments = {"since": optional_text(news.since), "until": optional_text(news.until)}
    return json.dumps(asdict(news) | moments | {"title": news.title, "source": news.name}, ensure_ascii=False)


def health_from_json(text: str) -> HealthNews:
    """What an operational alert said when it was made."""
    fields = json.loads(text)
    del fields["title"], fields["source"]
    event, since, until = HealthEvent(fields.pop("event")), optional_time(fields.pop("since")), optional_time(fields.pop("until"))
    return HealthNews(event=event, since=since, until=until, **fields)
