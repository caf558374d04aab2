"""Placing articles in stories, in the operation that archives them: load what is around them, have it decided, write.

What is remembered of an article for this (`sketches`) is forgotten after `SKETCH_AGE`; its shingles stay as long as its text. Of a copy
only those are kept that its original lacks: so a dispatch that a hundred newspapers print is held once, and a shingle that many articles
hold is known for a phrase that tells nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.placing import Around, KnownText, Placed, Placer, Story, Unplaced, find_near, held_among, most_sharing, weigh_words
from news.sampling import one_in_of, sample_shingles
from news.sketches import WordCounts
from news.stories import COPY_SPAN
from news.text import AnalysedArticle
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.file.shingles import forget_shingles, leave_shingles_waiting, load_holders
from storage.file.times import from_text, to_text
from storage.recording.sketches import in_seconds, write_sketches
from storage.recording.story_words import StoryWords, words_of

SKETCH_AGE = COPY_SPAN + timedelta(days=1)
MOST_AT_ONCE = 100
"""Articles that are placed with one set of statements; what is loaded around each is some 60 kB."""
MOST_COPIES_ASKED = 1_000
"""Of an article, the latest by their text: an archive of before may have many thousands of a notice, and with each more all are read. Among
a thousand, some source has so many of its own that it is a phrase, unless there are more than a hundred and forty that take turns."""
_BATCH = 200
_PLACING = (
    "article_id", "story_id", "copy_of", "share", "copy_reason", "shingles", "sampled_one_in",
    "because", "nearness", "nearest_id", "words", "centrality",
)  # fmt: skip
_STORY = ("id", "central_id", "started_at", "updated_at", "articles", "joined_into")


def place_articles(db: Database, articles: Sequence[Unplaced]) -> None:
    """Find of each article what it is a copy of and which story it belongs to, in the given order, and write it. Their rows are there."""
    for start in range(0, len(articles), MOST_AT_ONCE):
        portion = articles[start : start + MOST_AT_ONCE]
        write_placed(db, load_surroundings(db, portion).place(portion))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where articles were placed."""

    placed: Sequence[Placed]
    changed: Sequence[Story]
    """The stories that are not as they were."""
    words: StoryWords


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that is known around articles that may have to be placed."""

    articles: Sequence[Unplaced]
    """Their words weighed, as if all of them were placed."""
    words: StoryWords
    around: Around

    def place(self, new: Sequence[Unplaced]) -> Placement:
        """Decide where those of the articles belong that are new, in their order, by the numbers that they have now.

        Nothing more is asked of the archive, and what is known is used up.
        """
        articles, around = self.articles, self.around
        if len(new) < len(articles):  # their words are less common then, and others may tell most
            articles = _weigh(new, self.words.count([one.sketch for one in new]))
            around.told = _find_near(self.words, articles)
        placer = Placer(around)
        placed = [placer.place(one) for one in articles]
        return Placement(placed, placer.changed_stories(), self.words)


def load_surroundings(db: Database, articles: Sequence[Unplaced]) -> Surroundings:
    """What is known around these articles, at most `MOST_AT_ONCE`."""
    words, next_story_id = words_of(db)
    words.learn(db, [one.sketch for one in articles])
    weighed = _weigh(articles, words.count([one.sketch for one in articles]))
    return Surroundings(weighed, words, _load_around(db, words, weighed, next_story_id))


def _weigh(articles: Sequence[Unplaced], counts: WordCounts) -> list[Unplaced]:
    return [weigh_words(one, counts) for one in articles]


def _find_near(words: StoryWords, articles: Sequence[Unplaced]) -> dict[int, dict[int, int]]:
    return {one.article_id: find_near(one, words.holders) for one in articles}


def write_placed(db: Database, placement: Placement) -> None:
    """Write where the articles were placed, and the stories that are not as they were. The articles' rows are there."""
    words, sketches = placement.words, [one.article.sketch for one in placement.placed]
    _write(db, placement.placed, placement.changed)
    words.note(sketches)
    words.settle(db, at_once=words.is_before_the_last(min(one.article_id for one in sketches)))


