"""What a plan of messages is made of: deliveries that wait, how their channel wants to be told, and what becomes of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from news.alerts import Roll, Subject, SubjectKind
from news.escalating import Escalation
from news.follow_ups import DEFAULT_FOLLOW_UP, FollowUp, StoryOfTopic, Told
from news.pace import Pace
from news.schedules import Quiet, Schedule


class Together(StrEnum):
    """Which of the alerts that wait for a channel become one message of it."""

    NONE = "none"
    """Each is a message of its own."""
    SUBJECT = "subject"
    """Those on one subject that were made together; and all operational alerts of a few minutes, on whatever subject."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a channel wants to be told. Alerts on something else than an article keep quiet hours, and are otherwise told as they come."""

    together: Together = Together.NONE
    when: Schedule | None = None
    """Once a period, all of it in one message, a digest; None: as it comes."""
    quiet: Quiet | None = None
    """When nothing is told."""
    most_per_hour: int | None = None
    """How many messages may begin within an hour; what is beyond becomes one summary at its end."""
    escalate: Escalation | None = None
    """To which other channel goes what is given up, or what nobody acknowledges in time."""
    zone: tzinfo = UTC
    """Whose clock schedule and quiet hours go by."""
    pace: Pace = field(default_factory=Pace)
    """How fast its messages may follow each other; no matter of the plan."""

    def loud_again_at(self, now: datetime) -> datetime | None:
        """When the quiet hours end that hold at `now`; None if none do."""
        return self.quiet.end_after(now, self.zone) if self.quiet else None

    def loud_from(self, moment: datetime) -> datetime:
        """The moment, or the end of the quiet hours that hold then."""
        return self.loud_again_at(moment) or moment

    @property
    def rolls_up(self) -> bool:
        """Whether many deliveries may become one message, so that planning must see all of them."""
        return self.when is not None or self.most_per_hour is not None


class HoldKind(StrEnum):
    """What something waits for, other than its next attempt."""

    ABSENT = "absent"
    """Its channel is not in the configuration."""
    GATHERED = "gathered"
    """Other operational alerts may follow, of which it is to be one message."""
    QUIET = "quiet"
    """Its channel keeps quiet hours."""
    DIGEST = "digest"
    """Its channel is told once a period."""
    LIMIT = "limit"
    """Its channel has been told as often as it may be within an hour."""
    FIRST_POLL = "first_poll"
    """It is what a source held when it was first seen, of which more is still being read."""
    FOLLOW_UP = "follow_up"
    """Its channel was told of its story lately."""
    ASKED = "asked"
    """For nothing: somebody asked for it, and it is told at once whatever is muted or wanted."""


HOLDS_OF_POLICIES = frozenset({HoldKind.QUIET, HoldKind.DIGEST, HoldKind.LIMIT, HoldKind.FIRST_POLL, HoldKind.FOLLOW_UP})
"""Of what waits because it is wanted so; nothing is wrong with it."""
HOLDS_TO_ASK_ANEW = HOLDS_OF_POLICIES - {HoldKind.FIRST_POLL}
"""Of what a changed policy may let go earlier. Of a first poll more is still being read, whatever the policy."""


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that is due and in no message yet."""

    delivery_id: str
    subject: Subject
    alerted_at: datetime
    """When its alert was made; of one that was escalated to this channel, when that was."""
    due_at: datetime
    give_up_at: datetime
    """When it is given up, if nothing could be planned for it until then."""
    held: HoldKind | None = None
    """What it has waited for until now."""
    urgent: bool = False
    """Whether it is told at once, whatever the policy."""
    topic: str = ""
    source: str | None = None
    """The source that brought the article, or that an operational alert is about, by its URL."""
    first_poll: bool = False
    """Whether its alert speaks of what a source held when it was first seen: that is told in one message."""
    more_to_come: bool = False
    """Whether more of that is still being read, of this source or others that are as new."""
    acknowledged: bool = False
    """Whether it was escalated to this channel, and somebody has acknowledged it since."""
    story_id: int | None = None
    """The story of its article today, if its alert is on one; of a correction of what was told none."""
    is_follow_up: bool = False
    """Whether it follows in a story, or corrects what does and was not told yet."""
    contradicts: bool = False
    """Whether it denies what was told of its story, or gives another number."""
    told: Told | None = None
    """Of a follow-up: what its channel was told of its story, for its topic; None if nothing."""
    follow_up: FollowUp = DEFAULT_FOLLOW_UP
    """How often its topic wants follow-ups to be told."""

    @property
    def is_on_article(self) -> bool:
        """Whether its alert is about an article."""
        return self.subject.kind is SubjectKind.ARTICLE

    @property
    def is_operational(self) -> bool:
        """Whether its alert is about how the watch itself is doing."""
        return not self.is_on_article and self.subject.kind is not SubjectKind.VOLUME

    @property
    def stories(self) -> tuple[StoryOfTopic, ...]:
        """The story of which it tells, for its topic; none if it tells of no story."""
        return () if self.story_id is None else ((self.story_id, self.topic),)


@dataclass(frozen=True, slots=True)
class Follows:
    """What a follow-up follows up: a story, and for which topics."""

    story_id: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """What goes out as one message, from `due_at` on and at the latest at `give_up_at`."""

    message_id: str
    delivery_ids: tuple[str, ...]
    due_at: datetime
    give_up_at: datetime
    roll: Roll | None = None
    """That it is a digest or a summary, and when it should have gone out."""
    escalate_at: datetime | None = None
    """When what nobody has acknowledged goes to a second channel; None if it never does."""
    follows: Follows | None = None
    """Set for a follow-up."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Something waits until that moment, or until what it waits for comes."""

    until: datetime
    kind: HoldKind
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Something will not be sent, unless a person asks for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of deliveries that are due: each is in one message, is held, or is given up."""

    messages: tuple[PlannedMessage, ...] = ()
    held: tuple[tuple[str, Hold], ...] = ()
    """By delivery id."""
    given_up: tuple[tuple[str, GiveUp], ...] = ()
    """By delivery id."""
    muted: tuple[tuple[str, str], ...] = ()
    """By delivery id, with the reason: what nobody wants to hear, or to hear any more."""
