"""What a topic and an entity are: the things the configuration asks the program to watch for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from news.follow_ups import DEFAULT_FOLLOW_UP, FollowUp, Per


class Revisions(StrEnum):
    """Which edits of an article that was told are told too: of passages that match, or the title; of the title; of anything; none."""

    MATCHES = "matches"
    TITLE = "title"
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing with several names. A name that begins with `=` counts only in exactly these letters.

    Those in `shipped`, which came with the program and were chosen for running text, also count in capitals in a title that is all in
    capitals, where letters can tell nothing.
    """

    key: str
    names: tuple[str, ...]
    shipped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """A query someone follows, and the channels to tell. A topic is its `name`."""

    name: str
    query: str
    notify: tuple[str, ...] = ()
    urgent: str | None = None
    """A second query: what matches it too is told at once, whatever the policy of a channel."""
    revisions: Revisions = Revisions.MATCHES
    per: Per = Per.STORY
    follow_up: FollowUp = DEFAULT_FOLLOW_UP