def _load_around(db: Database, words: StoryWords, articles: Sequence[Unplaced], next_story_id: int) -> Around:
    holders = load_holders(db, {mark for one in articles for mark in one.marks})
    sharing = {article_id for one in articles for article_id in most_sharing(held_among(holders, one.marks))}
    told = _find_near(words, articles)
    near = {article_id for some in told.values() for article_id in some} | sharing
    sketches = words.load_sketches(db, near)
    story_of, stories = _load_stories(db, near)
    return Around(next_story_id, holders, load_texts(db, sharing), told, sketches, story_of, stories)


def load_texts(db: Database, article_ids: Iterable[int]) -> dict[int, KnownText]:
    """What comparing a text with those of these articles needs of them; who says the same, by the latest of their copies."""
    rows = select_in(
        db,
        """SELECT articles.id, source_id, time, title, shingles, sampled_one_in, copy_of,
               (SELECT json_group_array(source_id) FROM (
                    SELECT copies.source_id FROM story_articles AS placed CROSS JOIN articles AS copies ON copies.id = placed.article_id
                    WHERE placed.copy_of = articles.id AND copy_reason = 'text' ORDER BY placed.article_id DESC LIMIT ?)) AS said_by
           FROM articles JOIN story_articles ON article_id = articles.id WHERE articles.id IN ({marks})""",
        article_ids,
        MOST_COPIES_ASKED,
    )
    return {row["id"]: _known_text(row) for row in rows}


def _known_text(row: sqlite3.Row) -> KnownText:
    said_by = Counter([row["source_id"], *json.loads(row["said_by"])])
    at = from_text(row["time"])
    return KnownText(row["source_id"], at, row["title"], row["shingles"], row["sampled_one_in"], row["copy_of"], said_by)


def _load_stories(db: Database, article_ids: Iterable[int]) -> tuple[dict[int, int], dict[int, Story]]:
    """The story of each of these articles, and these stories, with how near to the others these articles and their central ones are."""
    rows = select_in(
        db,
        """SELECT own.article_id, own.centrality, central.centrality AS of_central, stories.*
           FROM story_articles AS own CROSS JOIN stories ON stories.id = own.story_id
               CROSS JOIN story_articles AS central ON central.article_id = central_id
           WHERE own.article_id IN ({marks})""",
        article_ids,
    )
    of_story: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        of_story[row["id"]].append(row)
    story_of = {row["article_id"]: story_id for story_id, some in of_story.items() for row in some}
    return story_of, {story_id: _story(some) for story_id, some in of_story.items()}


def _story(rows: Sequence[sqlite3.Row]) -> Story:
    row = rows[0]
    times = from_text(row["started_at"]), from_text(row["updated_at"])
    centrality = {row["central_id"]: row["of_central"]} | {one["article_id"]: one["centrality"] for one in rows}
    return Story(row["id"], row["central_id"], *times, row["articles"], centrality)


def _write(db: Database, placed: Sequence[Placed], changed: Sequence[Story]) -> None:
    _write_stories(db, changed)
    centrality = {article_id: value for story in changed for article_id, value in story.centrality.items()}
    insert_rows(db, "story_articles", _PLACING, [_placing_row(one, centrality) for one in placed])
    write_sketches(db, [one.article.sketch for one in placed])
    leave_shingles_waiting(db, {one.article.article_id: one.marks for one in placed})
    for story in reversed(changed):  # the latest first: what it is joined into may be joined in turn, always into an earlier one
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
    sampled = len(article.shingles), one_in_of(article.shingles)
    why = (placing.because, placing.nearness, placing.nearest_id, " ".join(placing.words))
    return (article.article_id, one.story_id, *copied, *sampled, *why, centrality.get(article.article_id, 0.0))


def forget_sketches(db: Database, before: datetime, up_to: int) -> int:
    """Forget what placing no longer needs: of the articles up to that number, those from `SKETCH_AGE` before `before` and earlier.

    Up to a batch of them; returns how many.
    """
    words, _ = words_of(db)
    words.settle(db, at_once=True)
    return db.conn.execute(
        """DELETE FROM sketches WHERE article_id IN (SELECT article_id FROM sketches WHERE at < ? AND article_id <= ? LIMIT ?)""",
        (in_seconds(before - SKETCH_AGE), up_to, _BATCH),
    ).rowcount


def forget_text(db: Database, article_id: int, analysed: AnalysedArticle) -> None:
    """Forget by what a text of the article would be recognised: the text itself goes."""
    forget_shingles(db, article_id, sample_shingles(analysed.text_tokens.tokens))
