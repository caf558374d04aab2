"""What an operational alert says: not that an article speaks of something, but how the watch itself is doing. Pure.

Such an alert belongs to no topic: its topic is the empty string, and null in JSON. It goes to the channels under `[health] notify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from news.fingerprints import derived_id
from news.wording import Wording, template

NO_TOPIC = ""
"""The topic of an operational alert."""

WELL = "ok"
"""The state of whatever is as it should be."""
DEAD = "dead"
"""The state of a channel for which deliveries were given up."""
DOWN = "down"
"""The state of our own line while nothing can be reached through it."""


class HealthEvent(StrEnum):
    """What an operational alert is about; its words are the `event` of `alert.health`."""

    STATE = "state"
    """A source is in another state than before: `before` and `after` are of `news.answers.SourceStatus`."""
    GAP = "gap"
    """Entries of a source may have been missed between `since` and `until`, and could not be had afterwards."""
    DELIVERIES = "deliveries"
    """Deliveries of a channel are given up (`dead`), or arrive again (`ok`)."""
    LINE = "line"
    """This machine's own line is `down`, or is back (`ok`)."""


@dataclass(frozen=True, slots=True)
class HealthNews:
    """What happened to a source, a channel or our line, by its name. Texts are English; `Language.tell` tells them in another language."""

    event: HealthEvent
    name: str
    after: str
    """The state from now on; for an event that is no change of state, what it is."""
    before: str | None = None
    url: str | None = None
    """Of a source."""
    since: datetime | None = None
    """When the trouble began; also once it is over."""
    until: datetime | None = None
    """When it ended; None while it lasts."""
    code: str | None = None
    """The problem's code (docs/problems.md), if a problem is the reason."""
    message: str = ""
    """Why, and what to do."""

    @property
    def is_over(self) -> bool:
        """Whether it says that something is well again."""
        return self.after == WELL

    @property
    def title(self) -> str:
        """What happened, to whom, in one line that can be told in another language."""
        return Wording(_TITLES.get((self.event, self.after), _OTHER_STATE), name=self.name, state=self.after)


_OTHER_STATE = template("{name}: {state}")
_TITLES: dict[tuple[HealthEvent, str], str] = {
    (HealthEvent.STATE, "ok"): template("{name} is well again"),
    (HealthEvent.STATE, "failing"): template("{name} is failing"),
    (HealthEvent.STATE, "moved"): template("{name} has moved to another address"),
    (HealthEvent.STATE, "blocked"): template("{name} does not let this program in"),
    (HealthEvent.STATE, "gone"): template("{name} is gone: nothing exists at its address"),
    (HealthEvent.STATE, "silent"): template("{name} has fallen silent"),
    (HealthEvent.GAP, "gap"): template("{name}: entries may have been missed"),
    (HealthEvent.DELIVERIES, DEAD): template("deliveries to {name} were given up"),
    (HealthEvent.DELIVERIES, WELL): template("{name} takes deliveries again"),
    (HealthEvent.LINE, DOWN): template("no source can be reached: this machine’s own line seems to be down"),
    (HealthEvent.LINE, WELL): template("this machine’s own line is back"),
}


def tell_given_up(reason: str | None) -> str:
    """Why the first message to a channel was given up, and how it and those after it are sent again."""
    if not reason:
        return Wording("once that is mended, `quivive alerts retry --dead` sends again all that was given up")
    return Wording("{reason}; once that is mended, `quivive alerts retry --dead` sends again all that was given up", reason=reason)


def make_health_alert_id(subject: str, news: HealthNews, sequence: int) -> str:
    """The id of the `sequence`-th operational alert on a subject (as `Subject.text` has it).

    It is made of what is told too: after a backup is restored, what is told next is not what a receiver got as the same number before.
    """
    moments = (moment.isoformat() for moment in (news.since, news.until) if moment is not None)
    return derived_id("health alert", subject, str(sequence), news.event, news.after, *moments)
