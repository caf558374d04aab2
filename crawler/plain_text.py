"""Markup to plain text: what feeds carry as titles, summaries and contents; and language tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement as Element
from lxml.html import HTMLParser, fragment_fromstring

from crawler.footnotes import raise_calls, raise_calls_in_line

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>|<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]*\n[ \t\r\f\v\n\u00a0]*")
_INLINE_SPACES = re.compile(r"\s+")
_MOST_LINES = 100
_LONGEST_LINE = 200
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head", "select", "textarea"})
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip


def line_of(markup: str | None, *, is_plain: bool = False) -> str | None:
    """One line of text (a title, a name): tags dropped, entities decoded, also those that were escaped twice; None if nothing is left.

    `is_plain`: what looks like a tag is meant to be read.
    """
    if not markup:
        return None
    if not is_plain:
        markup = raise_calls_in_line(markup)
    text = unescape(markup) if is_plain or "<" not in markup else unescape(_TAG.sub(" " if _is_block(markup) else "", markup))
    if _ENTITY.search(text):
        text = unescape(text)
    if not is_plain and _TAG.search(text):
        text = _TAG.sub("", text)
    return _INLINE_SPACES.sub(" ", text).strip() or None


def distinct_lines(values: Iterable[str | None]) -> tuple[str, ...]:
    """Names, such as categories, each once; a bounded number of them, and none that is longer than a name can be."""
    lines = (line_of(value) for value in islice(values, _MOST_LINES))
    return tuple(dict.fromkeys(line for line in lines if line and len(line) <= _LONGEST_LINE))


def language_of(tag: object) -> str | None:
    """A language tag (RFC 5646) in lower case; None for what is none."""
    text = tag.strip().lower().replace("_", "-") if isinstance(tag, str) else ""
    return text if 2 <= len(text) <= 35 and text.replace("-", "").isalnum() and text.isascii() else None


def _is_block(markup: str) -> bool:
    return "<br" in markup or "<p" in markup or "<div" in markup


def paragraphs_of(markup: str | None, *, is_plain: bool = False) -> str | None:
    """The text of markup, each paragraph on a line of its own; scripts and styles dropped; None if nothing is left."""
    if not markup:
        return None
    if not is_plain and ("<" in markup or "&" in markup):
        markup = _text_of_html(markup)
    if _ENTITY.search(markup):
        markup = unescape(markup)
    lines = (_INLINE_SPACES.sub(" ", line).strip() for line in _SPACES.split(markup.strip()))
    return "\n".join(line for line in lines if line) or None


def _text_of_html(markup: str) -> str:
    parser = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = fragment_fromstring(markup.encode("utf-8", "replace"), create_parent="div", parser=parser)
    except (etree.ParserError, ValueError):
        return unescape(_TAG.sub(" ", markup))
    raise_calls(root)
    parts: list[str] = []
    _collect(root, parts)
    return "".join(parts)


def _collect(root: Element, parts: list[str]) -> None:
    """Gather text in document order. By events rather than recursion: depth is the sender's choice."""
    silent_depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        is_block = tag not in _INLINE
        if event == "start":
            silent_depth += tag in _SILENT
            if not silent_depth:
                parts.append(("\n" if is_block else "") + _INLINE_SPACES.sub(" ", element.text or ""))
            continue
        silent_depth -= tag in _SILENT
        if not silent_depth:
            parts.append(("\n" if is_block else "") + (_INLINE_SPACES.sub(" ", element.tail or "") if element is not root else ""))
