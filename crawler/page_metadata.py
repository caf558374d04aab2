"""What a page says about itself: title, author, date, language, canonical URL.

Direct look-ups of the few places where news sites put these, on the tree that is parsed anyway; trafilatura's metadata costs 3–7 ms a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.dates import zone_of
from crawler.linked_data import LinkedData
from crawler.page_authors import author_of
from crawler.page_dates import DatedPage, published_at
from crawler.page_parts import PageParts, short_text
from crawler.page_titles import title_of
from crawler.paid_parts import paid_paragraphs
from crawler.plain_text import language_of
from crawler.web_url import absolute_url

_SAMPLE_PARAGRAPHS, _SAMPLE_CHARACTERS = 20, 1000


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says about itself; None where it says nothing."""

    base: str
    """What its links are relative to."""
    title: str | None
    author: str | None
    published_at: datetime | None
    language: str | None
    canonical_url: str | None
    amp_url: str | None
    paid_paragraphs: tuple[str, ...] | None
    """As `paid_parts.paid_paragraphs` gives them; None if the article is free."""


def read_metadata(tree: HtmlElement, url: str) -> PageMetadata:
    """The metadata of the page at `url`."""
    named = _named_contents(tree)
    linked = LinkedData(tree, url)
    parts = PageParts(tree)
    base = absolute_url(next((element.get("href") for element in tree.iter("base")), None), url) or url
    language = _language(tree, named)
    zone = zone_of(language, _sample(tree, named) if language is None else "")
    return PageMetadata(
        base=base,
        title=title_of(tree, named, linked, url),
        author=author_of(tree, parts, named, linked),
        published_at=published_at(DatedPage(tree, parts, named, linked, url, zone)),
        language=language,
        canonical_url=_linked(tree, "canonical", base) or absolute_url(named.get("og:url"), base),
        amp_url=_linked(tree, "amphtml", base),
        paid_paragraphs=paid_paragraphs(tree, named, linked),
    )


def _named_contents(tree: HtmlElement) -> dict[str, str]:
    """The contents of all meta elements by their lower-case name, property or itemprop; the first of each name counts."""
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().lower().replace("dc:", "dc.").replace("dcterms:", "dcterms.")
            if name and content:
                named.setdefault(name, content)
    return named


def _language(tree: HtmlElement, named: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return language_of(declared or named.get("content-language") or named.get("og:locale"))


def _sample(tree: HtmlElement, named: dict[str, str]) -> str:
    """Some words of the page, to tell its language by."""
    paragraphs = islice((short_text(paragraph, _SAMPLE_CHARACTERS) or "" for paragraph in tree.iter("p")), _SAMPLE_PARAGRAPHS)
    return " ".join((named.get("og:description", ""), *paragraphs))


def _linked(tree: HtmlElement, relation: str, base: str) -> str | None:
    """Where the first link element of that relation leads."""
    for link in tree.iter("link"):
        if relation in (link.get("rel") or "").lower().split():
            return absolute_url(link.get("href"), base)
    return None
