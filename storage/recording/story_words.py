"""Which words articles hold, to place others beside them: of how many articles each is, and which the latest are that hold it.

An article brings a hundred words, which lie all over the table: written one article at a time, they would dirty a hundred pages each. So
those of the latest articles wait in memory and are written together. What waits is what sketches beyond `_KEPT_UNTIL` hold, and is read
from these again after a start, or after an operation whose placing was taken back, or that failed in the middle of a change.
"""

from __future__ import annotations

import struct
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from weakref import WeakKeyDictionary

from news.placing import MOST_HOLDERS_ASKED, as_holder
from news.sketches import Sketch, WordCounts, plain_words
from storage.file.database import Database
from storage.file.rows import insert_rows, select_in
from storage.recording.sketches import load_sketches, load_sketches_after
from storage.recording.state import set_state

MOST_WAITING = 5_000
"""Articles. They hold some 33,000 different words, which take 0.3 s to write, and as long to be read after a start."""
_MOST_REMEMBERED_SKETCHES = 1_000
"""Some 10 kB each."""
_MOST_WORDS = 100_000
"""Known at a time; where there are more, what waits is written, and all but the latest half forgotten. At most 500 bytes each, most 250."""
_EVERY_ARTICLE = ""
"""Under this word it is counted how many articles there were."""
_KEPT_UNTIL = "words_kept_until"
"""The last article whose words are in the table."""
_HOLDER_BYTES = 8


