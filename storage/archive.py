"""The archive's public face: `Archive` writes, `ArchiveReader` answers questions beside it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from news.alerts import AttemptResult, Bundle
from news.answers import (
    AlertLog,
    ArchiveStatus,
    Contents,
    ExportedArticle,
    PageTrouble,
    PreviewAnswer,
    RebuildingProgress,
    SearchAnswer,
    SourceCoverage,
    SourceHealth,
    TopicVolume,
    Undelivered,
    Waiting,
)
from news.care import Care
from news.delivering import Policy
from news.errors import ArchiveHeldUp, ArchiveUnusable
from news.escalating import Escalated, Escalation
from news.muting import Mute
from news.one_thing import Thing, Whole
from news.own_line import Line
from news.query import Query
from news.sources import DuePage, DueRepair, DueSource, PageOutcome, PollOutcome, Problem, RepairOutcome, SourceSpec
from news.story_answers import StoryRecord
from news.topics import Topic
from news.wording import Wording
from storage.asking import alert_log, coverage, export, preview, reports, search, stories, things, whole
from storage.asking.care import report_care
from storage.file.connection import count_bytes, open_for_reading, open_for_writing, translated
from storage.file.lock import WriterLock, WriterNote, find_writer
from storage.file.pool import ReadingPool
from storage.file.times import from_text, optional_time, to_text
from storage.file.waiting import Patience, wait_for
from storage.file.writer import Writer
from storage.hubs import Hubs
from storage.recording import (
    entries,
    escalations,
    muting,
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
from storage.recording.line import load_line
from storage.recording.watch import Tally, Watch

T = TypeVar("T")
P = ParamSpec("P")


class ArchiveReader:
    """Answers questions about the archive at `path`, from any thread, beside whoever writes it.

    Raises `ArchiveMissing` or `ArchiveUnusable` at the first question, `ArchiveError` for what SQLite reports.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = ReadingPool(lambda: open_for_reading(path), str(path))
        self._asking = threading.local()

    def _ask(self, question: Callable[Concatenate[Database, P], T], *arguments: P.args, **options: P.kwargs) -> T:
        db: Database | None = getattr(self._asking, "db", None)
        if db is not None:  # a question within a question is answered from the same state
            return question(db, *arguments, **options)
        with self._lend() as db:
            self._asking.db = db
            try:
                return question(db, *arguments, **options)
            finally:
                self._asking.db = None

    @contextmanager
    def _lend(self) -> Iterator[Database]:
        """A connection, and one state of the archive for all that is asked through it."""
        with translated(str(self.path)), self._pool.lend() as db, db.atomic():
            yield db

    def close_reading(self) -> None:
        """Ask no more: questions in flight break off, and every connection is closed."""
        self._pool.close()

    def due_sources(self, now: datetime, limit: int, in_hand: Collection[int] = ()) -> list[DueSource]:
        """The sources whose poll is due, the longest overdue first; without those in hand, given by their ids."""
        return self._ask(sources.list_due_sources, now, limit, in_hand)

    def number_sources(self) -> Mapping[str, int]:
        """The numbers under which the crawl is handed the configured sources, by their URLs."""
        return self._ask(sources.list_numbers)

    def find_sources(self, names: Sequence[str]) -> tuple[list[DueSource], list[str]]:
        """The configured sources of these names or URLs (all, if none is given), and the names that no source has."""
        return self._ask(sources.find_sources, names)

    def knows_source(self, name: str) -> bool:
        """Whether a source has this name or URL, or had it when it left the configuration."""
        return bool(self._ask(sources.list_called, name))

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

    def has_due_escalations(self, now: datetime) -> bool:
        """Whether something is to be escalated to a second channel."""
        return self._ask(escalations.has_due_escalations, now)

    def search(self, request: search.SearchRequest) -> SearchAnswer:
        """The articles that hold a query."""
        return self._ask(search.search, request)

    def preview(self, request: preview.PreviewRequest) -> PreviewAnswer:
        """What a query would have matched."""
        return self._ask(preview.preview, request)

    def export(self, query: Query | None, after: int = 0) -> Iterator[ExportedArticle]:
        """Every article (that holds the query) in the order they came, of one state of the archive; those after the number `after`."""
        with self._lend() as db:  # until the last article is taken
            yield from export.export_articles(db, query, after)

    def list_stories(self, request: stories.StoryRequest) -> Iterator[StoryRecord]:
        """The stories that are asked for, that with the latest article first, of one state of the archive."""
        with self._lend() as db:  # until the last story is taken
            yield from stories.list_stories(db, request)

    def list_stories_of(self, article_ids: Sequence[int]) -> list[StoryRecord]:
        """The stories of these articles, each once."""
        return self._ask(stories.list_stories_of, article_ids)

    def count_articles(self) -> int:
        """How many articles the archive holds."""
        return int(self._ask(lambda db: db.conn.execute("SELECT count(*) FROM articles WHERE deleted_at IS NULL").fetchone()[0]))

    def report_sources(self) -> list[SourceHealth]:
        """The health of every configured source."""
        return self._ask(sources.report_sources)

    def count_unfilled(self, now: datetime) -> Mapping[str, int]:
        """How many gaps of the last days are not filled, of each source by its URL that has any."""
        return self._ask(coverage.count_unfilled, now)

    def report_coverage(self, now: datetime) -> list[SourceCoverage]:
        """How much of the last days each configured source was watched without a gap."""
        return self._ask(coverage.report_coverage, now)

    def report_alerts(self, asked: alert_log.AlertRequest | None = None) -> AlertLog:
        """The delivery log, newest first: all of it, or what is asked for."""
        return self._ask(alert_log.report_alerts, asked or alert_log.AlertRequest())

    def find_things(self, what: str, topics: Collection[str]) -> list[Thing]:
        """What an id, the beginning of one, an address or a name may mean; `topics` are those of the configuration, by name."""
        return self._ask(things.find_things, what, topics)

    def tell_whole(self, thing: Thing, topics: Sequence[Topic], now: datetime) -> Whole:
        """Everything about a thing that `find_things` found."""
        return self._ask(whole.tell_whole, thing, topics, now)

    def report_topics(self, topics: Sequence[Topic], now: datetime) -> list[TopicVolume]:
        """Each topic with its recent volume."""
        return self._ask(reports.report_topics, topics, now)

    def report_status(self, now: datetime) -> ArchiveStatus:
        """How many there are of everything, what waits, what needs care, and what the file takes up, at one moment."""
        contents, care, line = self._ask(_report_all, now)
        writer = find_writer(self.path)
        size_bytes, log_bytes = count_bytes(self.path)
        return ArchiveStatus(
            path=str(self.path),
            size_bytes=size_bytes + log_bytes,
            log_bytes=log_bytes,
            writer_pid=writer.pid if writer else None,
            alive_at=optional_time(writer.alive_at) if writer else None,
            waiting=_get_waiting(writer),
            contents=contents,
            care=care,
            line_down_since=line.since if line else None,
        )

    def list_mutes(self, since: datetime) -> list[Mute]:
        """What people have muted, without what was over at `since`."""
        return self._ask(muting.list_mutes, since)

    def report_undelivered(self) -> list[Undelivered]:
        """The channels for which messages wait because they failed."""
        return self._ask(reports.list_undelivered)

    def report_pages(self, limit: int) -> list[PageTrouble]:
        """The pages that were given up or wait to be tried again, with their reasons."""
        return self._ask(reports.list_page_troubles, limit)


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

    def record_poll(self, outcome: PollOutcome, now: datetime) -> Future[Tally]:
        """Write what a poll brought, with all that follows from it."""
        return self._writer.submit(lambda db: polls.record_poll(db, self._watch, outcome, now))

    def record_page(self, outcome: PageOutcome, now: datetime) -> Future[Tally]:
        """Write what the fetch of an article page brought, with all that follows from it."""
        return self._writer.submit(lambda db: pages.record_page(db, self._watch, outcome, now))

    def record_repair(self, outcome: RepairOutcome, now: datetime) -> Future[Tally]:
        """Write what a place brought that was read for what was missed, with all that follows from it."""
        return self._writer.submit(lambda db: repairs.record_repair(db, self._watch, outcome, now))

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
        return self._submit(outbox.seal_messages, channel, policy, now, limit)

    def hold_for_channel(self, channel: str, now: datetime, limit: int) -> Future[list[AttemptResult]]:
        """Hold, with the reason, or give up some `limit` of what is due for a channel that is not in the configuration."""
        return self._writer.submit(lambda db: outbox.hold_for_channel(db, self._watch.health_notify, channel, now, limit))

    def escalate_due(self, wanted: Mapping[str, Escalation], now: datetime, limit: int) -> Future[list[Escalated]]:
        """Escalate some `limit` of what was given up, or acknowledged by nobody in time, as each channel wants it."""
        return self._submit(escalations.escalate_due, wanted, now, limit)

    def sync_channels(self, channels: Collection[str], now: datetime) -> Future[None]:
        """Take over which channels there are: what was held for one that is back is due at once."""
        return self._submit(outbox.sync_channels, channels, now)

    def record_attempt(self, result: AttemptResult) -> Future[None]:
        """Write what came of one attempt to send a message, with the operational alert that follows from it, if one does."""
        return self._writer.submit(lambda db: outbox.record_attempt(db, self._watch.health_notify, result))

    def prune_sketches(self, now: datetime) -> Future[int]:
        """Forget up to a batch of what placing articles in stories no longer needs; returns how many."""
        return self._submit(tidying.prune_sketches, now)

    def forget_articles(self, before: datetime, now: datetime) -> Future[int]:
        """Delete the texts of a batch of articles older than `before`; returns how many, 0 when it is done."""
        return self._submit(tidying.forget_articles, before, now)

    def prune_poll_log(self, now: datetime) -> Future[int]:
        """Delete old lines of the poll log."""
        return self._submit(tidying.prune_poll_log, now)

    def set_back(self, step: timedelta, now: datetime) -> Future[None]:
        """Bring back what a clock that was ahead by `step` put off; it has just gone back to `now`."""
        return self._submit(tidying.set_back, step, now)

    def answer(self) -> Future[None]:
        """Done as soon as the writing thread has got round to it, also while it waits to write: a sign that it lives."""
        return self._writer.answer()

    def mend_clock_jumps(self, now: datetime) -> Future[None]:
        """Bring back what a clock that was ahead for a while put off."""
        return self._writer.submit(lambda db: tidying.mend_clock_jumps(db, self._watch.most_interval, now))


def _report_all(db: Database, now: datetime) -> tuple[Contents, Care, Line | None]:
    return reports.report_contents(db, now), report_care(db, now), load_line(db)


def _get_waiting(writer: WriterNote | None) -> Waiting | None:
    """What the program that writes says of a wait, if it says so."""
    if writer is None or writer.reason is None or writer.waiting_since is None:
        return None
    return Waiting(from_text(writer.waiting_since), writer.reason)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that comes to stand in its place."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
