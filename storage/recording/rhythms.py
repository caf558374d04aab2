"""The rhythms table: when each source publishes, as it was learned. Written only when a source brought something new."""

from __future__ import annotations

import json

from news.rhythm import Pauses, Rhythm
from storage.file.database import Database
from storage.file.times import from_text, to_text


def read_rhythm(text: str | None) -> Rhythm | None:
    """The rhythm that `rhythm_text` wrote; None for none."""
    if text is None:
        return None
    kept = json.loads(text)
    since, at, last_news_at = (from_text(moment) for moment in kept["times"])
    return Rhythm(
        since=since,
        at=at,
        last_news_at=last_news_at,
        counts=tuple(kept["counts"]),
        entries=kept["entries"],
        window=kept["window"],
        pauses=Pauses(*kept["pauses"]),
        lately=kept["lately"][0],
        lately_expected=kept["lately"][1],
        pace=kept["pace"],
    )


def rhythm_text(rhythm: Rhythm) -> str:
    """The rhythm as JSON, exactly; an hour without any instalment takes two characters."""
    kept = {
        "times": [to_text(moment) for moment in (rhythm.since, rhythm.at, rhythm.last_news_at)],
        "counts": [count or 0 for count in rhythm.counts],
        "entries": rhythm.entries,
        "window": rhythm.window,
        "pauses": [rhythm.pauses.count, rhythm.pauses.total, rhythm.pauses.squares],
        "lately": [rhythm.lately, rhythm.lately_expected],
        "pace": rhythm.pace,
    }
    return json.dumps(kept, separators=(",", ":"))


def write_rhythm(db: Database, source_id: int, rhythm: Rhythm) -> None:
    """Remember a source's rhythm."""
    db.conn.execute(
        "INSERT INTO rhythms (source_id, rhythm) VALUES (?, ?) ON CONFLICT (source_id) DO UPDATE SET rhythm = excluded.rhythm",
        (source_id, rhythm_text(rhythm)),
    )
