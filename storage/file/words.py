"""The index of words: which revisions hold which words, as `news.text.analysis` gives them.

FTS5 writes what it has gathered at every savepoint, each time as a piece of its own that must be merged into the others later. So
operations leave words waiting in a table of the connection's own, and the writer puts those of a whole group into the index at once,
before it commits; only what would take too much memory does not wait. A savepoint that is rolled back takes its waiting words with it
like everything else.
"""

from __future__ import annotations

from collections.abc import Sequence

from news.text import TOKEN_SIGNS, AnalysedArticle, index_columns
from storage.file.database import Database
from storage.file.rows import insert_rows
from storage.file.views import views_set_aside

_COLUMNS = "title, title_stems, text, text_stems"
_MOST_WAITING = 200
"""Revisions; a feed of thousands of entries is one operation, and its words would all lie in memory."""
_LARGEST_WAITING = 100_000
"""Characters of title and text together; more is a segment worth writing by itself. With the bound above, memory is bounded."""
_IS_CROWDED = "SELECT (SELECT max(revision_id) FROM temp.waiting_words) - (SELECT min(revision_id) FROM temp.waiting_words) >= ?"
"""Revisions are numbered as they come. Each of the two is one look at an end of the table."""


_OLD = "words_old_"
_CLEARED_AT_ONCE = 1_000
"""Rows of an old index, of some 4 kB each."""


def make_waiting_words(db: Database) -> None:
    """Make the place where words wait; every connection that writes articles needs one."""
    db.conn.execute(f"CREATE TEMP TABLE waiting_words (revision_id INTEGER PRIMARY KEY, {_COLUMNS})")


def leave_waiting(db: Database, versions: Sequence[tuple[int, AnalysedArticle]]) -> None:
    """Have the words of these revisions put into the index before the transaction ends."""
    for start in range(0, len(versions), _MOST_WAITING):
        portion = versions[start : start + _MOST_WAITING]
        rows = [(revision_id, *index_columns(analysed)) for revision_id, analysed in portion if not _is_large(analysed)]
        for revision_id, analysed in portion:
            if _is_large(analysed):
                index_now(db, revision_id, analysed)
        if rows and db.conn.execute(_IS_CROWDED, (_MOST_WAITING,)).fetchone()[0]:
            index_waiting(db)
        insert_rows(db, "temp.waiting_words", ("revision_id", *_COLUMNS.split(", ")), rows)


def _is_large(analysed: AnalysedArticle) -> bool:
    return len(analysed.title) + len(analysed.text) > _LARGEST_WAITING


def index_waiting(db: Database) -> None:
    """Put the waiting words into the index."""
    if db.conn.execute("SELECT 1 FROM temp.waiting_words LIMIT 1").fetchone() is None:
        return
    db.conn.execute(
        f"""INSERT INTO words (rowid, {_COLUMNS})
            SELECT revision_id, {_COLUMNS} FROM temp.waiting_words ORDER BY revision_id"""  # noqa: S608  # a literal of this file
    )
    db.conn.execute("DELETE FROM temp.waiting_words")


def index_now(db: Database, revision_id: int, analysed: AnalysedArticle) -> None:
    """Put a revision's words into the index."""
    db.conn.execute(f"INSERT INTO words (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)", (revision_id, *index_columns(analysed)))  # noqa: S608


def unindex(db: Database, revision_id: int, analysed: AnalysedArticle) -> None:
    """Take a revision's words out of the index.

    A contentless index is told the very words it is to forget; the analysis gives the same ones as when they were put in.
    """
    values = (revision_id, *index_columns(analysed))
    db.conn.execute(f"INSERT INTO words (words, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?)", values)  # noqa: S608


def start_index_over(db: Database) -> None:
    """Put the index aside under another name, and begin an empty one. Takes no time: only names change."""
    number = 1 + max((int(name.removeprefix(_OLD)) for name in list_old_indexes(db)), default=0)
    with views_set_aside(db):
        db.conn.execute(f"ALTER TABLE words RENAME TO {_OLD}{number}")
    db.conn.execute(
        f"""CREATE VIRTUAL TABLE words USING fts5 (
        {_COLUMNS},
        content = '', tokenize = "ascii tokenchars '{TOKEN_SIGNS}'"
    )"""
    )


def list_old_indexes(db: Database) -> list[str]:
    """The indexes of before that are not cleared away yet; several, if a version came while another one was still being rebuilt for."""
    rows = db.conn.execute("SELECT name FROM sqlite_schema WHERE name GLOB ? AND sql LIKE 'CREATE VIRTUAL %'", (f"{_OLD}*",))
    return sorted(row["name"] for row in rows)


def clear_old_index(db: Database) -> bool:
    """Clear a part of an old index away; returns whether there was one. Dropped at once, a large one would hold up all else."""
    for name in list_old_indexes(db):
        # FTS5 keeps an index in rows of a plain table; the lowest two say how it is laid out (fts5_index.c), and go with the whole.
        cursor = db.conn.execute(
            f"DELETE FROM {name}_data WHERE id IN (SELECT id FROM {name}_data WHERE id > 10 LIMIT ?)",  # noqa: S608  # our own names
            (_CLEARED_AT_ONCE,),
        )
        if cursor.rowcount < _CLEARED_AT_ONCE:
            db.conn.execute(f"DROP TABLE {name}")
        return True
    return False
