"""What every kind of channel is: a table of the configuration that makes a channel, and a channel that makes a sender."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, ClassVar, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitors.attempts import Sender, TimeLimits
from monitors.presentation import Presentation
from news.durations import parse_duration
from news.escalating import LONGEST_AFTER, Escalation
from news.names import require_text
from news.pace import MOST_AT_ONCE, Pace
from news.plans import Policy, Together
from news.schedules import Quiet, Schedule, parse_quiet, parse_schedule
from news.wording import Wording

Text = Annotated[str, AfterValidator(require_text)]
Read = TypeVar("Read")


def read_by(read: Callable[[str], Read]) -> BeforeValidator:
    """Read strings with `read`; anything that is no string is an error."""

    def convert(value: object) -> Read:
        if not isinstance(value, str):
            raise ValueError(Wording("must be a string in quotes"))  # noqa: TRY004  # pydantic collects ValueErrors only
        return read(value)

    return BeforeValidator(convert)


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


class ChannelTable(BaseModel):
    """`[channels.NAME]`: the keys that a kind of channel may have, and their checks, whose errors are shown to whoever edits the file.

    Unknown keys are errors, and 1 is not true. No message shows what was given, nor repeats a URL or a secret.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, validate_default=True)

    secrets: ClassVar[tuple[str, ...]] = ()
    """The keys whose values nobody is shown. Each may also be given as a file: `password_file` in the place of `password`."""

    knows_repeats: ClassVar[bool] = True
    """Whether what is told has an id, by which the receiver tells a repeat."""

    when: Annotated[Schedule | None, read_by(parse_schedule)] = Field(default="now")  # type: ignore[assignment] # read as the user's own
    quiet: Annotated[Quiet, read_by(parse_quiet)] | None = None
    max_per_hour: Annotated[int, Field(ge=1)] | None = None
    at_once: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 4
    max_per_second: Annotated[float, Field(gt=0, le=1000)] | None = None
    escalate: Annotated[Escalation, BeforeValidator(_read_escalation)] | None = None

    def make_policy(self, together: Together = Together.NONE) -> Policy:
        """How the channel wants to be told; on whose clock is known where it is."""
        pace = Pace(self.at_once if self.knows_repeats else 1, self.max_per_second, self.knows_repeats)
        return Policy(together, self.when, self.quiet, self.max_per_hour, self.escalate, pace=pace)

    @abstractmethod
    def make_channel(self, name: str) -> Channel:
        """The channel that the table describes."""
