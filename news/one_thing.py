"""What people are told of one thing that they ask for by its name or id, whole: an article, an alert, a delivery, a source, a topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from news.alert_answers import AlertRecord, DeliveryRecord
from news.alerting import Silence
from news.alerts import DeliveryStatus, Difference
from news.answers import SourceHealth, TopicVolume
from news.articles import Origin
from news.covering import Coverage
from news.matches import Hit
from news.repairing import RepairState
from news.search_answers import ArticleRecord
from news.sources import PollKind, Problem
from news.story_answers import PlaceInStory
from news.websub import Subscription


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of an article: a text it has had, or what a source says of it. A text that retention has deleted is empty."""

    number: int
    seen_at: datetime
    source: str
    origin: Origin
    title: str
    text: str
    is_current: bool
    """Whether it is the article's text now."""


@dataclass(frozen=True, slots=True)
class MatchRecord:
    """A topic that a version of an article matches, and why."""

    topic: str
    version: int
    matched_at: datetime
    hits: tuple[Hit, ...]
    silence: Silence | None
    """Why no alert followed; None where one did."""


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt to send a message: what the other side answered, and when it was to be tried again."""

    attempted_at: datetime
    status: DeliveryStatus
    """What the message was after it."""
    answer: str | None
    """None where it was accepted without a remark."""
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryDetails:
    """A delivery with all that was tried. `attempts` may be fewer than the record counts: those of an older version were not kept."""

    record: DeliveryRecord
    message_id: str | None
    """What the receiver knows it by: the `webhook-id`, and part of the `Message-ID`. None until it is planned."""
    created_at: datetime
    give_up_at: datetime
    attempts: tuple[AttemptRecord, ...]
    """The oldest first."""


@dataclass(frozen=True, slots=True)
class AlertDetails:
    """An alert, why it was made, and each of its deliveries."""

    record: AlertRecord
    deliveries: tuple[DeliveryDetails, ...]


@dataclass(frozen=True, slots=True)
class PageNote:
    """What is wrong with the page by which a source shows an article: it could not be had, or shows only a part."""

    source: str
    url: str | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class DueCorrection:
    """An article was edited, and the topic is told at that moment what it says otherwise by then, if it still does."""

    topic: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """An article with everything the archive knows of it."""

    article: ArticleRecord
    text: str
    deleted_at: datetime | None
    """When retention deleted its texts."""
    versions: tuple[VersionRecord, ...]
    matches: tuple[MatchRecord, ...]
    alerts: tuple[AlertDetails, ...]
    page_problems: tuple[PageNote, ...] = ()
    corrections_due: tuple[DueCorrection, ...] = ()
    """What was corrected and waits until its topic may be told again."""
    place: PlaceInStory | None = None
    """None until it is placed."""
    differences: tuple[Difference, ...] = ()
    """What it says otherwise than others of its story, where it speaks of what its topics ask for."""


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """An alert with the article it is about; an operational alert is about none."""

    alert: AlertDetails
    article: WholeArticle | None


@dataclass(frozen=True, slots=True)
class WholeDelivery:
    """A delivery with the alert it carries."""

    delivery: DeliveryDetails
    alert: AlertRecord


@dataclass(frozen=True, slots=True)
class PollRecord:
    """What one poll of a source brought, or why it brought nothing, as the poll log has it."""

    polled_at: datetime
    seconds: float
    kind: PollKind
    http_status: int | None
    body_bytes: int
    entries_seen: int
    entries_new: int
    entries_changed: int
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class GapRecord:
    """A stretch of time in which entries of a source may have come and gone."""

    from_at: datetime | None
    """None where it is not on record."""
    to_at: datetime
    entries: int | None
    """How many the poll listed that found it, none of them known."""
    repaired_at: datetime | None
    message: str
    state: RepairState
    found_at: datetime | None
    """When the poll was that found it."""
    missed: int | None
    """How many entries may have been missed, by how often the source publishes; None: nothing tells."""
    found: int
    """Entries that were found since."""
    reached_at: datetime
    """What was published from then on is in the archive."""
    next_repair_at: datetime | None
    """When what was missed is looked for again."""
    problem: Problem | None
    """What was in the way last, or why it is no longer looked for."""


@dataclass(frozen=True, slots=True)
class HourCount:
    """How much was published in the hour that begins at `start`."""

    start: datetime
    count: int


@dataclass(frozen=True, slots=True)
class WholeSource:
    """A source, with its last polls, its gaps, and when it publishes."""

    health: SourceHealth
    is_configured: bool
    tags: tuple[str, ...]
    added_at: datetime
    last_entry_at: datetime | None
    """When the last entry was seen that was new."""
    polls: tuple[PollRecord, ...]
    """The newest first."""
    gaps: tuple[GapRecord, ...]
    subscriptions: tuple[Subscription, ...]
    """At the hubs that the feed names, or named."""
    """The newest first."""
    hours: tuple[HourCount, ...]
    """Hours of the last days in which it published, the earliest first."""
    coverage: Coverage
    distrusted_at: datetime | None = None
    """Since when its server is not believed that nothing changed; None: it is."""


@dataclass(frozen=True, slots=True)
class WholeTopic:
    """A topic with its last alerts, and when articles matched it."""

    volume: TopicVolume
    is_configured: bool
    alerts: tuple[AlertRecord, ...]
    """The newest first."""
    hours: tuple[HourCount, ...]
    """Hours of the last days in which articles matched, the earliest first."""
    usual_a_day: float | None = None
    """Articles that the last 24 hours would have as usual, which a surge is measured by; None as long as that is not known."""


Whole: TypeAlias = WholeArticle | WholeAlert | WholeDelivery | WholeSource | WholeTopic
