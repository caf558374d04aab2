"""Telling in the log what a topic that is new, or whose query changed, would have matched lately."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from news.errors import QuiviveError
from news.query import advise_on, parse_query
from news.topics import Topic
from quivive.config import Configuration
from storage import ArchiveReader, PreviewRequest

log = structlog.get_logger("quivive")

SPAN = timedelta(days=30)
"""How far a preview looks back unless it is told otherwise."""


class Previews:
    """Tells of new topics, in a thread of its own, which holds up no work. Only the newest reload waits for its turn.

    The thread is started with the program: one that finds no memory later would never say so, and the event loop would wait for it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted: tuple[Configuration, Configuration, datetime] | None = None
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="previews", daemon=True)
        self._thread.start()

    def start(self, previous: Configuration, configuration: Configuration, now: datetime) -> None:
        """Tell of each topic that `previous` didn't ask in the same way."""
        with self._changed:
            if self._wanted is not None:  # it was not begun: what its own reload changed is told of too
                previous = self._wanted[0]
            self._wanted = previous, configuration, now
            self._changed.notify_all()

    def stop(self, patience_seconds: float) -> None:
        """Begin no more of them, and wait for the one that is being made, but no longer than the patience: it writes nothing."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
        self._thread.join(patience_seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_ending or self._wanted is not None)
                if self._is_ending or self._wanted is None:
                    return
                previous, configuration, now = self._wanted
                self._wanted = None
            self._preview(previous, configuration, now)

    def _preview(self, previous: Configuration, configuration: Configuration, now: datetime) -> None:
        reader = ArchiveReader(configuration.archive_path)
        try:
            log_previews(reader, previous, configuration, now, lambda: self._is_ending)
        except QuiviveError as error:
            log.warning("topics could not be previewed", reason=str(error))
        finally:
            reader.close_reading()


def log_previews(
    reader: ArchiveReader,
    previous: Configuration,
    configuration: Configuration,
    now: datetime,
    is_ending: Callable[[], bool] = lambda: False,
) -> None:
    """One line for each topic of `configuration` that `previous` didn't ask in the same way."""
    for topic in _asked_anew(previous, configuration):
        if is_ending():
            return
        for advice in advise_on(topic.query):
            log.warning("topic may be misread", topic=topic.name, query=topic.query, note=advice)
        told = reader.preview(PreviewRequest(parse_query(topic.query, configuration.entities), now - SPAN, now))
        log.info(
            "topic previewed",
            topic=topic.name,
            matches=told.matches,
            articles=told.articles,
            days=told.days,
            alerts_per_day=told.alerts_per_day,
            warning=told.warning,
        )


def _asked_anew(previous: Configuration, configuration: Configuration) -> Iterable[Topic]:
    """Topics that are new or whose query reads differently; an entity with other names is only seen once a topic is edited."""
    queries = {topic.name: topic.query for topic in previous.topics}
    return [topic for topic in configuration.topics if queries.get(topic.name) != topic.query]
