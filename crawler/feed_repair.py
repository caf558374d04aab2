"""Makes what publishers call XML well-formed where nothing is lost by it, and tells when something was lost.

Doctypes are dropped with all their entity declarations, so that neither entity bombs nor external entities ever reach a parser.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.entities import html5

from crawler.feed_captions import without_captions

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_LITERAL = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?--!?>)", re.DOTALL)
_SECTION = "<![CDATA["
_OPENED_BY = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*\Z")
_END_OF_ENTRY = re.compile(r"</?(?:item|entry)[\s>]", re.IGNORECASE)
_MOST_TAG_CHARACTERS = 500
"""Of the tag before a section, in which it is looked for."""
_LINK_OF_LITERALS = re.compile(r"<link>\s*(?:(?:<!\[CDATA\[\s*\]\]>|<!--[^<>]*-->)\s*)+</link>", re.IGNORECASE)
"""A link that holds nothing but an empty section or a comment."""
_EMPTY_LINK = re.compile(r"<link\s*/>|<link>\s*</link>|<link\s[^<>]{0,500}?\bhref\s*=\s*(?:\"\s*\"|'\s*')[^<>]{0,500}/>", re.IGNORECASE)
"""No link at all. The parser would take it for one, and not look whether the entry's guid is a permalink (RSS 2.0)."""
_BREAKS = re.compile("[\x0b\x0c]")
_VALID = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""All that XML permits (XML 1.0 §2.2). That a whole document is of these is seen four times faster than that nothing else is in it."""
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMERIC = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,8})|0*([0-9]{1,9}));?")
_AMPERSAND = re.compile(r"&(?!#)(?:([a-zA-Z][a-zA-Z0-9]{0,31});)?")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)


_LONE_ENTRY = re.compile(r"\s*(?:<[?!](?:[^>]|-->)*>\s*)*(?P<entry><(?:[A-Za-z_][\w.-]*:)?entry\s[^>]*http://www\.w3\.org/2005/Atom[^>]*>)")
_LEAVES = (
    "title", "guid", "pubDate", "description", "author", "category", "comments", "source", "content:encoded", "dc:creator", "dc:date",
    "id", "updated", "published", "summary", "content",
)  # fmt: skip
_LEAF_TAG = re.compile(rf"<(/?(?:{'|'.join(_LEAVES)}))(?=>|\s[^<>]*(?<!/)>)")
_SIBLING = (
    r"</?(?:item|entry)[\s>]|<(?:title|link|guid|pubDate|description|category|enclosure|comments|author|source|id|updated|published|summary|content"
    r"|(?:dc|dcterms|content|media|atom|itunes):\w+)[\s>/]"
)
_WRONG_END = re.compile(r"</[^<>]*>\s*\Z")
_LITERAL_PLACE = "\0"
"""Stands for a CDATA section or a comment where elements are looked at; no other NUL is left by then."""


def is_feed(text: str) -> bool:
    """Whether this is meant to be an RSS, RDF or Atom document, however damaged, or a single Atom entry (RFC 4287 §2)."""
    if _LONE_ENTRY.match(text):
        return True
    root = _ROOT.search(text)
    if root is None:
        return False
    html = _HTML.search(_LITERAL.sub("", text[: root.start()]))
    return html is None


def repaired(text: str) -> str:
    """The document from its root element on, well-formed at the level of characters, entities and of the leaves that were not closed."""
    lone = _LONE_ENTRY.match(text)
    if lone is not None:
        text = '<feed xmlns="http://www.w3.org/2005/Atom">' + text[lone.start("entry") :] + "</feed>"
    root = _ROOT.search(text)
    body = _LINK_OF_LITERALS.sub("", text[root.start() :] if root else text)
    parts = _parts(_with_sections_closed(body))
    parts[1::2] = map(_well_formed, parts[1::2])
    parts[::2] = (part.replace("<!--", "") for part in parts[::2])  # a comment that never ends would take all with it
    elements = _LITERAL_PLACE.join(_EMPTY_LINK.sub("", _repair_references(part)) for part in parts[::2])
    parts[::2] = _with_leaves_closed(elements).split(_LITERAL_PLACE)
    return without_captions(_without_trailing_junk("".join(parts), root[1] if root else ""))


def with_valid_references(text: str) -> str:
    """The document without characters that XML forbids, and with every ampersand the beginning of a reference that XML knows."""
    parts = _parts(text)
    parts[::2] = map(_repair_references, parts[::2])
    return "".join(parts)


def _parts(text: str) -> list[str]:
    """Every second part is a CDATA section or a comment, in which an ampersand is only an ampersand, and a tag no tag."""
    return _LITERAL.split(_without_invalid_characters(text))


def _with_leaves_closed(elements: str) -> str:
    """With an end for each leaf element that has none, or one of another name: the next would be swallowed.

    Where all are closed the document is left alone: markup in a text may look like an element of its own.
    """
    tags = Counter(_LEAF_TAG.findall(elements))
    unbalanced = [name for name in _LEAVES if tags[name] != tags["/" + name]]
    if not unbalanced:
        return elements
    unclosed = re.compile(
        rf"<(?P<name>{'|'.join(unbalanced)})(?P<rest>(?:\s[^<>]*)?(?<!/)>)(?P<text>(?:(?!</(?P=name)\s*>|{_SIBLING}).)*)(?={_SIBLING})",
        re.DOTALL,
    )
    return unclosed.sub(lambda found: f"<{found['name']}{found['rest']}{_WRONG_END.sub('', found['text'])}</{found['name']}>", elements)


def _with_sections_closed(text: str) -> str:
    """With an end for each CDATA section that has none before its element ends: it would swallow all up to the end of another.

    Only where more sections begin than end: a text about XML, in a section of its own, may hold what looks like that.
    """
    if text.count(_SECTION) <= text.count("]]>"):
        return text
    before, *sections = text.split(_SECTION)
    whole = [before]
    for section in sections:
        element = _OPENED_BY.search(whole[-1][-_MOST_TAG_CHARACTERS:])
        end = section.find(f"</{element[1]}") if element and "]]>" not in section else -1
        if end >= 0 and not _END_OF_ENTRY.search(section, 0, end):
            section = f"{section[:end].rstrip().rstrip(']>')}]]>{section[end:]}"  # noqa: PLW2901  # the same section, closed
        whole.append(section)
    return _SECTION.join(whole)


def _well_formed(literal: str) -> str:
    """A CDATA section as it is; a comment that XML does not take, as many lines of nothing."""
    is_fine = literal.startswith(_SECTION) or ("--" not in literal[4:-3] and literal.endswith("-->"))
    return literal if is_fine else "\n" * literal.count("\n")


def repair_characters(text: str) -> str:
    """The text without what no parser takes: characters that XML forbids, written out or as numeric references.

    For HTML too: one of them and libxml2 gives up what comes after it.
    """
    return _NUMERIC.sub(_repair_numeric, _without_invalid_characters(text))


def is_complete(repaired_text: str, entries_read: int) -> bool:
    """Whether nothing is missing from a document that is not well-formed: it ends as it began, and every entry in it was read."""
    root = _ROOT.match(repaired_text)
    bare = _LITERAL.sub("", repaired_text)
    if root is None or not re.search(rf"</(?:[\w.-]+:)?{re.escape(root[1])}\s*>\s*\Z", bare, re.IGNORECASE):
        return False
    return len(_ENTRY.findall(bare)) == entries_read


def _without_invalid_characters(text: str) -> str:
    """Without the characters that XML forbids. Two of them stand between words: Word breaks lines with one, pages end with the other."""
    return text if _VALID.fullmatch(text) else _INVALID.sub("", _BREAKS.sub(" ", text))


def _without_trailing_junk(text: str, root_name: str) -> str:
    """Without what servers append after the end: statistics comments, scripts, error messages."""
    ends = list(re.finditer(rf"</(?:[\w.-]+:)?{re.escape(root_name)}\s*>", text, re.IGNORECASE)) if root_name else []
    if not ends or _ENTRY.search(text, ends[-1].end()):
        return text
    return text[: ends[-1].end()]


def _repair_references(text: str) -> str:
    return _AMPERSAND.sub(_repair_named, _NUMERIC.sub(_repair_numeric, text)) if "&" in text else text


def _repair_numeric(found: re.Match[str]) -> str:
    """A character reference that XML permits; those to control characters mean windows-1252, as in HTML, or nothing."""
    number = int(found[1], 16) if found[1] else int(found[2])
    if number in {0xB, 0xC}:
        return " "
    if 0x80 <= number <= 0x9F:
        return unescape(f"&#{number};")
    is_valid = number in {0x9, 0xA, 0xD} or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
    return f"&#{number};" if is_valid else ""


def _repair_named(found: re.Match[str]) -> str:
    name = found[1]
    if name in _XML_ENTITIES:
        return found[0]
    if name and (character := html5.get(f"{name};")):
        return character.replace("&", "&amp;").replace("<", "&lt;")
    return "&amp;" + found[0][1:]
