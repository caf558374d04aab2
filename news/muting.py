"""Silence that a person asked for: of a topic, a channel or a source, for a while. Pure.

An alert is silenced if it was made while that held: what was found before is told, also when its digest comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MuteKind(StrEnum):
    """What a person can want to hear nothing of; the words are those of `mute --kind`."""

    TOPIC = "topic"
    CHANNEL = "channel"
    SOURCE = "source"
    """By its URL."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence since `muted_at`, until `until` (None: until somebody ends it). `key` is a topic's or channel's name, or a source's URL."""

    kind: MuteKind
    key: str
    name: str
    """As people know it."""
    muted_at: datetime
    until: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        """Whether it silences what is made at that moment."""
        return self.muted_at <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What an alert on its way to a channel is of: a topic ("" of an operational alert) and a source, by its URL, where it has one."""

    topic: str
    source: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """That a source, by its URL, was seen to show an article."""

    source: str
    seen_at: datetime


def find_mute(mutes: Iterable[Mute], mentioned: Mentioned, alerted_at: datetime) -> Mute | None:
    """What silences an alert that was made at `alerted_at`; None if nothing does."""
    keys = {MuteKind.TOPIC: mentioned.topic, MuteKind.SOURCE: mentioned.source, MuteKind.CHANNEL: mentioned.channel}
    return next((mute for mute in mutes if keys[mute.kind] == mute.key and mute.holds_at(alerted_at)), None)


def is_loud_elsewhere(source: str, appearances: Iterable[Appearance], mutes: Sequence[Mute]) -> bool:
    """Whether an article of that source was shown by another one too, that was not muted when it did.

    Muted is a source, and not what others publish as well; and whoever shows it first must not decide that.
    """
    return any(one.source != source and find_mute(mutes, Mentioned("", one.source, ""), one.seen_at) is None for one in appearances)
