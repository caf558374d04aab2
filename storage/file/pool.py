"""The connections that questions are asked through: a bounded number, whatever threads come and go; each serves one question at a time.

A connection that is closed while a thread reads through it takes the whole process down (SIGSEGV). So closing asks the questions in
flight to break off, and closes each connection only once its question has given it back.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from news.errors import ArchiveError
from news.wording import Wording
from storage.file.connection import MomentaryDatabase
from storage.file.database import Database

MOST_CONNECTIONS = 4
"""Each keeps up to `READING_CACHE_KIBIBYTES` of the database in memory. More questions at a time wait for their turn."""
CLOSING_SECONDS = 5.0
"""How long closing waits for questions in flight. One that still reads then keeps its connection until it is done."""
_PAUSE_SECONDS = 0.02


class _Turns:
    """A semaphore that is fair: whoever asks on and on in a loop would else keep everybody else from a turn."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._door = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._door:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # until somebody's turn ends

    def __exit__(self, *_: object) -> None:
        with self._door:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class ReadingPool:
    """Lends each question a connection of its own, `MOST_CONNECTIONS` at a time; whoever comes later waits for one that is given back."""

    def __init__(self, connect: Callable[[], Database], name: str) -> None:
        self._connect = connect
        self._name = name
        self._turns = _Turns(MOST_CONNECTIONS)
        self._door = threading.Lock()
        self._idle: list[Database] = []
        self._lent: list[Database] = []
        self._closed = False
        self._given_back = threading.Event()

    @contextmanager
    def lend(self) -> Iterator[Database]:
        """A connection for one question. Raises what opening one raises, and `ArchiveError` once the pool is closed."""
        with self._turns:
            db = self._take()
            try:
                yield db
            finally:
                self._give_back(db)

    def _take(self) -> Database:
        with self._door:
            self._refuse_if_closed()
            if self._idle:
                db = self._idle.pop()
                self._lent.append(db)
                return db
        db = self._connect()  # may wait for a foreign lock: others go on
        with self._door:
            if not self._closed:
                self._lent.append(db)
                return db
        db.conn.close()
        raise ArchiveError(Wording("{name}: the archive is closed", name=self._name))

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ArchiveError(Wording("{name}: the archive is closed", name=self._name))

    def _give_back(self, db: Database) -> None:
        with self._door:
            self._lent.remove(db)
            if not (self._closed or isinstance(db, MomentaryDatabase)):
                self._idle.append(db)
                return
        db.conn.close()
        self._given_back.set()

    def close(self) -> None:
        """Lend no more, break off what is being asked, and close every connection that nobody reads through any more."""
        with self._door:
            self._closed = True
            idle, self._idle = self._idle, []
        for db in idle:
            db.conn.close()
        for _ in range(round(CLOSING_SECONDS / _PAUSE_SECONDS)):
            if not self._interrupt():
                return
            self._given_back.wait(_PAUSE_SECONDS)
            self._given_back.clear()

    def _interrupt(self) -> bool:
        """Break off the statements that run now; returns whether questions are still in flight, which may run others."""
        with self._door:
            for db in self._lent:
                db.conn.interrupt()
            return bool(self._lent)
