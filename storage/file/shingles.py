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
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from storage.file.database import Database
from storage.file.rows import insert_rows

MOST_WAITING = 600_000
"""Shingles, of some 15,000 articles, until a pass over the index begins. In an archive of a million, eighteen of them come to each page of
it, and it is the page that costs. They take some 11 MB, and 0.8 s to be read after a start."""
_PORTION = 2_000
"""Shingles that are put into the index with an operation: some 10 ms."""
_SHELF_BITS = 36
_SHELVES = 1 << 48 - _SHELF_BITS
"""What waits is kept by the first of a shingle's 48 bits, some 150 of them beside one another: a new one moves few, and is found soon."""
_HOLDERS = """
    SELECT shingle, article_id FROM json_each(?) CROSS JOIN shingles ON shingle = value
    UNION ALL SELECT NULL, changes FROM temp.changes_of_waiting"""
"""The last row tells whether what waits is known as it is."""


class _Shelf:
    """Shingles that begin with the same bits, in their order, and beside each who holds it: 16 bytes for both."""

    __slots__ = ("holders", "shingles")

    def __init__(self) -> None:
        self.shingles, self.holders = array("Q"), array("Q")

    def range_of(self, shingle: int) -> range:
        """The places of a shingle: as many as hold it."""
        start = end = bisect_left(self.shingles, shingle)
        while end < len(self.shingles) and self.shingles[end] == shingle:
            end += 1
        return range(start, end)


class _Waiting:
    """The shingles that wait, as one connection knows them."""

    def __init__(self) -> None:
        self.changes: int | None = None
        """How often it was changed; None while it is not known."""
        self.shingles = 0
        self._shelves: dict[int, _Shelf] = defaultdict(_Shelf)
        """By the first bits of their shingles."""

    def holders(self, shingle: int) -> Sequence[int]:
        """Who holds it, of those that wait."""
        shelf = self._shelves.get(shingle >> _SHELF_BITS)
        return [shelf.holders[place] for place in shelf.range_of(shingle)] if shelf is not None else ()

    def add(self, article_id: int, shingles: Collection[int]) -> None:
        """Know the article for one that holds these."""
        for shingle in shingles:
            shelf = self._shelves[shingle >> _SHELF_BITS]
            place = bisect_right(shelf.shingles, shingle)
            shelf.shingles.insert(place, shingle)
            shelf.holders.insert(place, article_id)
        self.shingles += len(shingles)

    def remove(self, article_id: int, shingles: Iterable[int]) -> None:
        """Forget that the article holds these."""
        for shingle in shingles:
            if (shelf := self._shelves.get(shingle >> _SHELF_BITS)) is None:
                continue
            held = [place for place in shelf.range_of(shingle) if shelf.holders[place] == article_id]
            for place in reversed(held):
                del shelf.shingles[place], shelf.holders[place]
            self.shingles -= len(held)

    def take(self, since: int, most: int) -> list[tuple[int, int]]:
        """Take out the next of them, from a shingle on and in their order, with who holds them; of the last one all who do."""
        taken: list[tuple[int, int]] = []
        for first_bits in range(since >> _SHELF_BITS, _SHELVES):
            if len(taken) >= most:
                break
            if shelf := self._shelves.get(first_bits):
                start = bisect_left(shelf.shingles, since)
                last = shelf.shingles[start : start + most - len(taken)][-1:]
                end = bisect_right(shelf.shingles, last[0]) if last else start
                taken += zip(shelf.shingles[start:end], shelf.holders[start:end], strict=True)
                del shelf.shingles[start:end], shelf.holders[start:end]
        self.shingles -= len(taken)
        return taken


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
    *rows, (_, changes) = db.conn.execute(_HOLDERS, (json.dumps(sorted(shingles)),))  # near to one another in the index as asked for
    waiting = _known_waiting(db, changes)
    holders: dict[int, set[int]] = defaultdict(set)
    for shingle, article_id in rows:
        holders[shingle].add(article_id)
    for shingle in shingles:
        if held := waiting.holders(shingle):
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
    for article_id, taken_by, kept, number, since in db.conn.execute(sql):
        shingles = json.loads(kept)
        is_taken_now = since is not None and taken_by == number
        waiting.add(article_id, [one for one in shingles if one >= since] if is_taken_now else shingles)
    return waiting


def _put_into_index(db: Database, waiting: _Waiting, since: int, most: int) -> None:
    """Put the next of the waiting shingles into the index; behind the last of them the pass ends."""
    rows = waiting.take(since, most)
    if not rows:
        _end_pass(db)
        return
    insert_rows(db, "shingles", ("shingle", "article_id"), rows, "ON CONFLICT DO NOTHING")
    db.conn.execute("UPDATE shingle_pass SET since = ?", (rows[-1][0] + 1,))


def _end_pass(db: Database) -> None:
    """What came while it went on waits for the next, also what it met and put away."""
    db.conn.execute("DELETE FROM waiting_shingles WHERE pass = (SELECT number FROM shingle_pass)")
    db.conn.execute("UPDATE shingle_pass SET number = number + 1, since = NULL")
