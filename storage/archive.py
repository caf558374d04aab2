"""The archive's public face: `Archive` writes, `ArchiveReader` answers questions beside it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from news.alerts import Alert, AttemptResult, Bundle
from news.answers import Waiting
from news.circuits import Circuit
from news.errors import ArchiveHeldUp, ArchiveUnusable
from news.escalating import Escalated, Escalation
from news.plans import Hold, Policy
from news.rebuilding import RebuildingProgress
from news.source_specs import SourceSpec
from news.sources import DuePage, DueRepair, DueSource, PageOutcome, PollOutcome, Problem, RepairOutcome
from news.wording import Wording
from storage.file.connection import open_for_writing, translated
from storage.file.database import Database
from storage.file.lock import WriterLock, WriterNote
from storage.file.times import to_text
from storage.file.waiting import Patience, wait_for
from storage.file.writer import Writer
from storage.hubs import Hubs
from storage.reader import ArchiveReader
from storage.recording import (
    circuits,
    corrections,
    entries,
    escalations,
    first_polls,
    outbox,
    pages,
    polls,
    rebuilding,
    repairs,
    sources,
    subscriptions,
    tidying,
    volumes,
)
from storage.recording.watch import Tally, Watch

T = TypeVar("T")
P = ParamSpec("P")


class Archive(ArchiveReader):
    """The archive at `path`, to write; made if there is none. One at a time: `ArchiveLocked` names who has it.

    Every writing method returns a future that is done once its transaction is committed, and raises `ArchiveError` otherwise. With
    `patience`, what cannot be opened or written for now (a foreign lock, a full disk) waits until it can be, or until that is over, or
    `hurry` or `close` is called.
    """

    def __init__(self, path: Path, watch: Watch, patience: Patience | None = None) -> None:
        super().__init__(path)
        self._watch = watch
        self._lock = wait_for(lambda: WriterLock(path), patience)
        self._noted, self._noting = WriterNote(os.getpid()), threading.Lock()
        patience = patience and replace(patience, tell=self._note_waiting(patience.tell))
        try:
            self._db = wait_for(self._open, patience)
        except BaseException:
            self._lock.release()
            raise
        self._identity = _identity(path)
        self._writer = Writer(self._db, str(path), patience)
        self.hubs = Hubs(self._ask, self._writer.submit, lambda: self._watch)

    def _open(self) -> Database:
        db = open_for_writing(self.path, self._lock.real_path)
        try:
            with translated(str(self.path)), db.atomic():
                rebuilding.begin(db)
        except BaseException:
            db.conn.close()
            raise
        return db

    def _note_waiting(self, tell: Callable[[Waiting | None], None]) -> Callable[[Waiting | None], None]:
        def note(waiting: Waiting | None) -> None:
            since, reason = (to_text(waiting.since), waiting.reason) if waiting else (None, None)
            with self._noting:
                self._noted = replace(self._noted, waiting_since=since, reason=reason)
                self._lock.note(self._noted)
            tell(waiting)

        return note

    def note_life(self, now: datetime) -> None:
        """Write down that the daemon is alive, where `status` finds it. Whoever calls has made sure that the writing thread is."""
        with self._noting:
            self._noted = replace(self._noted, alive_at=to_text(now))
            self._lock.note(self._noted)

    def _ask(self, question: Callable[Concatenate[Database, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        while True:
            try:
                return super()._ask(question, *arguments, **options)
            except ArchiveHeldUp:  # what keeps the file from being written may keep it from being read
                if not self._writer.rest():
                    raise

    def require_in_place(self) -> None:
        """Raise `ArchiveUnusable` if the file at `path` is not the one that was opened: what is written to a deleted file is lost."""
        if _identity(self.path) != self._identity:
            message = Wording(
                "{path} was deleted, moved or replaced while it was in use; stop this program before changing its archive", path=self.path
            )
            raise ArchiveUnusable(message)

    def has_hard_links(self) -> bool:
        """Whether the file got a second name while it was in use: SQLite would take that for another archive, and damage this one."""
        return self._lock.has_hard_links()

    def hurry(self) -> None:
        """Wait no more for an archive that cannot be written: what is not written yet fails, and is resumed at the next start."""
        self._writer.hurry()

    def close(self) -> None:
        """Finish what is being written, and let others have the archive. A second call does nothing."""
        self._writer.close()
        self.close_reading()
        try:
            self._db.conn.execute("PRAGMA optimize")
            self._db.conn.close()
        except sqlite3.Error:
            self._db.conn.close()
        self._lock.release()

    def _submit(self, operation: Callable[Concatenate[Database, P], T], *arguments: P.args, **options: P.kwargs) -> Future[T]:
        return self._writer.submit(lambda db: operation(db, *arguments, **options))

    def rebuild_step(self) -> Future[RebuildingProgress | None]:
        """Do a small part of what a new version of this program must make anew of the texts; None when nothing is left to do."""
        return self._submit(rebuilding.step)

    def sync(self, watch: Watch, specs: Sequence[SourceSpec], default_interval: timedelta, now: datetime) -> Future[None]:
        """Take over a configuration: its topics for what is written from now on, and its sources."""

        def operation(db: Database) -> None:
            sources.sync_sources(db, watch, specs, default_interval, now)
            subscriptions.leave_hubs_of_absent_sources(db, now)
            tidying.mend_clock_jumps(db, watch.most_interval, now)
            self._watch = watch  # read by the writing thread only

        return self._writer.submit(operation)

    def due_sources(self, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueSource]:
        """The sources whose poll is due, the longest overdue first; without those in hand, given by their ids."""
        return self._ask(sources.list_due_sources, now, limit, in_hand)

    def number_sources(self) -> Mapping[str, int]:
        """The numbers under which the crawl is handed the configured sources, by their URLs."""
        return self._ask(sources.list_numbers)

    def find_sources(self, names: Sequence[str]) -> tuple[list[DueSource], list[str]]:
        """The configured sources of these names or URLs (all, if none is given), and the names that no source has."""
        return self._ask(sources.find_sources, names)

    def due_pages(self, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DuePage]:
        """The article pages that are due, the sources' in turn; without those in hand, given by their entries' ids."""
        return self._ask(pages.list_due_pages, now, limit, in_hand)

    def due_repairs(self, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueRepair]:
        """Places to be read for what was missed, one a source; without those of the sources in hand, given by their ids."""
        return self._ask(repairs.list_due_repairs, now, limit, in_hand)

    def due_channels(self, now: datetime) -> list[str]:
        """The channels for which something is to be sent, or to be planned, by name."""
        return self._ask(outbox.list_due_channels, now)

    def due_messages(self, channel: str, now: datetime, limit: int, except_ids: Collection[str]) -> list[Bundle]:
        """The sealed messages to a channel that are due, the longest waiting first, without those in hand."""
        return self._ask(outbox.list_due_messages, channel, now, limit, except_ids)

    def load_circuits(self) -> list[tuple[str, Circuit]]:
        """The channels that are left alone for a while, or were until a moment ago, by name."""
        return self._ask(circuits.list_circuits)

    def has_due_corrections(self, now: datetime) -> bool:
        """Whether a correction that waited for the end of its hour is to be told."""
        return self._ask(corrections.has_due_corrections, now)

    def has_due_escalations(self, now: datetime) -> bool:
        """Whether something is to be escalated to a second channel."""
        return self._ask(escalations.has_due_escalations, now)

    def can_release_first_polls(self, now: datetime) -> bool:
        """Whether something waits for what sources hold when they are first seen, and all of that is read."""
        return self._ask(first_polls.can_release_first_polls, now)

    def record_poll(self, outcome: PollOutcome, now: datetime) -> Future[Tally]:
        """Write what a poll brought, with all that follows from it."""
        return self._writer.submit(lambda db: polls.record_poll(db, self._watch, outcome, now))

    def record_page(self, outcome: PageOutcome, now: datetime) -> Future[Tally]:
        """Write what the fetch of an article page brought, with all that follows from it."""
        return self._writer.submit(lambda db: pages.record_page(db, self._watch, outcome, now))

    def record_repair(self, outcome: RepairOutcome, now: datetime) -> Future[Tally]:
        """Write what a place brought that was read for what was missed, with all that follows from it."""
        return self._writer.submit(lambda db: repairs.record_repair(db, self._watch, outcome, now))

    def record_due_corrections(self, now: datetime) -> Future[list[Alert]]:
        """Tell some of the corrections whose hour is over; returns the alerts."""
        return self._writer.submit(lambda db: corrections.record_due_corrections(db, self._watch, now))

    def watch_volumes(self, now: datetime) -> Future[Tally]:
        """Count what alerted since the last time, and write the alerts on topics that are written about much more than usual.

        A part of it, if the tally says so.
        """
        return self._writer.submit(lambda db: volumes.watch_volumes(db, self._watch, now))

    def give_up_page(self, entry_id: int, problem: Problem) -> Future[None]:
        """Fetch the page of an entry that cannot be recorded no more; the reason is kept where people look."""
        return self._submit(entries.give_up_page, entry_id, problem)

    def seal_messages(self, channel: str, policy: Policy, now: datetime, limit: int) -> Future[int]:
        """Plan some `limit` deliveries that are due for a channel, and seal their messages; returns how many deliveries were planned."""
        return self._writer.submit(lambda db: outbox.seal_messages(db, self._watch.follow_up_of_topic, channel, policy, now, limit))

    def put_off(self, channel: str, hold: Hold, now: datetime, limit: int) -> Future[int]:
        """Let some `limit` of the sealed messages to a channel that are due wait, with the reason, but for pressing ones; how many."""
        return self._submit(outbox.put_off, channel, hold, now, limit)

    def hold_for_channel(self, channel: str, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        """Hold, with the reason, or give up some `limit` of what is due for a channel that is not in the configuration."""
        return self._writer.submit(lambda db: outbox.hold_for_channel(db, self._watch.health_notify, channel, now, limit))

    def release_first_polls(self, now: datetime) -> Future[None]:
        """Make what waits for what sources hold when they are first seen due: all of that is read."""
        return self._submit(first_polls.release_first_polls, now)

    def escalate_due(self, wanted: Mapping[str, Escalation], now: datetime, limit: int) -> Future[list[Escalated]]:
        """Escalate some `limit` of what was given up, or acknowledged by nobody in time, as each channel wants it."""
        return self._submit(escalations.escalate_due, wanted, now, limit)

    def sync_channels(self, channels: Collection[str], now: datetime) -> Future[None]:
        """Take over which channels there are: what was held for one that is back is due at once."""
        return self._submit(outbox.sync_channels, channels, now)

    def record_attempts(self, results: Sequence[AttemptResult]) -> Future[None]:
        """Write what came of attempts to send messages, with the operational alerts that follow from it, if any do."""
        return self._writer.submit(lambda db: outbox.record_attempts(db, self._watch.health_notify, results))

    def note_circuit(self, channel: str, circuit: Circuit) -> Future[None]:
        """Write how a channel answers, if it is left alone for a while, or no more."""
        return self._submit(circuits.note_circuit, channel, circuit)

    def give_up_overdue(self, channel: str, reason: str | None, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        """Give up some `limit` of the due messages to a channel that is left alone whose days to succeed are over."""
        return self._writer.submit(lambda db: outbox.give_up_overdue(db, self._watch.health_notify, channel, reason, now, limit))

    def prune_sketches(self, now: datetime) -> Future[int]:
        """Forget up to a batch of what placing articles in stories no longer needs; returns how many."""
        return self._submit(tidying.prune_sketches, now)

    def forget_articles(self, before: datetime, now: datetime) -> Future[int]:
        """Delete the texts of a batch of articles older than `before`; returns how many, 0 when it is done."""
        return self._submit(tidying.forget_articles, before, now)

    def prune_poll_log(self, now: datetime) -> Future[int]:
        """Delete old lines of the poll log."""
        return self._submit(tidying.prune_poll_log, now)

    def forget_gaps(self, now: datetime) -> Future[int]:
        """Delete a batch of gaps of years ago, of sources that have many; returns how many."""
        return self._submit(tidying.forget_gaps, now)

    def set_back(self, step: timedelta, now: datetime) -> Future[None]:
        """Bring back what a clock that was ahead by `step` put off; it has just gone back to `now`."""
        return self._submit(tidying.set_back, step, now)

    def answer(self) -> Future[None]:
        """Done as soon as the writing thread has got round to it, also while it waits to write: a sign that it lives."""
        return self._writer.answer()

    def mend_clock_jumps(self, now: datetime) -> Future[None]:
        """Bring back what a clock that was ahead for a while put off."""
        return self._writer.submit(lambda db: tidying.mend_clock_jumps(db, self._watch.most_interval, now))


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that comes to stand in its place."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
