"""Where a page says that its article goes on: a link to its next part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from crawler.page_parts import short_text
from crawler.web_url import absolute_url
from news.parts import is_part

_MOST_LINKS = 3000
_LONGEST_NAME = 20
_NEXT = re.compile(r"\W*(?:(?:page )?suivante?|(?:lire )?la suite|page suivante|suite|next(?: page)?)\W*|[›»>→]+", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomment", re.IGNORECASE)


def find_next_part(tree: HtmlElement, base: str, firsts: tuple[str, ...], number: int) -> str | None:
    """The address of part `number` of the article whose first part is at one of `firsts`, if the page links to it.

    `base`: what links of the page are relative to. A link counts that says that it leads on, or is called by the number.
    """
    for href in _hrefs_on(tree, number):
        address = absolute_url(href, base)
        if address is not None and any(is_part(first, address, number) for first in firsts):
            return address.partition("#")[0]
    return None


def _hrefs_on(tree: HtmlElement, number: int) -> Iterator[str]:
    """What may lead on: first what is declared to, then what is called so."""
    has_number = re.compile(rf"(?<!\d){number}(?!\d)").search  # nearly no address has, and only of those that do more is asked
    links = [(link, href) for link in islice(tree.iter("link", "a"), _MOST_LINKS) if has_number(href := link.get("href") or "")]
    for link, href in links:
        if "next" in (link.get("rel") or "").lower().split():
            yield href
    for link, href in links:
        if link.tag == "a" and "#" not in href.rstrip("#") and _leads_on(link, number):
            yield href


def _leads_on(link: HtmlElement, number: int) -> bool:
    name = short_text(link, _LONGEST_NAME)
    if name is None or not (name in {str(number), f"Page {number}", f"page {number}"} or _NEXT.fullmatch(name)):
        return False
    return not any(_COMMENTS.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in (link, *link.iterancestors()))
