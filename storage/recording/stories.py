"""Placing articles in stories, in the operation that archives them: load what is around them, have it decided, write.

What is remembered of an article for this (`sketches`, `sketch_words`) is forgotten after `SKETCH_AGE`; its shingles stay as long as its
text. Of a copy only those are kept that its original lacks: so a dispatch that a hundred newspapers print is held once, and a
shingle that many articles hold is known for a phrase that says nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlite_utils import Database

from news.copies import sample_shingles
from news.headlines import HeadlineKind
from news.placing import MOST_HOLDERS_ASKED, Around, KnownText, Placed, Placer, Story, Unplaced, most_sharing, rarest_words
from news.stories import AFFAIR_SPAN, COPY_SPAN, MOST_NEIGHBOURS, Sketch, WordCounts, is_kin
from news.text import AnalysedArticle
from storage.file.rows import change_in, insert_rows, select_in
from storage.file.times import from_text, to_text

SKETCH_AGE = COPY_SPAN + timedelta(days=1)
MOST_AT_ONCE = 100
"""Articles that are placed with one set of statements; what is loaded around each is some 60 kB."""
_BATCH = 200
_SKETCHES_REMEMBERED = 1_000
"""Some 10 kB each."""
_EVERY_ARTICLE = ""
"""Under this word it is counted how many articles there were."""
_PLACING = (
    "article_id", "story_id", "copy_of", "share", "copy_reason", "shingles", "because", "nearness", "nearest_id", "words", "centrality",
)  # fmt: skip
_STORY = ("id", "central_id", "started_at", "updated_at", "articles", "joined_into")

_TOLD = """SELECT new, article_id, told FROM (
        SELECT new, article_id, told, row_number() OVER (PARTITION BY new ORDER BY told DESC, article_id) AS place FROM (
            SELECT asked.new, article_id, sum(weight) AS told FROM asked CROSS JOIN sketches ON article_id IN (
                SELECT article_id FROM sketch_words WHERE word = asked.word AND at BETWEEN since AND until ORDER BY at DESC LIMIT ?)
            GROUP BY 1, 2))
    WHERE place <= ?"""


def place_articles(db: Database, articles: Sequence[Unplaced]) -> None:
    """Find of each article what it is a copy of and which story it belongs to, in the given order, and write it. Their rows are there."""
    for start in range(0, len(articles), MOST_AT_ONCE):
        some = articles[start : start + MOST_AT_ONCE]
        placer = Placer(load_around(db, some))
        write_placed(db, [placer.place(one) for one in some], placer)


def load_around(db: Database, articles: Sequence[Unplaced]) -> Around:
    """What is known around the articles that are to be placed; their words are counted from then on."""
    counts = _count_words(db, articles)
    holders = _load_holders(db, articles)
    sharing = {article_id for one in articles for article_id in most_sharing(holders, one.marks)}
    told = _load_told(db, articles, counts)
    near = {article_id for some in told.values() for article_id in some} | sharing
    story_of = _load_story_of(db, near)
    stories = _load_stories(db, near, set(story_of.values()))
    next_story_id = db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM stories").fetchone()[0]
    return Around(counts, next_story_id, holders, _load_texts(db, sharing), told, _load_sketches(db, near), story_of, stories)


def _count_words(db: Database, articles: Sequence[Unplaced]) -> WordCounts:
    """Count the words of these articles, and tell in the same statement how many articles hold each by now."""
    added = Counter(word for one in articles for word in one.sketch.words)
    added[_EVERY_ARTICLE] = len(articles)
    rows = db.conn.execute(
        """INSERT INTO word_counts (word, articles) SELECT key, value FROM json_each(?) WHERE true
           ON CONFLICT (word) DO UPDATE SET articles = articles + excluded.articles RETURNING word, articles""",
        (json.dumps(dict(sorted(added.items()))),),
    )
    counts = {row["word"]: row["articles"] for row in rows}
    return WordCounts(counts.pop(_EVERY_ARTICLE), counts)


def _load_holders(db: Database, articles: Sequence[Unplaced]) -> dict[int, list[int]]:
    holders: dict[int, list[int]] = defaultdict(list)
    marks = {mark for one in articles for mark in one.marks}
    for row in select_in(db, "SELECT shingle, article_id FROM shingles WHERE shingle IN ({marks})", marks):
        holders[row["shingle"]].append(row["article_id"])
    return dict(holders)


def _load_texts(db: Database, article_ids: Iterable[int]) -> dict[int, KnownText]:
    rows = select_in(
        db,
        """SELECT articles.id, source_id, time, title, shingles FROM articles JOIN story_articles ON article_id = articles.id
           WHERE articles.id IN ({marks})""",
        article_ids,
    )
    return {row["id"]: KnownText(row["source_id"], from_text(row["time"]), row["title"], row["shingles"]) for row in rows}


def _load_told(db: Database, articles: Sequence[Unplaced], counts: WordCounts) -> dict[int, dict[int, float]]:
    """For each article, those of the days around it that share most of what its rarest words tell."""
    asked: list[object] = []
    for one in articles:
        since, until = _seconds(one.sketch.at - AFFAIR_SPAN), _seconds(one.sketch.at + AFFAIR_SPAN)
        for word in rarest_words(one.sketch, counts):
            asked += (one.article_id, word, counts.weigh(word), since, until)
    told: dict[int, dict[int, float]] = defaultdict(dict)
    if asked:
        marks = ",".join(["(?,?,?,?,?)"] * (len(asked) // 5))
        sql = f"WITH asked (new, word, weight, since, until) AS (VALUES {marks}) {_TOLD}"  # marks and a literal
        for row in db.conn.execute(sql, (*asked, MOST_HOLDERS_ASKED, MOST_NEIGHBOURS)):
            told[row["new"]][row["article_id"]] = row["told"]
    return dict(told)


def _load_story_of(db: Database, article_ids: Iterable[int]) -> dict[int, int]:
    rows = select_in(db, "SELECT article_id, story_id FROM story_articles WHERE article_id IN ({marks})", article_ids)
    return {row["article_id"]: row["story_id"] for row in rows}


def _load_stories(db: Database, near: Iterable[int], story_ids: Iterable[int]) -> dict[int, Story]:
    """These stories, with how near to the others their central articles are, and those near to what is placed."""
    rows = list(select_in(db, "SELECT * FROM stories WHERE id IN ({marks})", story_ids))
    told = {*near, *(row["central_id"] for row in rows)}
    centrality: dict[int, dict[int, float]] = defaultdict(dict)
    for one in select_in(db, "SELECT story_id, article_id, centrality FROM story_articles WHERE article_id IN ({marks})", told):
        centrality[one["story_id"]][one["article_id"]] = one["centrality"]
    return {row["id"]: _story(row, centrality[row["id"]]) for row in rows}


def _story(row: sqlite3.Row, centrality: dict[int, float]) -> Story:
    times = from_text(row["started_at"]), from_text(row["updated_at"])
    return Story(row["id"], row["central_id"], *times, row["articles"], centrality)


def _load_sketches(db: Database, article_ids: Iterable[int]) -> dict[int, Sketch]:
    rows = select_in(db, "SELECT article_id, at, sketch FROM sketches WHERE article_id IN ({marks})", article_ids)
    return {row["article_id"]: _sketch(row) for row in rows}


def _sketch(row: sqlite3.Row) -> Sketch:
    return _read_sketch(row["article_id"], row["at"], row["sketch"])


@lru_cache(maxsize=_SKETCHES_REMEMBERED)
def _read_sketch(article_id: int, at: int, text: str) -> Sketch:
    """The sketch that `_kept` wrote; remembered, since what is of the day is asked for again and again."""
    kept = json.loads(text)
    return Sketch(
        article_id=article_id,
        at=datetime.fromtimestamp(at, UTC),
        title=kept["title"],
        title_words=frozenset(kept["title_words"]),
        words=kept["words"],
        numbers=frozenset(kept.get("numbers", ())),  # not kept by the first version that knew stories
        kinds=frozenset(map(HeadlineKind, kept["kinds"])),
        column=kept["column"],
    )


def write_placed(db: Database, placed: Sequence[Placed], placer: Placer) -> None:
    """Write where the articles were placed, and the stories that changed by that. The articles' rows are there."""
    changed = placer.changed_stories()
    _write_stories(db, changed)
    centrality = {article_id: value for story in changed for article_id, value in story.centrality.items()}
    insert_rows(db, "story_articles", _PLACING, [_placing_row(one, centrality) for one in placed])
    _write_sketches(db, [one.article.sketch for one in placed])
    marks = sorted((mark, one.article.article_id) for one in placed for mark in one.marks)
    insert_rows(db, "shingles", ("shingle", "article_id"), marks)
    for story in changed:
        if story.joined_into is not None:
            db.conn.execute("UPDATE story_articles SET story_id = ? WHERE story_id = ?", (story.joined_into, story.story_id))
            db.conn.execute("UPDATE stories SET joined_into = ? WHERE joined_into = ?", (story.joined_into, story.story_id))