class StoryWords:
    """The words of all articles, as one connection knows them."""

    def __init__(self, db: Database, kept_until: int) -> None:
        self.last_noted: int | None = None
        """The article that was noted last. If it is not on record, what was done with it was taken back."""
        self._is_whole = True
        """Whether no change of it failed half way, which may leave all on record as it was."""
        self._kept_until = kept_until
        self._newest = self._kept_until
        self._written: dict[str, int] = {}
        """How many articles hold a word by the table, for those words that were asked for, the latest of which come last."""
        self._unwritten: Counter[str] = Counter()
        """How many more hold a word than the table knows."""
        self._holders: dict[str, array[int]] = defaultdict(partial(array, "q"))
        """Who holds a word, the latest last; see `as_holder`. Those who wait stand behind those of the table. Hundreds are looked
        through for each article, which is fast where they lie beside each other."""
        self._sketches: dict[int, Sketch] = {}
        self._learn(db, [_EVERY_ARTICLE])
        for sketch in load_sketches_after(db, self._kept_until):
            self._note(sketch)

    def learn(self, db: Database, sketches: Iterable[Sketch]) -> None:
        """Load what is known of the words of these, which are then counted."""
        self._forget_some_words()
        with self._changing():
            self._learn(db, set().union(*map(plain_words, sketches)))

    def count(self, sketches: Sequence[Sketch]) -> WordCounts:
        """Of how many articles the words of these are, whose words were learned: the next to be noted, which count themselves."""
        own = Counter(chain.from_iterable(map(plain_words, sketches)))
        written, unwritten = self._written, self._unwritten.get
        articles = written[_EVERY_ARTICLE] + self._unwritten[_EVERY_ARTICLE] + len(sketches)
        return WordCounts(articles, {word: written[word] + unwritten(word, 0) + count for word, count in own.items()})

    def holders(self, word: str) -> Sequence[int]:
        """Who else holds a word of an article that was counted, the latest last; `MOST_HOLDERS_ASKED` of them if there are so many."""
        held = self._holders.get(word)
        return held[-MOST_HOLDERS_ASKED:] if held is not None else ()

    def load_sketches(self, db: Database, article_ids: Iterable[int]) -> dict[int, Sketch]:
        """The sketches of these articles that are not forgotten; those of the day are asked for again and again."""
        wanted = set(article_ids)
        missing = wanted - self._sketches.keys()
        self._remember(load_sketches(db, sorted(missing)).values())
        return {article_id: self._sketches[article_id] for article_id in sorted(wanted) if article_id in self._sketches}

    def _remember(self, sketches: Iterable[Sketch]) -> None:
        self._sketches.update((one.article_id, one) for one in sketches)

    def note(self, sketches: Sequence[Sketch]) -> None:
        """Count these articles, whose sketches are on record and whose words were learned, and know them for those that hold these."""
        with self._changing():
            for sketch in sketches:
                self._note(sketch)

    def _note(self, sketch: Sketch) -> None:
        words, holder, holders = plain_words(sketch), as_holder(sketch.article_id, sketch.at), self._holders
        self._unwritten.update(words)
        self._unwritten[_EVERY_ARTICLE] += 1
        for word in words:
            holders[word].append(holder)
        self.last_noted = sketch.article_id
        self._newest = max(self._newest, sketch.article_id)
        self._remember([sketch])

    def settle(self, db: Database, *, at_once: bool) -> None:
        """Write what waits if it is much, or `at_once`: articles before the last of the table would not be read again after a start."""
        waiting = self._unwritten[_EVERY_ARTICLE]
        if waiting and (at_once or waiting >= MOST_WAITING or len(self._written) > _MOST_WORDS):
            with self._changing():
                self._write(db)
        self._forget_some_words()
        if len(self._sketches) > _MOST_REMEMBERED_SKETCHES:
            self._sketches = dict(list(self._sketches.items())[-_MOST_REMEMBERED_SKETCHES // 2 :])

    def _write(self, db: Database) -> None:
        self._learn(db, self._unwritten)
        for word, count in self._unwritten.items():
            self._written[word] += count
            if word in self._holders:
                del self._holders[word][:-MOST_HOLDERS_ASKED]
        rows = [(word, self._written[word], _pack(self.holders(word)) or None) for word in sorted(self._unwritten)]
        replaced = "ON CONFLICT (word) DO UPDATE SET articles = excluded.articles, holders = excluded.holders"
        insert_rows(db, "word_counts", ("word", "articles", "holders"), rows, replaced)
        self._unwritten.clear()
        set_state(db, _KEPT_UNTIL, str(self._newest))
        self._kept_until = self._newest

    def _forget_some_words(self) -> None:
        """Keep the latest. Asked before words are learned too: an operation may learn them and place nothing."""
        if len(self._written) > _MOST_WORDS:
            latest = [_EVERY_ARTICLE, *islice(reversed(self._written), _MOST_WORDS // 2)]
            for word in set(self._written).difference(latest, self._unwritten):
                del self._written[word]
                self._holders.pop(word, None)

    def is_before_the_last(self, article_id: int) -> bool:
        """Whether an article comes later than one with a higher number whose words are in the table."""
        return article_id <= self._kept_until

    def is_as_on_record(self, noted: int | None, kept_until: int) -> bool:
        """Whether nothing was taken back: `noted` is `last_noted` if that is on record, and `kept_until` the last article in the table."""
        return self._is_whole and (noted, kept_until) == (self.last_noted, self._kept_until)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._is_whole = False
        yield
        self._is_whole = True

    def _learn(self, db: Database, words: Iterable[str]) -> None:
        missing = sorted(set(words).difference(self._written))  # `-` would go through all that are known
        self._written.update(dict.fromkeys(missing, 0))
        for word, articles, holders in select_in(db, "SELECT word, articles, holders FROM word_counts WHERE word IN ({marks})", missing):
            self._written[word] = articles
            if holders is not None:
                self._holders[word] = array("q", [*_unpack(holders), *self._holders.get(word, ())])


def _pack(holders: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(holders)}q", *holders)


def _unpack(blob: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(blob) // _HOLDER_BYTES}q", blob)


_ON_RECORD = """
    SELECT coalesce(max(id), 0) + 1 AS next, (SELECT article_id FROM sketches WHERE article_id = ?) AS noted,
           (SELECT value FROM archive_state WHERE name = ?) AS kept_until FROM stories"""

_words_of: WeakKeyDictionary[Database, StoryWords] = WeakKeyDictionary()
"""By the connection that writes."""


def words_of(db: Database) -> tuple[StoryWords, int]:
    """The words that the connection knows, read anew if what was done with them last was taken back; and the number of the next story."""
    words = _words_of.get(db)
    row = db.conn.execute(_ON_RECORD, (words and words.last_noted, _KEPT_UNTIL)).fetchone()
    kept_until = int(row["kept_until"] or 0)
    if words is None or not words.is_as_on_record(row["noted"], kept_until):
        words = _words_of[db] = StoryWords(db, kept_until)
    return words, int(row["next"])
