"""The index of shingles: which articles hold which of them.

An article brings some forty, which lie all over the index: put in one article at a time, each would have a page of its own written. So
those of the latest articles wait. They are kept by article in a table of the file, which a death leaves as it was, and by shingle in
memory, where they are looked up; and once many wait, they are put into the index in the order of shingles, some thousand with each
operation. That is a pass. How far it got is noted in the file, since a program that runs for a moment each hour would begin it anew every
time, and never end it.

An operation that is rolled back takes back what it did in the file, not what it did in memory. So each change of what is in memory is
counted in a temporary table too, which is rolled back with it: where the counts differ, what waits is read anew.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.sieves import STRETCH_BITS, STRETCHES, Sieves

MOST_WAITING = 600_000
"""Shingles, of some 15,000 articles, until a pass over the index begins. In an archive of a million, fourteen of them come to each page of
it, and it is the page that costs. They take some 11 MB, and 0.7 s to be read after a start, and after what was taken back."""
_SEEN_BITS = 1 << 24
"""Of 2 MB, of which those of a pass and of what comes meanwhile set one in twenty."""
_SEEN = _SEEN_BITS - 1
_PORTION = 2_000
"""Shingles that are put into the index with an operation: some 5 ms."""
_HOLDERS = """
    SELECT shingle, article_id FROM json_each(?) CROSS JOIN shingles ON shingle = value
    UNION ALL SELECT NULL, changes FROM temp.changes_of_waiting"""
"""The last row tells whether what waits is known as it is."""


class _Shelf:
    """The waiting shingles of a stretch of the index, some 150 as they came, and beside each who holds it: 16 bytes for both."""

    __slots__ = ("_holders", "_shingles")

    def __init__(self) -> None:
        self._shingles, self._holders = array("Q"), array("Q")

    def add(self, shingle: int, article_id: int) -> None:
        """Know that the article holds it."""
        self._shingles.append(shingle)
        self._holders.append(article_id)

    def holders(self, shingle: int) -> Sequence[int]:
        """The articles that hold the shingle, one of them twice if it came twice."""
        return [self._holders[place] for place in self._places(shingle)]

    def remove(self, shingle: int, article_id: int) -> int:
        """Take out that the article holds it; returns how often it stood there."""
        gone = [place for place in self._places(shingle) if self._holders[place] == article_id]
        for place in reversed(gone):
            del self._shingles[place], self._holders[place]
        return len(gone)

    def take(self, since: int, most: int) -> list[tuple[int, int]]:
        """Take out so many from a shingle on, in their order, with who holds them, and all holders of the last."""
        both = sorted(zip(self._shingles, self._holders, strict=True))
        start = bisect_left(both, (since, 0))
        end = min(start + most, len(both))
        while start < end < len(both) and both[end][0] == both[end - 1][0]:
            end += 1
        left = both[:start] + both[end:]
        self._shingles, self._holders = (array("Q", [pair[place] for pair in left]) for place in (0, 1))
        return both[start:end]

    def __iter__(self) -> Iterator[int]:
        return iter(self._shingles)

    def _places(self, shingle: int) -> list[int]:
        return [place for place, one in enumerate(self._shingles) if one == shingle] if shingle in self._shingles else []


class _Waiting:
    """The shingles that wait, as one connection knows them."""

    def __init__(self) -> None:
        self.changes: int | None = None
        """How often it was changed; None while it is not known."""
        self.shingles = 0
        self.sieves = Sieves()
        self._shelves = [_Shelf() for _ in range(STRETCHES)]
        self._seen = bytearray(_SEEN_BITS >> 3)
        """A bit for each shingle that came since the last pass ended: of what is asked for, hardly any waits. Which bit it is, the last
        bits of the shingle tell, without the very last one, which is set in all shingles of longer texts."""

    def holders(self, shingles: Iterable[int]) -> Iterator[tuple[int, Sequence[int]]]:
        """Who holds these, of those that wait; of those that nobody holds nothing."""
        seen = self._seen
        for shingle in shingles:
            place = shingle >> 1 & _SEEN
            if seen[place >> 3] >> (place & 7) & 1 and (held := self._shelves[shingle >> STRETCH_BITS].holders(shingle)):
                yield shingle, held

    def add(self, article_id: int, shingles: Collection[int]) -> None:
        """Know the article for one that holds these."""
        for shingle in shingles:
            self._shelves[shingle >> STRETCH_BITS].add(shingle, article_id)
        self._see(shingles)
        self.shingles += len(shingles)

    def remove(self, article_id: int, shingles: Iterable[int]) -> None:
        """Forget that the article holds these."""
        for shingle in shingles:
            self.shingles -= self._shelves[shingle >> STRETCH_BITS].remove(shingle, article_id)

    def take(self, since: int, most: int) -> list[tuple[int, int]]:
        """Take out the next of them, from a shingle on and in their order, with who holds them; of the last one all who do."""
        taken: list[tuple[int, int]] = []
        for shelf in self._shelves[since >> STRETCH_BITS :]:
            if len(taken) >= most:
                break
            taken += shelf.take(since, most - len(taken))
        self.shingles -= len(taken)
        return taken

    def end_pass(self) -> None:
        """Look no longer for what the pass has taken."""
        self._seen = bytearray(_SEEN_BITS >> 3)
        for shelf in self._shelves:
            self._see(shelf)

    def _see(self, shingles: Iterable[int]) -> None:
        seen = self._seen
        for shingle in shingles:
            place = shingle >> 1 & _SEEN
            seen[place >> 3] |= 1 << (place & 7)


_waiting_of: WeakKeyDictionary[Database, _Waiting] = WeakKeyDictionary()
"""By the connection that writes."""


def make_count_of_changes(db: Database) -> None:
    """Make the place where changes of what waits are counted; every connection that writes articles needs one.

    What waits already is read with the first question: most who open an archive place no article.
    """
    db.conn.execute("CREATE TEMP TABLE changes_of_waiting (changes INTEGER NOT NULL)")
    db.conn.execute("INSERT INTO temp.changes_of_waiting VALUES (0)")


def load_holders(db: Database, shingles: Collection[int]) -> dict[int, list[int]]:
    """The articles that hold each of these, by their number; of those that nobody holds nothing."""
    known = _waiting_of.get(db)
    may_be_there = shingles if known is None else known.sieves.sift(db, shingles)
    *rows, (_, changes) = db.conn.execute(_HOLDERS, (json.dumps(sorted(may_be_there)),))  # sorted: those of one page come together
    waiting = _known_waiting(db, changes)
    if known is not None and waiting is not known:  # of what was taken back, its sieves may be too
        return load_holders(db, shingles)
    holders: dict[int, set[int]] = defaultdict(set)
    for shingle, article_id in rows:
        holders[shingle].add(article_id)
    for shingle, held in waiting.holders(shingles):
        holders[shingle].update(held)  # after a start, some wait that are in the index
    return {shingle: sorted(articles) for shingle, articles in holders.items()}


def leave_shingles_waiting(db: Database, shingles: Mapping[int, Collection[int]]) -> None:
    """Know these articles for those that hold their shingles."""
    count = sum(map(len, shingles.values()))
    if not count:
        return
    sql = "SELECT number, since, changes FROM shingle_pass CROSS JOIN temp.changes_of_waiting"
    number, since, changes = db.conn.execute(sql).fetchone()
    waiting = _known_waiting(db, changes)
    taken_by = number if since is None else number + 1
    kept = [(article_id, taken_by, json.dumps(sorted(some))) for article_id, some in shingles.items() if some]
    insert_rows(db, "waiting_shingles", ("article_id", "pass", "shingles"), kept)
    with _changing(db, waiting):
        for article_id, some in shingles.items():
            waiting.add(article_id, some)
        if since is not None or waiting.shingles >= MOST_WAITING:
            _put_into_index(db, waiting, since or 0, max(_PORTION, 2 * count))  # a pass must be faster than what comes


def forget_shingles(db: Database, article_id: int, shingles: Iterable[int]) -> None:
    """Forget that the article holds these."""
    gone = set(shingles)
    db.conn.executemany("DELETE FROM shingles WHERE shingle = ? AND article_id = ?", [(shingle, article_id) for shingle in sorted(gone)])
    row = db.conn.execute("SELECT shingles FROM waiting_shingles WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return
    waiting = _known_waiting(db, db.conn.execute("SELECT changes FROM temp.changes_of_waiting").fetchone()[0])
    if left := set(json.loads(row[0])) - gone:
        db.conn.execute("UPDATE waiting_shingles SET shingles = ? WHERE article_id = ?", (json.dumps(sorted(left)), article_id))
    else:
        db.conn.execute("DELETE FROM waiting_shingles WHERE article_id = ?", (article_id,))
    with _changing(db, waiting):
        waiting.remove(article_id, gone)


def forget_what_waits(db: Database) -> None:
    """Read anew, with the next question, what waits and what the sieves hold back: the tables themselves were changed."""
    _waiting_of.pop(db, None)


def _known_waiting(db: Database, changes: int) -> _Waiting:
    """What waits, which was changed so often; read anew if it is not known, or known with changes that were taken back."""
    waiting = _waiting_of.get(db)
    if waiting is None or waiting.changes != changes:
        waiting = _waiting_of[db] = _read_waiting(db)
        waiting.changes = changes
    return waiting


@contextmanager
def _changing(db: Database, waiting: _Waiting) -> Iterator[None]:
    """Count a change of what waits; one that fails half way leaves it unknown."""
    waiting.changes = None
    yield
    (waiting.changes,) = db.conn.execute("UPDATE temp.changes_of_waiting SET changes = changes + 1 RETURNING changes").fetchone()


def _read_waiting(db: Database) -> _Waiting:
    """Read what waits; of the articles that a pass takes, only what it has still before it."""
    waiting = _Waiting()
    sql = "SELECT article_id, pass, shingles, number, since FROM waiting_shingles CROSS JOIN shingle_pass ORDER BY article_id"
    for row in db.conn.execute(sql):
        waiting.add(*_read_held(*row))
    return waiting


def _read_held(article_id: int, taken_by: int, kept: str, number: int, since: int | None) -> tuple[int, list[int]]:
    shingles = json.loads(kept)
    is_taken_now = since is not None and taken_by == number
    return article_id, [one for one in shingles if one >= since] if is_taken_now else shingles


def _put_into_index(db: Database, waiting: _Waiting, since: int, most: int) -> None:
    """Put the next of the waiting shingles into the index; behind the last of them the pass ends."""
    rows = waiting.take(since, most)
    if not rows:
        _end_pass(db)
        waiting.end_pass()
        return
    insert_rows(db, "shingles", ("shingle", "article_id"), rows, "ON CONFLICT DO NOTHING")
    waiting.sieves.note(db, [shingle for shingle, _ in rows])
    db.conn.execute("UPDATE shingle_pass SET since = ?", (rows[-1][0] + 1,))


def _end_pass(db: Database) -> None:
    """What came while it went on waits for the next, also what it met and put away."""
    db.conn.execute("DELETE FROM waiting_shingles WHERE pass = (SELECT number FROM shingle_pass)")
    db.conn.execute("UPDATE shingle_pass SET number = number + 1, since = NULL")
