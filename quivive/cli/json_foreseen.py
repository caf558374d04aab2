"""The JSON of `sources test`: every field of it."""

from __future__ import annotations

from collections.abc import Sequence

from news.foreseeing import Foreseen, ForeseenEntry, ForeseenPage
from news.matches import TopicMatch
from news.sources import PageOutcome, Problem
from quivive.cli.json_answers import JsonObject, JsonValue, hits_json, optional_time_json, problem_json


def foreseen_json(foreseen: Foreseen) -> JsonObject:
    """What `sources test --json` prints; docs/sources.md explains its fields."""
    poll, feed = foreseen.poll, foreseen.poll.feed
    return {
        "url": poll.url,
        "final_url": poll.final_url,
        "http_status": poll.http_status,
        "bytes": poll.body_bytes,
        "seconds": round(poll.seconds, 3),
        "problem": _problem_json(poll.problem),
        "format": feed.format if feed else None,
        "title": feed.title if feed else None,
        "language": feed.language if feed else None,
        "entries": [_entry_json(entry) for entry in foreseen.entries],
        "page": _page_json(foreseen.fetched, foreseen.page) if foreseen.fetched else None,
    }


def _entry_json(foreseen: ForeseenEntry) -> JsonObject:
    entry = foreseen.entry
    return {
        "guid": entry.guid,
        "url": entry.link,
        "title": entry.title,
        "author": entry.author,
        "language": entry.language,
        "published_at": optional_time_json(entry.published_at),
        "updated_at": optional_time_json(entry.updated_at),
        "categories": list(entry.categories),
        "text": foreseen.text,
        "fetches_page": foreseen.wants_page,
        "topics": _topics_json(foreseen.matches),
    }


def _page_json(fetched: PageOutcome, page: ForeseenPage | None) -> JsonObject:
    return {
        "url": fetched.url,
        "final_url": fetched.final_url,
        "http_status": fetched.http_status,
        "problem": _problem_json(fetched.problem or (page.problem if page else None)),
        "title": page.title if page else None,
        "author": page.author if page else None,
        "published_at": optional_time_json(page.published_at) if page else None,
        "language": page.language if page else None,
        "text": page.text if page else None,
        "topics": _topics_json(page.matches) if page else [],
    }


def _topics_json(matches: Sequence[TopicMatch]) -> list[JsonValue]:
    return [{"topic": match.topic, "matches": hits_json(match.hits)} for match in matches]


def _problem_json(problem: Problem | None) -> JsonObject | None:
    return problem_json(problem) if problem else None
