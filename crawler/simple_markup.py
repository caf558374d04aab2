"""The text of markup that is so simple that no parser is needed to tell what it means; of most feeds nearly all is.

Simple is what is nested as it is meant to be, of a few elements in small letters, with quoted attributes and references that every parser
knows. Of anything else it is said that it is not, and an HTML parser reads it, in six times the time. Both give the same text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from html.entities import name2codepoint

_CONTAINERS = frozenset({"div", "blockquote", "section", "article", "figure", "ul", "ol", "li"})
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"})
_VOID = frozenset({"br", "img"})
_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "span", "small", "cite", "code", "abbr", "mark", "q"})
_NAMES = "|".join(sorted(_CONTAINERS | _LEAVES | _VOID | _INLINE, key=len, reverse=True))

_TAG = re.compile(rf"""<(/?)({_NAMES})((?:[ \t\r\n]+[\w:-]+(?:="[^"<>]*"|='[^'<>]*')?)*[ \t\r\n]*/?)>""")
_DEEPEST = 30
"""Elements within one another."""
_BREAK = "\0"
"""Stands where an element begins or ends that is no part of a line; no other NUL is there."""
_READABLE = re.compile("[\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef\U00010000-\U0001fffd]*")
"""No control characters, nor others that parsers of HTML differ on."""
_REFERENCE = re.compile(r"&([a-zA-Z0-9#]*;?)")
_NUMBER = re.compile(r"#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4});")
"""Of a character that is no control character, nor a surrogate, nor one that only some parsers take for another."""
_PERHAPS_A_NOTE = {"a": re.compile("#|footnote|noteref"), "span": re.compile("note|super")}
"""In the attributes of a link, or of a span: it may call a footnote; see `crawler.footnotes`."""


def text_of_simple(markup: str) -> str | None:
    """The text, with a new line wherever an element begins or ends that is no part of a line; None if the markup is not simple."""
    if not _READABLE.fullmatch(markup):
        return None
    first, *pieces = _TAG.split(markup)
    slashes, names, attributes, texts = pieces[::4], pieces[1::4], pieces[2::4], pieces[3::4]
    if len(names) != markup.count("<") or not _is_nested(slashes, names, attributes):
        return None
    if "&" in markup and not _has_known_references([first, *texts]):
        return None
    parts = [text if name in _INLINE else _BREAK + text for name, text in zip(names, texts, strict=True)]
    text = unescape(first + "".join(parts))
    return "\n".join(" ".join(line.split()) for line in text.split(_BREAK))


def _has_known_references(texts: Sequence[str]) -> bool:
    """Whether each is known by itself: a tag ends a reference, of which only what stands behind would make another (`&not<b>in;</b>`)."""
    return all(map(_is_known, set(_REFERENCE.findall("<".join(texts)))))


def _is_known(reference: str) -> bool:
    return reference.endswith(";") and (reference[:-1] in name2codepoint or _NUMBER.fullmatch(reference) is not None)


def _is_nested(slashes: Sequence[str], names: Sequence[str], attributes: Sequence[str]) -> bool:
    """Whether every element ends within the one in which it began, and none stands where a parser would end another for it."""
    within: list[str] = []
    for slash, name, given in zip(slashes, names, attributes, strict=True):
        if slash:
            if given or not within or within.pop() != name:
                return False
        elif name in _VOID:
            continue
        elif given.endswith("/") or not _may_begin(name, given, within):
            return False
        else:
            within.append(name)
    return not within


def _may_begin(name: str, attributes: str, within: Sequence[str]) -> bool:
    if len(within) == _DEEPEST:
        return False
    parent = within[-1] if within else ""
    if name in _INLINE:
        return (
            name not in within and parent not in {"ul", "ol"} and not (name in _PERHAPS_A_NOTE and _PERHAPS_A_NOTE[name].search(attributes))
        )
    if name == "li":
        return parent in {"ul", "ol"}
    return not within or (parent in _CONTAINERS and parent not in {"ul", "ol"})
