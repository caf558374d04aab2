"""What follows from the versions that a body brought: which topics match them, which alerts that makes, and what these say otherwise.

Pure. Storage loads what is on record of the articles and topics, everything that one body brought is decided here in one go, one after the
other, each decision known to those that follow; and storage writes it by set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from news.alerting import Matched, NewAlert, OnRecord, Silence, decide_alert
from news.alerts import AlertKind, Difference, Subject
from news.articles import ArticleFacts
from news.corrections import Compared, EditedArticle, decide_corrections, is_told_of_edits
from news.disagreeing import find_news
from news.follow_ups import Per
from news.matches import TopicMatch
from news.otherwise import Told, read_said
from news.query import Matcher
from news.text import AnalysedArticle, analyse_article
from news.topics import Revisions

MOST_EARLIER = 8
"""Articles that a follow-up is compared with for a topic: those that it alerted on last."""
MOST_TOPICS = 5
"""For which one version is compared; of the others it is told without differences."""

ArticleOfTopic = tuple[int, str]
"""An article, by its number, as far as one topic matches it."""


@dataclass(frozen=True, slots=True)
class VersionToMatch:
    """A version that arrived, or was there when another source showed its article, to be compared with the topics."""

    article_id: int
    subject: Subject
    revision_id: int
    source_id: int
    matched: Matched
    """How it comes to be compared."""
    title: str
    text: str
    analysed: AnalysedArticle | None = None
    """Its words, where they are at hand."""
    facts: ArticleFacts | None = None
    """Those of its article, where a topic asks for them."""
    facts_before: ArticleFacts | None = None
    """Those without the sighting because of which alone it is compared; None if all topics look at it."""


@dataclass(frozen=True, slots=True)
class MatchedVersion:
    """A version with its words and the topics that match it."""

    version: VersionToMatch
    analysed: AnalysedArticle
    matches: Sequence[TopicMatch]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a topic was told of another article of the story, and when."""

    at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on record of a topic and an article that it matches."""

    on_record: OnRecord
    first_revision_id: int | None = None
    """The version of which `on_record` has the number as that of the first match."""
    story_id: int | None = None
    earlier: Sequence[Earlier] = ()
    """Of the story's other articles, for topics that alert per story: those alerted on last, as they were told last."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What the configuration says of alerts on articles."""

    matcher: Matcher
    per_of_topic: Mapping[str, Per] = field(default_factory=dict)
    revisions_of_topic: Mapping[str, Revisions] = field(default_factory=dict)
    digest_first_poll: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """A match, with the alert that follows from it, or why none does."""

    of: MatchedVersion
    match: TopicMatch
    verdict: NewAlert | Silence


def match_versions(matcher: Matcher, versions: Iterable[VersionToMatch]) -> list[MatchedVersion]:
    """Those of the versions that a topic matches."""
    compared = (_match(matcher, version) for version in versions)
    return [one for one in compared if one.matches]


def _match(matcher: Matcher, version: VersionToMatch) -> MatchedVersion:
    analysed = version.analysed or analyse_article(version.title, version.text)
    if version.facts is not None and version.facts_before is not None:
        return MatchedVersion(version, analysed, matcher.match_sighting(analysed, version.facts_before, version.facts))
    return MatchedVersion(version, analysed, matcher.match(analysed, version.facts))


