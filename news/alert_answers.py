"""What people are told of alerts and their deliveries when they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from news.alerts import AlertKind, Change, DeliveryStatus, Difference, EscalationCause, RecipientOutcome, RollKind
from news.health_news import HealthNews
from news.matches import Hit
from news.surges import Surge


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """An alert on its way to a channel.

    `next_attempt_at` is set while it is pending, and `last_error` says also why it waits; `held_until` and `reason` while it is held;
    `reason` also if it is muted.
    """

    delivery_id: str
    channel: str
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_error: str | None
    held_until: datetime | None = None
    reason: str | None = None
    escalates_at: datetime | None = None
    """When its alert goes to a second channel, unless somebody acknowledges it."""
    escalated_from: str | None = None
    """The channel from which the alert came to this one; None: its topic notifies this one."""
    escalated_because: EscalationCause | None = None
    told_in: RollKind | None = None
    """In what it is told with many others; None: by itself, or it is not known yet."""
    recipients: tuple[RecipientOutcome, ...] = ()
    """How each stands, where the channel has several and the first attempt was made; of what is told together, all of the message."""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert in the delivery log; what it is about as it was when the alert was made: an article, or `health`."""

    alert_id: str
    topic: str
    """Empty where it is no topic's."""
    article_id: int | None
    article_url: str | None
    article_title: str | None
    kind: AlertKind
    created_at: datetime
    delay_seconds: int | None
    deliveries: tuple[DeliveryRecord, ...]
    hits: tuple[Hit, ...]
    """Why its topic matched."""
    health: HealthNews | None = None
    """What an operational alert says."""
    changes: tuple[Change, ...] = ()
    """What was corrected; of other alerts nothing."""
    acknowledged_at: datetime | None = None
    surge: Surge | None = None
    """What an alert on a topic's volume says."""
    story_id: int | None = None
    """The story of its article today."""
    differences: tuple[Difference, ...] = ()
    """What a follow-up says otherwise than what was told of its story before."""

    @property
    def news(self) -> HealthNews | Surge | None:
        """What it says if it is about no article; its title is told in the user's language."""
        return self.health or self.surge

    @property
    def title(self) -> str:
        """The article's title, or what an alert on something else says in one line."""
        return self.news.title if self.news else self.article_title or ""


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """A place in the delivery log: after the alert of this time and id."""

    created_at: datetime
    alert_id: str


@dataclass(frozen=True, slots=True)
class AlertLog:
    """A page of the delivery log, newest first."""

    alerts: tuple[AlertRecord, ...] = ()
    next: AlertPlace | None = None
