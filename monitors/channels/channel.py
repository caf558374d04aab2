"""What every kind of channel is: a table of the configuration that makes a channel, and a channel that makes a sender."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import ClassVar, Protocol

from monitors.attempts import Sender, TimeLimits
from monitors.presentation import Presentation
from news.durations import parse_duration
from news.escalating import LONGEST_AFTER, Escalation
from news.names import require_text
from news.pace import MOST_AT_ONCE, Pace
from news.plans import Policy, Together
from news.schedules import Quiet, Schedule, parse_quiet, parse_schedule
from news.tables import Table, from_string, key, number, whole_number
from news.wording import Wording

text = from_string(require_text)


def _read_escalation(value: object) -> Escalation:
    wrong = ValueError(Wording("must be a table such as {example}", example='{ after = "30m", to = "astreinte" }'))
    if not isinstance(value, dict) or set(value) != {"after", "to"} or not all(isinstance(one, str) for one in value.values()):
        raise wrong
    after = parse_duration(value["after"])
    if not timedelta() < after <= LONGEST_AFTER:
        raise ValueError(Wording("after must be longer than 0s, and a day at most"))
    return Escalation(after, require_text(value["to"]))


class Channel(Protocol):
    """Somebody who can be told. Making one checks it: what exists can be spoken to, and a mistake is no surprise while sending."""

    @property
    def name(self) -> str:
        """NAME of `[channels.NAME]`; the archive keeps deliveries under it."""
        ...

    @property
    def policy(self) -> Policy:
        """How it wants to be told: which alerts become one message, and when."""
        ...

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: the key that says it, and what to do."""
        ...

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:
        """What sends to it; people are spoken to as `presentation` says.

        Libraries that cost a command 0.1 s and more are imported here: a command that sends nothing must not wait for them.
        """
        ...


class ChannelTable(Table):
    """`[channels.NAME]`: the keys that a kind of channel may have, and their checks, whose errors are shown to whoever edits the file.

    No message repeats a URL or a secret.
    """

    knows_repeats: ClassVar[bool] = True
    """Whether what is told has an id, by which the receiver tells a repeat."""

    when: Schedule | None = key(from_string(parse_schedule), "now")
    quiet: Quiet | None = key(from_string(parse_quiet), None)
    max_per_hour: int | None = key(whole_number(1), None)
    at_once: int = key(whole_number(1, MOST_AT_ONCE), 4)
    max_per_second: float | None = key(number(0, 1000), None)
    escalate: Escalation | None = key(_read_escalation, None)

    def make_policy(self, together: Together = Together.NONE) -> Policy:
        """How the channel wants to be told; on whose clock is known where it is."""
        pace = Pace(self.at_once if self.knows_repeats else 1, self.max_per_second, self.knows_repeats)
        return Policy(together, self.when, self.quiet, self.max_per_hour, self.escalate, pace=pace)

    @abstractmethod
    def make_channel(self, name: str) -> Channel:
        """The channel that the table describes."""
