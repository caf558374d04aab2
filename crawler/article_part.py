"""The part of a page that holds its article, where the page says by its markup which one that is.

trafilatura looks at each element of a page a dozen times, and most of them are menus, cards and footers: on pages of the usual build
three quarters of its time go there.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

_HOLDERS = frozenset({"main", "article"})
_ASIDE = frozenset({"nav", "footer", "aside", "dialog", "noscript", "template"})
_ASIDE_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "dialog", "alertdialog"})
"""Parts of a page that are none of its article, as WAI-ARIA 1.2 names them. Consent to cookies is asked for in a dialog."""
_NO_PROSE = frozenset({"head", "script", "style", "svg", "title", "textarea", "option"})
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_PARAGRAPH = 160
"""Characters. What cards say of other articles is shorter, nearly always."""
_MUCH = 600
"""Characters of paragraphs in one part of the page, from which on they may be of the article."""


_LONG_TEXTS = etree.XPath(f".//text()[not(ancestor::p) and string-length() >= {_PARAGRAPH}]")


def cut_out_article(tree: HtmlElement) -> HtmlElement | None:
    """A page of nothing but what holds the article of `tree`; None where the markup leaves a doubt.

    One `main` or `article` must hold a first heading, and none other may; and there may be no paragraphs outside that could belong to it,
    as where a site puts what is for subscribers beside the rest. `tree` stays as it is.
    """
    holder = _holder_of_headings(tree)
    if holder is None or _is_much_outside(holder):
        return None
    parser = tree.getroottree().parser
    assert parser is not None  # all pages are parsed
    page = parser.makeelement("html")  # an element's own `makeelement` stays in its document, where paths begin
    head = etree.SubElement(page, "head")
    head.extend(deepcopy(script) for script in tree.iter("script") if script.get("type") == "application/ld+json")
    body = etree.SubElement(page, "body")
    body.append(deepcopy(holder))
    body[0].tail = None
    return page


def _holder_of_headings(tree: HtmlElement) -> HtmlElement | None:
    """The outermost `main` or `article` around first headings, if all that stand in one stand in the same."""
    holders = set()
    for heading in tree.iter("h1"):
        around = list(heading.iterancestors())
        outermost = next((one for one in reversed(around) if one.tag in _HOLDERS), None)
        if outermost is not None:
            if any(_is_aside(one) or one.tag == "li" for one in outermost.iterancestors()):
                return None
            holders.add(outermost)
    return holders.pop() if len(holders) == 1 else None


def _is_much_outside(holder: HtmlElement) -> bool:
    """Whether a part of the page outside has more paragraphs than sites have to say of themselves, or in a card of another article."""
    inner = holder
    for outer in holder.iterancestors():
        between = _of_paragraph(outer.text) + sum(_of_paragraph(part.tail) for part in outer)
        if between >= _MUCH or any(_most_in_paragraphs(part) >= _MUCH for part in outer if part is not inner):
            return True
        inner = outer
    return False


def _most_in_paragraphs(part: HtmlElement) -> int:
    """The characters in paragraphs, of whatever element they are made, of the card of another article that has most, or of all the rest."""
    cards = {parent for heading in part.iter(*_HEADINGS) if (parent := heading.getparent()) is not None and _is_linked(heading, parent)}
    held: Counter[HtmlElement] = Counter()
    for paragraph in part.iter("p"):
        if length := _of_paragraph("".join(paragraph.itertext())):
            _add(held, length, paragraph, cards, part)
    for text in _LONG_TEXTS(part):
        before = text.getparent()
        _add(held, _of_paragraph(text), before.getparent() if text.is_tail else before, cards, part)
    return max(held.values(), default=0)


def _is_linked(heading: HtmlElement, parent: HtmlElement) -> bool:
    return parent.tag == "a" or heading.find(".//a") is not None


def _add(held: Counter[HtmlElement], length: int, element: HtmlElement, cards: set[HtmlElement], part: HtmlElement) -> None:
    """Count what stands in `element` to the card around it, or else to the part; what is aside from any article is not counted."""
    card = None
    for one in (element, *element.iterancestors()):
        if one.tag in _NO_PROSE or _is_aside(one):
            return
        if card is None and one in cards:
            card = one
        if one is part:
            held[part if card is None else card] += length
            return


def _of_paragraph(text: str | None) -> int:
    length = len(text.strip()) if text else 0
    return length if length >= _PARAGRAPH else 0


def _is_aside(element: HtmlElement) -> bool:
    return element.tag in _ASIDE or element.get("role") in _ASIDE_ROLES
