"""Corrections: which edits of an article that people were told of are told too, and when. Pure.

A topic that has alerted on an article alerts again, with the kind `corrected`, when an edit says something else where it matters to the
topic: how much that is, the user decides (`Revisions`). An edit is compared with what was told last, so that what follows within an hour
is told as one change, and what was taken back meanwhile is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from news.alerting import NewAlert
from news.alerts import AlertKind, Change
from news.articles import ArticleFacts, Origin
from news.edits import Edit, Edited, find_edit
from news.matches import TopicMatch
from news.query import Matcher
from news.sentences import Sentence
from news.text import AnalysedArticle, analyse_article
from news.topics import Revisions

LEAST_PAUSE = timedelta(hours=1)
"""Between two corrections of one article to one topic; what comes sooner is told in the next."""
MOST_CHANGES = 20
"""Changes that one alert tells; a text with more was written anew."""
LONGEST_PASSAGE = 600
"""Characters of a changed passage, before and after; of longer ones what is around the change."""
_AROUND = 80
"""Characters on either side of what was found that belong to its passage, as in `Hit.passage`."""
_KEPT_AROUND = 150
"""Characters before a change that stay where a passage is cut."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the article: its words, whether the topic matches it (None if not), and where in its text what the topic asks stands."""

    title: str
    text: str
    match: TopicMatch | None
    found: tuple[Span, ...]


def find_changes(revisions: Revisions, edit: Edit, before: Version, after: Version) -> tuple[Change, ...]:
    """What of an edit a topic is told; nothing if it is not told of it."""
    if revisions is Revisions.OFF or (before.match is None and after.match is None):
        return ()
    title = [Change("title", before.title, after.title)] if edit.is_retitled else []
    sentences = _choose(revisions, edit, before, after)
    texts = [_tell(one, before.text, after.text) for one in sentences[: MOST_CHANGES - len(title)]]
    return (*title, *texts)


def _choose(revisions: Revisions, edit: Edit, before: Version, after: Version) -> Sequence[Edited]:
    if revisions is Revisions.TITLE:
        return ()
    if revisions is Revisions.ALL:
        return edit.sentences
    matching = [one for one in edit.sentences if _concerns(one, before.found, after.found, 0 if edit.is_live else _AROUND)]
    has_turned = (before.match is None) is not (after.match is None)
    # What a query excludes has come or gone: no passage that it found was touched, and yet the match was added or removed.
    return edit.sentences if has_turned and not matching and not edit.is_retitled else matching


def _concerns(one: Edited, found_before: Sequence[Span], found_after: Sequence[Span], around: int) -> bool:
    """Whether a sentence that was changed stands where something was found; one that was added or taken away must hold it."""
    if one.before is None or one.after is None:
        return _touches(one.before, found_before, 0) or _touches(one.after, found_after, 0)
    return _touches(one.before, found_before, around) or _touches(one.after, found_after, around)


def _touches(sentence: Sentence | None, found: Iterable[Span], around: int) -> bool:
    return sentence is not None and any(start - around < sentence.end and sentence.start < end + around for start, end in found)


def _tell(one: Edited, before: str, after: str) -> Change:
    texts = (_passage(one.before, before), _passage(one.after, after))
    if texts[0] is None or texts[1] is None:
        return Change("text", *(None if text is None else _cut(text, 0) for text in texts))
    place = max(0, _first_difference(texts[0], texts[1]) - _KEPT_AROUND)
    return Change("text", _cut(texts[0], place), _cut(texts[1], place))


def _passage(sentence: Sentence | None, text: str) -> str | None:
    return None if sentence is None else " ".join(text[sentence.start : sentence.end].split())


def _first_difference(one: str, other: str) -> int:
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))


