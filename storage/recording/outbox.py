"""The outbox: what is due for each channel, sealing it into messages, and what came of each attempt.

A delivery is planned when it is due (`news.delivering`), and is part of a sealed message from then on. `due_at` and `next_attempt_at`
are set as long as there is something to do, and all that is asked here is answered by the indexes on channel and time: what waits
elsewhere, or later, costs nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from news.alerts import (
    Alert,
    AlertKind,
    AttemptResult,
    Bundle,
    DeliveryStatus,
    EscalatedFrom,
    EscalationCause,
    RecipientOutcome,
    Roll,
    RollKind,
    parse_subject,
)
from news.delivering import count_as_told, judge_absent, plan_absent, plan_messages
from news.follow_ups import FollowUp
from news.plans import HOLDS_OF_POLICIES, HOLDS_TO_ASK_ANEW, GiveUp, Hold, HoldKind, Plan, PlannedMessage, Policy, WaitingDelivery
from news.timing import DELIVERY_LIFETIME, LEFT_AFTER_QUIET, MOST_KEPT_QUIET
from news.wording import Wording
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import from_text, optional_text, optional_time, to_text
from storage.recording.alerts import changes_from_json, differences_from_json, hits_from_json, subject_from_json
from storage.recording.attempts import log_attempts
from storage.recording.first_polls import are_first_polls_over, gather_first_polls
from storage.recording.health import note_deliveries
from storage.recording.muting import list_mutes, with_others_who_show
from storage.recording.recipients import map_recipients, record_recipients
from storage.recording.stories_told import find_followed, followed_from_json, followed_json, with_stories
from storage.recording.waiting import list_waiting

MOST_ROLLED = 1_000
"""Deliveries of one digest or summary; what is beyond is one more."""
_HOUR = timedelta(hours=1)


def list_due_channels(db: Database, now: datetime) -> list[str]:
    """The channels for which a message or a delivery is due, by name."""
    return sorted({*_channels_due(db, "messages", "next_attempt_at", now), *_channels_due(db, "deliveries", "due_at", now)})


def _channels_due(db: Database, table: str, due: str, now: datetime) -> list[str]:
    # From each channel of the index on to the next, instead of through all that waits: DISTINCT would read every row.
    rows = db.conn.execute(
        f"""WITH RECURSIVE waiting (channel) AS (
                SELECT min(channel) FROM {table} WHERE {due} IS NOT NULL
                UNION ALL
                SELECT (SELECT min(channel) FROM {table} WHERE {due} IS NOT NULL AND channel > waiting.channel) FROM waiting
                WHERE waiting.channel IS NOT NULL
            )
            SELECT channel FROM waiting WHERE EXISTS (SELECT 1 FROM {table} WHERE channel = waiting.channel AND {due} <= ?)""",  # noqa: S608  # literals
        (to_text(now),),
    )
    return [row["channel"] for row in rows]


def list_due_messages(db: Database, channel: str, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
    """The sealed messages to a channel whose next attempt is due, the longest waiting first, without those in hand."""
    rows = db.conn.execute(
        "SELECT * FROM messages WHERE channel = ? AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?",
        (channel, to_text(now), limit + len(except_ids)),
    ).fetchall()
    wanted = [row for row in rows if row["id"] not in except_ids][:limit]
    ids = [row["id"] for row in wanted]
    recipients = map_recipients(db, ids)
    told: dict[str, list[sqlite3.Row]] = {message_id: [] for message_id in ids}
    for row in select_in(db, _TOLD, ids):
        told[row["message_id"]].append(row)
    return [_bundle(row, told[row["id"]], recipients.get(row["id"], ())) for row in wanted]


_TOLD = """SELECT message_id, deliveries.id AS delivery_id, escalated_from, escalated_because, alerts.*
    FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
    WHERE message_id IN ({marks}) ORDER BY message_id, alerts.topic, alerts.created_at, alerts.sequence, alerts.id"""


def _bundle(message: sqlite3.Row, rows: Sequence[sqlite3.Row], recipients: tuple[RecipientOutcome, ...]) -> Bundle:
    return Bundle(
        bundle_id=message["id"],
        channel=message["channel"],
        delivery_ids=tuple(row["delivery_id"] for row in rows),
        alerts=tuple(_alert(row) for row in rows),
        attempts=message["attempts"],
        give_up_at=from_text(message["give_up_at"]),
        recipients=recipients,
        roll=_roll(message),
        escalated=tuple(
            EscalatedFrom(row["id"], row["escalated_from"], EscalationCause(row["escalated_because"]))
            for row in rows
            if row["escalated_from"] is not None
        ),
        asked=message["hold"] == HoldKind.ASKED,
    )


def _roll(message: sqlite3.Row) -> Roll | None:
    if message["roll"] is None:
        return None
    kind, due_at, sealed_at = RollKind(message["roll"]), from_text(message["roll_due_at"]), from_text(message["sealed_at"])
    return Roll(kind, due_at, sealed_at, followed_from_json(message["followed"]))


def _alert(row: sqlite3.Row) -> Alert:
    kind = AlertKind(row["kind"])
    return Alert(
        alert_id=row["id"],
        topic=row["topic"],
        kind=kind,
        created_at=from_text(row["created_at"]),
        delay_seconds=row["delay_seconds"],
        about=subject_from_json(kind, row["payload"]),
        matches=hits_from_json(row["hits"]),
        subject=parse_subject(row["subject"]),
        sequence=row["sequence"],
        urgent=bool(row["urgent"]),
        changes=changes_from_json(row["changes"]),
        differences=differences_from_json(row["differences"]),
        first_poll=bool(row["first_poll"]),
        story_id=row["placed_in"],
    )


def seal_messages(db: Database, follow_ups: Mapping[str, FollowUp], channel: str, policy: Policy, now: datetime, limit: int) -> int:
    """Plan some `limit` of the deliveries that are due for a channel, the longest waiting first; returns how many were planned.

    `follow_ups`: how often each topic wants them to be told.
    """
    waiting = list_waiting(db, channel, now, max(limit, MOST_ROLLED) if policy.rolls_up else limit)
    if not waiting:
        return 0
    if any(one.first_poll for one in waiting):
        waiting = _list_first_polls(db, channel, now, max(limit, MOST_ROLLED))
    waiting = with_stories(db, follow_ups, channel, waiting)
    told_lately = [] if policy.most_per_hour is None else _list_told_lately(db, channel, now, policy.most_per_hour)
    mutes = list_mutes(db, min(one.alerted_at for one in waiting))
    waiting = with_others_who_show(db, waiting, mutes)
    _write_plan(db, channel, plan_messages(channel, waiting, policy, now, told_lately=told_lately, mutes=mutes), now)
    return len(waiting)


def _list_first_polls(db: Database, channel: str, now: datetime, limit: int) -> list[WaitingDelivery]:
    """What waits, with what is to be one message with it and was held for that, and whether more of that is to come."""
    more_to_come = not are_first_polls_over(db)
    if not more_to_come:
        gather_first_polls(db, channel, now)
    return [replace(one, more_to_come=more_to_come and one.first_poll) for one in list_waiting(db, channel, now, limit)]


def _list_told_lately(db: Database, channel: str, now: datetime, most: int) -> list[datetime]:
    """When the channel was told messages on articles within the last hour, the earliest first, as far as its limit; without summaries.

    Asked for are those that were sealed or arrived within it, and those that nobody has yet; `count_as_told` says when each counts. What a
    clock sealed that was ahead does not count: until it comes to that time, the channel would be told nothing.
    """
    hour_ago, began = to_text(now - _HOUR), to_text(now - _HOUR - DELIVERY_LIFETIME)
    rows = db.conn.execute(
        """SELECT sealed_at, sent_at FROM messages
           WHERE channel = :channel AND sealed_at > :began AND sealed_at <= :now AND (roll IS NULL OR roll = 'follow_up')
             AND (sealed_at > :hour_ago OR (sent_at > :hour_ago AND sent_at <= :now)
                  OR (next_attempt_at IS NOT NULL AND NOT EXISTS
                      (SELECT 1 FROM recipients WHERE message_id = messages.id AND recipients.status = 'has')))
             AND EXISTS (SELECT 1 FROM deliveries JOIN alerts ON alerts.id = alert_id
                         WHERE message_id = messages.id AND article_id IS NOT NULL)
           ORDER BY sealed_at LIMIT :most""",
        {"channel": channel, "began": began, "hour_ago": hour_ago, "now": to_text(now), "most": most},
    )
    return sorted(count_as_told(from_text(row["sealed_at"]), optional_time(row["sent_at"]), now) for row in rows)


def _write_plan(db: Database, channel: str, plan: Plan, now: datetime) -> None:
    for message in plan.messages:
        _seal(db, channel, message, now)
    db.conn.executemany(
        "UPDATE deliveries SET status = ?, due_at = ?, hold = ?, reason = ?, give_up_at = max(give_up_at, ?) WHERE id = ?",
        [
            (_status_of(hold), to_text(hold.until), hold.kind, hold.reason, _least_give_up_at(hold), delivery_id)
            for delivery_id, hold in plan.held
        ],
    )
    db.conn.executemany(
        "UPDATE deliveries SET status = ?, due_at = NULL, hold = NULL, reason = ? WHERE id = ?",
        [
            *((DeliveryStatus.DEAD, verdict.reason, delivery_id) for delivery_id, verdict in plan.given_up),
            *((DeliveryStatus.MUTED, reason, delivery_id) for delivery_id, reason in plan.muted),
        ],
    )


def _least_give_up_at(hold: Hold) -> str:
    """What its channel wants later has days from then on: a weekly digest must not be lost to a channel that is away for a minute."""
    return to_text(hold.until + DELIVERY_LIFETIME) if hold.kind in HOLDS_OF_POLICIES else ""


def _status_of(hold: Hold) -> DeliveryStatus:
    return DeliveryStatus.HELD if hold.kind in HOLDS_OF_POLICIES else DeliveryStatus.PENDING


def _seal(db: Database, channel: str, message: PlannedMessage, now: datetime) -> None:
    db.conn.execute(
        """INSERT INTO messages (id, channel, sealed_at, next_attempt_at, give_up_at, roll, roll_due_at, followed)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(message.message_id, channel, to_text(now), to_text(message.due_at), to_text(message.give_up_at)),
            *((message.roll.kind, to_text(message.roll.due_at)) if message.roll else (None, None)),
            None if message.follows is None else followed_json(find_followed(db, channel, message.follows)),
        ),
    )
    db.conn.executemany(
        "UPDATE deliveries SET status = ?, message_id = ?, escalate_at = ?, due_at = NULL, hold = NULL, reason = NULL WHERE id = ?",
        [(DeliveryStatus.PENDING, message.message_id, optional_text(message.escalate_at), one) for one in message.delivery_ids],
    )


