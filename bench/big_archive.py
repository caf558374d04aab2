"""Builds an archive of many invented articles, straight into the tables, for the programs that measure search.

Each text is about 4 kB with Zipf's distribution of words (`bench/french.py`). With `distinct` below the number of articles the texts
repeat in turn: the index then has the size and the document frequencies of as many different ones, and is built several times faster.
Each article has an address and a text hash of its own, as if all texts differed.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.french import make_paragraphs, make_title
from news.query import Matcher
from news.text import analyse_article, index_columns
from storage import Archive, Watch
from storage.file.connection import open_for_writing
from storage.file.times import to_text

CHARACTERS = 4_000
BATCH = 1_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
BETWEEN = timedelta(seconds=60)
SOURCES = 50


def make_archive(folder: Path, articles: int, distinct: int) -> Path:
    """The archive of so many articles in a folder, unless an earlier run left it there."""

    def make(path: Path) -> str:
        seconds = build(path, articles, distinct)
        size = path.stat().st_size / 1e6
        return f"archive   {articles} articles, {size:.0f} MB, written in {seconds:.0f} s, at {articles / seconds:.0f} articles/s"

    return make_once(folder / f"search-{articles}-{distinct}.db", make)


def make_once(path: Path, make: Callable[[Path], str]) -> Path:
    """The file at `path`, made if it is not there, and whole if it is; prints what `make` says of it, also in later runs."""
    said = path.with_suffix(".txt")
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        _remove_all(unfinished)  # with its journal, which SQLite would take for the new file's
        said.write_text(make(unfinished), encoding="utf-8")
        unfinished.rename(path)
        _remove_all(unfinished)
    print(said.read_text(encoding="utf-8") if said.exists() else f"{path} is of an earlier run", flush=True)
    return path


def _remove_all(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()


def source_url(number: int) -> str:
    """The feed of one of the `SOURCES`, counted from 1."""
    return f"https://source{number}.example/feed"


def source_name(number: int) -> str:
    """What the archive calls that source."""
    return f"Source {number}"


def build(path: Path, articles: int, distinct: int) -> float:
    """Make the archive at `path`; returns the seconds that writing took, without making and analysing the texts."""
    Archive(path, Watch(Matcher([], {}), {})).close()
    db = open_for_writing(path)
    connection = db.conn
    connection.execute("PRAGMA synchronous = OFF")
    for number in range(1, SOURCES + 1):
        connection.execute(
            """INSERT INTO sources (id, url, name, named, articles_mode, interval_seconds, added_at, next_poll_at)
               VALUES (?, ?, ?, 1, 'feed', 900, ?, ?)""",
            (number, source_url(number), source_name(number), to_text(FIRST), to_text(FIRST)),
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
        text_hash = hashlib.sha256(str(number).encode()).hexdigest()
        url, source = f"https://source{number % SOURCES + 1}.example/{number}", number % SOURCES + 1
        connection.execute(
            """INSERT INTO articles (id, place, url, title, language, published_at, first_seen_at, time, source_id, revision_id, revisions,
                                     versions, current_hash, sighted_openly) VALUES (?, ?, ?, ?, 'fr', ?, ?, ?, ?, ?, 1, 1, '', 1)""",
            (number, url, url, title, moment, moment, moment, source, number),
        )
        connection.execute(
            """INSERT INTO revisions (id, article_id, number, seen_at, source_id, origin, title, text, text_hash, text_length)
               VALUES (?, ?, 1, ?, ?, 'feed', ?, ?, ?, ?)""",
            (number, number, moment, source, title, text, text_hash, len(text)),
        )
        connection.execute("INSERT INTO article_urls (url, article_id, adopted) VALUES (?, ?, 0)", (url, number))
        connection.execute("INSERT INTO current_versions (revision_id, article_id) VALUES (?, ?)", (number, number))
        connection.execute("INSERT INTO text_titles (text_hash, title_key) VALUES (?, ?)", (text_hash, title))
        connection.execute(
            """INSERT INTO entries (id, source_id, key, place, fingerprint, silent, first_seen_at, changed_at, article_id, page_state)
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
