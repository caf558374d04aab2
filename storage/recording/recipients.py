"""Who has a message: of a channel with several recipients, each takes or refuses it alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from news.alerts import AttemptResult, RecipientOutcome, RecipientStatus
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import to_text


def record_recipients(db: Database, results: Sequence[AttemptResult]) -> None:
    """Write how each recipient stands after attempts; who has a message keeps it."""
    db.conn.executemany(
        """INSERT INTO recipients (message_id, recipient, status, reason, changed_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (message_id, recipient) DO UPDATE
           SET status = excluded.status, reason = excluded.reason, changed_at = excluded.changed_at
           WHERE recipients.status <> 'has'""",
        [
            (result.bundle_id, one.recipient, one.status, one.reason, to_text(result.attempted_at))
            for result in results
            for one in result.recipients
        ],
    )


def map_recipients(db: Database, message_ids: Collection[str]) -> dict[str, tuple[RecipientOutcome, ...]]:
    """What is known of the recipients of these messages, from all attempts so far; those of which nothing is known are left out."""
    found: dict[str, list[RecipientOutcome]] = defaultdict(list)
    for row in select_in(db, "SELECT * FROM recipients WHERE message_id IN ({marks})", message_ids):
        found[row["message_id"]].append(RecipientOutcome(row["recipient"], RecipientStatus(row["status"]), row["reason"]))
    return {message_id: tuple(sorted(outcomes, key=lambda one: one.recipient)) for message_id, outcomes in found.items()}


def owe_again(db: Database, message_ids: Iterable[str]) -> None:
    """Whoever does not have these messages is owed them, also who was refused for good, since they are to be sent again.

    Who has a message is not told again, unless everybody has it: then sending it again can only mean sending it to everybody.
    """
    for message_id in message_ids:
        owed = db.conn.execute("UPDATE recipients SET status = 'owed' WHERE message_id = ? AND status <> 'has'", (message_id,)).rowcount
        if not owed:
            db.conn.execute("DELETE FROM recipients WHERE message_id = ?", (message_id,))
