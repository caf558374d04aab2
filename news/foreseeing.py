"""What would come of a source that is looked at before anything of it is kept: which pages would be fetched, which topics would match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from news.articles import ArticleFacts, SourceFacts, article_time
from news.judging import Version, judge_page_text, wants_page
from news.matches import TopicMatch
from news.preparing import analysed_words, feed_version, page_version, prepared_entries
from news.query import Matcher
from news.source_specs import SourceSpec
from news.sources import ExtractedPage, FeedEntry, PageOutcome, ParsedFeed, PollOutcome, Problem


@dataclass(frozen=True, slots=True)
class ForeseenEntry:
    """What would come of one entry. `matches` are those of what the feed itself says; its page may bring more."""

    entry: FeedEntry
    text: str
    """What the feed says of the article."""
    wants_page: bool
    matches: tuple[TopicMatch, ...]


@dataclass(frozen=True, slots=True)
class ForeseenPage:
    """What would come of an entry's page; with `problem` set the feed's text would be kept."""

    entry: FeedEntry
    title: str
    text: str
    author: str | None
    language: str | None
    published_at: datetime | None
    matches: tuple[TopicMatch, ...]
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one look at a source brought, and what would come of it."""

    poll: PollOutcome
    entries: tuple[ForeseenEntry, ...] = ()
    fetched: PageOutcome | None = None
    page: ForeseenPage | None = None


def foresee_entries(feed: ParsedFeed, spec: SourceSpec, matcher: Matcher, now: datetime) -> tuple[ForeseenEntry, ...]:
    """What would come of the entries of a feed, in its order, repeats dropped."""
    return tuple(
        ForeseenEntry(
            prepared.entry,
            prepared.text,
            wants_page(spec.articles, prepared.entry),
            _matches(feed_version(prepared), prepared.entry, _facts_of(spec, feed), matcher, now),
        )
        for prepared in prepared_entries(feed)
    )


def foresee_page(
    entry: FeedEntry, page: ExtractedPage, feed: ParsedFeed, spec: SourceSpec, matcher: Matcher, now: datetime
) -> ForeseenPage:
    """What would come of an entry's page, were its text seen nowhere else."""
    version = page_version(entry, page)
    problem = judge_page_text(version, (), entry, page)
    matches = () if problem else _matches(version, entry, _facts_of(spec, feed), matcher, now)
    return ForeseenPage(entry, version.title, version.text, version.author, version.language, version.published_at, matches, problem)


def _facts_of(spec: SourceSpec, feed: ParsedFeed) -> SourceFacts:
    return SourceFacts(spec.name or feed.title or spec.url, spec.url, spec.tags)


def _matches(version: Version, entry: FeedEntry, source: SourceFacts, matcher: Matcher, now: datetime) -> tuple[TopicMatch, ...]:
    tags = tuple(dict.fromkeys((*source.tags, *entry.categories)))
    facts = ArticleFacts(
        url=entry.link or source.url,
        author=version.author,
        language=version.language,
        time=article_time(version.published_at, now),
        sources=(SourceFacts(source.name, source.url, tags),),
    )
    return tuple(matcher.match(analysed_words(version), facts))
