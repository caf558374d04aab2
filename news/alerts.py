"""What is told to people: an alert about a subject, its deliveries, and the message (bundle) in which a channel gets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from news.fingerprints import derived_id
from news.health_news import HealthNews
from news.matches import Hit
from news.surges import Surge


class AlertKind(StrEnum):
    """What an alert tells.

    `new`: the first version of the article matched; `revised`: a later one was the first to match; `follow_up`: the topic had alerted on
    another article of the same story; `corrected`: an edit says otherwise what was told; `surge`: a topic is written about much more than
    usual; `health`: an operational alert.
    """

    NEW = "new"
    REVISED = "revised"
    FOLLOW_UP = "follow_up"
    CORRECTED = "corrected"
    SURGE = "surge"
    HEALTH = "health"


class DeliveryStatus(StrEnum):
    """What became of a delivery.

    `pending`: it is still to be sent (perhaps again); `held`: it waits since its channel wants it so; `sent`: it was accepted; `dead`: it
    was given up; `muted`: it is not sent, since somebody wanted to hear nothing of it.
    """

    PENDING = "pending"
    HELD = "held"
    SENT = "sent"
    DEAD = "dead"
    MUTED = "muted"


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


class SubjectKind(StrEnum):
    """What an alert can be about."""

    ARTICLE = "article"
    SOURCE = "source"
    CHANNEL = "channel"
    LINE = "line"
    """This machine's own line, by which it reaches all sources."""
    VOLUME = "volume"
    """How much a topic is written about."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What an alert is about: the kind of thing, and the key that the archive has for it."""

    kind: SubjectKind
    key: str

    @property
    def text(self) -> str:
        """The subject as the archive writes it."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit of an article says otherwise: in its `title`, or in a passage of its `text`.

    `before` is None where the passage was added, `after` where it was taken away.
    """

    field: str
    before: str | None
    after: str | None


class DifferenceKind(StrEnum):
    """In what two passages differ."""

    NEGATION = "negation"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage, and that of another source's article that says it otherwise."""

    passage: str
    other_passage: str
    other_source: str
    other_id: int
    kind: DifferenceKind
    why: str
    """The words that differ: « classifi », denied or not; both numbers, dates or names."""


def contradicts(differences: Iterable[Difference]) -> bool:
    """Whether what a follow-up says otherwise is told without waiting: it denies what was told, or gives another number."""
    return any(one.kind in {DifferenceKind.NEGATION, DifferenceKind.NUMBER} for one in differences)


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
    """One topic speaking up about one subject, the `sequence`-th time (1 is the first); an operational alert is no topic's."""

    alert_id: str
    topic: str
    kind: AlertKind
    created_at: datetime
    delay_seconds: int | None
    about: AlertedArticle | Surge | HealthNews
    matches: tuple[Hit, ...]
    subject: Subject
    sequence: int = 1
    urgent: bool = False
    """Whether it is told at once, whatever the policy of a channel."""
    changes: tuple[Change, ...] = ()
    """What was corrected; of other alerts nothing."""
    first_poll: bool = False
    """Whether it speaks of what a source held when it was first seen."""
    story_id: int | None = None
    """The story of its article when it was made; None if it is about none, or was made by a version that knew no stories."""
    differences: tuple[Difference, ...] = ()
    """What a follow-up says otherwise than what its topic alerted on before in the story."""


class RollKind(StrEnum):
    """Of what a message is all that there is.

    `digest`: a period; `summary`: what was beyond the channel's limit of messages in an hour; `first_poll`: what sources held when they
    were first seen; `follow_up`: what followed in a story of which the channel had been told.
    """

    DIGEST = "digest"
    SUMMARY = "summary"
    FIRST_POLL = "first_poll"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Followed:
    """The story that a message follows up, as it stood when the message was sealed."""

    story_id: int
    title: str
    first_alert_id: str
    """The first alert on the story that the channel was told, for one of the message's topics."""
    first_url: str
    """The address of that alert's article: the mails on it and those on what follows are one thread."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Of a message that holds many alerts: what it is, when it was to go out, and when it was sealed, which may be much later."""

    kind: RollKind
    due_at: datetime
    sealed_at: datetime | None = None
    """None until it is."""
    followed: Followed | None = None
    """Of a follow-up: the story."""


