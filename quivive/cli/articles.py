"""An article whole, and what changed in it, for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from news.articles import Identity, Origin
from news.matches import Hit
from news.one_thing import MatchRecord, PageNote, VersionRecord, WholeArticle
from news.search_answers import SightingRecord
from quivive.cli.deliveries import show_alert, tell_silence
from quivive.cli.listed_stories import show_place
from quivive.cli.otherwise import show_differences
from quivive.cli.sheet import Sheet, View
from quivive.texts import visible

_MOST_HITS = 5


def show_article(sheet: Sheet, whole: WholeArticle) -> None:
    """Everything about an article, its text last."""
    text = sheet.view.language.text
    show_article_head(sheet, whole)
    show_matches(sheet, whole.matches)
    if whole.place is not None:
        show_place(sheet, whole.article.article_id, whole.place)
    show_differences(sheet, whole.differences)
    if whole.alerts:
        sheet.heading(text("Alerts"))
        for alert in whole.alerts:
            show_alert(sheet, alert)
        for one in whole.corrections_due:
            told = text(
                "{topic}: edited since; what it says otherwise is told {time}", topic=visible(one.topic), time=sheet.view.time(one.due_at)
            )
            sheet.note(told)
    _show_versions(sheet, whole.versions)
    sheet.heading(text("Text"))
    if whole.deleted_at is not None:
        sheet.note(text("deleted {time}, as [archive] retention says", time=sheet.view.time(whole.deleted_at)), "")
    sheet.prose(whole.text)


def show_article_head(sheet: Sheet, whole: WholeArticle) -> None:
    """What an article is, and where it was seen."""
    text = sheet.view.language.text
    article, view = whole.article, sheet.view
    sheet.title(article.title)
    sheet.address(article.url)
    sheet.blank()
    sheet.fact(text("article"), str(article.article_id))
    sheet.fact(text("source"), article.source)
    sheet.fact(text("author"), article.author or "")
    sheet.fact(text("language"), article.language or "")
    published = view.language.moment(article.published_at) if article.published_at else text("nobody said when")
    sheet.fact(text("published"), published)
    for place, sighting in enumerate(article.sightings):
        label = text("seen") if place == 0 else ""
        sheet.fact(label, _tell_sighting(sighting, article.published_at, view))
        if sighting.url != article.url:
            sheet.fact("", sighting.url)
    _show_page_problems(sheet, whole.page_problems)


def _show_page_problems(sheet: Sheet, problems: Sequence[PageNote]) -> None:
    """Why the text is the feed's, or only a part of the article."""
    text, tell = sheet.view.language.text, sheet.view.language.tell
    for place, one in enumerate(problems):
        told = text("{source}: {problem}", source=visible(one.source), problem=f"{one.problem.code}: {tell(one.problem.message)}")
        sheet.fact(text("page") if place == 0 else "", told)


def _tell_sighting(sighting: SightingRecord, published: datetime | None, view: View) -> str:
    text = view.language.text
    said = {"time": view.time(sighting.seen_at), "source": visible(sighting.source)}
    if published is not None and sighting.seen_at >= published:
        said["time"] = text(
            "{time} ({span} after publication)", time=said["time"], span=view.language.duration(sighting.seen_at - published)
        )
    match sighting.identity:
        case Identity.FIRST:
            return text("{source}, {time}", **said)
        case Identity.SAME_URL:
            return text("{source}, {time}, the same address", **said)
        case Identity.SAME_TEXT:
            return text("{source}, {time}, the same text", **said)
        case Identity.MOVED:
            return text("{source}, {time}, moved there", **said)


def show_matches(sheet: Sheet, matches: Sequence[MatchRecord]) -> None:
    """Which topics match which version of the article by which words, and why none alerted where none did."""
    text = sheet.view.language.text
    if not matches:
        return
    sheet.heading(text("Why"))
    for match in matches:
        sheet.note(text("{topic} matches version {number}", topic=visible(match.topic), number=match.version))
        show_hits(sheet, match.hits, "    ")
        if match.silence is not None:
            sheet.note(tell_silence(match.silence, sheet.view.language), "    ")


def show_hits(sheet: Sheet, hits: Sequence[Hit], indent: str) -> None:
    """The terms that were found, each with its passage."""
    for hit in hits[:_MOST_HITS]:
        sheet.note(sheet.view.language.text("{term}: {passage}", term=visible(hit.term), passage=visible(hit.passage)), indent)


def _show_versions(sheet: Sheet, versions: Sequence[VersionRecord]) -> None:
    text = sheet.view.language.text
    sheet.heading(text("Versions"))
    titles = {version.title for version in versions}
    for version in versions:
        current = text(" · current") if version.is_current else ""
        sheet.note(f"{tell_version(version, sheet.view)}{current}")
        if len(titles) > 1:
            sheet.note(version.title, "      ")
    if len(versions) > 1:
        sheet.note(text("`quivive show … --diff` tells what changed"))


def tell_version(version: VersionRecord, view: View) -> str:
    """A version in a few words."""
    text = view.language.text
    words = len(version.text.split())
    values = {"number": version.number, "time": view.time(version.seen_at), "source": visible(version.source), "words": words}
    if version.origin is Origin.PAGE:
        return text("{number} · {time} · {source}, its page · {words} words", **values)
    return text("{number} · {time} · {source}, its feed · {words} words", **values)
