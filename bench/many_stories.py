"""An archive of so many articles that were placed in stories, made in bulk: what they would have left in its tables.

Shingles are chance numbers, as many as a text of 4,000 characters has, put in four times, so that pages are as full as they become by
and by. Each article is a story of its own. Words are held by as many articles as their rank says, and behind them is a long tail that few
hold. Of the articles of the last days there are sketches, of some thousand different texts, and the words name the latest that hold them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from bench.french import make_paragraphs, make_title
from news.placing import MOST_HOLDERS_ASKED, as_holder
from news.sketches import Sketch, WordCounts, plain_words, sketch_article, weigh
from news.text import analyse_article
from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.sieves import STRETCH_BITS, STRETCHES, Sieves
from storage.file.times import to_text
from storage.recording.sketches import write_sketches
from storage.recording.stories import SKETCH_AGE
from storage.recording.story_words import _pack

SHINGLES_EACH = 40
_ROUNDS = 4
_DIFFERENT = 2_000
"""Texts of which there are sketches."""
_TAIL = 0.7
"""Words that only one article holds, for each article: names, slips of the pen."""
_ANY_TIME = datetime(2025, 1, 1, tzinfo=UTC)
_COUNTED = "WITH RECURSIVE n (id) AS (VALUES (:first) UNION ALL SELECT id + 1 FROM n WHERE id < :last)"


def fill(db: Database, count: int, now: datetime) -> None:
    """Make the archive hold so many articles, but for sketches and words."""
    moment = to_text(now - timedelta(days=30))
    with db.atomic():
        db.conn.execute(
            f"{_COUNTED} INSERT INTO stories SELECT id, id, :at, :at, 1, NULL FROM n", {"first": 1, "last": count, "at": moment}
        )
        db.conn.execute(
            f"""{_COUNTED} INSERT INTO story_articles
                SELECT id, id, NULL, NULL, NULL, {SHINGLES_EACH}, 'first', 0.08, max(1, id - 9), 'un deux trois', 0.0, 16 FROM n""",
            {"first": 1, "last": count},
        )
    for start in range(_ROUNDS):
        first, last = start * count // _ROUNDS * SHINGLES_EACH, (start + 1) * count // _ROUNDS * SHINGLES_EACH - 1
        with db.atomic():
            db.conn.execute(
                f"""{_COUNTED} INSERT INTO shingles
                    SELECT random() & 281474976710655 | 1 AS shingle, id / {SHINGLES_EACH} + 1 FROM n ORDER BY 1""",
                {"first": first, "last": last},
            )
    sieves = Sieves()
    for stretch in range(STRETCHES):
        with db.atomic():
            sieves.note(db, [stretch << STRETCH_BITS])


def fill_days(db: Database, count: int, a_day: int, now: datetime) -> None:
    """Make the words what so many articles leave in them, the last of which came at `a_day` until `now`, and keep the sketches of these."""
    latest = min(count, a_day * SKETCH_AGE // timedelta(days=1))
    some = _different()
    held: dict[str, int] = defaultdict(int)
    for sketch in some:
        for word in plain_words(sketch):
            held[word] += 1
    counts = WordCounts(count, {word: max(1, number * count // len(some)) for word, number in held.items()})
    weighed = [weigh(sketch, counts) for sketch in some]
    holders: dict[str, list[int]] = defaultdict(list)
    with db.atomic():
        db.conn.execute("DELETE FROM sketches")
        db.conn.execute("DELETE FROM word_counts")
        for place in range(latest):
            article_id, at = count - latest + place + 1, now - timedelta(days=1) * (latest - place) / a_day
            sketch = weighed[place % len(weighed)]
            write_sketches(db, [_at(sketch, article_id, at)])
            for word in plain_words(sketch):
                holders[word].append(as_holder(article_id, at))
        rows = [(word, number, _pack(holders[word][-MOST_HOLDERS_ASKED:])) for word, number in sorted(counts.holding.items())]
        rows += [(f"nom{number:07}", 1, _pack([as_holder(number, now)])) for number in range(int(_TAIL * count))]
        insert_rows(db, "word_counts", ("word", "articles", "holders"), [("", count, None), *rows])
        db.conn.execute("INSERT OR REPLACE INTO archive_state VALUES ('words_kept_until', ?)", (count,))


def _at(sketch: Sketch, article_id: int, at: datetime) -> Sketch:
    fields = {name: getattr(sketch, name) for name in Sketch.__slots__}
    return Sketch(**{**fields, "article_id": article_id, "at": at})


def _different() -> list[Sketch]:
    chance = random.Random(3)
    texts = [analyse_article(make_title(chance), "\n".join(make_paragraphs(chance, 400))) for _ in range(_DIFFERENT)]
    return [sketch_article(0, _ANY_TIME, text) for text in texts]
