"""Which versions are compared with the topics because of what a body shows: those that it brings, and some that were there before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from news.alerting import Matched
from news.article_facts import KnownFacts
from news.articles import ArticleFacts
from news.consequences import VersionToMatch
from news.sayings import StillSaid
from news.settling import Asks, Decided, NewVersion, Settled
from news.text import AnalysedArticle

MOST_COMPARED_AGAIN = 50
"""Versions of one article that are compared again when it is opened, the newest; live pages say thousands of things."""


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """A version by which its article is found: its text, or what an entry says of it."""

    article_id: int
    revision_id: int
    source_id: int
    number: int
    title: str
    text: str
    is_main: bool = False
    is_said: bool = False
    """Whether an entry says it that is none of the body's."""
    said_by: frozenset[int] = frozenset()
    """The entries of the body that said it until now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on record of the entries of a body from now on, besides what they were settled with."""

    categories: Mapping[int, Sequence[str]]
    """By entry: what its publisher files it under."""
    forgetful: Collection[int] = ()
    """The entries that show no article any more until their pages come: they say nothing of the one before."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was on record of the articles that a body may show, as far as comparing them with topics depends on it."""

    current: Sequence[CurrentVersion] = ()
    """Of the articles that may be compared again."""
    facts: KnownFacts | None = None
    """None if no topic asks for them."""
    by_sightings: bool = False
    """Whether topics ask by whom an article was shown."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """A body that is decided, on its way to the topics."""

    decided: Decided
    before: Before
    shown: Shown
    facts: KnownFacts | None
    """As the body leaves them."""
    analysed: Mapping[int, AnalysedArticle] = field(default_factory=dict)
    """The words of what the body brings, by revision."""

    def versions(self) -> list[VersionToMatch]:
        """The versions that are to be compared with the topics, in the order in which they were settled."""
        found: list[VersionToMatch] = []
        for one in self.decided.settled:
            facts = self.facts.of(one.article_id) if self.facts is not None and (one.versions or one.asks is not Asks.NONE) else None
            found += [self._brought(one, version, facts) for version in one.versions]
            found += self._again(one, facts)
        return found

    def _brought(self, one: Settled, new: NewVersion, facts: ArticleFacts | None) -> VersionToMatch:
        matched = Matched(1 if new.is_first else new.number, one.showing.edited, by_silent_sighting=False)
        of = (one.article_id, one.subject, new.revision_id, one.showing.source_id)
        return VersionToMatch(*of, matched, new.version.title, new.version.text, self.analysed[new.revision_id], facts)

    def _again(self, one: Settled, facts: ArticleFacts | None) -> list[VersionToMatch]:
        """The versions that were there before, as far as topics have to look at them again."""
        if one.asks is Asks.NONE:
            return []
        by_sighting = one.asks is Asks.BY_SIGHTING
        known = self.before.facts if by_sighting and self.before.by_sightings else None
        before = known.of(one.article_id) if known is not None else None
        if by_sighting and (before is None or facts is None or before.sources == facts.sources):
            return []  # no topic asks by whom it was shown, or it is shown as it was
        silent = by_sighting and one.is_silent_sighting
        brought = {version.revision_id for version in one.versions}
        return [
            VersionToMatch(
                article_id=one.article_id,
                subject=one.subject,
                revision_id=version.revision_id,
                source_id=version.source_id,
                matched=Matched(version.number, one.showing.edited, by_silent_sighting=silent),
                title=version.title,
                text=version.text,
                facts=facts,
                facts_before=before,
            )
            for version in current_after(one.article_id, self.before.current, self.decided, self.shown.forgetful)[:MOST_COMPARED_AGAIN]
            if version.revision_id not in brought
        ]


def current_after(article_id: int, before: Iterable[CurrentVersion], decided: Decided, forgetful: Collection[int]) -> list[CurrentVersion]:
    """The versions by which an article is found once all that was decided is written, the newest first."""
    settled = [one for one in decided.settled if one.article_id == article_id]
    held = [version for version in before if version.article_id == article_id]
    brought = [_brought(one, version) for one in settled for version in one.versions]
    still_said = [_still_said(one) for one in decided.still_said if one.article_id == article_id]
    mains = [version.revision_id for version in held if version.is_main] + [one.main.revision_id for one in settled if one.main is not None]
    last = {one.showing.entry_id: one for one in decided.settled}
    said: set[int | None] = {one.revision_id for one in decided.still_said}
    said |= {one.revision_id for one in decided.said_already}
    said |= {shown.spoken_revision_id for entry_id, shown in last.items() if entry_id not in forgetful and shown.article_id == article_id}
    left = {*last, *forgetful}
    current = [
        one
        for one in (*held, *brought, *still_said)
        if one.revision_id in mains[-1:] or one.is_said or one.revision_id in said or not one.said_by <= left
    ]
    return sorted(current, key=lambda one: one.revision_id, reverse=True)


def _brought(one: Settled, new: NewVersion) -> CurrentVersion:
    version = new.version
    return CurrentVersion(one.article_id, new.revision_id, one.showing.source_id, new.number, version.title, version.text)


def _still_said(one: StillSaid) -> CurrentVersion:
    return CurrentVersion(one.article_id, one.revision_id, one.source_id, one.number, one.version.title, one.version.text)