@dataclass(frozen=True, slots=True)
class Before:
    """What the archive held of what a body concerns, before anything that follows from the body was written."""

    standings: Mapping[ArticleOfTopic, Standing]
    """Of every article and each topic that matches a version of it."""
    names: Mapping[int, str] = field(default_factory=dict)
    """What sources are called, by their number; asked for where one may follow up another."""
    edited: Sequence[EditedArticle] = ()
    """The articles whose text the body revised, if any topic is told of edits."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """All that follows from a body."""

    matches: Sequence[Consequence]
    edits: Sequence[Compared]


def decide_consequences(wants: Wants, matched: Iterable[MatchedVersion], before: Before, now: datetime) -> Consequences:
    """What follows from all matches of a body, and from its edits of what was told before."""
    deciding = _Deciding(wants, before, now)
    matches = [consequence for one in matched for consequence in deciding.decide(one)]
    edits = decide_corrections(wants.matcher, wants.revisions_of_topic, before.edited, now)
    return Consequences(matches, [*edits, *_told_and_revised(wants, matches, before.edited, now)])


def _told_and_revised(wants: Wants, matches: Iterable[Consequence], edited: Iterable[EditedArticle], now: datetime) -> list[Compared]:
    """Where a body alerts on a version that it revises itself: the two are compared once both are on record."""
    current = {one.article_id: one for one in edited}
    alerted = [(one.of.version, one.match.topic) for one in matches if isinstance(one.verdict, NewAlert)]
    return [
        Compared(current[version.article_id], topic, again_at=now)
        for version, topic in alerted
        if is_told_of_edits(wants.revisions_of_topic, topic)
        and version.article_id in current
        and current[version.article_id].revision_id != version.revision_id
    ]


class _Deciding:
    """What is on record, and grows with each decision."""

    def __init__(self, wants: Wants, before: Before, now: datetime) -> None:
        self._wants = wants
        self._standings = dict(before.standings)
        self._names = before.names
        self._now = now
        self._told: dict[tuple[str, int], list[Earlier]] = defaultdict(list)
        """By topic and story: what was alerted on in this body."""

    def decide(self, one: MatchedVersion) -> list[Consequence]:
        decided = [Consequence(one, match, self._judge(one.version, match.topic)) for match in one.matches]
        compared = [other.match.topic for other in decided if _is_follow_up(other.verdict)][:MOST_TOPICS]
        decided = [self._with_differences(other) if other.match.topic in compared else other for other in decided]
        for consequence in decided:
            self._note(consequence)
        return decided

    def _judge(self, version: VersionToMatch, topic: str) -> NewAlert | Silence:
        standing = self._standings[version.article_id, topic]
        known = standing.on_record
        if standing.story_id is not None and self._told[topic, standing.story_id]:
            known = replace(known, story_alerted=True)
        per = self._wants.per_of_topic.get(topic, Per.ARTICLE)
        return decide_alert(known, version.matched, digest=self._wants.digest_first_poll, per=per)

    def _with_differences(self, one: Consequence) -> Consequence:
        assert isinstance(one.verdict, NewAlert)  # a follow-up
        return replace(one, verdict=replace(one.verdict, differences=self._find_differences(one.of, one.match.topic)))

    def _find_differences(self, one: MatchedVersion, topic: str) -> tuple[Difference, ...]:
        standing = self._standings[one.version.article_id, topic]
        now = self._told[topic, standing.story_id] if standing.story_id is not None else []
        last = sorted([*standing.earlier, *now], key=lambda earlier: (earlier.at, earlier.told.article_id), reverse=True)
        earlier = [read_said(self._wants.matcher, topic, other.told) for other in last[:MOST_EARLIER]]
        return find_news(read_said(self._wants.matcher, topic, _tell(one, "")), earlier)

    def _note(self, decided: Consequence) -> None:
        version, topic = decided.of.version, decided.match.topic
        standing = self._standings[version.article_id, topic]
        known, first = standing.on_record, standing.first_revision_id
        if first is None or version.revision_id < first:
            known, first = replace(known, first_match=version.matched.number), version.revision_id
        if isinstance(decided.verdict, NewAlert):
            known = replace(known, alerts=decided.verdict.sequence)
            if standing.story_id is not None:
                told = _tell(decided.of, self._names.get(version.source_id, ""))
                self._told[topic, standing.story_id].append(Earlier(self._now, told))
        self._standings[version.article_id, topic] = replace(standing, on_record=known, first_revision_id=first)


def _is_follow_up(verdict: NewAlert | Silence) -> bool:
    return isinstance(verdict, NewAlert) and verdict.kind is AlertKind.FOLLOW_UP


def _tell(one: MatchedVersion, source: str) -> Told:
    return Told(one.version.article_id, source, one.analysed.title, one.analysed.text, one.version.facts)
