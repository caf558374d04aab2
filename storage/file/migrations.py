"""The chain of changes by which a database file becomes what this version needs.

sqlite-utils carries them out, and notes in a table of the file which it has had. Whoever only reads looks into that table without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from storage.file.database import Database

if TYPE_CHECKING:
    import sqlite_utils

Migration = Callable[[Database], None]

TABLE = "_sqlite_migrations"
"""As sqlite-utils calls it."""


class Migrations:
    """Changes, by the names of the functions that make them, in the order in which these were decorated."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._chain: dict[str, Migration] = {}

    def __call__(self) -> Callable[[Migration], Migration]:
        """A decorator that appends a change to the chain."""

        def append(migration: Migration) -> Migration:
            assert migration.__name__ not in self._chain
            self._chain[migration.__name__] = migration
            return migration

        return append

    @property
    def names(self) -> tuple[str, ...]:
        """Of all changes that this version knows, in their order."""
        return tuple(self._chain)

    def applied(self, db: Database) -> frozenset[str]:
        """The names of those that the file has had, of this chain; also of those that only a newer version knows."""
        if TABLE not in db.table_names():
            return frozenset()
        rows = db.conn.execute(f"SELECT name FROM {TABLE} WHERE migration_set = ?", (self.name,))  # noqa: S608  # a literal
        return frozenset(name for (name,) in rows)

    def pending(self, db: Database) -> list[str]:
        """The names of those that the file needs, in their order."""
        applied = self.applied(db)
        return [name for name in self._chain if name not in applied]

    def apply(self, db: sqlite_utils.Database) -> None:
        """Carry out what is pending, each change together with the note that it was. The caller has a transaction for all of it."""
        import sqlite_utils  # noqa: PLC0415  # see `storage/file/database.py`

        chain = sqlite_utils.Migrations(self.name)
        for name, migration in self._chain.items():
            chain(name=name)(migration)
        chain.apply(db)
