"""A connection to the archive's file, and its transactions: what all SQL of this room goes through.

Whoever writes has the `Database` of sqlite-utils. Whoever only asks, or writes one row beside the daemon, has a `PlainDatabase`, which can
do as much as either needs: a command is there 0.08 s sooner without all that sqlite-utils brings.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Database(Protocol):
    """A connection in autocommit mode (`isolation_level=None`) whose rows have names (`sqlite3.Row`)."""

    @property
    def conn(self) -> sqlite3.Connection: ...

    def atomic(self) -> AbstractContextManager[object]:
        """All of what is done within, or none of it: a transaction or, within one, a savepoint."""
        ...

    def table_names(self) -> list[str]:
        """Of all tables, SQLite's own among them; not of views."""
        ...


class PlainDatabase:
    """A `Database` by the standard library alone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.conn = connection
        self._savepoints = itertools.count()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        if self.conn.in_transaction:
            name = f"atomic_{next(self._savepoints)}"
            begin, keep, undo = f"SAVEPOINT {name}", f"RELEASE {name}", [f"ROLLBACK TO {name}", f"RELEASE {name}"]
        else:
            begin, keep, undo = "BEGIN", "COMMIT", ["ROLLBACK"]
        self.conn.execute(begin)
        try:
            yield
            self.conn.execute(keep)
        except BaseException:
            if self.conn.in_transaction:  # some errors, as of a full disk, end it themselves
                for statement in undo:
                    self.conn.execute(statement)
            raise

    def table_names(self) -> list[str]:
        return [name for (name,) in self.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
