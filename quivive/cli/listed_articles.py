"""An article in a list, for people. Pure."""

from __future__ import annotations

from news.search_answers import FoundArticle
from quivive.cli.sheet import Sheet
from quivive.texts import visible

INDENT = "    "
"""Of what is told of an article in a list, under its title."""


def show_listed(sheet: Sheet, number: int, found: FoundArticle) -> None:
    """An article with its place in the list, by which `--open` knows it, and its number, by which `quivive show` does."""
    article, language = found.article, sheet.view.language
    sheet.numbered(number, article.title)
    facts = [
        sheet.view.time(article.published_at or article.first_seen_at),
        visible(article.source),
        language.text("article {number}", number=article.article_id),
        *map(visible, article.topics),
    ]
    others = len(article.sightings) - 1
    if others > 0:
        facts.append(language.plural("{count} more sighting", "{count} more sightings", others))
    sheet.parts(facts, INDENT)
    sheet.note(found.snippet, INDENT)
    sheet.address(article.url, INDENT)
    sheet.blank()
