"""What a page says about itself: title, author, date, language, canonical URL.

Direct look-ups of the few places where news sites put these, on the tree that is parsed anyway; trafilatura's metadata costs 3–7 ms a page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from crawler.dates import from_text
from crawler.plain_text import language_of, line_of
from crawler.web_url import absolute_url
from news.fingerprints import normalise_text

_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dc.date", "dcterms.created",
    "dcterms.date", "pubdate", "publish-date", "publish_date", "publication_date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "twitter:creator")
_ARTICLE_TYPES = ("Article", "Posting", "Report", "WebPage")
_MOST_JSON_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says about itself; None where it says nothing."""

    title: str | None
    author: str | None
    published_at: datetime | None
    language: str | None
    canonical_url: str | None


def read_metadata(tree: HtmlElement, url: str) -> PageMetadata:
    """The metadata of the page at `url`."""
    named = _named_contents(tree)
    linked = _LinkedData(tree)
    base = absolute_url(next((element.get("href") for element in tree.iter("base")), None), url) or url
    return PageMetadata(
        title=_title(tree, named),
        author=_author(named) or linked.author() or _marked_author(tree),
        published_at=_named_date(named) or linked.published_at() or _marked_date(tree),
        language=_language(tree, named),
        canonical_url=_canonical(tree, base) or absolute_url(named.get("og:url"), base),
    )


def _named_contents(tree: HtmlElement) -> dict[str, str]:
    """The contents of all meta elements by their lower-case name, property or itemprop; the first of each name counts."""
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content:
                named.setdefault(name, content)
    return named


def _title(tree: HtmlElement, named: dict[str, str]) -> str | None:
    """What the page is called where it is shared; without the site's name after it, if the main heading shows where that begins."""
    shared = line_of(named.get("og:title")) or line_of(named.get("twitter:title"))
    heading = _heading(tree)
    if shared and heading and normalise_text(shared).startswith(normalise_text(heading)):
        return heading
    return shared or heading or line_of(tree.findtext(".//title"))


def _heading(tree: HtmlElement) -> str | None:
    """The page's only main heading; several are no title."""
    headings = [heading for heading in tree.iter("h1") if heading.text_content().strip()]
    return line_of(headings[0].text_content(), is_plain=True) if len(headings) == 1 else None


def _author(named: dict[str, str]) -> str | None:
    site = line_of(named.get("og:site_name"))
    candidates = (line_of(named.get(name)) for name in _AUTHOR_NAMES)
    return next((name for name in candidates if name and name != site and "://" not in name and name[0] != "@" and len(name) < 200), None)


def _marked_author(tree: HtmlElement) -> str | None:
    """The author that microdata or a link marks as such."""
    for element in tree.xpath('//*[@itemprop="author" or @rel="author"]'):
        name = line_of(element.text_content(), is_plain=True)
        if name and len(name) < 100 and not any(character.isdigit() for character in name):  # digits: a date, a reader's comment
            return name
    return None


def _named_date(named: dict[str, str]) -> datetime | None:
    return next((moment for name in _DATE_NAMES if (moment := from_text(named.get(name)))), None)


def _marked_date(tree: HtmlElement) -> datetime | None:
    """The first time element: above the article stands when it was published, further down when others were."""
    return next((moment for element in tree.iter("time") if (moment := from_text(element.get("datetime")))), None)


def _language(tree: HtmlElement, named: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return language_of(declared or named.get("content-language") or named.get("og:locale"))


def _canonical(tree: HtmlElement, base: str) -> str | None:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return absolute_url(link.get("href"), base)
    return None


class _LinkedData:
    """The page's JSON-LD (https://schema.org/Article), read only if asked."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._articles: list[dict[str, object]] | None = None

    def author(self) -> str | None:
        """The names of the article's authors."""
        for article in self._all():
            people = article.get("author")
            listed = people if isinstance(people, list) else [people]
            names = [line_of(_name(person)) for person in listed]
            if found := ", ".join(dict.fromkeys(name for name in names if name)):
                return found[:200]
        return None

    def published_at(self) -> datetime | None:
        """When the article was published."""
        dates = (article.get("datePublished") for article in self._all())
        return next((moment for date in dates if isinstance(date, str) and (moment := from_text(date))), None)

    def _all(self) -> list[dict[str, object]]:
        if self._articles is None:
            scripts = self._tree.iterfind('.//script[@type="application/ld+json"]')
            self._articles = [article for script in scripts for article in _articles_in(script.text or "")]
        return self._articles


def _name(person: object) -> str | None:
    name = person.get("name") if isinstance(person, dict) else person
    if isinstance(name, list):
        name = name[0] if name else None
    return name if isinstance(name, str) and "://" not in name else None


def _articles_in(script: str) -> Iterator[dict[str, object]]:
    if len(script) > _MOST_JSON_BYTES:
        return
    try:
        waiting: list[object] = [json.loads(script.strip().rstrip(";"), strict=False)]
    except (ValueError, RecursionError):
        return
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.append(item.get("@graph"))
            if any(str(item.get("@type")).rstrip("']").endswith(kind) for kind in _ARTICLE_TYPES):
                yield item