def put_off(db: Database, channel: str, hold: Hold, now: datetime, limit: int) -> int:
    """Let some `limit` of the sealed messages to a channel that are due wait, but for pressing ones; how many.

    Which those are must be kept in step with `Bundle.is_pressing`. The reason takes the place of why the last attempt failed, which is
    in the log of attempts.
    """
    cursor = db.conn.execute(
        """UPDATE messages SET next_attempt_at = :until, hold = :kind, last_error = :reason,
                  give_up_at = iif(sealed_at > :long_ago, max(give_up_at, :least), give_up_at) WHERE id IN (
               SELECT id FROM messages WHERE channel = :channel AND next_attempt_at <= :now AND hold IS NOT 'asked'
                   AND NOT EXISTS (SELECT 1 FROM deliveries JOIN alerts ON alerts.id = alert_id WHERE message_id = messages.id AND urgent)
               ORDER BY next_attempt_at LIMIT :limit)""",
        {
            "until": to_text(hold.until),
            "least": to_text(hold.until + LEFT_AFTER_QUIET),
            "long_ago": to_text(now - MOST_KEPT_QUIET),
            "kind": hold.kind,
            "reason": hold.reason,
            "channel": channel,
            "now": to_text(now),
            "limit": limit,
        },
    )
    return cursor.rowcount


