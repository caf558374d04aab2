"""What the archive must know of the configuration while it writes, and what it tells back of each operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from news.alerts import Alert, TopicMatch
from news.articles import ArticleFacts
from news.sources import DuePage, Problem
from news.text.analysis import AnalysedArticle


class TopicMatcher(Protocol):
    """All topics, compiled; `news.query.matching.Matcher` is one."""

    needs_facts: bool
    """Whether a topic has filters, so that `match` must be given facts."""
    needs_sightings: bool
    """Whether a topic can begin to match when another source shows a known article."""

    def match(self, article: AnalysedArticle, facts: ArticleFacts | None) -> list[TopicMatch]:
        """The topics that this version of an article matches, each with its hits."""

    def match_sighting(self, article: AnalysedArticle, before: ArticleFacts, after: ArticleFacts) -> list[TopicMatch]:
        """The topics that match only since another source has shown the article."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is to be told of what, and how sources are polled: the part of the configuration that writing depends on."""

    matcher: TopicMatcher
    channels_of_topic: Mapping[str, tuple[str, ...]]
    silent_first_poll: bool = True
    least_interval: timedelta = timedelta(minutes=5)
    most_interval: timedelta = timedelta(hours=12)


@dataclass(slots=True)
class Tally:
    """What one operation did, for the summary, the log and the work that follows. Filled while the operation runs."""

    entries_seen: int = 0
    entries_new: int = 0
    entries_silent: int = 0
    articles_new: int = 0
    articles_revised: int = 0
    duplicates: int = 0
    pages_failed: int = 0
    alerts: list[Alert] = field(default_factory=list)
    gap: Problem | None = None
    """Set when the source may have published and removed entries between two polls."""
    pages: list[DuePage] = field(default_factory=list)
    """Pages that are due because of this operation."""
