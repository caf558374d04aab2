"""What people have muted, and for how long. A row stays when it is over: alerts of its time may still be to be planned."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from news.muting import Appearance, Mute, MuteKind, is_loud_elsewhere
from news.plans import WaitingDelivery
from news.timing import DELIVERY_LIFETIME
from storage.file.database import Database
from storage.file.rows import change_in, select_in
from storage.file.times import from_text, optional_text, optional_time, to_text


def mute(db: Database, wanted: Mute) -> None:
    """Silence something from `wanted.muted_at` on; what silenced it until then is over."""
    unmute(db, wanted.kind, wanted.key, wanted.muted_at)
    db.conn.execute(
        "INSERT OR REPLACE INTO mutes (kind, key, name, muted_at, until) VALUES (?, ?, ?, ?, ?)",
        (wanted.kind, wanted.key, wanted.name, to_text(wanted.muted_at), optional_text(wanted.until)),
    )


def unmute(db: Database, kind: MuteKind, key: str, now: datetime) -> bool:
    """End what silences something at `now`; returns whether anything did."""
    cursor = db.conn.execute(
        "UPDATE mutes SET until = :now WHERE kind = :kind AND key = :key AND (until IS NULL OR until > :now)",
        {"now": to_text(now), "kind": kind, "key": key},
    )
    return cursor.rowcount > 0


def list_mutes(db: Database, since: datetime | None = None) -> list[Mute]:
    """All mutes, the earliest first; those that were not over at `since`, if it is given."""
    rows = db.conn.execute(
        "SELECT * FROM mutes WHERE :since IS NULL OR until IS NULL OR until > :since ORDER BY muted_at, kind, key",
        {"since": optional_text(since)},
    )
    return [_mute(row) for row in rows]


def with_others_who_show(db: Database, waiting: Sequence[WaitingDelivery], mutes: Sequence[Mute]) -> list[WaitingDelivery]:
    """The same deliveries, without their source where the article is loud elsewhere: then it is silenced by no mute of a source."""
    of_sources = [mute for mute in mutes if mute.kind is MuteKind.SOURCE]
    keys = {mute.key for mute in of_sources}
    in_doubt = {int(one.subject.key): one.source for one in waiting if one.is_on_article and one.source in keys}
    if not in_doubt:
        return list(waiting)
    rows = select_in(
        db,
        """SELECT article_id, sources.url, seen_at FROM sightings JOIN sources ON sources.id = source_id
           WHERE silent = 0 AND article_id IN ({marks})""",
        in_doubt,
    )
    appearances: dict[int, list[Appearance]] = {}
    for row in rows:
        appearances.setdefault(row["article_id"], []).append(Appearance(row["url"], from_text(row["seen_at"])))
    loud = {article for article, some in appearances.items() if is_loud_elsewhere(in_doubt[article], some, of_sources)}
    return [replace(one, source=None) if one.is_on_article and int(one.subject.key) in loud else one for one in waiting]


def plan_again_what_others_show(db: Database, articles: Sequence[int], now: datetime) -> None:
    """Let what was muted with its source be planned again, of articles that another source shows now.

    The plan judges anew whether it is silenced, and by what; a mute of its source is only looked for so that little is planned in vain.
    """
    if not articles or db.conn.execute("SELECT 1 FROM mutes WHERE kind = 'source' LIMIT 1").fetchone() is None:
        return
    change_in(
        db,
        """UPDATE deliveries SET status = 'pending', due_at = ?, reason = NULL, give_up_at = max(give_up_at, ?)
           WHERE status = 'muted' AND alert_id IN (SELECT id FROM alerts WHERE article_id IN ({marks})) AND EXISTS (
               SELECT 1 FROM alerts CROSS JOIN articles ON articles.id = article_id CROSS JOIN sources ON sources.id = source_id
                   CROSS JOIN mutes ON mutes.kind = 'source' AND key = sources.url  -- in this order: sources may be many
               WHERE alerts.id = alert_id AND muted_at <= deliveries.created_at AND (until IS NULL OR until > deliveries.created_at))""",
        articles,
        to_text(now),
        to_text(now + DELIVERY_LIFETIME),
    )


def _mute(row: sqlite3.Row) -> Mute:
    return Mute(MuteKind(row["kind"]), row["key"], row["name"], from_text(row["muted_at"]), optional_time(row["until"]))
