"""The log of attempts: every one to send a message is kept, with the answer, until retention deletes the articles it told of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from news.alerts import AttemptResult
from storage.file.database import Database
from storage.file.rows import select_in
from storage.file.times import optional_text, to_text


def log_attempts(db: Database, results: Sequence[AttemptResult]) -> None:
    """Write down attempts to send a message. A later one, or sending it again by hand, changes nothing of them."""
    db.conn.executemany(
        "INSERT INTO attempts (message_id, attempted_at, status, answer, next_attempt_at) VALUES (?, ?, ?, ?, ?)",
        [(one.bundle_id, to_text(one.attempted_at), one.status, one.error, optional_text(one.next_attempt_at)) for one in results],
    )


def forget_attempts(db: Database, article_ids: Iterable[int]) -> None:
    """Delete the attempts to tell of these articles; how many there were, and what came of the last one, stays with the message."""
    messages = select_in(
        db,
        """SELECT DISTINCT message_id FROM deliveries JOIN alerts ON alerts.id = alert_id
           WHERE message_id IS NOT NULL AND article_id IN ({marks})""",
        article_ids,
    )
    db.conn.executemany("DELETE FROM attempts WHERE message_id = ?", [(row["message_id"],) for row in messages])
