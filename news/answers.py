"""What people are told of the archive when they ask: one frozen type an answer, with aware times. How it is printed is not said here.

A list that may be long is asked for in pages. An answer tells in `next` where the page after it begins, and the request for that page
hands it back as `after`. What arrives in between makes no page repeat or leave out anything that was there when the first one was asked
for. `next` is None where the list is known to have ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from news.page_readings import PageReadings

if TYPE_CHECKING:  # a command that asks would wait for all that a source or an alert is
    from news.articles import Origin
    from news.care import Care
    from news.covering import Coverage
    from news.matches import Hit
    from news.rebuilding import RebuildingProgress
    from news.search_answers import ArticleRecord
    from news.sources import Problem, SourceStatus


@dataclass(frozen=True, slots=True)
class ExportedArticle:
    """An article with the text of its current version, and the number of its versions. To go on after it, ask from its `article_id` on."""

    article: ArticleRecord
    text: str
    origin: Origin
    revisions: int


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    """An article that a query would have matched, and why."""

    article: ArticleRecord
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SourceShare:
    """How many of the matches of a preview a source brought first, and which share of all that is (0 to 1, to a thousandth)."""

    source: str
    matches: int
    share: float


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """What a query would have matched since a moment. `hits` are the newest of the `matches`; `sources`, the most matched first."""

    query: str
    since: datetime
    days: float
    """From `since`, or the first article after it, to a tenth; at least one."""
    articles: int
    """All that there are of that time."""
    matches: int
    alerts_per_day: float
    """To a hundredth."""
    sources: tuple[SourceShare, ...]
    warning: str | None
    """What someone should know before following the query, in words for people."""
    hits: tuple[PreviewedArticle, ...]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source of the configuration is doing."""

    name: str
    url: str
    status: SourceStatus
    interval: timedelta
    """Between two polls, as it is now: failures make it longer."""
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    next_poll_at: datetime | None = None
    consecutive_failures: int = 0
    last_error: Problem | None = None
    articles: int = 0
    """Articles that it has shown, also those that another showed first."""
    pages: PageReadings = field(default_factory=PageReadings)
    status_since: datetime | None = None
    moved_to: str | None = None
    """The address at which it is polled now, where that is another."""


@dataclass(frozen=True, slots=True)
class TopicVolume:
    """A topic with the articles it matched, all and of the last hours and days, and its alerts."""

    name: str
    query: str
    notify: tuple[str, ...]
    articles: int
    articles_24h: int
    articles_7d: int
    articles_30d: int
    alerts: int
    last_alert_at: datetime | None


class PageState(StrEnum):
    """Of a page with trouble: `due` is tried again, `given_up` is not."""

    DUE = "due"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A channel for which messages wait because it failed: so many deliveries, with the last reason."""

    channel: str
    deliveries: int
    reason: str
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class PageTrouble:
    """An article page that could not be had, and what becomes of it."""

    source: str
    url: str | None
    title: str | None
    state: PageState
    attempts: int
    next_attempt_at: datetime | None
    error: Problem


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries of a source may have been missed: `count` times lately, the last time before `polled_at`, of which `message` speaks."""

    source: str
    polled_at: datetime
    message: str
    count: int
    open: int
    """How many of these are still being filled."""
    problem: Problem | None
    """What is in the way of filling the last, or why it could not be filled."""


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """How much of the last days a source was watched without a gap."""

    name: str
    url: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait for an archive that cannot be written has begun: since when, and why, in words for people."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """The sources of the configuration, by their status."""

    total: int
    new: int
    ok: int
    failing: int
    moved: int = 0
    blocked: int = 0
    gone: int = 0
    silent: int = 0
    unreachable: int = 0

    @property
    def in_trouble(self) -> int:
        """Those that cannot be read."""
        return self.failing + self.blocked + self.gone + self.unreachable


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """The articles that the archive holds, those that came in the last 24 hours, how often a text was replaced, and all appearances."""

    total: int
    last_24h: int
    revisions: int
    sightings: int


@dataclass(frozen=True, slots=True)
class PageCounts:
    """Article pages that are still to be fetched, and those that were given up."""

    due: int
    given_up: int


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """All alerts, and those of the last 24 hours."""

    total: int
    last_24h: int


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """All deliveries, by their status."""

    pending: int
    held: int
    sent: int
    dead: int
    muted: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """What the archive holds, and how it goes with it."""

    rebuilding: RebuildingProgress | None
    sources: SourceCounts
    overdue: timedelta
    """How long the most overdue source has been waiting."""
    last_poll_at: datetime | None
    articles: ArticleCounts
    gaps: tuple[Gap, ...]
    """Of the last week, each source once, the latest first."""
    pages: PageCounts
    alerts: AlertCounts
    deliveries: DeliveryCounts


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """One look at everything: the file, who writes it, and what it holds."""

    path: str
    size_bytes: int
    """Of the archive and its write-ahead log together."""
    log_bytes: int
    """Of the write-ahead log alone."""
    writer_pid: int | None
    alive_at: datetime | None
    """When the daemon last gave a sign of life; None where none runs, or it has only begun."""
    waiting: Waiting | None
    contents: Contents
    care: Care
    line_down_since: datetime | None = None
    """Since when nothing can be reached through this machine's own line; None: it is well."""
