"""The article that a page describes in JSON-LD (https://schema.org/Article), with what it refers to by `@id`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from lxml.html import HtmlElement

from crawler.dates import from_page
from crawler.plain_text import line_of
from crawler.web_url import absolute_url
from news.urls import comparing_url

# Decoded JSON from strangers: every value is checked where it is used.
Node = dict[str, object]

_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review", "Recipe", "VideoObject")
_PAGE_TYPES = ("WebPage", "ItemPage")
_LISTS = ("@graph", "mainEntity", "mainEntityOfPage")
_MOST_JSON_CHARACTERS = 500_000
_WRAPPING = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|;)\s*\Z")
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")
"""Of a list or an object, as JavaScript allows it and JSON does not."""
_LONGEST_NAME = 100


class LinkedData:
    """The page's JSON-LD, read only if asked."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self._tree = tree
        self._url = url
        self._articles: list[Node] | None = None
        self._by_id: dict[str, Node] = {}

    def headline(self) -> str | None:
        """The title, without the site's name that the page's `<title>` often has."""
        return next((line_of(text) for node in self._all() if isinstance(text := node.get("headline"), str)), None)

    def persons(self) -> str | None:
        """The names of the people who wrote the article."""
        return self._names(are_persons=True)

    def organisations(self) -> str | None:
        """The names of what else is given as its author."""
        return self._names(are_persons=False)

    def publishers(self) -> set[str]:
        """The names of who publishes it."""
        named = (
            self._resolved(one) for node in self._all() for key in ("publisher", "sourceOrganization") for one in _listed(node.get(key))
        )
        return {name for one in named if (name := _name(one))}

    def published_at(self, zone: tzinfo) -> datetime | None:
        """When the article was published; `zone` is that of a date which names none."""
        dates = (node.get(key) for node in self._all() for key in ("datePublished", "dateCreated", "uploadDate"))
        return next((moment for date in dates if isinstance(date, str) and (moment := from_page(date, zone))), None)

    def paid_parts(self) -> tuple[str, ...] | None:
        """The CSS selectors of what only subscribers are to read; empty if the page does not say which; None if the article is free.

        https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
        """
        paid = [node for node in self._all() if _is_false(node.get("isAccessibleForFree"))]
        if not paid:
            return None
        parts = (part for node in paid for part in _listed(node.get("hasPart")) if isinstance(part, dict))
        return tuple(
            selector
            for part in parts
            if not _is_true(part.get("isAccessibleForFree"))
            for selector in _listed(part.get("cssSelector"))
            if isinstance(selector, str)
        )

    def _names(self, *, are_persons: bool) -> str | None:
        for article in self._all():
            authors = [self._resolved(one) for key in ("author", "creator") for one in _listed(article.get(key))]
            names = [_name(one) for one in authors if _is_organisation(one) is not are_persons]
            if found := ", ".join(dict.fromkeys(name for name in names if name)):
                return found[: 2 * _LONGEST_NAME]
        return None

    def _resolved(self, value: object) -> object:
        """What an `@id` stands for, where the page tells more of it elsewhere."""
        if isinstance(value, dict) and isinstance(identity := value.get("@id"), str) and "name" not in value:
            return self._by_id.get(identity, value)
        return value

    def _all(self) -> list[Node]:
        """The articles: those of this very address first, and pages after articles."""
        if self._articles is None:
            nodes = [
                node for script in self._tree.iterfind('.//script[@type="application/ld+json"]') for node in _nodes_in(script.text or "")
            ]
            self._by_id = {identity: node for node in nodes if isinstance(identity := node.get("@id"), str) and "name" in node}
            articles = [node for node in nodes if _is_of(node, _ARTICLE_TYPES)]
            here = [node for node in articles if self._is_here(node)]
            self._articles = (here or articles) + [node for node in nodes if _is_of(node, _PAGE_TYPES)]
        return self._articles

    def _is_here(self, node: Node) -> bool:
        page = node.get("mainEntityOfPage")
        named = (node.get("url"), page.get("@id") if isinstance(page, dict) else page, node.get("@id"))
        addresses = (absolute_url(one.partition("#")[0], self._url) for one in named if isinstance(one, str) and one)
        return any(comparing_url(one) == comparing_url(self._url) for one in addresses if one)


def _is_of(node: Node, kinds: tuple[str, ...]) -> bool:
    return any(str(kind).endswith(kinds) for kind in _listed(node.get("@type")))


def _is_organisation(value: object) -> bool:
    return isinstance(value, dict) and _is_of(value, ("Organization", "NewsMediaOrganization", "Corporation", "Brand", "WebSite"))


def _is_false(value: object) -> bool:
    """JSON's own word, and the others that sites write: "False", "http://schema.org/False"."""
    return value is False or (isinstance(value, str) and value.rpartition("/")[2].strip().lower() == "false")


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.rpartition("/")[2].strip().lower() == "true")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _name(value: object) -> str | None:
    name = value.get("name") if isinstance(value, dict) else value
    first = _listed(name)[0] if name else None
    line = line_of(first) if isinstance(first, str) and "://" not in first else None
    return line if line and len(line) <= _LONGEST_NAME else None


def _decoded(script: str) -> object:
    """What the script says. Raises ValueError, RecursionError."""
    try:
        return json.loads(script, strict=False)
    except ValueError:
        return json.loads(_LAST_COMMA.sub("", script), strict=False)


def _nodes_in(script: str) -> Iterator[Node]:
    if len(script) > _MOST_JSON_CHARACTERS:
        return
    bare = _WRAPPING.sub("", _WRAPPING.sub("", script))
    try:
        waiting: list[object] = [_decoded(bare)]
    except (ValueError, RecursionError):
        return
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.extend(item.get(key) for key in _LISTS)
            waiting.extend(one for key in ("author", "creator") for one in _listed(item.get(key)) if isinstance(one, dict) and "@id" in one)
