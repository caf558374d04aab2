"""`type = "feed"`: an Atom file that any reader can subscribe to. How it is written is in `feed_writer.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from monitors.attempts import Sender, TimeLimits
from monitors.channels.channel import ChannelTable, Text
from monitors.presentation import Presentation
from news.plans import Policy

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

    type: Literal["feed"]
    path: Text
    entries: Annotated[int, Field(ge=1, le=MOST_ENTRIES)] = 100

    def make_channel(self, name: str) -> FeedChannel:
        return FeedChannel(name, self.path, self.entries, self.make_policy())
