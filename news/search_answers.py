"""Articles that the archive was asked for, as people are told of them: see `news/answers.py` on answers and their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command that searches waits for nothing that it does not make
    from news.articles import Identity
    from news.matches import Hit


@dataclass(frozen=True, slots=True)
class ByDate:
    """A place in a list of articles, the newest first: after the article of this time and number."""

    time: datetime
    article_id: int


@dataclass(frozen=True, slots=True)
class ByRelevance:
    """A place in a list of articles, the best first.

    What arrives changes how rare a word is, and with it every score. So a place is not a score: it says which articles there were when the
    list began, and which of them were told.
    """

    newest_article_id: int
    told: frozenset[int]


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """What is told of an article wherever one is listed. `source` is the name of the source that brought it."""

    article_id: int
    url: str
    title: str
    source: str
    author: str | None
    language: str | None
    published_at: datetime | None
    """None when nobody said."""
    first_seen_at: datetime
    topics: tuple[str, ...]
    """The topics with a recorded match, by name."""
    sightings: tuple[SightingRecord, ...]
    """All appearances, the first one included."""


@dataclass(frozen=True, slots=True)
class SightingRecord:
    """An article's appearance in a source, by the source's name."""

    source: str
    url: str
    seen_at: datetime
    identity: Identity
    """Why it is an appearance of that article."""


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that holds a query, and why."""

    article: ArticleRecord
    score: float | None
    """The better, the higher; None where the answer is by date."""
    snippet: str
    """With the hits between `[` and `]`."""
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The articles found.

    `cut`: there may be more; only the newest candidates were looked at. `unranked`: the best were asked for, of a query with more words
    than can be scored; these are the newest. `rebuilding`: the index is being made anew, and the older articles follow unranked.
    """

    articles: tuple[FoundArticle, ...] = ()
    next: ByDate | ByRelevance | None = None
    cut: bool = False
    unranked: bool = False
    rebuilding: bool = False
