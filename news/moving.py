"""A feed that has moved: when a permanent redirect is believed, and which address is asked. Pure.

A redirect says that a feed has moved for good (301, 308: RFC 9110 §15.4) as easily as a mistake in a server's configuration does, or the
box in a hotel. So it is believed once several polls in a row were led to the same address, and there the feed shows entries of the source
that are known. Nothing else is: not what a feed says of itself (`atom:link rel="self"`, `itunes:new-feed-url`), which is copied from
elsewhere with the rest of a feed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from news.sources import PollKind, PollOutcome
from news.wording import Wording

POLLS_BEFORE_ADOPTING = 5


@dataclass(frozen=True, slots=True)
class Move:
    """Where a source is said to have moved: by so many polls in a row, the first of them at `since`."""

    url: str
    since: datetime
    polls: int = 1
    is_told: bool = False
    """Whether somebody was told."""

    @property
    def is_adopted(self) -> bool:
        """Whether it is believed: then the new address is asked."""
        return self.polls >= POLLS_BEFORE_ADOPTING

    @property
    def message(self) -> str:
        """What is done, and what to do."""
        return Wording("It redirects for good to {url}, which is polled now: write that address into the configuration.", url=self.url)


def conclude_move(before: Move | None, url: str, outcome: PollOutcome, known: int, now: datetime) -> Move | None:
    """Where the source at `url` (by the configuration) is said to be after a poll that showed so many known entries.

    - A poll that failed says nothing of it.
    - Where the new address was asked and answers, it stays as it is; if that is redirected for good in turn, a new count begins.
    - An answer without a permanent redirect from the source's own address ends it: the feed is where it was.
    - A body without one known entry may be anything.
    """
    if outcome.kind is PollKind.FAILED:
        return before
    asked_new = before is not None and before.is_adopted and outcome.url == before.url
    if outcome.moved_to is None or outcome.moved_to == outcome.url:
        return before if asked_new else None
    if outcome.moved_to == url or (outcome.kind is PollKind.PARSED and not known):
        return None
    if before is not None and outcome.moved_to == before.url:
        return replace(before, polls=before.polls + 1)
    if asked_new:
        return before  # a further redirect is followed; it counts once the source's own address leads there
    return Move(outcome.moved_to, now)


def address_to_ask(url: str, move: Move | None, failures: int) -> str:
    """The address that is polled: the new one, if it is believed; while that fails, the source's own at every second poll."""
    if move is None or not move.is_adopted or failures % 2:
        return url
    return move.url
