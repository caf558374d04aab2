"""A story in a list, and an article's place in its story, for people. Pure."""

from __future__ import annotations

from news.copies import CopyOf, CopyReason
from news.stories import Because
from news.story_answers import PlaceInStory, StoryArticle, StoryRecord
from quivive.cli.listed_articles import INDENT
from quivive.cli.sheet import Sheet, View
from quivive.texts import visible

_MOST_LISTED = 10
"""Articles of a story."""


def show_listed_story(sheet: Sheet, number: int, story: StoryRecord) -> None:
    """A story with its place in the list: how many tell it, who was first, and how it spread."""
    language, view = sheet.view.language, sheet.view
    sheet.numbered(number, story.title)
    facts = [
        view.time(story.started_at),
        language.text("story {number}", number=story.story_id),
        language.plural("{count} article", "{count} articles", len(story.articles)),
        language.plural("{count} source", "{count} sources", len(story.sources)),
        *map(visible, story.topics),
    ]
    sheet.parts(facts, INDENT)
    for article in story.articles[:_MOST_LISTED]:
        sheet.note(_tell_article(article, story, view), INDENT)
    _show_more(sheet, len(story.articles) - _MOST_LISTED, INDENT)
    sheet.blank()


def show_place(sheet: Sheet, article_id: int, place: PlaceInStory) -> None:
    """The story of an article, why it is there, of what it is a copy, and which others tell it."""
    text, view, story = sheet.view.language.text, sheet.view, place.story
    sheet.heading(text("Story"))
    sheet.note(text("{number}: {title}", number=story.story_id, title=visible(story.title)))
    sheet.note(_tell_because(place, view), "    ")
    if place.copy is not None:
        sheet.note(_tell_copy(place.copy, view), "    ")
    if place.copies:
        sheet.note(text("copied by the articles {numbers}", numbers=", ".join(map(str, place.copies))), "    ")
    others = [article for article in story.articles if article.article_id != article_id]
    for article in others[:_MOST_LISTED]:
        sheet.note(_tell_article(article, story, view), "    ")
    _show_more(sheet, len(others) - _MOST_LISTED, "    ")


def _show_more(sheet: Sheet, left_out: int, indent: str) -> None:
    if left_out > 0:
        sheet.note(sheet.view.language.plural("{count} more article", "{count} more articles", left_out), indent)


def _tell_article(article: StoryArticle, story: StoryRecord, view: View) -> str:
    """An article of a story: how long after the first, by whom, and whether it is a copy."""
    language = view.language
    told = {"article": article.article_id, "source": visible(article.source), "title": visible(article.title)}
    after = article.time - story.articles[0].time
    if article.article_id == story.articles[0].article_id:
        line = language.text("first {source}, article {article}: {title}", **told)
    else:
        line = language.text("+{span} {source}, article {article}: {title}", span=language.duration(after), **told)
    return line if article.copy is None else language.text("{line} (copy)", line=line)


def _tell_because(place: PlaceInStory, view: View) -> str:
    text = view.language.text
    told = {"words": ", ".join(map(visible, place.words)), "nearness": round(100 * place.nearness), "article": place.nearest_id}
    match place.because:
        case Because.FIRST if place.nearest_id is None:
            return text("it began the story: no article of those days was near to it")
        case Because.FIRST:
            return text("it began the story: article {article} was nearest, at {nearness} of 100 ({words})", **told)
        case Because.COPY:
            return text("it is in the story of article {article}, of which it is a copy", **told)
        case Because.WORDS:
            return text("it is near to the story, at {nearness} of 100, most of all to article {article} ({words})", **told)


def _tell_copy(copy: CopyOf, view: View) -> str:
    text = view.language.text
    told = {"article": copy.article_id, "share": view.language.percent(copy.share)}
    if copy.reason is CopyReason.NUMBER:
        return text("a copy of article {article}: the address has the same number", **told)
    return text("a copy of article {article}: both have {share} of the shorter text", **told)