def hold_for_channel(db: Database, notify: Sequence[str], channel: str, now: datetime, limit: int) -> list[AttemptResult]:
    """Hold what is due for a channel that is not in the configuration, some `limit` deliveries and messages at a time.

    Returns what became of each: still pending with the reason, or given up, of which those in `notify` are told. Empty when nothing is due.
    """
    waiting = list_waiting(db, channel, now, limit)
    plan = plan_absent(channel, waiting, now)
    _write_plan(db, channel, plan, now)
    held = [AttemptResult(one, (one,), now, DeliveryStatus.PENDING, hold.until, hold.reason) for one, hold in plan.held]
    dead = [AttemptResult(one, (one,), now, DeliveryStatus.DEAD, None, verdict.reason) for one, verdict in plan.given_up]
    results = [*held, *dead, *_hold_messages(db, channel, now, limit)]
    note_deliveries(db, notify, [(channel, one) for one in results])
    return results


def _hold_messages(db: Database, channel: str, now: datetime, limit: int) -> list[AttemptResult]:
    rows = db.conn.execute(
        "SELECT id, give_up_at FROM messages WHERE channel = ? AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?",
        (channel, to_text(now), limit),
    ).fetchall()
    return [_hold_message(db, channel, row, now) for row in rows]


def _hold_message(db: Database, channel: str, message: sqlite3.Row, now: datetime) -> AttemptResult:
    deliveries = db.conn.execute("SELECT id FROM deliveries WHERE message_id = ?", (message["id"],)).fetchall()
    ids = tuple(row["id"] for row in deliveries)
    verdict = judge_absent(channel, from_text(message["give_up_at"]), now)
    if isinstance(verdict, GiveUp):
        result = AttemptResult(message["id"], ids, now, DeliveryStatus.DEAD, None, verdict.reason)
        _settle(db, [result])
        return result
    db.conn.execute(
        "UPDATE messages SET next_attempt_at = ?, hold = ?, last_error = ? WHERE id = ?",
        (to_text(verdict.until), verdict.kind, verdict.reason, message["id"]),
    )
    return AttemptResult(message["id"], ids, now, DeliveryStatus.PENDING, verdict.until, verdict.reason)


