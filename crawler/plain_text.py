"""Markup to plain text: what feeds carry as titles, summaries and contents; and language tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from html.entities import html5
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement as Element
from lxml.html import HTMLParser, fragment_fromstring

from crawler.footnotes import raise_calls, raise_calls_in_line
from crawler.simple_markup import text_of_simple

_ESCAPED_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL | re.IGNORECASE)
"""In a text that XML has been taken off: the publisher escaped the section along with the rest."""
_UNENDED_CDATA = re.compile(r"\s*<!\[CDATA\[", re.IGNORECASE)
_CDATA_ESCAPED_TWICE = re.compile(r"\s*&lt;!\[CDATA\[.*\]\](?:&gt;|>)\s*", re.DOTALL | re.IGNORECASE)
"""Only around all of a text: within it, it is what the text speaks of."""
_UNENDED = re.compile(r"&([a-zA-Z][a-zA-Z0-9]*)(?![a-zA-Z0-9;])(=?)")
_ESCAPED_PAIR = re.compile(r"&lt;(p|div|a|b|i|em|strong|span|ul|li|h[1-6]|blockquote)\b.*?&lt;/\1&gt;", re.DOTALL)
_SILENT_PAIR = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_VOID = re.compile(r"<(?:br|hr|img)\b[^<>]*>", re.IGNORECASE)
_POSSIBLE_BREAK = re.compile(r"</?wbr\b[^<>]*>", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Where a line may be broken, and where it may not: of a word, and of what a text processor left before it, nobody sees them."""
_WITH_ATTRIBUTES = re.compile(r"<[a-zA-Z][\w:-]*\s+[\w:-]+\s*=[^<>]*>")
_END_TAG = re.compile(r"</([a-zA-Z][\w:-]*)\s*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>|<!--.*?-->", re.DOTALL)
_INLINE_SPACES = re.compile(r"\s+")
_MOST_LINES = 100
_LONGEST_LINE = 200
_SILENT = frozenset({"rp", "rt", "script", "style", "template", "noscript", "iframe", "object", "svg", "head", "select", "textarea"})
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
    "mark", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip


def line_of(markup: str | None, *, is_plain: bool = False) -> str | None:
    """One line of text (a title, a name): markup dropped, entities decoded, also those that were escaped twice; None if nothing is left.

    Of what looks like a tag that is dropped which is markup beyond doubt: what stands alone (`<br>`, `<img>`), has attributes, or is closed
    again. A lone `<head>` is meant to be read, and so is everything if `is_plain`.
    """
    if not markup:
        return None
    text = markup if is_plain else _without_markup(raise_calls_in_line(_without_escaped_cdata(markup)))
    text = _unescaped(text)
    if _ENTITY.search(text):
        text = _unescaped(text)
    return " ".join(_UNSEEN.sub("", text).split()) or None


def _without_markup(line: str) -> str:
    if "<" not in line:
        return line
    line = _POSSIBLE_BREAK.sub("", _SILENT_PAIR.sub("", line))
    closed = {name.lower() for name in _END_TAG.findall(line)}
    line = _WITH_ATTRIBUTES.sub("", _VOID.sub(" ", line))
    gap = " " if closed & {"p", "div"} else ""
    for name in closed:
        line = re.sub(rf"</?{re.escape(name)}\s*/?>", gap, line, flags=re.IGNORECASE)
    return re.sub(r"<!--.*?-->", "", line, flags=re.DOTALL)


def _unescaped(text: str) -> str:
    """The text with its references decoded. `&sect=2`, `&copyright`: part of an address or a word, since no semicolon ends them."""
    return unescape(_UNENDED.sub(_keep_unended, text)) if "&" in text else text


def _keep_unended(found: re.Match[str]) -> str:
    is_reference = found[1] in html5 and not found[2]
    return found[0] if is_reference else f"&amp;{found[1]}{found[2]}"


def distinct_lines(values: Iterable[str | None]) -> tuple[str, ...]:
    """Names, such as categories, each once; a bounded number of them, and none that is longer than a name can be."""
    lines = (line_of(value) for value in islice(values, _MOST_LINES))
    return tuple(dict.fromkeys(line for line in lines if line and len(line) <= _LONGEST_LINE))


def language_of(tag: object) -> str | None:
    """A language tag (RFC 5646) in lower case; None for what is none."""
    text = tag.strip().lower().replace("_", "-") if isinstance(tag, str) else ""
    return text if 2 <= len(text) <= 35 and text.replace("-", "").isalnum() and text.isascii() else None


def paragraphs_of(markup: str | None, *, is_plain: bool = False) -> str | None:
    """The text of markup, each paragraph on a line of its own; scripts and styles dropped; None if nothing is left."""
    if not markup:
        return None
    if not is_plain and ("<" in markup or "&" in markup):
        markup = _text_of_markup(_as_meant(markup))
    if _ENTITY.search(markup):
        markup = _unescaped(markup)
    lines = (" ".join(line.split()) for line in markup.split("\n"))
    return "\n".join(line for line in lines if line) or None


def _as_meant(markup: str) -> str:
    """The markup without what some publisher's software did to it: CDATA sections escaped, everything escaped twice."""
    markup = _without_escaped_cdata(markup)
    if not _TAG.search(markup) and _ESCAPED_PAIR.search(markup):
        markup = unescape(markup)
    return _UNENDED.sub(_keep_unended, markup)


def _without_escaped_cdata(markup: str) -> str:
    """What stands in CDATA sections that are none any more. HTML has no such thing: a parser of it would drop all that is in one."""
    if "![" not in markup:
        return markup
    if _CDATA_ESCAPED_TWICE.fullmatch(markup):
        markup = unescape(markup)
    return _UNENDED_CDATA.sub("", _ESCAPED_CDATA.sub(r"\1", markup), count=1)


def _text_of_markup(markup: str) -> str:
    simple = text_of_simple(markup)
    return _text_of_html(markup) if simple is None else simple


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
