"""What a mail says of a bundle of alerts, in the reader's language and clean of anything foreign: what templates are given. Pure.

Its attributes are documented in docs/delivery.md for whoever writes a template of their own: rename none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitors.presentation import Presentation
from monitors.rendering import marked_parts, one_line, safe_link
from news.alerts import Alert, AlertKind, Bundle, Hit
from news.wording import Language

MOST_HITS_SHOWN = 20
"""Passages shown for one topic; the rest are counted, not hidden."""
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
class LetterTopic:
    """A topic, why it matched, and what it asks today (None if the configuration has it no more)."""

    name: str
    query: str | None
    note: str
    """That a later version was the first to match; else empty."""
    hits: tuple[LetterHit, ...]
    hidden: str
    """How many more passages there are; else empty."""


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail says. Every text is one clean line."""

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


def make_letter(bundle: Bundle, presentation: Presentation) -> Letter:
    """What the mail on these alerts says."""
    article, language = bundle.alerts[0].article, presentation.language
    return Letter(
        language=language.code,
        article_language=language.code if bundle.test else one_line(article.language or "fr"),
        test=bundle.test,
        title=title_of(bundle, language),
        link=safe_link(article.url),
        address=one_line(article.url),
        source=one_line(article.source),
        author=one_line(article.author or ""),
        when=_tell_when(bundle.alerts[0], language),
        excerpt=one_line(_told(bundle, article.excerpt, language)),
        topics=tuple(_make_topic(bundle, alert, presentation) for alert in bundle.alerts),
        channel=one_line(bundle.channel),
        configuration=presentation.configuration,
        alert_ids=tuple(alert.alert_id for alert in bundle.alerts),
    )


def title_of(bundle: Bundle, language: Language) -> str:
    """The article's title on one line, else its address."""
    article = bundle.alerts[0].article
    return one_line(_told(bundle, article.title, language)) or article.url


def _told(bundle: Bundle, text: str, language: Language) -> str:
    """What an article says is never translated; what a test message says is ours."""
    return language.tell(text) if bundle.test else text


def _tell_when(alert: Alert, language: Language) -> str:
    article = alert.article
    if article.published_at is None:
        return language.text("Date unknown, first seen {moment}", moment=language.moment(article.first_seen_at))
    published = language.moment(article.published_at)
    delay = timedelta(seconds=alert.delay_seconds or 0)
    if alert.delay_seconds is None or delay > _LONGEST_DELAY:
        return language.text("Published {moment}", moment=published)
    return language.text("Published {moment}, seen {delay} later", moment=published, delay=language.duration(delay))


def _make_topic(bundle: Bundle, alert: Alert, presentation: Presentation) -> LetterTopic:
    language = presentation.language
    is_later = alert.kind is AlertKind.REVISED
    hidden = len(alert.matches) - MOST_HITS_SHOWN
    return LetterTopic(
        name=one_line(alert.topic),
        query=presentation.queries.get(alert.topic),
        note=language.text("a later version of the article was the first to match") if is_later else "",
        hits=tuple(_make_hit(bundle, hit, language) for hit in alert.matches[:MOST_HITS_SHOWN]),
        hidden=language.plural("and {count} more passage", "and {count} more passages", hidden) if hidden > 0 else "",
    )


def _make_hit(bundle: Bundle, hit: Hit, language: Language) -> LetterHit:
    places = {"title": language.text("in the title"), "text": language.text("in the text")}
    told = Hit(hit.term, hit.found, hit.field, _told(bundle, hit.passage, language))
    return LetterHit(
        term=one_line(hit.term),
        place=places.get(hit.field, one_line(hit.field)),
        passage=one_line(told.passage),
        parts=tuple(marked_parts(told)),
    )
