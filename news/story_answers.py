"""What people are told of stories: the articles of one event, who was first, how it spread, and why an article is in its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they bring the analysis of texts, for which a command that only lists waits in vain
    from news.copies import CopyOf
    from news.stories import Because


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article as a story lists it. `copy`: what it is a copy of, if it is one."""

    article_id: int
    url: str
    title: str
    source: str
    published_at: datetime | None
    first_seen_at: datetime
    copy: CopyOf | None

    @property
    def time(self) -> datetime:
        """When it appeared, as far as is known: an article cannot have been published after it was seen."""
        return self.first_seen_at if self.published_at is None else min(self.published_at, self.first_seen_at)


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story. Its title is that of its most central article; its articles and sources are in the order in which they appeared."""

    story_id: int
    title: str
    started_at: datetime
    updated_at: datetime
    sources: tuple[str, ...]
    topics: tuple[str, ...]
    articles: tuple[StoryArticle, ...]


@dataclass(frozen=True, slots=True)
class PlaceInStory:
    """The story of an article, and why it is there: how near it is to its better half, by which words, and to which article most."""

    story: StoryRecord
    because: Because
    nearness: float
    nearest_id: int | None
    words: tuple[str, ...]
    copy: CopyOf | None
    copies: tuple[int, ...]
    """The articles that are copies of it."""
