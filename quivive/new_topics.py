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
    """Tells of new topics from threads of its own, which hold up no work."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()

    def start(self, previous: Configuration, configuration: Configuration, now: datetime) -> None:
        """Tell of each topic that `previous` didn't ask in the same way."""
        thread = threading.Thread(target=self._preview, args=(previous, configuration, now), name="previews", daemon=True)
        self._threads = [*(thread for thread in self._threads if thread.is_alive()), thread]
        thread.start()

    def stop(self, patience_seconds: float) -> None:
        """Begin no more of them, and wait for those that are being made, but no longer than the patience: they write nothing."""
        self._ending.set()
        for thread in self._threads:
            thread.join(patience_seconds / len(self._threads))

    def _preview(self, previous: Configuration, configuration: Configuration, now: datetime) -> None:
        reader = ArchiveReader(configuration.archive_path)
        try:
            log_previews(reader, previous, configuration, now, self._ending.is_set)
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
