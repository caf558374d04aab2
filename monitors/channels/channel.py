"""What every kind of channel is: a table of the configuration that makes a channel, and a channel that makes a sender."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict

from monitors.attempts import Sender, TimeLimits
from monitors.presentation import Presentation
from news.delivering import Policy
from news.names import require_text

Text = Annotated[str, AfterValidator(require_text)]


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

    @abstractmethod
    def make_channel(self, name: str) -> Channel:
        """The channel that the table describes."""