class EscalationCause(StrEnum):
    """Why an alert went to a second channel; stored with its delivery there."""

    DEAD = "dead"
    UNACKNOWLEDGED = "unacknowledged"


@dataclass(frozen=True, slots=True)
class EscalatedFrom:
    """That an alert is told here since it was told at another channel in vain: which, and why."""

    alert_id: str
    channel: str
    cause: EscalationCause


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a channel gets as one message, sealed: one delivery to a webhook, or one mail on all alerts of one article.

    `bundle_id` is the message's id, the same on every attempt: it is the `webhook-id`, and the Message-ID is made of it.
    """

    bundle_id: str
    channel: str
    delivery_ids: tuple[str, ...]
    alerts: tuple[Alert, ...]
    attempts: int
    """Attempts made before this one."""
    give_up_at: datetime
    """No attempt is made after that."""
    test: bool = False
    recipients: tuple[RecipientOutcome, ...] = ()
    """What the attempts before have settled: the message goes only to those who are not among them, or are still owed it."""
    roll: Roll | None = None
    """Set for what is told of many alerts as one: a digest, a summary, a follow-up."""
    escalated: tuple[EscalatedFrom, ...] = ()
    """Which of its alerts escalated to this channel."""
    asked: bool = False
    """Whether somebody asked for it, and it was not tried since."""

    @property
    def is_pressing(self) -> bool:
        """Whether it is sent also in quiet hours."""
        return self.asked or any(alert.urgent for alert in self.alerts)

    def escalation_of(self, alert: Alert) -> EscalatedFrom | None:
        """Where an alert of it was told in vain before; None if this channel is one of its topic's own."""
        return next((one for one in self.escalated if one.alert_id == alert.alert_id), None)


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


def article_subject(article_id: int) -> Subject:
    """The article of that number as the subject of an alert."""
    return Subject(SubjectKind.ARTICLE, str(article_id))


def source_subject(url: str) -> Subject:
    """The source of that URL as the subject of an alert."""
    return Subject(SubjectKind.SOURCE, url)


def channel_subject(name: str) -> Subject:
    """The channel of that name as the subject of an alert."""
    return Subject(SubjectKind.CHANNEL, name)


def volume_subject(topic: str) -> Subject:
    """The volume of the topic of that name as the subject of an alert."""
    return Subject(SubjectKind.VOLUME, topic)


OUR_LINE = Subject(SubjectKind.LINE, "own")


def parse_subject(text: str) -> Subject:
    """The subject that `Subject.text` wrote."""
    kind, _, key = text.partition(":")
    return Subject(SubjectKind(kind), key)


def make_alert_id(topic: str, address: str, sequence: int = 1) -> str:
    """The id of the `sequence`-th alert of `topic` on the subject at `address`: derived, so that a repeat cannot get another.

    An article's address is the comparing form of its first one: unlike its number, it is the same in another archive.
    """
    return derived_id("alert", topic, address, *([] if sequence == 1 else [str(sequence)]))


def make_delivery_id(alert_id: str, channel: str) -> str:
    """The id of the delivery of an alert to a channel; also its `webhook-id`."""
    return derived_id("delivery", alert_id, channel)


def make_bundle_id(channel: str, delivery_ids: Sequence[str]) -> str:
    """The id of the message that carries these deliveries together; of one delivery alone it is the delivery's own id."""
    if len(delivery_ids) == 1:
        return delivery_ids[0]
    return derived_id("bundle", channel, *sorted(delivery_ids))
