"""Answers about the archive, beside whoever writes it.

Each question imports what answers it: a command asks one or two, and whoever waits for it would wait for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from storage.file.connection import open_for_reading, translated
from storage.file.database import Database
from storage.file.pool import ReadingPool

if TYPE_CHECKING:
    from news.alert_answers import AlertLog
    from news.answers import (
        ArchiveStatus,
        ExportedArticle,
        PageTrouble,
        PreviewAnswer,
        SourceCoverage,
        SourceHealth,
        TopicVolume,
        Undelivered,
    )
    from news.muting import Mute
    from news.one_thing import Whole
    from news.query import Query
    from news.search_answers import SearchAnswer
    from news.story_answers import StoryRecord
    from news.things import Thing
    from news.topics import Entity, Topic
    from storage.asking.alert_log import AlertRequest
    from storage.asking.preview import PreviewRequest
    from storage.asking.search import SearchRequest
    from storage.asking.stories import StoryRequest

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

    def knows_source(self, name: str) -> bool:
        """Whether a source has this name or URL, or had it when it left the configuration."""
        from storage.recording.called import list_called

        return bool(self._ask(list_called, name))

    def search(self, request: SearchRequest) -> SearchAnswer:
        """The articles that hold a query."""
        from storage.asking import search as searching

        return self._ask(searching.search, request)

    def preview(self, request: PreviewRequest) -> PreviewAnswer:
        """What a query would have matched."""
        from storage.asking import preview as previewing

        return self._ask(previewing.preview, request)

    def export(self, query: Query | None, after: int = 0) -> Iterator[ExportedArticle]:
        """Every article (that holds the query) in the order they came, of one state of the archive; those after the number `after`."""
        from storage.asking import export as exporting

        with self._lend() as db:  # until the last article is taken
            yield from exporting.export_articles(db, query, after)

    def list_stories(self, request: StoryRequest) -> Iterator[StoryRecord]:
        """The stories that are asked for, that with the latest article first, of one state of the archive."""
        from storage.asking import stories

        with self._lend() as db:  # until the last story is taken
            yield from stories.list_stories(db, request)

    def list_stories_of(self, article_ids: Sequence[int]) -> list[StoryRecord]:
        """The stories of these articles, each once."""
        from storage.asking import stories

        return self._ask(stories.list_stories_of, article_ids)

    def count_articles(self) -> int:
        """How many articles the archive holds."""
        return int(self._ask(lambda db: db.conn.execute("SELECT count(*) FROM articles WHERE deleted_at IS NULL").fetchone()[0]))

    def report_sources(self) -> list[SourceHealth]:
        """The health of every configured source."""
        from storage.recording import sources

        return self._ask(sources.report_sources)

    def count_unfilled(self, now: datetime) -> Mapping[str, int]:
        """How many gaps of the last days are not filled, of each source by its URL that has any."""
        from storage.asking import coverage

        return self._ask(coverage.count_unfilled, now)

    def report_coverage(self, now: datetime) -> list[SourceCoverage]:
        """How much of the last days each configured source was watched without a gap."""
        from storage.asking import coverage

        return self._ask(coverage.report_coverage, now)

    def report_alerts(self, asked: AlertRequest | None = None) -> AlertLog:
        """The delivery log, newest first: all of it, or what is asked for."""
        from storage.asking import alert_log

        return self._ask(alert_log.report_alerts, asked or alert_log.AlertRequest())

    def find_things(self, what: str, topics: Collection[str]) -> list[Thing]:
        """What an id, the beginning of one, an address or a name may mean; `topics` are those of the configuration, by name."""
        from storage.asking import things

        return self._ask(things.find_things, what, topics)

    def tell_whole(self, thing: Thing, topics: Sequence[Topic], entities: Mapping[str, Entity], now: datetime) -> Whole:
        """Everything about a thing that `find_things` found."""
        from storage.asking import whole

        return self._ask(whole.tell_whole, thing, topics, entities, now)

    def report_topics(self, topics: Sequence[Topic], now: datetime) -> list[TopicVolume]:
        """Each topic with its recent volume."""
        from storage.asking import reports

        return self._ask(reports.report_topics, topics, now)

    def report_status(self, now: datetime) -> ArchiveStatus:
        """How many there are of everything, what waits, what needs care, and what the file takes up, at one moment."""
        from storage.asking import status

        return status.make_status(self.path, *self._ask(status.report_all, now))

    def list_mutes(self, since: datetime) -> list[Mute]:
        """What people have muted, without what was over at `since`."""
        from storage.recording import muting

        return self._ask(muting.list_mutes, since)

    def report_undelivered(self) -> list[Undelivered]:
        """The channels for which messages wait because they failed."""
        from storage.asking import reports

        return self._ask(reports.list_undelivered)

    def report_pages(self, limit: int) -> list[PageTrouble]:
        """The pages that were given up or wait to be tried again, with their reasons."""
        from storage.asking import reports

        return self._ask(reports.list_page_troubles, limit)
