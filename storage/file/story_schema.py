"""The tables of copies and stories; explained in docs/archive.md."""

from __future__ import annotations

import json
import math
import struct
from itertools import groupby
from operator import itemgetter
from typing import Any

from storage.file.database import Database

SHINGLES = """CREATE TABLE shingles (
        shingle INTEGER NOT NULL,      -- a hash of five words, or of a site and its number for an article
        article_id INTEGER NOT NULL,
        PRIMARY KEY (shingle, article_id)
    ) WITHOUT ROWID"""

STORIES = (
    """CREATE TABLE stories (
        id INTEGER PRIMARY KEY,
        central_id INTEGER NOT NULL REFERENCES articles (id),  -- the article whose title is the story's
        started_at TEXT NOT NULL,      -- articles.time of its earliest article, and of its latest
        updated_at TEXT NOT NULL,
        articles INTEGER NOT NULL,
        joined_into INTEGER REFERENCES stories (id)  -- found to be the same story; its articles are there
    )""",
    "CREATE INDEX stories_by_time ON stories (updated_at) WHERE joined_into IS NULL",
    """CREATE TABLE story_articles (
        article_id INTEGER PRIMARY KEY REFERENCES articles (id),
        story_id INTEGER NOT NULL REFERENCES stories (id),
        copy_of INTEGER,               -- the article of which it is a copy
        share REAL,                    -- of the shorter text, that both have
        copy_reason TEXT,              -- text, number (the site's number for the article, in both addresses)
        shingles INTEGER NOT NULL,     -- sampled of its text when it was placed
        because TEXT NOT NULL,         -- first, copy, words
        nearness REAL NOT NULL,        -- to its story, from 0 to 1; of the first, to what was nearest
        nearest_id INTEGER,
        words TEXT NOT NULL,           -- stems that tell most of what it has in common with the nearest
        centrality REAL NOT NULL       -- how near it is to the others of its story, added up
    )""",
    "CREATE INDEX story_articles_by_story ON story_articles (story_id)",
    "CREATE INDEX story_articles_by_original ON story_articles (copy_of) WHERE copy_of IS NOT NULL",
    SHINGLES,
    """CREATE TABLE sketches (
        article_id INTEGER PRIMARY KEY REFERENCES articles (id),
        at INTEGER NOT NULL,           -- articles.time, in seconds since 1970
        sketch TEXT NOT NULL           -- JSON: what placing others must know of it
    )""",
    "CREATE INDEX sketches_by_time ON sketches (at)",
    """CREATE TABLE sketch_words (
        word TEXT NOT NULL,
        at INTEGER NOT NULL,
        article_id INTEGER NOT NULL,
        PRIMARY KEY (word, at, article_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE word_counts (
        word TEXT PRIMARY KEY,         -- a stem; the empty one stands for all articles
        articles INTEGER NOT NULL      -- that hold it in their title or beginning
    ) WITHOUT ROWID""",
)

WAITING_SHINGLES = """CREATE TABLE waiting_shingles (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    shingles TEXT NOT NULL             -- JSON: those of its shingles that may not be in the index yet
)"""

SHINGLE_PASS = (
    "ALTER TABLE waiting_shingles ADD COLUMN pass INTEGER NOT NULL DEFAULT 1",  # by which its shingles are put into the index
    """CREATE TABLE shingle_pass (         -- over the index: the one that goes on or is the next; one row
        number INTEGER NOT NULL,
        since INTEGER                  -- the shingles below were put there; null: it has not begun
    )""",
    "INSERT INTO shingle_pass VALUES (1, NULL)",
)

SHINGLE_SIEVES = """CREATE TABLE shingle_sieves (
    stretch INTEGER PRIMARY KEY,       -- of the index: the first 12 bits of its shingles
    bits BLOB NOT NULL,                -- where the one of a shingle is not set, it is not in the index
    crc INTEGER NOT NULL               -- CRC-32 of the bits, begun with the stretch
)"""

_HOLDERS = 30
"""Of a word, the latest."""
_MOST_COUNTED = 195
"""Times that a word comes, in a title of 65 words, where it counts twice, and a beginning of 65."""


