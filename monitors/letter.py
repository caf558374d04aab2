"""What a mail says of a bundle of alerts, in the reader's language and clean of anything foreign: what templates are given. Pure.

Its attributes are documented in docs/delivery.md for whoever writes a template of their own: rename none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from monitors.health_letter import LetterHealth, make_letter_health
from monitors.presentation import Presentation
from monitors.rendering import marked_parts, one_line, safe_link
from monitors.surge_letter import LetterSurge, make_letter_surge
from news.alerts import (
    Alert,
    AlertedArticle,
    AlertKind,
    Bundle,
    Change,
    EscalatedFrom,
    EscalationCause,
    Followed,
    Hit,
    Roll,
    RollKind,
)
from news.differences import compare, mark_changes
from news.digests import TopicDigest, arrange_digest
from news.health_news import HealthNews
from news.surges import Surge
from news.wording import Language

MOST_HITS_SHOWN = 20
"""Passages shown for one topic; the rest are counted, not hidden."""
_NAME = "quivive"
"""Stands in a subject in the place of a topic where it is the program itself that has something to say."""
LONGEST_TITLE = 300
LONGEST_TOPICS = 150
"""Characters of a subject's parts: a headline fits, a page that put its text into its title does not fill the inbox."""
MOST_CHANGES_OF_ITEM = 3
"""Of an article that was corrected, in a digest."""
MOST_IDS_SHOWN = 20
LATE_AFTER = timedelta(minutes=10)
"""A digest that is made later than this says so; minutes are a busy machine's."""
_LONGEST_DELAY = timedelta(days=30)
"""An article that was published longer ago than that was found late for a reason that no delay tells."""


@dataclass(frozen=True, slots=True)
class LetterHit:
    """A passage. `parts`: its pieces in order, each with whether it is what was found; `passage`: all of it, with `[` and `]`."""

    term: str
    place: str
    passage: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What a correction changed in one place, word by word: `parts`, each with whether it is the `same`, `removed` or `added`.

    `passage`: all of it, with `[-` and `-]` around what was removed, `{+` and `+}` around what was added.
    """

    place: str
    passage: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LetterTopic:
    """A topic, why it matched, and what it asks today (None if the configuration has it no more)."""

    name: str
    query: str | None
    note: str
    """That a later version was the first to match, or that the article was corrected; else empty."""
    hits: tuple[LetterHit, ...]
    hidden: str
    """How many more passages there are; else empty."""
    changes: tuple[LetterChange, ...] = ()
    """What was corrected since the topic was told last; shown instead of the hits."""


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
    changes: tuple[LetterChange, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterDigest:
    """What a digest tells of one topic, and how many alerts it leaves out (else empty)."""

    name: str
    items: tuple[LetterItem, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail says. Every text is one clean line.

    With `health`, `digest` or `surge`, it is about no one article, whose facts are empty.
    """

    language: str
    """Of the mail; `article_language` is that of title, passages and excerpt."""
    article_language: str
    test: bool
    title: str
    link: str | None
    """The article's address if it may become a link, else None; `address` is its text."""
    address: str
    source: str
    author: str
    when: str
    """When it was published and how long after that it was seen."""
    excerpt: str
    topics: tuple[LetterTopic, ...]
    channel: str
    configuration: str
    alert_ids: tuple[str, ...]
    health: tuple[LetterHealth, ...] = ()
    """The operational alerts that it tells."""
    digest: tuple[LetterDigest, ...] = ()
    """The topics of a digest or a summary; `when` says which it is, and whether it comes late."""
    surge: LetterSurge | None = None
    """A topic that is written about much more than usual: the chart, and the latest articles."""
    escalation: str = ""
    """From which channel it has escalated, and why; else empty. Of a digest each item tells it in `when`."""


def make_letter(bundle: Bundle, presentation: Presentation) -> Letter:
    """What the mail on these alerts says."""
    if bundle.roll is not None:
        return _make_digest_letter(bundle, bundle.roll, presentation)
    return replace(_make_letter_of_one(bundle, presentation), escalation=_tell_escalations(bundle, presentation.language))


def _make_letter_of_one(bundle: Bundle, presentation: Presentation) -> Letter:
    """A mail on one article, one topic's volume, or what happened to the watch."""
    article, language = bundle.alerts[0].about, presentation.language
    if isinstance(article, HealthNews):
        return _make_health_letter(bundle, presentation)
    if isinstance(article, Surge):
        return _make_surge_letter(bundle, article, presentation)
    return Letter(
        language=language.code,
        article_language=language.code if bundle.test else one_line(article.language or "fr"),
        test=bundle.test,
        title=title_of(bundle, language),
        link=safe_link(article.url),
        address=one_line(article.url),
        source=one_line(article.source),
        author=one_line(article.author or ""),
        when=_tell_when(bundle.alerts[0], article, language),
        excerpt=one_line(_told(bundle, article.excerpt, language)),
        topics=tuple(_make_topic(bundle, alert, presentation) for alert in bundle.alerts),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts),
    )