def sync_channels(db: Database, channels: Collection[str], now: datetime) -> None:
    """Take over which channels are in the configuration.

    What was held because one of them was absent is due at once, in the order in which it came; so is what somebody asked for meanwhile,
    which goes on being asked for. What waits for any other is due too, so that the next look holds it with the reason, and not only the
    one after its next attempt.
    """
    configured = json.dumps(sorted(channels))
    _plan_again(db, configured, now)
    for table, due, first in (("deliveries", "due_at", "created_at"), ("messages", "next_attempt_at", "sealed_at")):
        db.conn.execute(
            f"""UPDATE {table} SET {due} = min({first}, :now), hold = nullif(hold, :absent)
                WHERE {due} IS NOT NULL AND hold IN (:absent, :asked) AND channel IN (SELECT value FROM json_each(:configured))""",  # noqa: S608  # literals
            {"now": to_text(now), "absent": HoldKind.ABSENT, "asked": HoldKind.ASKED, "configured": configured},
        )
        db.conn.execute(
            f"""UPDATE {table} SET {due} = :now
                WHERE {due} > :now AND hold IS NOT :absent AND channel NOT IN (SELECT value FROM json_each(:configured))""",  # noqa: S608  # literals
            {"now": to_text(now), "absent": HoldKind.ABSENT, "configured": configured},
        )