def keep_holders_beside_counts(db: Database) -> None:
    """Who holds a word is kept with how many do; and a sketch tells what its words told when it was placed."""
    db.conn.execute(
        "ALTER TABLE word_counts ADD COLUMN holders BLOB"
    )  # the latest articles that hold it, see storage/recording/story_words
    articles = db.conn.execute("SELECT articles FROM word_counts WHERE word = ''").fetchone()
    for row in db.conn.execute("SELECT article_id, sketch FROM sketches").fetchall():
        sketch = _weighed(db, json.loads(row["sketch"]), articles[0] if articles else 0)
        db.conn.execute("UPDATE sketches SET sketch = ? WHERE article_id = ?", (sketch, row["article_id"]))
    for word, holders in groupby(db.conn.execute("SELECT word, at, article_id FROM sketch_words ORDER BY word, at"), itemgetter("word")):
        latest = [row["article_id"] << 24 | row["at"] // 3600 for row in holders][-_HOLDERS:]
        blob = struct.pack(f"<{len(latest)}q", *latest)
        db.conn.execute("UPDATE word_counts SET holders = ? WHERE word = ?", (blob, word))
    db.conn.execute("DROP TABLE sketch_words")
    db.conn.execute("INSERT INTO archive_state SELECT 'words_kept_until', coalesce(max(id), 0) FROM articles")


def _weighed(db: Database, kept: dict[str, Any], articles: int) -> str:
    """A sketch as it is kept from then on."""
    words: dict[str, int] = kept["words"]
    marks = ",".join("?" * len(words))
    held = dict(db.conn.execute(f"SELECT word, articles FROM word_counts WHERE word IN ({marks})", list(words)).fetchall())  # noqa: S608  # marks
    weights = [round(math.log((articles + 50) / (held.get(word, 0) + 0.7)) * (0.5 if word[0] == "~" else 1), 2) for word in words]
    told = (weight * (1 + math.log(count)) for weight, count in zip(weights, words.values(), strict=True))
    joined = (" ".join(kept.get(key, ())) for key in ("kinds", "numbers", "title_words"))
    sketch = [kept["title"], kept["column"], *joined, " ".join(words), [*words.values()], weights, sum(one**2 for one in told)]
    return json.dumps(sketch, ensure_ascii=False, separators=(",", ":"))


def tell_words_in_bytes(db: Database) -> None:
    """How often each word of a sketch comes and how much it tells is kept in bytes, beside its JSON, of which reading them cost most."""
    db.conn.execute("ALTER TABLE sketches ADD COLUMN told BLOB NOT NULL DEFAULT x''")  # a byte a word, and two a word
    for row in db.conn.execute("SELECT article_id, sketch FROM sketches").fetchall():
        *rest, counts, weights, square = json.loads(row["sketch"])
        told = bytes(min(count, _MOST_COUNTED) for count in counts) + struct.pack(
            f"<{len(weights)}H", *[round(100 * weight) for weight in weights]
        )
        sketch = json.dumps([*rest, 10_000 * square], ensure_ascii=False, separators=(",", ":"))
        db.conn.execute("UPDATE sketches SET sketch = ?, told = ? WHERE article_id = ?", (sketch, told, row["article_id"]))


def name_title_words_first(db: Database) -> None:
    """Of the words of a sketch, those that its title says of its affair come first, and are counted; they were written twice."""
    for row in db.conn.execute("SELECT article_id, sketch, told FROM sketches").fetchall():
        title, column, kinds, numbers, title_words, joined, square = json.loads(row["sketch"])
        words, titled = joined.split(), dict.fromkeys(title_words.split())
        size = len(words)
        told = dict(zip(words, zip(row["told"][:size], struct.unpack(f"<{size}H", row["told"][size:]), strict=True), strict=True))
        ordered = [*titled, *[word for word in words if word not in titled]]
        kept = [title, column, kinds, numbers, len(titled), " ".join(ordered), square]
        counts, weights = zip(*[told[word] for word in ordered], strict=True) if ordered else ((), ())
        values = json.dumps(kept, ensure_ascii=False, separators=(",", ":")), bytes(counts) + struct.pack(f"<{size}H", *weights)
        db.conn.execute("UPDATE sketches SET sketch = ?, told = ? WHERE article_id = ?", (*values, row["article_id"]))
