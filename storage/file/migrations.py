"""The chain of changes by which a database file becomes what this version needs, and the table in the file that says which it has had.

The table is as sqlite-utils makes it, by which older versions of this program kept it.
"""

from __future__ import annotations

from collections.abc import Callable

from storage.file.database import Database

Migration = Callable[[Database], None]

TABLE = "_sqlite_migrations"
_MAKE_TABLE = (
    f"""CREATE TABLE "{TABLE}" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)""",
    f"""CREATE UNIQUE INDEX "idx_{TABLE}_migration_set_name"
    ON "{TABLE}" ("migration_set", "name")""",
)
_NOTE = f"INSERT INTO {TABLE} (migration_set, name, applied_at) VALUES (?, ?, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))"  # noqa: S608
"""By SQLite's own clock: when it was is for people who look into the file, and decides nothing."""


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

    def pending(self, db: Database) -> list[Migration]:
        """Those that the file needs, in their order."""
        applied = self.applied(db)
        return [migration for name, migration in self._chain.items() if name not in applied]

    def apply(self, db: Database) -> None:
        """Carry out what is pending, each change together with the note that it was. The caller has a transaction for all of it."""
        if TABLE not in db.table_names():
            for statement in _MAKE_TABLE:
                db.conn.execute(statement)
        for migration in self.pending(db):
            migration(db)
            db.conn.execute(_NOTE, (self.name, migration.__name__))