def _plan_again(db: Database, configured: str, now: datetime) -> None:
    """Let what is held by the policy of its channel be looked at once: that may have been changed, and is asked anew."""
    held = json.dumps(sorted(HOLDS_TO_ASK_ANEW))
    values = {"now": to_text(now), "configured": configured, "held": held, "quiet": HoldKind.QUIET}
    db.conn.execute(
        """UPDATE deliveries SET due_at = :now
           WHERE due_at > :now AND hold IN (SELECT value FROM json_each(:held))
             AND channel IN (SELECT value FROM json_each(:configured))""",
        values,
    )
    db.conn.execute(
        """UPDATE messages SET next_attempt_at = :now
           WHERE next_attempt_at > :now AND hold = :quiet AND channel IN (SELECT value FROM json_each(:configured))""",
        values,
    )


def record_attempts(db: Database, notify: Sequence[str], results: Sequence[AttemptResult]) -> None:
    """Write what came of attempts to send messages. `notify` are told when a channel begins to fail, and recovers."""
    log_attempts(db, results)
    db.conn.executemany("UPDATE messages SET attempts = attempts + 1 WHERE id = ?", [(one.bundle_id,) for one in results])
    record_recipients(db, results)
    _settle(db, results)
    ids = [one.bundle_id for one in results]
    channels = {row["id"]: row["channel"] for row in select_in(db, "SELECT id, channel FROM messages WHERE id IN ({marks})", ids)}
    outcomes = [(channels[one.bundle_id], one) for one in results if one.bundle_id in channels]
    note_deliveries(db, notify, outcomes)


def _settle(db: Database, results: Sequence[AttemptResult]) -> None:
    db.conn.executemany(
        "UPDATE messages SET next_attempt_at = ?, sent_at = coalesce(?, sent_at), last_error = ?, hold = NULL WHERE id = ?",
        [(optional_text(one.next_attempt_at), optional_text(_sent_at(one)), one.error, one.bundle_id) for one in results],
    )
    db.conn.executemany(
        """UPDATE deliveries SET status = :status, escalate_at = iif(:status = 'dead', min(escalate_at, :ended_at), escalate_at)
           WHERE message_id = :message""",  # the lesser of nothing and a moment is nothing
        [{"status": one.status, "ended_at": to_text(one.attempted_at), "message": one.bundle_id} for one in results],
    )


def _sent_at(result: AttemptResult) -> datetime | None:
    return result.attempted_at if result.status is DeliveryStatus.SENT else None


def give_up_overdue(
    db: Database, notify: Sequence[str], channel: str, reason: str | None, now: datetime, limit: int
) -> list[AttemptResult]:
    """Give up some `limit` of the due messages to a channel whose days to succeed are over; empty when none is.

    They are not tried once more: the channel is left alone, since it answers nobody. `reason` is what it was that it last said.
    """
    rows = db.conn.execute(
        "SELECT id FROM messages WHERE channel = ? AND next_attempt_at <= ? AND give_up_at <= ? ORDER BY next_attempt_at LIMIT ?",
        (channel, to_text(now), to_text(now), limit),
    ).fetchall()
    deliveries: dict[str, list[str]] = {row["id"]: [] for row in rows}
    for row in select_in(db, "SELECT id, message_id FROM deliveries WHERE message_id IN ({marks}) ORDER BY id", deliveries):
        deliveries[row["message_id"]].append(row["id"])
    told = Wording("given up after 3 days; last: {reason}", reason=reason)
    results = [AttemptResult(one, tuple(ids), now, DeliveryStatus.DEAD, None, told) for one, ids in deliveries.items()]
    _settle(db, results)
    note_deliveries(db, notify, [(channel, one) for one in results])
    return results
