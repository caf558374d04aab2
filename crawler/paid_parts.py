"""What a page says of who may read its article, and whether what is for subscribers stands in it all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from lxml.html import HtmlElement

from crawler.linked_data import LinkedData

_NAMES = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
_MOST_SELECTORS = 20
_MOST_PARAGRAPHS = 200
_LEAST_PARAGRAPH = 80
"""Characters. What stands in the place of paid text (a button, an offer) comes in shorter pieces."""


def paid_paragraphs(tree: HtmlElement, named: Mapping[str, str], linked: LinkedData) -> tuple[str, ...] | None:
    """The paragraphs that the page holds of what it keeps for subscribers; None if it says that its article is free, or nothing.

    Servers that leave the rest to a script send all of it; others send a button, or nothing.
    """
    selectors = linked.paid_parts()
    if selectors is None:
        tier = named.get("article:content_tier") or named.get("og:article:content_tier") or ""
        return () if tier.lower() == "locked" else None
    names = frozenset(name for selector in selectors[:_MOST_SELECTORS] if (name := _last_name(selector)))
    return tuple(islice(_paragraphs_in(tree, names), _MOST_PARAGRAPHS)) if names else ()


def is_left_out(paragraphs: Iterable[str], text: str) -> bool:
    """Whether a text holds no paragraph of what is for subscribers."""
    known = " ".join(text.split())
    return not any(paragraph[:_LEAST_PARAGRAPH] in known for paragraph in paragraphs)


def _last_name(selector: str) -> str | None:
    """The last class or id of a CSS selector, which is what it is all about: `.article-body .paywall`."""
    names = _NAMES.findall(selector[:200])
    return names[-1] if names else None


def _paragraphs_in(tree: HtmlElement, names: frozenset[str]) -> Iterator[str]:
    """The longer paragraphs in elements of these classes or ids."""
    inside: set[HtmlElement] = set()
    for element in tree.iter("*"):
        parent = element.getparent()
        is_named = not names.isdisjoint((element.get("class") or "").split()) or element.get("id") in names
        if is_named or (parent is not None and parent in inside):
            inside.add(element)
            if element.tag == "p" and len(text := " ".join(element.text_content().split())) >= _LEAST_PARAGRAPH:
                yield text
