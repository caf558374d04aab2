"""Subscriptions at hubs: what feeds say of them, what hubs answer, and which hub is to be asked next. Decided in `news.websub`."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from news.sources import DueSubscription
from news.websub import (
    WANTED_LEASE,
    Asking,
    Mode,
    Subscription,
    SubscriptionState,
    Wanted,
    after_asking,
    after_confirming,
    after_denial,
    after_telling,
    compare_subscriptions,
    is_meant,
    leave,
    listen_elsewhere,
    mode_of,
)
from storage.file.database import Database
from storage.file.times import optional_text, optional_time, to_text

_TOKEN_BYTES = 24
"""Of chance in the address of a callback, and in the secret with which its hub signs: nobody guesses either."""


def heed_hubs(db: Database, source_id: int, named: Sequence[Wanted], now: datetime) -> None:
    """Take over where a feed that was read whole says its news are told, as `find_hubs` found it there."""
    changes = compare_subscriptions(list_subscriptions(db, source_id), named, now)
    for wanted in changes.new:
        db.conn.execute(
            """INSERT INTO subscriptions (source_id, hub, topic, token, secret, state, failures, next_attempt_at)
               VALUES (?, ?, ?, ?, ?, ?, 0, ?)""",
            (
                source_id,
                wanted.hub,
                wanted.topic,
                secrets.token_urlsafe(_TOKEN_BYTES),
                secrets.token_urlsafe(_TOKEN_BYTES),
                SubscriptionState.FOUND,
                to_text(now),
            ),
        )
    for one in changes.changed:
        _write(db, one)
    for one in changes.forgotten:
        _forget(db, one.subscription_id)


def leave_hubs_of_absent_sources(db: Database, now: datetime) -> None:
    """Let hubs know that what is no longer in the configuration is no longer wanted."""
    rows = db.conn.execute("SELECT * FROM subscriptions WHERE source_id IN (SELECT id FROM sources WHERE configured = 0)").fetchall()
    for known in map(_subscription, rows):
        after = leave(known, now)
        if after is None:
            _forget(db, known.subscription_id)
        elif after is not known:
            _write(db, after)


def list_subscriptions(db: Database, source_id: int) -> list[Subscription]:
    """The subscriptions of a source, the oldest first."""
    rows = db.conn.execute("SELECT * FROM subscriptions WHERE source_id = ? ORDER BY id", (source_id,))
    return [_subscription(row) for row in rows]


def list_due_subscriptions(db: Database, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueSubscription]:
    """The hubs to be asked, the longest waiting first, without those in hand, by the subscriptions' ids."""
    rows = db.conn.execute(
        """SELECT * FROM subscriptions WHERE next_attempt_at <= ? AND id NOT IN (SELECT value FROM json_each(?))
           ORDER BY next_attempt_at LIMIT ?""",
        (to_text(now), f"[{','.join(map(str, in_hand))}]", limit),
    )
    return [_due(_subscription(row)) for row in rows]


def _due(known: Subscription) -> DueSubscription:
    mode: Literal["subscribe", "unsubscribe"] = "unsubscribe" if mode_of(known) is Mode.UNSUBSCRIBE else "subscribe"
    return DueSubscription(known.subscription_id, known.source_id, known.hub, known.topic, known.token, known.secret, mode, WANTED_LEASE)


def move_callbacks(db: Database, base: str, now: datetime) -> None:
    """Take over that the addresses of callbacks begin with `base` from now on: hubs that were given others are asked again."""
    rows = db.conn.execute("SELECT * FROM subscriptions WHERE callback IS NOT NULL").fetchall()
    for known in map(_subscription, rows):
        after = listen_elsewhere(known, base, now)
        if after is not known:
            _write(db, after)


def find_subscription(db: Database, token: str) -> Subscription | None:
    """The subscription whose callback has an address that ends so."""
    row = db.conn.execute("SELECT * FROM subscriptions WHERE token = ?", (token,)).fetchone()
    return _subscription(row) if row else None


def record_asking(db: Database, asking: Asking, now: datetime) -> None:
    """Write what came of a request to a hub."""
    row = db.conn.execute("SELECT * FROM subscriptions WHERE id = ?", (asking.subscription_id,)).fetchone()
    if row is None:
        return
    after = after_asking(_subscription(row), asking, now)
    if after is None:
        _forget(db, asking.subscription_id)
    else:
        _write(db, after)


def confirm(db: Database, token: str, mode: str, topic: str, lease_seconds: str | None, now: datetime) -> bool:
    """Take note that a hub asks back whether a request is meant; whether it is."""
    known = find_subscription(db, token)
    if known is None or not is_meant(known, mode, topic):
        return False
    if mode == Mode.UNSUBSCRIBE:
        _forget(db, known.subscription_id)
    else:
        _write(db, after_confirming(known, lease_seconds, now))
    return True


def deny(db: Database, token: str, topic: str, reason: str | None, now: datetime) -> bool:
    """Take note that a hub denies a subscription; false if there is none of that kind."""
    known = find_subscription(db, token)
    if known is None or known.topic != topic:
        return False
    _write(db, after_denial(known, topic, reason, now))
    return True


def note_telling(db: Database, subscription_id: int, now: datetime) -> None:
    """Take note that a hub told of news."""
    row = db.conn.execute("SELECT * FROM subscriptions WHERE id = ?", (subscription_id,)).fetchone()
    if row is not None:
        _write(db, after_telling(_subscription(row), now))


def _write(db: Database, after: Subscription) -> None:
    db.conn.execute(
        """UPDATE subscriptions SET state = ?, failures = ?, next_attempt_at = ?, confirmed_at = ?, lease_ends_at = ?, told_at = ?,
                                    message = ?, callback = ? WHERE id = ?""",
        (
            after.state,
            after.failures,
            optional_text(after.next_attempt_at),
            optional_text(after.confirmed_at),
            optional_text(after.lease_ends_at),
            optional_text(after.told_at),
            after.message,
            after.callback,
            after.subscription_id,
        ),
    )


def _forget(db: Database, subscription_id: int) -> None:
    db.conn.execute("DELETE FROM subscriptions WHERE id = ?", (subscription_id,))


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        subscription_id=row["id"],
        source_id=row["source_id"],
        hub=row["hub"],
        topic=row["topic"],
        token=row["token"],
        secret=row["secret"],
        state=SubscriptionState(row["state"]),
        failures=row["failures"],
        next_attempt_at=optional_time(row["next_attempt_at"]),
        confirmed_at=optional_time(row["confirmed_at"]),
        lease_ends_at=optional_time(row["lease_ends_at"]),
        told_at=optional_time(row["told_at"]),
        message=row["message"],
        callback=row["callback"],
    )