def _tell_escalations(bundle: Bundle, language: Language) -> str:
    """From where the alerts have escalated, each place and cause once."""
    escalations = filter(None, map(bundle.escalation_of, bundle.alerts))
    return " · ".join(dict.fromkeys(tell_escalation(one, language) for one in escalations))


def tell_escalation(escalation: EscalatedFrom, language: Language) -> str:
    """From which channel an alert has escalated, and why."""
    channel = one_line(escalation.channel)
    match escalation.cause:
        case EscalationCause.DEAD:
            return language.text("escalated from {channel}, where it was given up", channel=channel)
        case EscalationCause.UNACKNOWLEDGED:
            return language.text("escalated from {channel}, where nobody acknowledged it in time", channel=channel)


def _make_digest_letter(bundle: Bundle, roll: Roll, presentation: Presentation) -> Letter:
    """A digest. `excerpt` says its titles too, for templates that know nothing of digests."""
    language = presentation.language
    told = tuple(_make_digest(bundle, one, language) for one in arrange_digest(bundle.alerts))
    return Letter(
        language=language.code,
        article_language=language.code,
        test=bundle.test,
        title=title_of(bundle, language),
        link=None,
        address="",
        source="quivive",
        author="",
        when=_tell_roll(roll, language),
        excerpt=" · ".join(item.title for topic in told for item in topic.items),
        topics=(),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts[:MOST_IDS_SHOWN]),
        digest=told,
    )


def _tell_roll(roll: Roll, language: Language) -> str:
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
    items = (_make_item(bundle, alert, alert.about, language) for alert in topic.shown if isinstance(alert.about, AlertedArticle))
    more = language.plural("and {count} more article", "and {count} more articles", topic.left_out) if topic.left_out else ""
    return LetterDigest(one_line(topic.topic), tuple(items), more)


def _make_item(bundle: Bundle, alert: Alert, article: AlertedArticle, language: Language) -> LetterItem:
    escalation, when = bundle.escalation_of(alert), _tell_when(alert, article, language)
    title = one_line(_told(bundle, article.title, language)) or article.url
    return LetterItem(
        title=language.text("Corrected: {title}", title=title) if alert.kind is AlertKind.CORRECTED else title,
        link=safe_link(article.url),
        address=one_line(article.url),
        source=one_line(article.source),
        when=f"{when} · {tell_escalation(escalation, language)}" if escalation else when,
        language=one_line(article.language or "fr"),
        parts=tuple(marked_parts(alert.matches[0])) if alert.matches else (),
        changes=tuple(_make_change(bundle, change, language) for change in alert.changes[:MOST_CHANGES_OF_ITEM]),
    )


def _make_health_letter(bundle: Bundle, presentation: Presentation) -> Letter:
    """A mail on operational alerts. `excerpt` says it all too, for templates that know nothing of them."""
    language = presentation.language
    told = tuple(make_letter_health(alert.about, language) for alert in bundle.alerts if isinstance(alert.about, HealthNews))
    return Letter(
        language=language.code,
        article_language=language.code,
        test=bundle.test,
        title=title_of(bundle, language),
        link=None,
        address="",
        source="quivive",
        author="",
        when=language.moment(bundle.alerts[0].created_at),
        excerpt=" · ".join(one_line(f"{one.title} ({one.when}) {one.problem}") for one in told),
        topics=(),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts),
        health=told,
    )


def _make_surge_letter(bundle: Bundle, surge: Surge, presentation: Presentation) -> Letter:
    """A mail on a topic's volume. `excerpt` says its latest articles too, for templates that know nothing of surges."""
    language = presentation.language
    told = make_letter_surge(surge, language)
    return Letter(
        language=language.code,
        article_language=language.code,
        test=bundle.test,
        title=title_of(bundle, language),
        link=None,
        address="",
        source=_NAME,
        author="",
        when=told.when,
        excerpt=" · ".join(one.title for one in told.latest),
        topics=(),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts),
        surge=told,
    )


