"""`type = "feed"`: an Atom file that any reader can subscribe to. How it is written is in `feed_writer.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable, text
from monitors.presentation import Presentation
from news.plans import Policy
from news.tables import key, one_of, whole_number

MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class FeedChannel:
    """An Atom file (RFC 4287) with an entry for each alert, the newest first, and the newest `entries` only.

    `path` is relative to the configuration's folder.
    """

    name: str
    path: str
    entries: int = 100
    policy: Policy = field(default_factory=Policy)

    def warnings(self) -> list[tuple[str, str]]:
        """What may not work as the user expects: whether the file can be written is only known where it is."""
        return []

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Sender:  # noqa: ARG002  # nobody else is waited for
        from monitors.channels.feed_writer import FeedWriter  # noqa: PLC0415  # it brings lxml

        return FeedWriter(self.name, self.path, self.entries, presentation)


class Table(ChannelTable):
    """The keys of `[channels.NAME]` with `type = "feed"`."""

    type: Literal["feed"] = key(one_of("feed"))
    path: str = key(text)
    entries: int = key(whole_number(1, MOST_ENTRIES), 100)

    def make_channel(self, name: str) -> FeedChannel:
        return FeedChannel(name, self.path, self.entries, self.make_policy())
