"""Lists as CSV (RFC 4180, in UTF-8), for spreadsheets: the fields of the JSON, and what is a list there as one cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import category

from quivive.cli.json_answers import JsonObject, JsonValue

ARTICLES = (
    "id",
    "url",
    "title",
    "source",
    "author",
    "language",
    "published_at",
    "first_seen_at",
    "score",
    "snippet",
    "topics",
    "sightings",
    "matches",
)
EXPORTED = (*ARTICLES[:8], "topics", "sightings", "text", "origin", "revisions")
SOURCES = (
    "name",
    "url",
    "status",
    "last_polled_at",
    "last_success_at",
    "next_poll_at",
    "interval_seconds",
    "consecutive_failures",
    "last_error",
    "articles",
    "pages",
    "pages_unread",
    "pages_failing_since",
    "status_since",
    "moved_to",
)
COVERAGE = ("name", "url", "coverage", "first_read_at", "last_good_at", "gaps", "missed")
TOPICS = ("name", "query", "notify", "articles", "articles_24h", "articles_7d", "articles_30d", "alerts", "last_alert_at")
ALERTS = (
    "id",
    "topic",
    "article_id",
    "article_url",
    "article_title",
    "kind",
    "created_at",
    "delay_seconds",
    "deliveries",
    "matches",
    "health",
    "acknowledged_at",
    "surge",
    "changes",
    "story_differences",
    "story_id",
)
STORIES = ("id", "title", "started_at", "updated_at", "sources", "topics", "articles")
PREVIEWED = ("id", "url", "title", "source", "published_at", "first_seen_at", "matches")
_HIDDEN = frozenset({"Cc", "Cf"})
"""Control characters, and those that make a line read as another."""
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes a cell that begins so for a formula, and a headline may be written to be one; the last are the wide forms of the
first, as East Asian keyboards type them (OWASP, CSV Injection)."""


def make_csv(columns: Sequence[str], rows: Iterable[JsonObject]) -> Iterator[bytes]:
    """The lines of a table, the first with the names of its columns."""
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row[column]) for column in columns])


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, Mapping):
        return _describe(value)
    if isinstance(value, Sequence):
        return "; ".join(dict.fromkeys(_cell(one) for one in value))
    return str(value)


def _harmless(text: str) -> str:
    """A text without what steers a terminal or starts a formula; line feeds and tabs are kept, as parts of a text."""
    kept = text if text.isprintable() else "".join(sign for sign in text if sign in "\n\t" or category(sign) not in _HIDDEN)
    return f"'{kept}" if kept.startswith(_STARTS_FORMULA) else kept


def _describe(value: Mapping[str, JsonValue]) -> str:
    """What is told of a part in one cell: a sighting's source, what a hit found, how a delivery stands, what an operational alert says."""
    if "event" in value:
        return _harmless(f"{value['title']}: {value['message']}" if value["message"] else str(value["title"]))
    if "bars" in value:
        return _harmless(str(value["title"]))
    if "source" in value:
        return _harmless(str(value["source"]))
    if "found" in value:
        return _harmless(str(value["found"]))
    if "channel" in value:
        return _harmless(f"{value['channel']} {value['status']}")
    return _harmless(f"{value['code']}: {value['message']}")
