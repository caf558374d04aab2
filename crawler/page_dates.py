"""When a page was published, by its own word: the places where sites say it, the most trustworthy first.

A date that is not marked as the article's own may be that of a teaser or a comment, so it counts only within the article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree
from lxml.html import HtmlElement

from crawler.dates import from_page
from crawler.linked_data import LinkedData
from crawler.page_parts import PageParts, short_text

_FIRST_NAMES = ("article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article.published")
_OTHER_NAMES = (
    "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created", "pubdate", "publish-date",
    "publish_date", "publication_date", "date_published", "bepress_citation_date", "citation_publication_date", "citation_date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "release_date", "date", "og:pubdate",
)  # fmt: skip
_MARKED = etree.XPath('//*[@itemprop="datePublished" or @pubdate or contains(@class, "dt-published")]')
_DATED = re.compile(r"date|publi|time|posted|meta|byline|signature", re.IGNORECASE)
_CHANGED = re.compile(r"modif|updat|jour\b|maj\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:(?:publié|mis|paru|posté|diffusé|rédigé)e?(?: en ligne)?(?: à l[ae] une)? le|(?:date de )?(?:publication|parution)|mise en ligne"
    r"|(?:first )?(?:published|posted)(?: on| at)?)\b(?!\s*:?\s*mis)",
    re.IGNORECASE,
)
"""What stands before the date of publication, in its line or in the line above."""
_IN_ADDRESS = re.compile(
    r"[/_-]((?:19|20)\d{2})(?P<sign>[/-]?)((?:(?<=\D)0?|0)[1-9]|1[0-2])(?P=sign)((?:(?<=\D)0?|0)[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_SAID_BEHIND = re.compile(
    r"\s*[,;]?\s+(?!(?:à|a|par|et|dans|avec|mi[st]e?s?|modifi\w*|maj|at|by|in|and|updated?|edited)\b)[a-zà-ÿ][\w’'-]*\s.*[.!?…»]\s*",
    re.DOTALL,
)
"""What follows a date in a sentence that is about something else: « Rendez-vous le 1er mars pour l’inauguration. »"""
_LONGEST_MARKED = 160
"""Characters. What is longer and looks dated holds the text too."""
_LONGEST_LONE = 40


@dataclass(frozen=True, slots=True)
class DatedPage:
    """All that may tell when a page was published. `named`: its meta elements; `zone`: that of a date which names none."""

    tree: HtmlElement
    parts: PageParts
    named: Mapping[str, str]
    linked: LinkedData
    url: str
    zone: tzinfo


def published_at(page: DatedPage) -> datetime | None:
    """When a page was published, by the first of the places that says so."""
    zone = page.zone
    ways: tuple[Callable[[], datetime | None], ...] = (
        lambda: _named(page.named, _FIRST_NAMES, zone),
        lambda: page.linked.published_at(zone),
        lambda: _marked(page.tree, page.parts, zone),
        lambda: _named(page.named, _OTHER_NAMES, zone),
        lambda: _labelled(page.tree, page.parts, zone),
        lambda: _in_article(page.tree, page.parts, zone),
        lambda: _near_heading(page.parts, zone),
        lambda: _in_address(page.url, zone),
    )
    return next((moment for way in ways if (moment := way())), None)


def _named(named: Mapping[str, str], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    return next((moment for name in names if (moment := from_page(named.get(name), zone))), None)


def _marked(tree: HtmlElement, parts: PageParts, zone: tzinfo) -> datetime | None:
    """What microdata, microformats or `pubdate` mark as the date of publication."""
    return next((moment for element in _MARKED(tree) if not parts.is_foreign(element) and (moment := _read(element, zone))), None)


def _labelled(tree: HtmlElement, parts: PageParts, zone: tzinfo) -> datetime | None:
    """What the page says in words to be the date of publication, the first that it says."""
    for element in tree.iter("p", "div", "span", "em", "small", "strong", "b", "i", "li", "dt", "th", "td", "a", "time", "label"):
        if not _LABEL.search(element.text or ""):
            continue
        if moment := _beside(element, parts, zone) if _LABEL.fullmatch(_line(element)) else _behind(element, parts, zone):
            return moment
    return None


def _line(element: HtmlElement) -> str:
    return (short_text(element, _LONGEST_MARKED) or "").rstrip(" :")


def _beside(label: HtmlElement, parts: PageParts, zone: tzinfo) -> datetime | None:
    """The date in the element after one that is nothing but a label, as in tables and lists of what there is to know of an article."""
    following = label.getnext()
    return None if following is None or parts.is_in_another_article(label) else _read(following, zone)


def _behind(element: HtmlElement, parts: PageParts, zone: tzinfo) -> datetime | None:
    """The date behind a label in its own line: in a `time`, or in words."""
    line = _line(element)
    label = _LABEL.search(line)
    if label is None or parts.is_foreign(element):
        return None
    inner = None if _CHANGED.search(line) else next((moment for time in element.iter("time") if (moment := _read(time, zone))), None)
    return inner or from_page(line[label.end() :].strip(" :"), zone)


def _in_article(tree: HtmlElement, parts: PageParts, zone: tzinfo) -> datetime | None:
    """The first date that stands in the article as a date: a `time`, or what is called one; not one of a change if there is another.

    Where nothing marks the article a `time` may be of anything.
    """
    changed = None
    for element in _dated(tree if parts.article is None else parts.article):
        is_lost = element.tag == "time" and (parts.article is None or _is_in_sentence(element))
        moment = None if is_lost or parts.is_foreign(element) else _read(element, zone)
        if moment and not _CHANGED.search(f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.text or ''}"):
            return moment
        changed = changed or moment
    return changed


def _is_in_sentence(element: HtmlElement) -> bool:
    """Whether a `time` is mentioned in the text, rather than standing above or below it."""
    return bool(element.tail and _SAID_BEHIND.fullmatch(element.tail))


def _near_heading(parts: PageParts, zone: tzinfo) -> datetime | None:
    """What is nothing but a date, close below the heading."""
    for element in parts.near_heading():
        text = short_text(element, _LONGEST_LONE)
        if text and not parts.is_foreign(element) and (moment := from_page(text, zone)):
            return moment
    return None


def _dated(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("time", "span", "div", "p", "abbr", "em", "small", "li"):
        if element.tag == "time" or _DATED.search(element.get("class") or ""):
            yield element


def _read(element: HtmlElement, zone: tzinfo) -> datetime | None:
    for written in (element.get("datetime"), element.get("content"), element.get("title") if element.tag == "abbr" else None):
        if moment := from_page(written, zone):
            return moment
    return from_page(short_text(element, _LONGEST_MARKED), zone)


def _in_address(url: str, zone: tzinfo) -> datetime | None:
    found = _IN_ADDRESS.search(url)
    return from_page(f"{found[1]}-{found[3]}-{found[4]}", zone) if found else None
