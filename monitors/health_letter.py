"""What a mail says of an operational alert, in the reader's language. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitors.rendering import one_line, safe_link
from news.health_news import HealthNews
from news.wording import Language


@dataclass(frozen=True, slots=True)
class LetterHealth:
    """One operational alert: what happened, when, why and what to do (with the problem's code), and the address of the source."""

    title: str
    when: str
    problem: str
    address: str
    link: str | None


def make_letter_health(news: HealthNews, language: Language) -> LetterHealth:
    """What is said of it, clean of anything foreign."""
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