def _write_stories(db: Database, changed: Sequence[Story]) -> None:
    rows = [
        (one.story_id, one.central_id, to_text(one.started_at), to_text(one.updated_at), one.articles, one.joined_into) for one in changed
    ]
    replaced = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in _STORY[1:])
    insert_rows(db, "stories", _STORY, rows, replaced)
    values = [(value, article_id) for story in changed if story.articles > 1 for article_id, value in story.centrality.items()]
    if values:
        db.conn.execute(
            """UPDATE story_articles SET centrality = json_extract(told.value, '$[0]') FROM json_each(?) AS told
               WHERE article_id = json_extract(told.value, '$[1]')""",
            (json.dumps(values),),
        )


def _placing_row(one: Placed, centrality: dict[int, float]) -> tuple[object, ...]:
    copied = (None, None, None) if one.copy is None else (one.copy.article_id, one.copy.share, one.copy.reason)
    placing, article = one.placing, one.article
    why = (placing.because, placing.nearness, placing.nearest_id, " ".join(placing.words))
    return (article.article_id, one.story_id, *copied, len(article.shingles), *why, centrality.get(article.article_id, 0.0))


def _write_sketches(db: Database, sketches: Sequence[Sketch]) -> None:
    insert_rows(db, "sketches", ("article_id", "at", "sketch"), [(one.article_id, _seconds(one.at), _kept(one)) for one in sketches])
    words = sorted((word, _seconds(one.at), one.article_id) for one in sketches for word in one.words if not is_kin(word))
    insert_rows(db, "sketch_words", ("word", "at", "article_id"), words)


