"""The demonstration's outlets and articles, read from `site_data/`: invented news, one TOML file an outlet.

A text is plain, its paragraphs a blank line apart. A step is a publication: 0 is what the site holds before anybody looks.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from typing import Any

from news.source_specs import ArticlesMode

OUTLET_FILES = ("gazette.toml", "telegraphe.toml", "cadran.toml")


class FeedFormat(StrEnum):
    """The format an outlet's feeds are written in."""

    RSS = "rss"
    """RSS 2.0."""
    RDF = "rdf"
    """RSS 1.0."""
    ATOM = "atom"
    """RFC 4287."""


class PageKind(StrEnum):
    """What stands at an article's address."""

    ARTICLE = "article"
    WALL = "wall"
    """A consent wall instead of the article, whatever the visitor answers."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an article says: one version of it."""

    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A later version of an article, and the step at which it replaces the first."""

    step: int
    words: Words


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An invented article of an outlet, with the step at which it is published and the edit that may follow."""

    key: str
    step: int
    feeds: tuple[str, ...]
    """Keys of the outlet's feeds that list it."""
    path: str
    """Of its page, as a person would write it: accents included, not percent-encoded."""
    author: str
    words: Words
    edit: Edit | None = None
    link_query: str = ""
    """What the feeds add to its link: parameters that track and name nothing."""
    full_text_in_feed: bool = False
    page: PageKind = PageKind.ARTICLE
    same_text_as: str | None = None
    """The key of the article whose text this one prints word for word."""

    def words_at(self, step: int) -> Words:
        """What the article says once `step` has been published."""
        return self.edit.words if self.edit and self.edit.step <= step else self.words

    def changed_at(self, step: int) -> int:
        """The step at which the words that stand at `step` were published."""
        return self.edit.step if self.edit and self.edit.step <= step else self.step


@dataclass(frozen=True, slots=True)
class Outlet:
    """A news site: its address on loopback, its feeds and its articles."""

    name: str
    host: str
    format: FeedFormat
    mode: ArticlesMode
    """How its sources are configured."""
    feeds: dict[str, str]
    """The paths of its feeds, by key."""
    articles: tuple[DemoArticle, ...]

    def listed(self, feed: str, step: int) -> list[DemoArticle]:
        """The articles that a feed lists at `step`, the latest publication first."""
        listed = [article for article in self.articles if feed in article.feeds and article.step <= step]
        return sorted(listed, key=lambda article: article.step, reverse=True)


def load_outlets() -> tuple[Outlet, ...]:
    """All outlets, in the order of `OUTLET_FILES`."""
    folder = files("quivive.demo").joinpath("site_data")
    outlets = tuple(_read_outlet(tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))) for name in OUTLET_FILES)
    texts = {article.key: article.words.text for outlet in outlets for article in outlet.articles}
    return tuple(_with_shared_texts(outlet, texts) for outlet in outlets)


def last_step(outlets: tuple[Outlet, ...]) -> int:
    """The last publication of any outlet, edits included."""
    return max(max(article.step, article.edit.step if article.edit else 0) for outlet in outlets for article in outlet.articles)


def _read_outlet(table: dict[str, Any]) -> Outlet:
    return Outlet(
        name=table["name"],
        host=table["host"],
        format=FeedFormat(table["format"]),
        mode=ArticlesMode(table["mode"]),
        feeds=table["feeds"],
        articles=tuple(_read_article(article) for article in table["articles"]),
    )


def _read_article(table: dict[str, Any]) -> DemoArticle:
    edit = table.get("edit")
    return DemoArticle(
        key=table["key"],
        step=table["step"],
        feeds=tuple(table["feeds"]),
        path=table["path"],
        author=table["author"],
        words=_read_words(table),
        edit=Edit(edit["step"], _read_words(edit)) if edit else None,
        link_query=table.get("link_query", ""),
        full_text_in_feed=table.get("full_text_in_feed", False),
        page=PageKind(table.get("page", PageKind.ARTICLE)),
        same_text_as=table.get("same_text_as"),
    )


def _read_words(table: dict[str, Any]) -> Words:
    return Words(title=table["title"], summary=table["summary"], text=table.get("text", "").strip())


def _with_shared_texts(outlet: Outlet, texts: dict[str, str]) -> Outlet:
    articles = tuple(
        replace(article, words=replace(article.words, text=texts[article.same_text_as])) if article.same_text_as else article
        for article in outlet.articles
    )
    return replace(outlet, articles=articles)
