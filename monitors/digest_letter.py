"""What a mail says of many alerts: a digest, a summary, what follows in a story. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from monitors.letter_parts import LetterChange, make_letter_change, tell_escalation, tell_own
from monitors.rendering import marked_parts, one_line, safe_link
from news.alerts import Alert, AlertedArticle, AlertKind, Bundle, Roll, RollKind
from news.digests import DigestStory, TopicDigest, arrange_digest
from news.wording import Language

MOST_CHANGES = 3
"""Shown of an article that was corrected."""
LATE_AFTER = timedelta(minutes=10)
"""A digest that is made later than this says so; minutes are a busy machine's."""
_LONGEST_DELAY = timedelta(days=30)
"""An article that was published longer ago than that was found late for a reason that no delay tells."""


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One alert of a digest: the article, when it was published, and the first passage that was found, in pieces as `LetterHit.parts`.

    `when` also says that it escalated; `changes` is what was corrected, to be shown instead of the passage.
    """

    title: str
    link: str | None
    address: str
    source: str
    when: str
    language: str
    parts: tuple[tuple[str, bool], ...]
    more_sources: str = ""
    """How many other sources follow in its story, which are the next items; else empty."""
    follows: bool = False
    """Whether it follows in the story of the last item that does not."""
    changes: tuple[LetterChange, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterDigest:
    """What a digest tells of one topic, and how many alerts it leaves out (else empty)."""

    name: str
    items: tuple[LetterItem, ...]
    left_out: str


def make_letter_digests(bundle: Bundle, roll: Roll, language: Language) -> tuple[LetterDigest, ...]:
    """What a message on many alerts tells, topic by topic."""
    if roll.followed is None:
        return tuple(_make_digest(bundle, one, language) for one in arrange_digest(bundle.alerts))
    return tuple(_make_follow_up(bundle, topic, language) for topic in dict.fromkeys(one.topic for one in bundle.alerts))


def tell_roll(roll: Roll, language: Language) -> str:
    """What it is, and that it comes late, as after an outage of this machine."""
    moment = language.moment(roll.due_at)
    if roll.kind is RollKind.FOLLOW_UP:
        return language.text(
            "What followed in a story of which you were told, as of {moment}", moment=language.moment(roll.sealed_at or roll.due_at)
        )
    if roll.kind is RollKind.FIRST_POLL:
        return language.text("What sources held when they were first read, as of {moment}", moment=moment)
    if roll.kind is RollKind.SUMMARY:
        return language.text("What was beyond the channel’s limit of messages in an hour, as of {moment}", moment=moment)
    if roll.sealed_at is not None and roll.sealed_at - roll.due_at > LATE_AFTER:
        return language.text("Digest of {moment}, late: made {sealed}", moment=moment, sealed=language.moment(roll.sealed_at))
    return language.text("Digest of {moment}", moment=moment)


def _make_digest(bundle: Bundle, topic: TopicDigest, language: Language) -> LetterDigest:
    items = (item for story in topic.stories for item in _make_story(bundle, story, language))
    more = language.plural("and {count} more article", "and {count} more articles", topic.left_out) if topic.left_out else ""
    return LetterDigest(one_line(topic.topic), tuple(items), more)


def _make_follow_up(bundle: Bundle, topic: str, language: Language) -> LetterDigest:
    """What follows in a story for one topic, as it came, all of it: it is one story, and nobody is told of it elsewhere."""
    alerts = [one for one in bundle.alerts if one.topic == topic]
    return LetterDigest(one_line(topic), tuple(_make_items(bundle, alerts, language)), "")


def _make_story(bundle: Bundle, story: DigestStory, language: Language) -> Iterator[LetterItem]:
    (first,) = _make_items(bundle, [story.first], language)
    sources = {alert.about.source for alert in story.others if isinstance(alert.about, AlertedArticle)}
    yield replace(first, more_sources=language.plural("+{count} source", "+{count} sources", len(sources)) if sources else "")
    yield from (replace(item, follows=True) for item in _make_items(bundle, story.others, language))


def _make_items(bundle: Bundle, alerts: Iterable[Alert], language: Language) -> Iterator[LetterItem]:
    return (_make_item(bundle, alert, alert.about, language) for alert in alerts if isinstance(alert.about, AlertedArticle))


def _make_item(bundle: Bundle, alert: Alert, article: AlertedArticle, language: Language) -> LetterItem:
    escalation, when = bundle.escalation_of(alert), tell_when(alert, article, language)
    title = one_line(tell_own(bundle, article.title, language)) or article.url
    return LetterItem(
        title=language.text("Corrected: {title}", title=title) if alert.kind is AlertKind.CORRECTED else title,
        link=safe_link(article.url),
        address=one_line(article.url),
        source=one_line(article.source),
        when=f"{when} · {tell_escalation(escalation, language)}" if escalation else when,
        language=one_line(article.language or "fr"),
        parts=tuple(marked_parts(alert.matches[0])) if alert.matches else (),
        changes=tuple(make_letter_change(bundle, change, language) for change in alert.changes[:MOST_CHANGES]),
    )


def tell_when(alert: Alert, article: AlertedArticle, language: Language) -> str:
    """When the article was published, and how long after that it was seen, or its correction."""
    if article.published_at is None:
        return language.text("Date unknown, first seen {moment}", moment=language.moment(article.first_seen_at))
    published = language.moment(article.published_at)
    if alert.kind is AlertKind.CORRECTED:
        return language.text("Published {moment}, correction seen {seen}", moment=published, seen=language.moment(alert.created_at))
    delay = timedelta(seconds=alert.delay_seconds or 0)
    if alert.delay_seconds is None or delay > _LONGEST_DELAY:
        return language.text("Published {moment}", moment=published)
    return language.text("Published {moment}, seen {delay} later", moment=published, delay=language.duration(delay))
