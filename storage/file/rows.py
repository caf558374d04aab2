"""Writing and reading many rows with few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from storage.file.database import Database

MOST_PARAMETERS = 30_000
"""Of one statement; SQLite allows 32,766 since 3.32, and a build that allows fewer says so."""


def insert_rows(db: Database, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], on_conflict: str = "") -> None:
    """Insert the rows, as many with one statement as it can take. `table`, `columns` and `on_conflict` are literals of the caller."""
    for portion in _portions(db, rows, len(columns)):
        marks = ",".join([f"({','.join('?' * len(columns))})"] * len(portion))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks} {on_conflict}"  # noqa: S608  # literals and marks
        db.conn.execute(sql, [value for row in portion for value in row])


def select_in(db: Database, sql: str, values: Iterable[Any], *parameters: Any) -> Iterator[sqlite3.Row]:
    """The rows of a query whose `{marks}` stand for the values; `parameters` come before them. No value, no statement."""
    for portion in _portions(db, list(values), 1):
        yield from db.conn.execute(sql.format(marks=",".join("?" * len(portion))), (*parameters, *portion))


def change_in(db: Database, sql: str, values: Iterable[Any], *parameters: Any) -> None:
    """Carry out a change whose `{marks}` stand for the values; `parameters` come before them. No value, no statement."""
    for portion in _portions(db, list(values), 1):
        db.conn.execute(sql.format(marks=",".join("?" * len(portion))), (*parameters, *portion))


def _portions(db: Database, rows: Sequence[Any], width: int) -> Iterator[Sequence[Any]]:
    most = min(MOST_PARAMETERS, db.conn.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) - 10) // width
    for start in range(0, len(rows), most):
        yield rows[start : start + most]
