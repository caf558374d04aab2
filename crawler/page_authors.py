"""Who wrote a page, by its own word: people before those who publish, and what is marked before what only stands in a byline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree
from lxml.html import HtmlElement

from crawler.linked_data import LinkedData
from crawler.page_parts import PageParts, short_text
from crawler.plain_text import line_of
from news.fingerprints import normalise_text

_META_NAMES = (
    "author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "dc.contributor", "sailthru.author",
    "cxenseparse:author", "citation_author", "bepress_citation_author", "byl", "twitter:creator",
)  # fmt: skip
_MARKED = etree.XPath('//*[@itemprop="author" or @rel="author"]')
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|auteur|byline|signature|contributor|redacteur|journalist|username|fn)s?(?:$|[\s_-])", re.IGNORECASE
)
_PROFILE = re.compile(
    r"(?:^|/)(?:author|auteur|auteurs|authors|journaliste?s?|profil|contributeurs?|redaction|personne|signataires?)[/-]", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:(?:un |une )?\w* ?)?(?:par|by|auteurs?|propos recueillis par|written by)\s*:?\s+", re.IGNORECASE)
_END = re.compile(r"\s*(?:[|•·–—]|\bpubli|\bpost|\ble \d|,? le \w+ \d| - |@|\().*$", re.IGNORECASE | re.DOTALL)
_ROLE = re.compile(r"(?:,\s+(?:en)?(?=[a-zà-ÿ])|\s+avec\s+(?=[A-Z]{2})).*$", re.DOTALL)
"""What a byline tells of a person: a role (« , envoyée spéciale »), an agency (« avec AFP »)."""
_ADDRESS = re.compile(r"\s*<[^<>\s]*@[^<>\s]*>")
_SOFTWARE = frozenset({"admin", "administrateur", "administrator", "webmaster", "webmestre", "root", "user", "wordpress"})
"""Names that a publisher's software signs with."""
_PERSON = re.compile(r"[^\W\d_a-zà-ÿ][\w’'.-]*(?:\s+[\w’'.-]+){1,4}")
_LONGEST = 100
_SIGNING = ("a", "span", "div", "p", "strong", "em", "address", "cite")


def author_of(tree: HtmlElement, parts: PageParts, named: Mapping[str, str], linked: LinkedData) -> str | None:
    """The author or authors, separated by commas; a publisher only where no person is named."""
    publishers = {normalise_text(name) for name in (*linked.publishers(), line_of(named.get("og:site_name")) or "")}
    ways: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: iter([linked.persons() or ""]),
        lambda: _named(named),
        lambda: _marked(tree, parts),
        lambda: _bylines(tree, parts),
        lambda: _signatures(parts),
    )
    foreign = None
    for way in ways:
        for name in map(_tidied, way()):
            if name and not _is_publisher(name, publishers):
                return name
            foreign = foreign or name or None
    return linked.organisations() or foreign


def _tidied(name: str) -> str:
    """A name without what stands around it; nothing if it is nobody's."""
    tidied = _ADDRESS.sub("", _without_lead(name))
    return "" if normalise_text(tidied) in _SOFTWARE else tidied


def _is_publisher(name: str, publishers: set[str]) -> bool:
    key = normalise_text(name)
    return key in publishers or bool(re.search(r"\bwww\b|\b(?:com|fr|org|net)\b$", key))


def _named(named: Mapping[str, str]) -> Iterator[str]:
    for key in _META_NAMES:
        name = line_of(named.get(key))
        if name and "://" not in name and name[0] != "@" and len(name) < 2 * _LONGEST:
            yield name


def _marked(tree: HtmlElement, parts: PageParts) -> Iterator[str]:
    """The author that microdata or a link marks as such."""
    for element in _MARKED(tree):
        if parts.is_foreign(element):
            continue
        inner = element.xpath('.//*[@itemprop="name"]')
        written = element.get("content") or (inner[0].get("content") or inner[0].text_content() if inner else element.text_content())
        name = _without_lead(line_of(written, is_plain=True) or "")
        if name and len(name) < _LONGEST and not any(character.isdigit() for character in name):  # digits: a date, a reader's comment
            yield name


def _bylines(tree: HtmlElement, parts: PageParts) -> Iterator[str]:
    """The names that stand where the article is signed: in a link to a profile, or in what is called an author's."""
    for element in (tree if parts.article is None else parts.article).iter(*_SIGNING):
        is_profile = element.tag == "a" and _PROFILE.search(element.get("href") or "")
        if (is_profile or _BYLINE.search(element.get("class") or "")) and not parts.is_foreign(element) and (name := _person_in(element)):
            yield name


def _signatures(parts: PageParts) -> Iterator[str]:
    """The names in lines of their own that say so: « Par Ève Martin », « Auteur : Ève Martin »."""
    near = parts.near_heading() if parts.article is None else parts.article.iter(*_SIGNING)
    for element in near:
        if _LEAD.match(f"{element.text or ''} ".lstrip()) and not parts.is_foreign(element) and (name := _person_in(element)):
            yield name


def _person_in(element: HtmlElement) -> str | None:
    """The name of a person, where the element says little else."""
    text = short_text(element, 2 * _LONGEST)
    if not text:
        return None
    name = _ROLE.sub("", _END.sub("", _without_lead(text))).strip(" ,:;")
    return name if len(name) <= _LONGEST and _PERSON.fullmatch(name) else None


def _without_lead(name: str) -> str:
    return _LEAD.sub("", name, count=1)
