"""The part of a page that holds its article, where the page says by its markup which one that is.

trafilatura looks at each element of a page a dozen times, and most of them are menus, cards and footers: on pages of the usual build
three quarters of its time go there.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

_HOLDERS = frozenset({"main", "article"})
_ASIDE = frozenset({"nav", "footer", "aside", "dialog", "noscript", "template"})
_ASIDE_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "dialog", "alertdialog"})
"""Parts of a page that are none of its article, as WAI-ARIA 1.2 names them. Consent to cookies is asked for in a dialog."""
# Elements whose text is no prose, and those whose own text is no line beside the paragraphs, which are counted whole.
_NO_PROSE = frozenset({"head", "script", "style", "svg", "title", "textarea", "option", "label", "button"})
_NO_LINE = _NO_PROSE | {"p", "a"}
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_PARAGRAPH = 160
"""Characters. What names another article is shorter, nearly always."""
_LINE = 25
"""Characters. Labels are shorter; the lines of a dialogue, a list or a poem are not."""
_MUCH = 600
"""Characters of lines outside, from which on they may be of the article."""
_TEXT = re.compile(
    r"(?:entry|post|page|text|art|article)[-_]*(?:content|body|text|entry)|article__container|body-text|^(?:post|entry)$",
    re.IGNORECASE | re.MULTILINE,
)
"""What sites call the element around an article's text, in its class or id."""
_TEXT_OR_MORE = re.compile(
    rf"{_TEXT.pattern}|(?:story|theme|blog|section|single|main|field)[-_]*(?:content|body|column|post)|content[-_]*(?:main|body)|fulltext"
    r"|^(?:content|story|text|cell|postarea|article|main|primary)",
    re.IGNORECASE | re.MULTILINE,
)
"""The same, with what as many sites call the element around all of a page. An `article` says more than these do."""
_MOST_ELEMENTS = 50_000
"""Of a part, which is copied: twice what a longer one takes may leave a worker no memory to read it in."""
_ELEMENTS = etree.XPath("count(.//*)")
_LINES = etree.XPath(f".//text()[string-length() >= {_LINE} and not(parent::p or parent::a or parent::script or parent::style)]")


def cut_out_article(tree: HtmlElement) -> HtmlElement | None:
    """A page of nothing but what holds the article of `tree`; None where the markup leaves a doubt.

    One `main` or `article` must hold a first heading, and none other may; and there may be no paragraphs outside that could belong to it,
    as where a site puts what is for subscribers beside the rest. Nor may the part be very long. `tree` stays as it is.
    """
    holder = _holder_of_headings(tree)
    if holder is None or _ELEMENTS(holder) > _MOST_ELEMENTS or _is_much_outside(holder):
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


def count_characters(part: HtmlElement) -> int:
    """How many a part of a page says, without its labels, what stands aside, and cards of other articles."""
    said = _Said(_TEXT)
    said.add(part)
    return said.length


def _is_much_outside(holder: HtmlElement) -> bool:
    """Whether more is said outside than sites say of themselves, and cards of other articles; or anything in what is called the text."""
    said = _Said(_TEXT if holder.tag == "article" or holder.find(".//article") is not None else _TEXT_OR_MORE)
    inner = holder
    for outer in holder.iterancestors():
        said.length += _length_of_line(outer.text) + sum(_length_of_line(part.tail) for part in outer)
        for part in outer:
            if part is not inner and part.tag not in _NO_PROSE:
                said.add(part)
        if said.says_much() or (said.says_anything() and said.is_called_text(outer)):
            return True
        inner = outer
    return False


class _Said:
    """What parts of a page say, as the number of characters in lines, of whatever elements these are made."""

    def __init__(self, names: re.Pattern[str]) -> None:
        """`names`: what the element around an article's text is called."""
        self._names = names
        self._called_text: dict[HtmlElement, bool] = {}
        self._in_cards: Counter[HtmlElement] = Counter()
        self._has_called_text = False
        self.length = 0

    def says_anything(self) -> bool:
        return bool(self.length or self._in_cards)

    def says_much(self) -> bool:
        return self._has_called_text or self.length >= _MUCH or max(self._in_cards.values(), default=0) >= _MUCH

    def is_called_text(self, element: HtmlElement) -> bool:
        """Whether it is called as what holds an article's text. Looked at once for all its lines: names may be as long as a page."""
        if element not in self._called_text:
            names = f"{element.get('class')}\n{element.get('id')}"
            self._called_text[element] = element.get("itemprop") == "articleBody" or bool(self._names.search(names))
        return self._called_text[element]

    def add(self, part: HtmlElement) -> None:
        """Count what this part of the page says too."""
        cards = {parent for heading in part.iter(*_HEADINGS) if (parent := heading.getparent()) is not None and _is_linked(heading, parent)}
        for paragraph in part.iter("p"):
            if length := _length_of_paragraph(paragraph):
                self._add_line(length, paragraph, part, cards, _NO_PROSE)
        for text in _LINES(part):
            if length := _length_of_line(text):
                before = text.getparent()
                self._add_line(length, before.getparent() if text.is_tail else before, part, cards, _NO_LINE)

    def _add_line(self, length: int, element: HtmlElement, part: HtmlElement, cards: set[HtmlElement], tags: frozenset[str]) -> None:
        """Count what stands in `element`: to the card around it, or else to all the rest. In one of `tags` it is no line."""
        card: HtmlElement | None = None
        around: list[HtmlElement] = []
        for one in (element, *element.iterancestors()):
            if one.tag in tags or _is_aside(one):
                return
            if one in cards:
                card = one if card is None else card
                around.clear()  # what a card calls a text is its own
            else:
                around.append(one)
            if one is part:
                break
        self._has_called_text = self._has_called_text or any(map(self.is_called_text, around))
        if card is None:
            self.length += length
        else:
            self._in_cards[card] += length


def _length_of_paragraph(paragraph: HtmlElement) -> int:
    """The characters of a paragraph; of a short one, only those that are in no link, which may name another article."""
    length = len("".join(paragraph.itertext()).strip())
    if length < _PARAGRAPH:
        length -= sum(len(text) for link in paragraph.iter("a") for text in link.itertext())
    return length if length >= _LINE else 0


def _length_of_line(text: str | None) -> int:
    """Its characters; none if it is as short as a label."""
    length = len(text.strip()) if text else 0
    return length if length >= _LINE else 0


def _is_linked(heading: HtmlElement, parent: HtmlElement) -> bool:
    """Whether a heading leads elsewhere. Those of a live report lead to their own place in the page."""
    link = parent if parent.tag == "a" else next(heading.iter("a"), None)
    return link is not None and not link.get("href", "").startswith("#")


def _is_aside(element: HtmlElement) -> bool:
    return element.tag in _ASIDE or element.get("role") in _ASIDE_ROLES
