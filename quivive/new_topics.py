"""Telling in the log what a topic that is new, or whose query changed, would have matched lately."""

from __future__ import annotations

import threading
from collections.abc import Iterable
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


def start_previews(previous: Configuration, configuration: Configuration, now: datetime) -> None:
    """Tell, from a thread of its own that holds up neither work nor stopping, of each topic that `previous` didn't ask in the same way."""
    threading.Thread(target=_preview_or_complain, args=(previous, configuration, now), name="previews", daemon=True).start()


def _preview_or_complain(previous: Configuration, configuration: Configuration, now: datetime) -> None:
    reader = ArchiveReader(configuration.archive_path)
    try:
        log_previews(reader, previous, configuration, now)
    except QuiviveError as error:
        log.warning("topics could not be previewed", reason=str(error))
    finally:
        reader.close_reading()


def log_previews(reader: ArchiveReader, previous: Configuration, configuration: Configuration, now: datetime) -> None:
    """One line for each topic of `configuration` that `previous` didn't ask in the same way."""
    for topic in _asked_anew(previous, configuration):
        for advice in advise_on(topic.query):
            log.warning("topic may be misread", topic=topic.name, query=topic.query, note=advice)
        told = reader.preview(PreviewRequest(parse_query(topic.query, configuration.entities), now - SPAN, now))
        log.info(
            "topic previewed",
            topic=topic.name,
            matches=told["matches"],
            articles=told["articles"],
            days=told["days"],
            alerts_per_day=told["alerts_per_day"],
            warning=told["warning"],
        )


def _asked_anew(previous: Configuration, configuration: Configuration) -> Iterable[Topic]:
    """Topics that are new or whose query reads differently; an entity with other names is only seen once a topic is edited."""
    queries = {topic.name: topic.query for topic in previous.topics}
    return [topic for topic in configuration.topics if queries.get(topic.name) != topic.query]
