"""What a mail says of a topic that is written about much more than usual, with a chart that mail programs show. Pure.

A chart is a table of coloured cells: most mail programs load no images, run no scripts and draw no SVG.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitors.rendering import one_line, safe_link
from news.surges import Surge, SurgeArticle, SurgeBar, draw_bars
from news.wording import Language

CHART_HEIGHT = 72
"""Pixels of the tallest bar."""
_LEAST_HEIGHT = 2
_LABEL_EVERY = {True: 6, False: 2}
"""Bars from one label to the next: of hours, of days."""


@dataclass(frozen=True, slots=True)
class LetterBar:
    """A stretch of time in a chart: its articles and the usual ones, each with the height of its bar in pixels."""

    label: str
    """Its hour or its day; empty where there is no room."""
    span: int
    """How many bars its label has room over; 0 where it has none."""
    articles: int
    height: int
    usual_height: int


@dataclass(frozen=True, slots=True)
class LetterSurgeArticle:
    """One of the latest articles; `when` it was published is empty if nobody said."""

    title: str
    link: str | None
    address: str
    source: str
    when: str


@dataclass(frozen=True, slots=True)
class LetterSurge:
    """The figures are in the title of the letter; `text_chart` is the chart for whoever is shown text alone."""

    topic: str
    when: str
    bars: tuple[LetterBar, ...]
    text_chart: str
    legend: str
    latest: tuple[LetterSurgeArticle, ...]


def make_letter_surge(surge: Surge, language: Language) -> LetterSurge:
    """What is said of a surge, in the reader's language and clean of anything foreign."""
    is_hourly = surge.bars[1].start - surge.bars[0].start < timedelta(days=1)
    most = max(max(bar.articles, bar.usual) for bar in surge.bars)
    bars = (_make_bar(bar, number, most, language, is_hourly=is_hourly) for number, bar in enumerate(surge.bars))
    return LetterSurge(
        topic=one_line(surge.topic),
        when=language.text("from {start} to {end}", start=language.moment(surge.since), end=language.moment(surge.until)),
        bars=tuple(bars),
        text_chart=draw_bars(surge),
        legend=language.text("Articles by hour, the last 24 hours") if is_hourly else language.text("Articles by day, the last 14 days"),
        latest=tuple(_make_article(one, language) for one in surge.latest),
    )


def _make_bar(bar: SurgeBar, number: int, most: float, language: Language, *, is_hourly: bool) -> LetterBar:
    every = _LABEL_EVERY[is_hourly]
    local = bar.start.astimezone(language.timezone)
    label = f"{local:%H:%M}" if is_hourly else f"{local:%d.%m}"
    is_labelled = number % every == 0
    return LetterBar(
        label=label if is_labelled else "",
        span=every if is_labelled else 0,
        articles=bar.articles,
        height=_height(bar.articles, most),
        usual_height=_height(bar.usual, most),
    )


def _height(count: float, most: float) -> int:
    return max(_LEAST_HEIGHT, round(CHART_HEIGHT * count / most)) if count else 0


def _make_article(article: SurgeArticle, language: Language) -> LetterSurgeArticle:
    return LetterSurgeArticle(
        title=one_line(article.title) or article.url,
        link=safe_link(article.url),
        address=one_line(article.url),
        source=one_line(article.source),
        when=language.moment(article.published_at) if article.published_at else "",
    )
