"""Channels that are left alone for a while, since they answered nobody. One that is told as usual has no row."""

from __future__ import annotations

from collections.abc import Collection

from news.circuits import Circuit
from storage.file.database import Database
from storage.file.rows import change_in
from storage.file.times import optional_text, optional_time


def note_circuit(db: Database, channel: str, circuit: Circuit) -> None:
    """Write how a channel answers."""
    if circuit.pauses == 0:
        close_circuits(db, [channel])
        return
    db.conn.execute(
        "INSERT OR REPLACE INTO circuits (channel, pauses, since, until, asked, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (channel, circuit.pauses, optional_text(circuit.since), optional_text(circuit.until), circuit.asked, circuit.reason),
    )


def list_circuits(db: Database) -> list[tuple[str, Circuit]]:
    """The channels that are left alone, or were until a moment ago, by name."""
    return [
        (
            row["channel"],
            Circuit(
                pauses=row["pauses"],
                since=optional_time(row["since"]),
                until=optional_time(row["until"]),
                asked=bool(row["asked"]),
                reason=row["reason"],
            ),
        )
        for row in db.conn.execute("SELECT * FROM circuits ORDER BY channel")
    ]


def close_circuits(db: Database, channels: Collection[str]) -> None:
    """Let these channels be told as usual: the dispatcher sees it at its next look."""
    change_in(db, "DELETE FROM circuits WHERE channel IN ({marks})", channels)
