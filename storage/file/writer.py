"""The one thread that writes. Operations queue up; what is waiting is committed together, each within a savepoint of its own.

Common to a group are the commit, and putting its words into the index before. If either fails, each operation is run once more alone, so
that it is the guilty one that fails. A file that cannot be written fails them all, or with `Patience` is tried again until it can be or
the writer is closed; one that cannot be used fails them all.

Grouping makes hundreds of small commits a second cost one disk flush each tenth of a second; the savepoint makes sure that an operation
that fails takes nothing with it. An operation's future is resolved only after the commit that holds it.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from news.answers import Waiting
from news.errors import ArchiveError, ArchiveHeldUp, ArchiveUnusable, ArchiveUnwritable
from news.wording import Wording
from storage.file.connection import translate
from storage.file.database import Database
from storage.file.waiting import RETRY_SECONDS, Patience
from storage.file.words import index_waiting

T = TypeVar("T")
Operation = Callable[[Database], Any]

MOST_IN_GROUP = 100
"""Operations committed together at most: the longest wait of the first is the work of the others."""
BUSY_PAUSE_SECONDS = 0.05
"""While operations come faster than they are committed, a group is given so long to grow: each commit writes every page it touched, and
a piece of the word index that must be merged later, so that ten articles committed together cost a quarter less than ten alone."""


class Writer:
    """Runs operations on the database, one after the other, in a thread of its own."""

    def __init__(self, db: Database, path: str, patience: Patience | None = None) -> None:
        self._db = db
        self._path = path
        self._patience = patience
        self._waits_for: BaseException | None = None
        self._hurrying = threading.Event()
        self._queue: queue.SimpleQueue[tuple[Operation, Future[Any]] | None] = queue.SimpleQueue()
        self._signs: queue.SimpleQueue[Future[None]] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Event()
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="archive-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Callable[[Database], T]) -> Future[T]:
        """Queue an operation; the future holds its result once that is committed, or raises why it is not."""
        future: Future[T] = Future()
        with self._door:
            if not self._closed:
                self._queue.put((operation, future))
                return future
        future.set_exception(ArchiveError(Wording("{path}: the archive is closed", path=self._path)))
        return future

    def answer(self) -> Future[None]:
        """Done as soon as the thread has got round to it, also while it waits for the file: a sign that it lives."""
        sign: Future[None] = Future()
        self._signs.put(sign)
        if self._waits_for is None:
            woken = self.submit(lambda _db: None)
            return woken if woken.done() else sign  # done at once: the archive is closed
        return sign

    def _give_signs(self) -> None:
        with suppress(queue.Empty):
            while True:
                sign = self._signs.get_nowait()
                if sign.set_running_or_notify_cancel():
                    sign.set_result(None)

    def hurry(self) -> None:
        """Wait no more for a file that cannot be written: what is queued, or comes, fails if it still cannot be."""
        self._hurrying.set()

    def rest(self) -> bool:
        """For a reader that met the same trouble: pause a moment, if it is to try again; whether it is."""
        return self._patience is not None and not self._hurrying.wait(RETRY_SECONDS)

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self.hurry()
        with self._door:
            if not self._closed:
                self._closed = True
                self._closing.set()
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_busy = False
        while (first := self._queue.get()) is not None:
            if is_busy:
                self._closing.wait(BUSY_PAUSE_SECONDS)
            group, ended = self._gather(first)
            is_busy = len(group) > 1
            self._commit([(operation, future) for operation, future in group if future.set_running_or_notify_cancel()])
            if ended:
                return

    def _gather(self, first: tuple[Operation, Future[Any]]) -> tuple[list[tuple[Operation, Future[Any]]], bool]:
        group = [first]
        while len(group) < MOST_IN_GROUP:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _commit(self, group: list[tuple[Operation, Future[Any]]]) -> None:
        self._give_signs()
        error = self._ailment or self._try(group)
        while error is not None and self._is_worth_waiting(error):
            self._roll_back()
            self._give_signs()
            self._wait(error)
            error = self._ailment or self._try(group)
        if error is not None:
            self._start_over(group, error)
        elif self._waits_for is not None:
            self._end_wait()

    def _try(self, group: list[tuple[Operation, Future[Any]]]) -> BaseException | None:
        """Run and commit what is not done of a group; returns why it could not be committed."""
        connection = self._db.conn
        done: list[tuple[Future[Any], Any]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for operation, future in group:
                if not future.done():
                    self._run_one(operation, future, done)
            index_waiting(self._db)
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001  # every waiting caller must learn of it, whatever it is
            return error
        for future, result in done:
            future.set_result(result)
        return None

    def _run_one(self, operation: Operation, future: Future[Any], done: list[tuple[Future[Any], Any]]) -> None:
        connection = self._db.conn
        connection.execute("SAVEPOINT operation")
        try:
            result = operation(self._db)
        except BaseException as error:
            # Some errors (full, I/O) end the whole transaction: then the group fails together. It waits together too.
            if not connection.in_transaction or self._is_worth_waiting(error):
                raise
            connection.execute("ROLLBACK TO operation")
            connection.execute("RELEASE operation")
            future.set_exception(self._ours(error))
        else:
            connection.execute("RELEASE operation")
            done.append((future, result))

    def _start_over(self, group: list[tuple[Operation, Future[Any]]], error: BaseException) -> None:
        """Run each operation alone, if it may be one of them that spoilt what they have in common; what ails the file ails them all."""
        left = [(operation, future) for operation, future in group if not future.done()]
        if len(left) < 2 or isinstance(self._ours(error), ArchiveUnusable | ArchiveUnwritable):
            self._fail(group, error)
            return
        self._roll_back()
        for one in left:
            self._commit([one])

    def _is_worth_waiting(self, error: BaseException) -> bool:
        may_wait = self._patience is not None and not self._patience.is_over() and not self._hurrying.is_set()
        return may_wait and isinstance(self._ours(error), ArchiveHeldUp)

    @property
    def _ailment(self) -> BaseException | None:
        """What the file is known to suffer from when nobody can wait any more: trying again would take as long as the wait for a lock."""
        return self._waits_for if self._hurrying.is_set() else None

    def _wait(self, error: BaseException) -> None:
        assert self._patience is not None  # the caller asked
        if self._waits_for is None:
            self._patience.tell(Waiting(self._patience.clock(), str(self._ours(error))))
        self._waits_for = error
        self._hurrying.wait(RETRY_SECONDS)

    def _end_wait(self) -> None:
        assert self._patience is not None  # else it would not have waited
        self._waits_for = None
        self._patience.tell(None)

    def _roll_back(self) -> None:
        # If even this fails, the next group cannot begin and says so; the thread must live to answer.
        with suppress(sqlite3.Error):
            self._db.conn.rollback()

    def _fail(self, group: list[tuple[Operation, Future[Any]]], error: BaseException) -> None:
        self._roll_back()
        for _, future in group:
            if not future.done():
                future.set_exception(self._ours(error))

    def _ours(self, error: BaseException) -> BaseException:
        return translate(error, self._path) if isinstance(error, sqlite3.Error) else error
