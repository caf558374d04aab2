"""Invented pages that say when they were published, each in a way that French news sites have, and when that was.

What must not be taken for it stands on most of them: the day of a change, of a comment, of a teaser, of an event, of a cookie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
URL = "https://www.gazette-du-lac.example/le-lac-gele"
WRONG = "2024-02-01T08:00:00+01:00"
MOMENT = "2026-11-05T08:05:00Z"
"""Five past nine in the morning, in Paris."""
DAY = "2026-11-05"
ZONED = "2026-11-05T09:05:00+01:00"
SUMMER, SUMMER_MOMENT = "2026-07-14T09:05:00+02:00", "2026-07-14T07:05:00Z"
TEXT = "<p>Le lac gèle depuis lundi, et les pêcheurs attendent sur la rive que la glace les porte jusqu’à l’île.</p>" * 3
OTHER_ARTICLE = f"<article><h3><a href='/z'>Un autre article</a></h3><time datetime='{WRONG}'>1er février 2024</time></article>"
COMMENTS = (
    f"<section id='comments'><ol><li><b>Luc</b> <time datetime='{WRONG}'>1er février 2024 à 8 h</time><p>Bravo !</p></li></ol></section>"
)


@dataclass(frozen=True)
class DatedPage:
    """A page in its parts. `published`: the moment or the day in RFC 3339; None: it doesn't say."""

    published: str | None
    head: str = ""
    above: str = ""
    below_title: str = ""
    after: str = ""
    url: str = URL
    title: str = "Le lac gèle"
    lang: str = "fr"

    @property
    def day(self) -> str | None:
        """The day in Paris; None if the page doesn't say."""
        if self.published is None or len(self.published) == len(DAY):
            return self.published
        return datetime.fromisoformat(self.published).astimezone(PARIS).date().isoformat()

    @property
    def html(self) -> str:
        """The page as its site sends it."""
        return (
            f"<!doctype html><html lang='{self.lang}'><head><meta charset='utf-8'><title>{self.title}</title>{self.head}</head><body>"
            f"<header><nav><a href='/'>Accueil</a></nav></header>{self.above}<main><article><h1>{self.title}</h1>{self.below_title}{TEXT}"
            f"</article>{self.after}</main><footer>© 2019-2026 La Gazette, mentions légales du 3 mars 2021</footer></body></html>"
        )


def meta(name: str, content: str, attribute: str = "property") -> str:
    """A `<meta>` that names a date or whatever else its `content` says."""
    return f"<meta {attribute}='{name}' content='{content}'>"


def linked(*nodes: object, graph: bool = True) -> str:
    """A `<script>` with these nodes in a graph, as most sites write it, or with the one node alone."""
    said = {"@context": "https://schema.org", "@graph": nodes} if graph else nodes[0]
    return f"<script type='application/ld+json'>{json.dumps(said)}</script>"


def news(**said: object) -> dict[str, object]:
    """The node of an article, with whatever else it says of itself."""
    return {"@type": "NewsArticle", "headline": "Le lac gèle", **said}


CHANGED = meta("article:modified_time", WRONG) + meta("og:updated_time", WRONG)