def _cut(text: str, place: int) -> str:
    """The passage, or, of a longer one, what stands around that place, cut between words."""
    if len(text) <= LONGEST_PASSAGE:
        return text
    start = text.rfind(" ", 0, place) + 1 if place else 0
    end = len(text) if len(text) - start <= LONGEST_PASSAGE else text.rfind(" ", start, start + LONGEST_PASSAGE)
    end = start + LONGEST_PASSAGE if end <= start else end
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def decide_when(told_at: datetime | None, now: datetime) -> datetime:
    """When a change that is found now may be told, if the article was corrected to the topic last at `told_at`.

    By a clock that was ahead that may be years from now: then it counts for nothing.
    """
    return now if told_at is None or told_at > now else max(now, told_at + LEAST_PAUSE)


@dataclass(frozen=True, slots=True)
class ToldLast:
    """What a topic was told of an article last."""

    sequence: int
    """Of the alert that told it."""
    number: int
    """Of the version that it told."""
    corrected_at: datetime | None
    """When the topic was last told of a correction of the article."""


@dataclass(frozen=True, slots=True)
class EditedArticle:
    """An article with its current version, in which something may have been corrected since topics were told of it."""

    article_id: int
    revision_id: int
    number: int
    source_id: int
    origin: Origin
    """Who gave the current version, and how: it is an edit of what was given likewise."""
    title: str
    text: str
    analysed: AnalysedArticle | None = None
    """The words of its current version, where they are at hand."""
    facts: ArticleFacts | None = None
    """What filters of topics ask for."""
    told: Mapping[str, ToldLast] = field(default_factory=dict)
    """By topic."""
    bases: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """By number of the version that was told: title and text of what the current version is an edit of, if there is that."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What comes of an edit for a topic: it is told (`new`), or compared once more at `again_at`, or neither."""

    article: EditedArticle
    topic: str
    again_at: datetime | None = None
    match: TopicMatch | None = None
    new: NewAlert | None = None


def decide_corrections(
    matcher: Matcher, revisions_of_topic: Mapping[str, Revisions], edited: Iterable[EditedArticle], now: datetime
) -> list[Compared]:
    """What comes of the edits of articles for each topic that was told of these; nothing where it was told of the current version."""
    comparing = _Comparing(matcher, revisions_of_topic, now)
    return [
        comparing.compare(one, topic, told)
        for one in edited
        for topic, told in one.told.items()
        if told.number != one.number and is_told_of_edits(revisions_of_topic, topic)
    ]


def is_told_of_edits(revisions_of_topic: Mapping[str, Revisions], topic: str) -> bool:
    """Whether a topic is told of any edits; one that is not named is not."""
    return revisions_of_topic.get(topic, Revisions.OFF) is not Revisions.OFF


class _Comparing:
    """Compares what articles say now with what they said when topics were told of them."""

    def __init__(self, matcher: Matcher, revisions_of_topic: Mapping[str, Revisions], now: datetime) -> None:
        self._matcher = matcher
        self._revisions_of_topic = revisions_of_topic
        self._now = now

    def compare(self, one: EditedArticle, topic: str, told: ToldLast) -> Compared:
        """What comes of an edit for one topic. It is compared only when it may be told: live blogs are edited all the time."""
        due_at = decide_when(told.corrected_at, self._now)
        if due_at > self._now:
            return Compared(one, topic, again_at=due_at)
        base = one.bases.get(told.number)
        before = None if base is None else self._find_in(topic, analyse_article(*base), one.facts)
        after = None if before is None else self._find_in(topic, one.analysed or analyse_article(one.title, one.text), one.facts)
        if before is None or after is None:
            return Compared(one, topic)
        edit = find_edit((before.title, before.text), (after.title, after.text))
        changes = find_changes(self._revisions_of_topic[topic], edit, before, after)
        match = after.match or before.match
        if match is None or not changes:
            return Compared(one, topic)
        return Compared(one, topic, match=match, new=NewAlert(AlertKind.CORRECTED, told.sequence + 1, changes))

    def _find_in(self, topic: str, analysed: AnalysedArticle, facts: ArticleFacts | None) -> Version | None:
        places = self._matcher.find_places(topic, analysed, facts)
        return None if places is None else Version(analysed.title, analysed.text, places.match, places.found)
