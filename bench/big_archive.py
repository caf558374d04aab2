"""Builds an archive of many invented articles, straight into the tables, for the programs that measure search.

Each text is about 4 kB with Zipf's distribution of words (`bench/french.py`). With `distinct` below the number of articles the texts
repeat in turn: the index then has the size and the document frequencies of as many different ones, and is built several times faster.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.french import make_paragraphs, make_title
from news.analysis import analyse_article, index_columns
from news.matching import Matcher
from storage import Archive, Watch
from storage.connection import open_for_writing
from storage.times import to_text

CHARACTERS = 4_000
BATCH = 1_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
BETWEEN = timedelta(seconds=60)
_SOURCES = 50


def build(path: Path, articles: int, distinct: int) -> float:
    """Make the archive at `path`; returns the seconds that writing took, without making and analysing the texts."""
    Archive(path, Watch(Matcher([], {}), {})).close()
    db = open_for_writing(path)
    connection = db.conn
    connection.execute("PRAGMA synchronous = OFF")
    for number in range(1, _SOURCES + 1):
        connection.execute(
            """INSERT INTO sources (id, url, name, named, articles_mode, interval_seconds, added_at, next_poll_at)
               VALUES (?, ?, ?, 1, 'feed', 900, ?, ?)""",
            (number, f"https://source{number}.example/feed", f"Source {number}", to_text(FIRST), to_text(FIRST)),
        )
    seconds = 0.0
    texts = itertools.cycle(list(_make_texts(distinct))) if distinct < articles else _make_texts(articles)
    for start in range(1, articles + 1, BATCH):
        batch = list(itertools.islice(texts, min(BATCH, articles - start + 1)))
        began = time.perf_counter()
        _write(connection, start, batch)
        seconds += time.perf_counter() - began
        if start % 50_000 == 1:
            print(f"  {start - 1} articles, {seconds:.0f} s of writing", file=sys.stderr, flush=True)
    connection.execute("PRAGMA optimize")
    connection.close()
    return seconds


def _make_texts(count: int) -> Iterator[tuple[str, str, tuple[str, str, str, str]]]:
    chance = random.Random(2026)
    for _ in range(count):
        title, text = make_title(chance), "\n\n".join(make_paragraphs(chance, CHARACTERS))
        yield title, text, index_columns(analyse_article(title, text))


def _write(connection: sqlite3.Connection, start: int, batch: list[tuple[str, str, tuple[str, str, str, str]]]) -> None:
    connection.execute("BEGIN")
    for number, (title, text, columns) in enumerate(batch, start):
        moment = to_text(FIRST + number * BETWEEN)
        url, source = f"https://source{number % _SOURCES + 1}.example/{number}", number % _SOURCES + 1
        connection.execute(
            """INSERT INTO articles (id, url, title, language, published_at, first_seen_at, time, source_id, revision_id, revisions,
                                     current_hash, sighted_openly) VALUES (?, ?, ?, 'fr', ?, ?, ?, ?, ?, 1, '', 1)""",
            (number, url, title, moment, moment, moment, source, number),
        )
        connection.execute(
            """INSERT INTO revisions (id, article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length)
               VALUES (?, ?, 1, ?, ?, 'feed', ?, ?, ?, ?)""",
            (number, number, moment, source, title, text, str(number), len(text)),
        )
        connection.execute(
            """INSERT INTO entries (id, source_id, key, url, fingerprint, silent, first_seen_at, changed_at, article_id, page_state)
               VALUES (?, ?, ?, ?, '', 0, ?, ?, ?, 'none')""",
            (number, source, str(number), url, moment, moment, number),
        )
        connection.execute(
            """INSERT INTO sightings (id, article_id, source_id, entry_id, url, seen_at, identity, silent)
               VALUES (?, ?, ?, ?, ?, ?, 'first', 0)""",
            (number, number, source, number, url, moment),
        )
        connection.execute("INSERT INTO words (rowid, title, title_stems, text, text_stems) VALUES (?, ?, ?, ?, ?)", (number, *columns))
    connection.execute("COMMIT")


if __name__ == "__main__":
    target, count, different = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print(f"{build(target, count, different):.0f} s of writing, {target.stat().st_size / 1e9:.2f} GB")
