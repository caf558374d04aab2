"""Sketches: what is remembered of an article for as long as others may be placed beside it."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from news.headlines import HeadlineKind
from news.sketches import Sketch
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in

_COLUMNS = "article_id, at, sketch, told"


def load_sketches(db: Database, article_ids: Iterable[int]) -> dict[int, Sketch]:
    """The sketches of these articles that are not forgotten."""
    rows = select_in(db, f"SELECT {_COLUMNS} FROM sketches WHERE article_id IN ({{marks}})", article_ids)  # noqa: S608  # a literal
    return {row["article_id"]: _sketch(row) for row in rows}


def load_sketches_after(db: Database, article_id: int) -> list[Sketch]:
    """Those of all articles with higher numbers, in the order of these."""
    rows = db.conn.execute(f"SELECT {_COLUMNS} FROM sketches WHERE article_id > ? ORDER BY article_id", (article_id,))  # noqa: S608
    return [_sketch(row) for row in rows]


def _sketch(row: sqlite3.Row) -> Sketch:
    article_id, at, kept, told = row
    title, column, kinds, numbers, titled, joined, square = json.loads(kept)
    words = tuple(joined.split())
    return Sketch(
        article_id=article_id,
        at=datetime.fromtimestamp(at, UTC),
        title=title,
        words=words,
        titled=titled,
        counts=told[: len(words)],
        numbers=frozenset(numbers.split()),
        kinds=frozenset(map(HeadlineKind, kinds.split())),
        column=column,
        weights=struct.unpack(f"<{len(words)}H", told[len(words) :]),
        square=square,
    )


def write_sketches(db: Database, sketches: Sequence[Sketch]) -> None:
    """Store sketches whose words are weighed."""
    rows = [(one.article_id, in_seconds(one.at), _kept(one), _told(one)) for one in sketches]
    insert_rows(db, "sketches", ("article_id", "at", "sketch", "told"), rows)


def _kept(sketch: Sketch) -> str:
    """Words are joined, since reading one text is cheaper than reading a hundred; they hold no space."""
    kinds, numbers, words = (" ".join(some) for some in (sorted(sketch.kinds), sorted(sketch.numbers), sketch.words))
    kept = [sketch.title, sketch.column, kinds, numbers, sketch.titled, words, sketch.square]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _told(sketch: Sketch) -> bytes:
    """How often each word comes, in a byte, and how much it tells, in two: reading them as JSON took half of what a sketch takes."""
    return sketch.counts + struct.pack(f"<{len(sketch.words)}H", *sketch.weights)


def in_seconds(moment: datetime) -> int:
    """A moment as it is kept, in seconds since 1970."""
    return int(moment.timestamp())