PAGES: Mapping[str, DatedPage] = {
    "published_time": DatedPage(MOMENT, CHANGED + meta("article:published_time", ZONED)),
    "published_time under name": DatedPage(MOMENT, CHANGED + meta("article:published_time", ZONED, "name")),
    "published_time without a zone": DatedPage(MOMENT, meta("article:published_time", "2026-11-05T09:05:00")),
    "published_time without a zone in summer": DatedPage(SUMMER_MOMENT, meta("article:published_time", "2026-07-14 09:05:00")),
    "published_time just after midnight": DatedPage("2026-11-04T23:30:00Z", meta("article:published_time", "2026-11-04T23:30:00Z")),
    "a zero, then JSON-LD": DatedPage(MOMENT, meta("article:published_time", "0001-01-01T00:00:00") + linked(news(datePublished=ZONED))),
    "an epoch, then a time": DatedPage(
        MOMENT, meta("article:published_time", "1970-01-01T00:00:00Z"), below_title=f"<time datetime='{ZONED}'>jeudi</time>"
    ),
    "JSON-LD in a graph": DatedPage(
        MOMENT, linked({"@type": "WebPage", "datePublished": WRONG}, news(datePublished=ZONED, dateModified=WRONG))
    ),
    "JSON-LD by @id": DatedPage(
        MOMENT,
        linked(
            {"@type": "WebPage", "@id": URL, "mainEntity": {"@id": "#a"}},
            news(**{"@id": "#b", "url": "/autre", "datePublished": WRONG}),
            news(**{"@id": "#a", "mainEntityOfPage": {"@id": URL}, "datePublished": ZONED}),
        ),
    ),
    "JSON-LD of several articles": DatedPage(
        MOMENT, linked(news(url="/autre", datePublished=WRONG), news(url=URL, datePublished=ZONED, dateModified=WRONG))
    ),
    "JSON-LD with several types": DatedPage(
        MOMENT, linked({"@type": ["ReportageNewsArticle", "LiveBlogPosting"], "datePublished": ZONED}, graph=False)
    ),
    "JSON-LD with a change alone, then words": DatedPage(
        MOMENT, linked(news(dateModified=WRONG)), below_title="<p>Publié le 5 novembre 2026 à 9 h 05</p>"
    ),
    "JSON-LD of an event beside the article": DatedPage(
        MOMENT, linked({"@type": "Event", "startDate": WRONG, "datePublished": WRONG}, news(datePublished=ZONED))
    ),
    "JSON-LD in a comment": DatedPage(MOMENT, linked(news(datePublished=ZONED)).replace("'>{", "'><!--{").replace("}</", "}--></")),
    "JSON-LD with a line break in a text": DatedPage(
        MOMENT, linked(news(description="a|b", datePublished=ZONED)).replace("|", "\n")
    ),
    "itemprop in a time": DatedPage(
        MOMENT,
        below_title=f"<time itemprop='dateModified' datetime='{WRONG}'>x</time><time itemprop='datePublished' datetime='{ZONED}'>y</time>",
    ),
    "itemprop in a meta": DatedPage(
        MOMENT, below_title=f"<meta itemprop='dateModified' content='{WRONG}'><meta itemprop='datePublished' content='{ZONED}'>"
    ),
    "itemprop in words": DatedPage(MOMENT, below_title="<span itemprop='datePublished'>05/11/2026 à 09h05</span>"),
    "itemprop of a teaser above": DatedPage(
        MOMENT,
        above=f"<aside><time itemprop='datePublished' datetime='{WRONG}'>x</time></aside>",
        below_title=f"<time itemprop='datePublished' datetime='{ZONED}'>y</time>",
    ),
    "DC:date": DatedPage(DAY, meta("DC:date", "2026-11-05", "name")),
    "DC.date.issued": DatedPage(DAY, meta("DC.date.modified", WRONG, "name") + meta("DC.date.issued", "2026-11-05", "name")),
    "dcterms.created": DatedPage(MOMENT, meta("dcterms.modified", WRONG, "name") + meta("dcterms.created", ZONED, "name")),
    "pubdate": DatedPage(
        MOMENT, below_title=f"<time datetime='{WRONG}' class='updated'>x</time><time pubdate datetime='{ZONED}'>jeudi</time>"
    ),
    "a time in the article": DatedPage(MOMENT, above=OTHER_ARTICLE, below_title=f"<time datetime='{ZONED}'>jeudi</time>", after=COMMENTS),
    "a time in words, without a zone": DatedPage(MOMENT, below_title="<time>5 novembre 2026, 09:05</time>"),
    "a change before the publication": DatedPage(
        MOMENT, below_title=f"<time class='maj' datetime='{WRONG}'>1er février</time> <time datetime='{ZONED}'>5 novembre</time>"
    ),
    "Publié le": DatedPage(MOMENT, below_title="<p>Publié le 5 novembre 2026 à 9 h 05</p>"),
    "Publié le, mis à jour le": DatedPage(
        MOMENT, below_title="<p>Publié le 5 novembre 2026 à 9h05 · Mis à jour le 1er décembre 2026 à 18h</p>"
    ),
    "Mis à jour le, publié le": DatedPage(
        MOMENT, below_title="<p>Mis à jour le 1er décembre 2026 à 18h - Publié le 5 novembre 2026 à 9h05</p>"
    ),
    "Mis en ligne le": DatedPage(MOMENT, below_title="<div class='infos'>Par Ève Martin. Mis en ligne le 05/11/2026 à 09:05</div>"),
    "Article paru le": DatedPage(DAY, below_title="<div><em>Article paru le jeudi 5 novembre 2026</em></div>"),
    "Posté le": DatedPage(MOMENT, below_title="<span>Posté le 5 nov. 2026 à 09 h 05 min</span>", after=COMMENTS),
    "Date de publication in a list": DatedPage(
        DAY, after="<dl><dt>Événement</dt><dd>12 décembre 2026</dd><dt>Date de publication</dt><dd>5 novembre 2026</dd></dl>"
    ),
    "Mise en ligne in two lines": DatedPage(
        DAY, after="<ul><li><p>Enregistrement</p><p>2 mai 2026</p></li><li><p>Mise en ligne</p><p>5 novembre 2026</p></li></ul>"
    ),
    "Date in a table": DatedPage(
        DAY, after="<table><tr><th>Fermeture</th><td>12/12/2026</td></tr><tr><th>Publication :</th><td>05/11/2026</td></tr></table>"
    ),
    "Published on": DatedPage(DAY, below_title="<p>Published on November 5th, 2026. Updated on December 1, 2026.</p>", lang="en"),
    "a lone date below the title": DatedPage(DAY, below_title="<p>Jeudi 5 novembre 2026</p>", after=COMMENTS),
    "a lone date in an odd element": DatedPage(DAY, below_title="<p><a href='/x'>05.11.2026</a></p>"),
    "an ordinal": DatedPage("2026-12-01", below_title="<p class='date'>1er décembre 2026</p>"),
    "a month in short with accents": DatedPage("2026-08-05", below_title="<p class='entry-date'>5 Août 2026</p>"),
    "day first, dashes": DatedPage(MOMENT, below_title="<p class='meta'>05-11-2026 09:05</p>"),
    "a compact date": DatedPage(MOMENT, meta("parsely-pub-date", "20261105T080500Z", "name")),
    "an offset in words": DatedPage(MOMENT, meta("date", "Thu, 05 Nov 2026 09:05:00 GMT+1", "name")),
    "a millisecond clock": DatedPage(MOMENT, meta("article:published_time", "1793865900000")),
    "abbr of hAtom": DatedPage(MOMENT, below_title=f"<abbr class='published' title='{ZONED}'>jeudi</abbr>", after=COMMENTS),
    "dt-published": DatedPage(MOMENT, below_title=f"<time class='dt-published' datetime='{ZONED}'>jeudi</time>"),
    "in the address": DatedPage(DAY, url="https://www.gazette-du-lac.example/2026/11/05/le-lac-gele"),
    "in the address, in one number": DatedPage(DAY, url="https://www.gazette-du-lac.example/article/le-lac-gele-20261105-ABCD.html"),
    "in Quebec": DatedPage("2026-11-05T14:05:00Z", meta("article:published_time", "2026-11-05T09:05:00"), lang="fr-CA"),
    "in English": DatedPage("2026-11-05T09:05:00Z", meta("article:published_time", "2026-11-05T09:05:00"), lang="en"),
    "nothing but a teaser": DatedPage(None, above=OTHER_ARTICLE),
    "nothing but comments": DatedPage(None, after=COMMENTS),
    "nothing but an event in the text": DatedPage(None, below_title="<p>La fête aura lieu le 12 décembre 2026 à Tarnac, sur la glace.</p>"),
    "nothing but a script": DatedPage(None, "<script>var expires = '2027-01-31'; var d = \"2019-05-05\";</script>"),
    "nothing but a footer": DatedPage(None),
    "nothing but a copyright": DatedPage(None, meta("copyright", "La Gazette, 2019-05-05", "name")),
}  # fmt: skip
