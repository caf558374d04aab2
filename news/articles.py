"""What is known of an article besides its words: where these came from, and what the filters of a query ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Identity(StrEnum):
    """Why an appearance belongs to its article; stored with the sighting."""

    FIRST = "first"
    SAME_URL = "same_url"
    SAME_TEXT = "same_text"
    MOVED = "moved"
    """The entry showed the article before, under another address."""


class Origin(StrEnum):
    """Where a version of an article's words came from."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source that showed the article: its name, the URL of its feed, and its tags, among them the publisher's own categories."""

    name: str
    url: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article as filters see it. `time` is when it was published, as the archive takes it; `sources` are those of all sightings."""

    url: str
    author: str | None
    language: str | None
    time: datetime
    sources: tuple[SourceFacts, ...]


def article_time(published_at: datetime | None, first_seen_at: datetime) -> datetime:
    """An article's time: published, or first seen where nobody said or it lies in the future of then."""
    if published_at is None or published_at > first_seen_at:
        return first_seen_at
    return published_at
