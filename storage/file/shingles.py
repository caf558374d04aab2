"""The index of shingles: which articles hold which of them.

An article brings some forty, which lie all over the index: put in one article at a time, each would have a page of its own written. So
those of the latest articles wait. They are kept by article in a table of the file, which a death leaves as it was, and by shingle in
one of the connection's own, in which they are looked up; and once many wait, they are put into the index in the order of shingles, some
thousand with each operation. That is a pass. How far it got is noted in the file, since a program that runs for a moment each hour would
begin it anew every time, and never end it. An operation that is rolled back takes all of it back, in the connection's own tables as well.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from storage.file.database import Database
from storage.file.rows import insert_rows

MOST_WAITING = 400_000
"""Shingles, of some 10,000 articles, until a pass over the index begins. In an archive of a million, ten of them come to each page of it,
and it is the page that costs. They take some 13 MB, and 0.4 s to be read after a start."""
_PORTION = 2_000
"""Shingles that are put into the index with an operation: some 10 ms."""
_HOLDERS = """
    SELECT shingle, article_id FROM shingles WHERE shingle IN (SELECT value FROM json_each(?1))
    UNION SELECT shingle, article_id FROM temp.waiting_by_shingle WHERE shingle IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT NULL, EXISTS (SELECT 1 FROM temp.waiting_counted)
    ORDER BY 1 NULLS LAST, 2"""
"""After a start, some are in both tables. The last row tells whether this connection knows what waits."""


def make_waiting_shingles(db: Database) -> None:
    """Make the place where shingles wait; every connection that writes articles needs one.

    What waits already is read with the first question: most who open an archive place no article.
    """
    db.conn.execute(
        "CREATE TEMP TABLE waiting_by_shingle (shingle INTEGER, article_id INTEGER, PRIMARY KEY (shingle, article_id)) WITHOUT ROWID"
    )
    db.conn.execute("CREATE TEMP TABLE waiting_counted (shingles INTEGER NOT NULL)")  # one row, once what waits was read
    db.conn.execute("INSERT INTO temp.waiting_counted SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM waiting_shingles)")


def load_holders(db: Database, shingles: Collection[int]) -> dict[int, list[int]]:
    """The articles that hold each of these, by their number; of those that nobody holds nothing."""
    asked = json.dumps([*shingles])
    *rows, (_, is_known) = db.conn.execute(_HOLDERS, (asked,))
    if not is_known:
        _learn_waiting(db)
        *rows, _ = db.conn.execute(_HOLDERS, (asked,))
    holders: dict[int, list[int]] = defaultdict(list)
    for shingle, article_id in rows:
        holders[shingle].append(article_id)
    return dict(holders)


def leave_shingles_waiting(db: Database, shingles: Mapping[int, Collection[int]]) -> None:
    """Know these articles for those that hold their shingles."""
    rows = sorted((shingle, article_id) for article_id, some in shingles.items() for shingle in some)
    if not rows:
        return
    number, since = db.conn.execute("SELECT number, since FROM shingle_pass").fetchone()
    taken_by = number if since is None else number + 1
    kept = [(article_id, taken_by, json.dumps(sorted(some))) for article_id, some in shingles.items() if some]
    insert_rows(db, "waiting_shingles", ("article_id", "pass", "shingles"), kept)
    insert_rows(db, "temp.waiting_by_shingle", ("shingle", "article_id"), rows)
    counted = db.conn.execute("UPDATE temp.waiting_counted SET shingles = shingles + ? RETURNING shingles", (len(rows),)).fetchall()
    if counted and (since is not None or counted[0]["shingles"] >= MOST_WAITING):
        _put_into_index(db, since or 0, max(_PORTION, 2 * len(rows)))  # a pass must be faster than what comes


def forget_shingles(db: Database, article_id: int, shingles: Iterable[int]) -> None:
    """Forget that the article holds these."""
    gone = set(shingles)
    for table in ("shingles", "temp.waiting_by_shingle"):
        sql = f"DELETE FROM {table} WHERE shingle = ? AND article_id = ?"  # noqa: S608  # a literal
        db.conn.executemany(sql, [(shingle, article_id) for shingle in sorted(gone)])
    row = db.conn.execute("SELECT shingles FROM waiting_shingles WHERE article_id = ?", (article_id,)).fetchone()
    if row is not None:
        left = json.dumps(sorted(set(json.loads(row[0])) - gone))
        db.conn.execute("UPDATE waiting_shingles SET shingles = ? WHERE article_id = ?", (left, article_id))


def _learn_waiting(db: Database) -> None:
    """Read what waits; of the articles that a pass takes, only what it has still before it."""
    db.conn.execute(
        """INSERT OR IGNORE INTO temp.waiting_by_shingle
           SELECT value, article_id FROM shingle_pass CROSS JOIN waiting_shingles CROSS JOIN json_each(shingles)
           WHERE pass > number OR since IS NULL OR value >= since ORDER BY value, article_id"""
    )
    db.conn.execute("INSERT INTO temp.waiting_counted SELECT count(*) FROM temp.waiting_by_shingle")


def _put_into_index(db: Database, since: int, most: int) -> None:
    """Put the next of the waiting shingles into the index; behind the last of them the pass ends."""
    values: dict[str, int | None] = {"since": since, "most": most}
    values["last"] = db.conn.execute(
        """SELECT max(shingle) FROM (
               SELECT shingle FROM temp.waiting_by_shingle WHERE shingle >= :since ORDER BY shingle LIMIT :most)""",
        values,
    ).fetchone()[0]
    if values["last"] is None:
        _end_pass(db)
        return
    db.conn.execute(
        """INSERT OR IGNORE INTO shingles SELECT shingle, article_id FROM temp.waiting_by_shingle
           WHERE shingle BETWEEN :since AND :last ORDER BY shingle, article_id""",
        values,
    )
    db.conn.execute("DELETE FROM temp.waiting_by_shingle WHERE shingle BETWEEN :since AND :last", values)
    db.conn.execute("UPDATE shingle_pass SET since = :last + 1", values)


def _end_pass(db: Database) -> None:
    """What came while it went on waits for the next, also what it met and put away."""
    db.conn.execute("DELETE FROM waiting_shingles WHERE pass = (SELECT number FROM shingle_pass)")
    db.conn.execute("UPDATE shingle_pass SET number = number + 1, since = NULL")
    db.conn.execute("UPDATE temp.waiting_counted SET shingles = (SELECT count(*) FROM temp.waiting_by_shingle)")
