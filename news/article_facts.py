"""What filters ask of articles, as it is on record and as a body leaves it. Pure.

A version is compared with the topics before it is written, so what its article's facts will be is told from those before and from what
was settled: as storage would read them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from news.articles import ArticleFacts, SourceFacts, article_time

if TYPE_CHECKING:  # a search reads facts too, and settles nothing
    from news.settling import Settled


@dataclass(frozen=True, slots=True)
class Sighted:
    """An entry that shows, or has shown, an article, and what its publisher files it under."""

    source_id: int
    entry_id: int
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsOnRecord:
    """What is on record of an article besides its words."""

    url: str
    author: str | None
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime
    time: datetime
    sightings: tuple[Sighted, ...]
    """In the order in which they came."""


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The facts of articles by their number, and the sources that show them."""

    articles: Mapping[int, FactsOnRecord]
    sources: Mapping[int, SourceFacts]
    """By their number, with the tags that the user gave them."""

    def of(self, article_id: int) -> ArticleFacts | None:
        """The facts of an article as filters see them; None of one that is not known. Its sources are in the order they showed it."""
        known = self.articles.get(article_id)
        if known is None:
            return None
        filed: dict[int, list[str]] = {}
        for one in known.sightings:
            filed.setdefault(one.source_id, []).extend(one.categories)
        sources = tuple(_with_tags(self.sources[source_id], categories) for source_id, categories in filed.items())
        return ArticleFacts(known.url, known.author, known.language, known.time, sources)

    def after(self, settled: Iterable[Settled], categories: Mapping[int, Sequence[str]], now: datetime) -> KnownFacts:
        """The facts once all that was settled is written. `categories`: what each entry of the body is filed under from now on."""
        articles = {article_id: _refiled(known, categories) for article_id, known in self.articles.items()}
        for one in settled:
            known = _begun(one, now) if one.is_new_article else articles[one.article_id]
            if one.main is not None and not one.is_new_article:
                known = _revised(known, one)
            if one.is_new_sighting:
                showing = one.showing
                sighted = Sighted(showing.source_id, showing.entry_id, tuple(categories.get(showing.entry_id, ())))
                known = replace(known, sightings=(*known.sightings, sighted))
            articles[one.article_id] = known
        return replace(self, articles=articles)


def _with_tags(source: SourceFacts, categories: Sequence[str]) -> SourceFacts:
    return replace(source, tags=tuple(dict.fromkeys([*source.tags, *categories])))


def _refiled(known: FactsOnRecord, categories: Mapping[int, Sequence[str]]) -> FactsOnRecord:
    if not any(one.entry_id in categories for one in known.sightings):
        return known
    sightings = [replace(one, categories=tuple(categories.get(one.entry_id, one.categories))) for one in known.sightings]
    return replace(known, sightings=tuple(sightings))


def _begun(one: Settled, now: datetime) -> FactsOnRecord:
    words = one.showing.words
    times = (words.published_at, now, article_time(words.published_at, now))
    return FactsOnRecord(one.showing.shown_url, words.author, words.language, *times, sightings=())


def _revised(known: FactsOnRecord, one: Settled) -> FactsOnRecord:
    """A revision tells who wrote it, in which language, and when, where nobody said so before: author and language also anew."""
    assert one.main is not None  # a revision is one of the text
    version = one.main.version
    published_at = known.published_at if known.published_at is not None else version.published_at
    return replace(
        known,
        author=known.author if version.author is None else version.author,
        language=known.language if version.language is None else version.language,
        published_at=published_at,
        time=article_time(published_at, known.first_seen_at),
    )
