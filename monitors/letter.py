"""What a mail says of a bundle of alerts, in the reader's language and clean of anything foreign: what templates are given. Pure.

Its attributes are documented in docs/delivery.md for whoever writes a template of their own: rename none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitors.digest_letter import LetterDigest, make_letter_digests, tell_roll, tell_when
from monitors.letter_differences import LetterDifference, make_letter_differences
from monitors.letter_parts import LetterChange, make_letter_change, tell_escalations, tell_own, tell_place
from monitors.presentation import Presentation
from monitors.rendering import marked_parts, one_line, safe_link
from monitors.surge_letter import LetterSurge, make_letter_surge
from news.alerts import Alert, AlertedArticle, AlertKind, Bundle, Followed, Roll
from news.health_news import HealthNews
from news.matches import Hit
from news.surges import Surge
from news.wording import Language

MOST_HITS_SHOWN = 20
"""Passages shown for one topic; the rest are counted, not hidden."""
_NAME = "quivive"
"""Stands in a subject in the place of a topic where it is the program itself that has something to say."""
LONGEST_TITLE = 300
LONGEST_TOPICS = 150
"""Characters of a subject's parts: a headline fits, a page that put its text into its title does not fill the inbox."""
MOST_IDS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LetterHit:
    """A passage. `parts`: its pieces in order, each with whether it is what was found; `passage`: all of it, with `[` and `]`."""

    term: str
    place: str
    passage: str
    parts: tuple[tuple[str, bool], ...]


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
class LetterHealth:
    """One operational alert: what happened, when, why and what to do (with the problem's code), and the address of the source."""

    title: str
    when: str
    problem: str
    address: str
    link: str | None


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
    differences: tuple[LetterDifference, ...] = ()
    """What follow-ups say otherwise than what was told of their stories before."""
    surge: LetterSurge | None = None
    """A topic that is written about much more than usual: the chart, and the latest articles."""
    escalation: str = ""
    """From which channel it has escalated, and why; else empty. Of a digest each item tells it in `when`."""


def make_letter(bundle: Bundle, presentation: Presentation) -> Letter:
    """What the mail on these alerts says."""
    if bundle.roll is not None:
        return _make_digest_letter(bundle, bundle.roll, presentation)
    return replace(_make_letter_of_one(bundle, presentation), escalation=tell_escalations(bundle, presentation.language))


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
        when=tell_when(bundle.alerts[0], article, language),
        excerpt=one_line(tell_own(bundle, article.excerpt, language)),
        topics=tuple(_make_topic(bundle, alert, presentation) for alert in bundle.alerts),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts),
        differences=make_letter_differences(bundle, language),
    )


def _make_digest_letter(bundle: Bundle, roll: Roll, presentation: Presentation) -> Letter:
    """A digest. `excerpt` says its titles too, for templates that know nothing of digests."""
    language = presentation.language
    told = make_letter_digests(bundle, roll, language)
    return Letter(
        language=language.code,
        article_language=language.code,
        test=bundle.test,
        title=title_of(bundle, language),
        link=None,
        address="",
        source="quivive",
        author="",
        when=tell_roll(roll, language),
        excerpt=" · ".join(item.title for topic in told for item in topic.items),
        topics=(),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts[:MOST_IDS_SHOWN]),
        digest=told,
        differences=make_letter_differences(bundle, language),
    )


def _make_health_letter(bundle: Bundle, presentation: Presentation) -> Letter:
    """A mail on operational alerts. `excerpt` says it all too, for templates that know nothing of them."""
    language = presentation.language
    told = tuple(_make_health(alert.about, language) for alert in bundle.alerts if isinstance(alert.about, HealthNews))
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


def _make_health(news: HealthNews, language: Language) -> LetterHealth:
    message = one_line(language.tell(news.message))
    return LetterHealth(
        title=one_line(language.tell(news.title)),
        when=_tell_span(news, language),
        problem=language.text("{code}: {message}", code=news.code, message=message) if news.code else message,
        address=one_line(news.url or ""),
        link=safe_link(news.url) if news.url else None,
    )


def _tell_span(news: HealthNews, language: Language) -> str:
    """Since when it lasts, until when it did, or both with its length; empty where neither is known."""
    if news.until is None:
        return language.text("since {start}", start=language.moment(news.since)) if news.since else ""
    if news.since is None:
        return language.text("until {end}", end=language.moment(news.until))
    span = language.duration(news.until - news.since)
    return language.text("from {start} to {end}, {span}", start=language.moment(news.since), end=language.moment(news.until), span=span)


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
    return one_line(tell_own(bundle, article.title, language)) or article.url


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


def _make_topic(bundle: Bundle, alert: Alert, presentation: Presentation) -> LetterTopic:
    language = presentation.language
    hidden = len(alert.matches) - MOST_HITS_SHOWN
    return LetterTopic(
        name=one_line(alert.topic),
        query=presentation.queries.get(alert.topic),
        note=_tell_note(alert.kind, language),
        hits=tuple(_make_hit(bundle, hit, language) for hit in alert.matches[:MOST_HITS_SHOWN]),
        hidden=language.plural("and {count} more passage", "and {count} more passages", hidden) if hidden > 0 else "",
        changes=tuple(make_letter_change(bundle, change, language) for change in alert.changes),
    )


def _tell_note(kind: AlertKind, language: Language) -> str:
    if kind is AlertKind.CORRECTED:
        return language.text("the article was edited since you were told of it")
    if kind is AlertKind.FOLLOW_UP:
        return language.text("the topic has alerted on another article of this story")
    return language.text("a later version of the article was the first to match") if kind is AlertKind.REVISED else ""


def _make_hit(bundle: Bundle, hit: Hit, language: Language) -> LetterHit:
    told = Hit(hit.term, hit.found, hit.field, tell_own(bundle, hit.passage, language))
    return LetterHit(
        term=one_line(hit.term),
        place=tell_place(hit.field, language),
        passage=one_line(told.passage),
        parts=tuple(marked_parts(told)),
    )