def title_of(bundle: Bundle, language: Language) -> str:
    """The article's title on one line, else its address; of many alerts how many they are; what one on something else says."""
    article = bundle.alerts[0].about
    if bundle.roll is not None and bundle.roll.followed is not None:
        return _tell_sources(bundle, bundle.roll.followed, language)
    if bundle.roll is not None:
        return language.plural("{count} alert", "{count} alerts", len(bundle.alerts))
    if isinstance(article, HealthNews | Surge):
        told = one_line(language.tell(article.title))
        more = len(bundle.alerts) - 1
        return language.plural("{first}, and {count} more", "{first}, and {count} more", more, first=told) if more else told
    return one_line(_told(bundle, article.title, language)) or article.url


def _tell_sources(bundle: Bundle, followed: Followed, language: Language) -> str:
    """How many sources a follow-up brings, and of which story: its title is never translated."""
    sources = {alert.about.source for alert in bundle.alerts if isinstance(alert.about, AlertedArticle)}
    title = one_line(followed.title) or followed.first_url
    return language.plural("+{count} source on “{title}”", "+{count} sources on “{title}”", len(sources), title=title)


def subject_of(bundle: Bundle, language: Language) -> str:
    """`[topic, topic] title`, on one line and without anything that could begin another header."""
    names = dict.fromkeys(alert.topic or _NAME for alert in bundle.alerts)
    topics = one_line(", ".join(names), LONGEST_TOPICS)
    title = one_line(title_of(bundle, language), LONGEST_TITLE)
    if is_correction(bundle):
        title = language.text("Corrected: {title}", title=title)
    if all(bundle.escalation_of(alert) for alert in bundle.alerts):
        title = language.text("Escalated: {title}", title=title)
    subject = " ".join(f"[{topics}] {title}".split())
    return f"[TEST] {subject}" if bundle.test else subject


def is_correction(bundle: Bundle) -> bool:
    """Whether a message tells nothing but what was corrected in an article."""
    return bundle.roll is None and all(alert.kind is AlertKind.CORRECTED for alert in bundle.alerts)


def _told(bundle: Bundle, text: str, language: Language) -> str:
    """What an article says is never translated; what a test message says is ours."""
    return language.tell(text) if bundle.test else text


def _tell_when(alert: Alert, article: AlertedArticle, language: Language) -> str:
    if article.published_at is None:
        return language.text("Date unknown, first seen {moment}", moment=language.moment(article.first_seen_at))
    published = language.moment(article.published_at)
    if alert.kind is AlertKind.CORRECTED:
        return language.text("Published {moment}, correction seen {seen}", moment=published, seen=language.moment(alert.created_at))
    delay = timedelta(seconds=alert.delay_seconds or 0)
    if alert.delay_seconds is None or delay > _LONGEST_DELAY:
        return language.text("Published {moment}", moment=published)
    return language.text("Published {moment}, seen {delay} later", moment=published, delay=language.duration(delay))


def _make_topic(bundle: Bundle, alert: Alert, presentation: Presentation) -> LetterTopic:
    language = presentation.language
    hidden = len(alert.matches) - MOST_HITS_SHOWN
    return LetterTopic(
        name=one_line(alert.topic),
        query=presentation.queries.get(alert.topic),
        note=_tell_note(alert.kind, language),
        hits=tuple(_make_hit(bundle, hit, language) for hit in alert.matches[:MOST_HITS_SHOWN]),
        hidden=language.plural("and {count} more passage", "and {count} more passages", hidden) if hidden > 0 else "",
        changes=tuple(_make_change(bundle, change, language) for change in alert.changes),
    )


def _tell_note(kind: AlertKind, language: Language) -> str:
    if kind is AlertKind.CORRECTED:
        return language.text("the article was edited since you were told of it")
    if kind is AlertKind.FOLLOW_UP:
        return language.text("the topic has alerted on another article of this story")
    return language.text("a later version of the article was the first to match") if kind is AlertKind.REVISED else ""


def _make_change(bundle: Bundle, change: Change, language: Language) -> LetterChange:
    before, after = (one_line(_told(bundle, text or "", language)) for text in (change.before, change.after))
    pieces = compare(before, after)
    return LetterChange(
        place=tell_place(change.field, language),
        passage=mark_changes(pieces),
        parts=tuple((piece.text.replace("\n", " "), piece.kind.value) for piece in pieces),
    )


def tell_place(field: str, language: Language) -> str:
    """Where something was found, or changed."""
    return {"title": language.text("in the title"), "text": language.text("in the text")}.get(field, one_line(field))


def _make_hit(bundle: Bundle, hit: Hit, language: Language) -> LetterHit:
    told = Hit(hit.term, hit.found, hit.field, _told(bundle, hit.passage, language))
    return LetterHit(
        term=one_line(hit.term),
        place=tell_place(hit.field, language),
        passage=one_line(told.passage),
        parts=tuple(marked_parts(told)),
    )
