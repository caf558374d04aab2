"""Which alerts follow from a match: of which kind, with which sequence, and why none otherwise. Pure.

`storage` reads what is on record of the topic and the article, asks here, and writes the answer with the match. Every question is asked in
one place, with one early return for each answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from news.alerts import AlertKind, Change, Difference
from news.follow_ups import Per


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the archive knew of a topic and an article before the version or sighting that matches now."""

    alerts: int
    """How many alerts of the topic the article has had."""
    first_match: int | None
    """The number of the first version that matched; None if none did."""
    sighted_openly: bool
    """Whether an entry that is not silent has sighted the article, the one that arrives now included."""
    story_alerted: bool = False
    """Whether the topic has alerted on another article of the story to which the article belongs."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What matches now: the article's version of this number (1 is the first), and what brought it."""

    number: int
    edited_since_silent: bool
    """Whether it is an edit that came after the silent first poll."""
    by_silent_sighting: bool
    """Whether the topic matches only since another source has shown the article in its silent first poll."""


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert is due: the `sequence`-th of its topic on its subject, 1 for the first."""

    kind: AlertKind
    sequence: int
    changes: tuple[Change, ...] = ()
    """What was corrected; of other kinds nothing."""
    differences: tuple[Difference, ...] = ()
    """What a follow-up says otherwise."""
    first_poll: bool = False
    """Whether it speaks of what a source held when it was first seen, and is told with all the rest of that."""


class Silence(StrEnum):
    """Why a match is followed by no alert; stored with the match."""

    ALERTED = "alerted"
    """The topic has alerted on the article."""
    SILENT_SIGHTING = "silent_sighting"
    """The topic asks who showed the article, and a silent first poll did."""
    SILENT = "silent"
    """Nothing but silent first polls has shown the article, and nobody has edited it since."""
    MATCHED_SILENTLY = "matched_silently"
    """As above; it was edited since, but matched before the edit."""


def decide_alert(known: OnRecord, matched: Matched, *, digest: bool = False, per: Per = Per.STORY) -> NewAlert | Silence:
    """Whether a topic that matches alerts now: once an article, and not on what a source held when it was first seen.

    With `digest` it does on that too, to be told in one message; but not on what it has matched before, when that was silent. An alert is
    a `follow_up` if the topic alerts per story and has alerted on another article of this one; else `revised` if a later version than the
    first was the first to match, also if that was in silence.
    """
    if known.alerts:
        return Silence.ALERTED
    silence = _silence(known, matched)
    if silence is not None and (not digest or known.first_match is not None):
        return silence
    return NewAlert(_kind_of(known, matched, per), known.alerts + 1, first_poll=silence is not None)


def _kind_of(known: OnRecord, matched: Matched, per: Per) -> AlertKind:
    if per is Per.STORY and known.story_alerted:
        return AlertKind.FOLLOW_UP
    first = matched.number if known.first_match is None else known.first_match
    return AlertKind.NEW if first == 1 else AlertKind.REVISED


def _silence(known: OnRecord, matched: Matched) -> Silence | None:
    """Why a match on an article with no alert yet is silent where first polls are; None if it is not."""
    if matched.by_silent_sighting:
        return Silence.SILENT_SIGHTING
    if known.sighted_openly:
        return None
    if not matched.edited_since_silent:
        return Silence.SILENT
    return None if known.first_match is None else Silence.MATCHED_SILENTLY
