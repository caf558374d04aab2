"""An article whole, and what changed in it, for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from news.alerts import Hit
from news.answers import SightingRecord
from news.articles import Origin
from news.one_thing import MatchRecord, VersionRecord, WholeArticle
from news.settling import Identity
from quivive.cli.deliveries import show_alert, tell_silence
from quivive.cli.sheet import Sheet, View
from quivive.cli.times_for_people import span, whole_time
from quivive.cli.wording import say
from quivive.texts import visible

_MOST_HITS = 5


def show_article(sheet: Sheet, whole: WholeArticle) -> None:
    """Everything about an article, its text last."""
    show_article_head(sheet, whole)
    show_matches(sheet, whole.matches)
    if whole.alerts:
        sheet.heading(say("Alerts"))
        for alert in whole.alerts:
            show_alert(sheet, alert)
    _show_versions(sheet, whole.versions)
    sheet.heading(say("Text"))
    if whole.deleted_at is not None:
        sheet.note(say("deleted {time}, as [archive] retention says", time=sheet.view.time(whole.deleted_at)), "")
    sheet.text(whole.text)


def show_article_head(sheet: Sheet, whole: WholeArticle) -> None:
    """What an article is, and where it was seen."""
    article, view = whole.article, sheet.view
    sheet.title(article.title)
    sheet.address(article.url)
    sheet.blank()
    sheet.fact(say("article"), str(article.article_id))
    sheet.fact(say("source"), article.source)
    sheet.fact(say("author"), article.author or "")
    sheet.fact(say("language"), article.language or "")
    published = whole_time(article.published_at, view.timezone) if article.published_at else say("nobody said when")
    sheet.fact(say("published"), published)
    for place, sighting in enumerate(article.sightings):
        label = say("seen") if place == 0 else ""
        sheet.fact(label, _tell_sighting(sighting, article.published_at, view))
        if sighting.url != article.url:
            sheet.address(sighting.url, " " * 12)


def _tell_sighting(sighting: SightingRecord, published: datetime | None, view: View) -> str:
    time = view.time(sighting.seen_at)
    if published is None or sighting.seen_at < published:
        seen = say("{time} in {source}", time=time, source=visible(sighting.source))
    else:
        later = span(sighting.seen_at - published)
        seen = say("{time} in {source}, {span} after publication", time=time, source=visible(sighting.source), span=later)
    return seen + _tell_identity(sighting.identity)


def _tell_identity(identity: Identity) -> str:
    return {
        Identity.FIRST: "",
        Identity.SAME_URL: say(" (the same address)"),
        Identity.SAME_TEXT: say(" (the same text)"),
        Identity.MOVED: say(" (moved there)"),
    }[identity]


def show_matches(sheet: Sheet, matches: Sequence[MatchRecord]) -> None:
    """Why each topic matches."""
    if not matches:
        return
    sheet.heading(say("Why"))
    for match in matches:
        sheet.note(say("{topic} matches version {number}", topic=visible(match.topic), number=match.version))
        show_hits(sheet, match.hits, "    ")
        if match.silence is not None:
            sheet.note(tell_silence(match.silence), "    ")


def show_hits(sheet: Sheet, hits: Sequence[Hit], indent: str) -> None:
    """The terms that were found, each with its passage."""
    for hit in hits[:_MOST_HITS]:
        sheet.note(say("{term}: {passage}", term=visible(hit.term), passage=visible(hit.passage)), indent)


def _show_versions(sheet: Sheet, versions: Sequence[VersionRecord]) -> None:
    sheet.heading(say("Versions"))
    titles = {version.title for version in versions}
    for version in versions:
        current = say(" · current") if version.is_current else ""
        sheet.note(f"{tell_version(version, sheet.view)}{current}")
        if len(titles) > 1:
            sheet.note(version.title, "      ")
    if len(versions) > 1:
        sheet.note(say("`quivive show … --diff` tells what changed"))


def tell_version(version: VersionRecord, view: View) -> str:
    """A version in a few words."""
    words = len(version.text.split())
    values = {"number": version.number, "time": view.time(version.seen_at), "source": visible(version.source), "words": words}
    if version.origin is Origin.PAGE:
        return say("{number} · {time} · {source}, its page · {words} words", **values)
    return say("{number} · {time} · {source}, its feed · {words} words", **values)
