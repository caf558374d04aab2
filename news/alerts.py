"""What is told to people: an alert about an article, its deliveries, and the bundle in which a channel gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from news.fingerprints import derived_id


class AlertKind(StrEnum):
    """`new`: the first version of the article matched; `revised`: a later one was the first to match."""

    NEW = "new"
    REVISED = "revised"


class DeliveryStatus(StrEnum):
    """`pending` is still to be sent (perhaps again), `sent` was accepted, `dead` was given up, visibly."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class RecipientStatus(StrEnum):
    """`has` has the message, `refused` will never be given it, `owed` is still to get it (perhaps again)."""

    HAS = "has"
    REFUSED = "refused"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """How one recipient of a message stands, of a channel that has several. `reason` says why it does not have the message."""

    recipient: str
    """The address that the receiving side is given: its domain as A-labels, so that a domain's two spellings are one recipient."""
    status: RecipientStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a topic matched: which term of the query, what was found, where, and the passage around it.

    `passage` is original text with the found words between `[` and `]`; `field` is `title` or `text`.
    """

    term: str
    found: str
    field: str
    passage: str


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that matches a version of an article, with its hits (at least one for each positive operand that holds)."""

    topic: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class AlertedArticle:
    """The article of an alert, as its messages show it. `source` is the name of the source that brought it."""

    article_id: int
    url: str
    title: str
    source: str
    author: str | None
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime
    excerpt: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One topic speaking up about one article, once and for ever."""

    alert_id: str
    topic: str
    kind: AlertKind
    created_at: datetime
    delay_seconds: int | None
    article: AlertedArticle
    matches: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a channel gets as one message: one delivery to a webhook, or one mail on all alerts of one article.

    `bundle_id` is the same on every attempt: it is the `webhook-id`, and the Message-ID is made of it.
    """

    bundle_id: str
    channel: str
    delivery_ids: tuple[str, ...]
    alerts: tuple[Alert, ...]
    attempts: int
    """Attempts made before this one."""
    created_at: datetime
    test: bool = False
    recipients: tuple[RecipientOutcome, ...] = ()
    """What the attempts before have settled: the message goes only to those who are not among them, or are still owed it."""


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What came of sending a bundle once. `next_attempt_at` is set if and only if the status is `pending`."""

    bundle_id: str
    delivery_ids: tuple[str, ...]
    attempted_at: datetime
    status: DeliveryStatus
    next_attempt_at: datetime | None = None
    error: str | None = None
    recipients: tuple[RecipientOutcome, ...] = ()
    """What this attempt has changed for each recipient; empty for a channel that has only one receiver."""


def make_alert_id(topic: str, article_url: str) -> str:
    """The id of the alert of `topic` on the article at `article_url`: derived, so that a repeat cannot get another."""
    return derived_id("alert", topic, article_url)


def make_delivery_id(alert_id: str, channel: str) -> str:
    """The id of the delivery of an alert to a channel; also its `webhook-id`."""
    return derived_id("delivery", alert_id, channel)


def make_bundle_id(channel: str, delivery_ids: Sequence[str]) -> str:
    """The id of the mail that carries these deliveries together; of one delivery alone it is the delivery's own id."""
    if len(delivery_ids) == 1:
        return delivery_ids[0]
    return derived_id("bundle", channel, *sorted(delivery_ids))
