"""Calls of footnotes in HTML: `OpenAI<sup>1</sup>` becomes `OpenAI¹`, so that the 1 is not read as a part of the name.

What is raised as a part of its word stays as it is: `XX<sup>e</sup>`, `M<sup>me</sup>`, `1<sup>er</sup>`, `n<sup>o</sup>`.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from crawler.page_parts import text_before

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CALL = re.compile(r"\s*[(\[]?\s*(?:\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*|[*†‡§¶]+)\s*[)\]]?\s*")
_LETTER_CALL = re.compile(r"\s*(?:[a-z]|[ivx]{1,5}|note\s*\d*|n\.?\s?\d+)\s*", re.IGNORECASE)
"""What a link to a note may say besides digits; as a mere raised letter it belongs to its word."""
_LONE_CALL = re.compile(r"\s*(?:[a-d]|i|ii|iii|iv|vi{0,3}|ix|x)\s*")
"""What calls a note as a mere raised letter, behind a whole word in small letters; `député<sup>e</sup>`, `XX<sup>e</sup>` are words."""
_WHOLE_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[a-zà-ÿ]$")
_SPANS = etree.XPath('.//span[contains(@class, "note") or contains(@style, "super")]')
"""Spans that may be calls, such as `<span class="footnote-ref">`."""
_IS_APART = re.compile(r"[\s(\[]")
"""How a call begins that is not glued to the word before it as it is."""
_MARK = re.compile(r"\s*(?:TM|SM|MC|MD|R|C)\s*")
"""Trade marks, also as they are called in Canada (marque de commerce, marque déposée)."""
_LETTER = re.compile(r"[^\W\d_]$")
_SUP = re.compile(r"<sup\b[^<>]*>((?:<a\b[^<>]*>)?)([^<>]*)((?:</a>)?)</sup\s*>", re.IGNORECASE)


_MOST_CHILDREN = 2
"""A call is a link in a sup, or the other way around, perhaps with a span."""
_LONGEST_BEFORE = 40
"""Characters before a call that are looked at."""
_LONGEST_CALL = 20
"""Characters: several numbers and their commas."""


def raise_calls(tree: HtmlElement) -> None:
    """Write every call of a footnote in the tree as such: its digits raised, or parted by a space from the word before it."""
    perhaps = [element for element in tree.iter("sup", "a") if element.tag == "sup" or _leads_to_note(element)]
    for element in [*perhaps, *_SPANS(tree)]:  # which take others out of the tree
        raised = _raised(element)
        if raised is not None:
            _say(element, raised)


def raise_calls_in_line(markup: str) -> str:
    """The same for the markup of one line, such as a title."""
    if "<sup" not in markup.lower():
        return markup
    return _SUP.sub(
        lambda sup: (
            _raise_text(sup[2], before=sup.string[max(0, sup.start() - _LONGEST_BEFORE) : sup.start()], is_link=bool(sup[1])) or sup[0]
        ),
        markup,
    )


def _raised(element: HtmlElement) -> str | None:
    """What the element is to say instead; None for what calls no footnote."""
    is_sup = element.tag == "sup"
    if len(element) > _MOST_CHILDREN or not (is_sup or _follows_word(element)):
        return None
    text = element.text_content()
    if len(text) > _LONGEST_CALL or (element.tag == "span" and _IS_APART.match(text)):
        return None
    is_link = element.tag == "a" or next(element.iter("a"), None) is not None
    return _raise_text(text, before=text_before(element), is_link=is_link)


def _raise_text(text: str, *, before: str, is_link: bool) -> str | None:
    if _CALL.fullmatch(text):
        return text.strip().translate(_RAISED)
    if _MARK.fullmatch(text):
        return "™" if text.strip() == "TM" else f" {text.strip()}"
    is_call = _LETTER_CALL.fullmatch(text) if is_link else _LONE_CALL.fullmatch(text) and _WHOLE_WORD.search(before[-_LONGEST_BEFORE:])
    return f" {text.strip()}" if is_call else None


def _leads_to_note(link: HtmlElement) -> bool:
    """Whether it leads to a place within a page, as calls do: of a page's hundreds of links nearly none."""
    return "#" in (link.get("href") or "").rstrip("#") or "footnote" in (link.get("class") or "") or link.get("role") == "doc-noteref"


def _follows_word(element: HtmlElement) -> bool:
    """Whether a letter stands directly before it; `<a href="#1">1</a>` after a space is a page number or the like."""
    return bool(_LETTER.search(text_before(element)))


def _say(element: HtmlElement, text: str) -> None:
    """Replace what an element holds; what follows it stays."""
    for child in list(element):
        element.remove(child)
    element.text = text