def _kept(sketch: Sketch) -> str:
    kept = {
        "title": sketch.title,
        "title_words": sorted(sketch.title_words),
        "words": dict(sketch.words),
        "numbers": sorted(sketch.numbers),
        "kinds": sorted(sketch.kinds),
        "column": sketch.column,
    }
    return json.dumps(kept, ensure_ascii=False)


def forget_sketches(db: Database, before: datetime, up_to: int) -> int:
    """Forget what placing no longer needs: of the articles up to that number, those from `SKETCH_AGE` before `before` and earlier.

    Up to a batch of them; returns how many.
    """
    sql = "SELECT article_id, at, sketch FROM sketches WHERE at < ? AND article_id <= ? LIMIT ?"
    rows = db.conn.execute(sql, (_seconds(before - SKETCH_AGE), up_to, _BATCH)).fetchall()
    for row in rows:
        words = [(word, row["at"], row["article_id"]) for word in _sketch(row).words if not is_kin(word)]
        db.conn.executemany("DELETE FROM sketch_words WHERE word = ? AND at = ? AND article_id = ?", words)
    change_in(db, "DELETE FROM sketches WHERE article_id IN ({marks})", [row["article_id"] for row in rows])
    return len(rows)


def forget_shingles(db: Database, article_id: int, analysed: AnalysedArticle) -> None:
    """Forget by what a text of the article would be recognised: the text itself goes."""
    gone = [(shingle, article_id) for shingle in sample_shingles(analysed.text_tokens.tokens)]
    db.conn.executemany("DELETE FROM shingles WHERE shingle = ? AND article_id = ?", gone)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
