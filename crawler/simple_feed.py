"""RSS 2.0 that is written as most of it is, read into the dictionaries that feedparser makes of it, in a tenth of the time.

Nothing is guessed here: of a document with any element, attribute or form of a date that is not listed below, with elements that repeat
or stand elsewhere, or damaged in any way, it is said that it is not simple, and feedparser reads it. What is listed is read as feedparser
does it, with its peculiarities; of what it gives only that is there which `crawler.feed_parser` asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

Record = dict[str, Any]

_ATOM, _DC, _MEDIA = "{http://www.w3.org/2005/Atom}", "{http://purl.org/dc/elements/1.1/}", "{http://search.yahoo.com/mrss/}"
_CONTENT, _SLASH = "{http://purl.org/rss/1.0/modules/content/}encoded", "{http://purl.org/rss/1.0/modules/slash/}"
_WFW, _SY = "{http://wellformedweb.org/CommentAPI/}", "{http://purl.org/rss/1.0/modules/syndication/}"

_CHANNEL_TEXTS = {
    "title": "title", "language": "language", "generator": "generator", "ttl": "ttl", f"{_SY}updatePeriod": "sy_updateperiod",
    f"{_SY}updateFrequency": "sy_updatefrequency",
}  # fmt: skip
_ITEM_TEXTS = {"title": "title", "pubDate": "published", f"{_DC}date": "updated"}
_SAYS_NOTHING = frozenset({
    "copyright", "docs", "webMaster", "cloud", "comments", f"{_DC}rights", f"{_DC}publisher", f"{_SLASH}comments", f"{_WFW}commentRss",
    f"{_WFW}comment",
})  # fmt: skip
"""Elements that are passed over, in the channel and in an item."""
_SAYS_NOTHING_OF_CHANNEL = _SAYS_NOTHING | {"description", "lastBuildDate", "pubDate", "managingEditor", "category"}
"""Those of the channel. In an item feedparser takes an editor for an author, and the time of the last build for that of an update."""
_PARTS_OF_IMAGE = frozenset({"title", "url", "link", "width", "height", "description"})
_PARTS_OF_SKIPPED = frozenset({"hour", "day"})
_MEDIA_PARTS = frozenset({f"{_MEDIA}content", f"{_MEDIA}thumbnail", f"{_MEDIA}credit"})
_ATTRIBUTES = {"guid": {"isPermaLink"}, "category": {"domain"}}
_MOST_CATEGORIES = 20
"""Of an item. Of very many only the first are kept, and feedparser does not count the same one twice."""
_INHERITED = frozenset({"base", "lang"})
"""Attributes, of whatever namespace, that hold for all that is within."""
_HTML = frozenset({"text/html", "html", "application/xhtml+xml", "xhtml"})

_NAMESPACE = re.compile(r"""xmlns(?::([^\s=:]+))?\s*=\s*["']([^"']*)""")
_USUAL_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/", "dc": _DC[1:-1], "media": _MEDIA[1:-1], "slash": _SLASH[1:-1], "sy": _SY[1:-1],
    "wfw": _WFW[1:-1].lower(),
}  # fmt: skip
"""By which feedparser calls these namespaces; it loses its way where a feed calls another one so."""
_XLINK = "http://www.w3.org/1999/xlink"
"""feedparser takes its declaration for an attribute of the element, and what has any for something else."""
_OTHER_VERSIONS = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_OF_ANY_VERSION = "backend.userland.com/rss"
"""Namespaces by which feedparser tells a version, wherever they are declared, and one that it has in several spellings."""
_WITHOUT_CONTROLS = re.compile("[^\x80-\x9f]*")
"""feedparser takes these control characters for the letters and signs that Windows-1252 has in their places. To match a whole document
that has none of them is four times as fast as to search it for one."""
_SLASHES = re.compile("^([A-Za-z][A-Za-z0-9+-.]*://)/+")
_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d(?::\d\d)? ?"
    r"(?:[+-]\d{4}|GMT|UTC|UT|Z|CET|CEST|EST|EDT|PST|PDT)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
)
"""Dates that `crawler.dates` reads without feedparser's numbers, or knows to be those of no day."""


class NotSimpleError(Exception):
    """Raised for what feedparser is to read."""


@dataclass(frozen=True, slots=True)
class SimpleFeed:
    """What is read of a simple feed, under the names by which feedparser's result has it."""

    feed: Record
    entries: list[Record]
    version: str = "rss20"


def read_simple_feed(document: str) -> SimpleFeed | None:
    """The feed, from its root element on; None if it is not simple."""
    if not document.startswith("<rss") or _is_uncommon(document):
        return None
    try:
        return _read_root(ET.fromstring(document))  # noqa: S314  # without a doctype, as it is by now, there are no entities
    except (ET.ParseError, NotSimpleError):
        return None


def _is_uncommon(document: str) -> bool:
    """Whether something in it has feedparser read all of it in another way."""
    spaces = {(prefix, space.strip().lower()) for prefix, space in _NAMESPACE.findall(document)}
    is_other = any(_is_misleading(prefix, space) for prefix, space in spaces)
    return is_other or "<!DOCTYPE" in document or "<!ENTITY" in document or not _WITHOUT_CONTROLS.fullmatch(document)


def _is_misleading(prefix: str, space: str) -> bool:
    if space in _OTHER_VERSIONS or space == _XLINK or _OF_ANY_VERSION in space or "&" in space:
        return True
    return _USUAL_PREFIXES.get(prefix, space) != space


def _read_root(root: Element) -> SimpleFeed:
    if root.tag != "rss" or root.attrib != {"version": "2.0"} or [child.tag for child in root] != ["channel"] or root[0].attrib:
        raise NotSimpleError
    feed: Record = {}
    entries: list[Record] = []
    for element in root[0]:
        if element.tag == "item":
            entries.append(_read_item(element))
        else:
            _read_of_channel(element, feed)
    return SimpleFeed(feed, entries)


def _read_of_channel(element: Element, feed: Record) -> None:
    _check_attributes(element)
    tag = element.tag
    if name := _CHANNEL_TEXTS.get(tag):
        _set(feed, name, _text(element))
    elif tag == "link":
        _add_link(feed, {"rel": "alternate", "href": _address(_text(element))})
        feed["link"] = _REFERENCE.sub(r"&\g<1>", feed["links"][-1]["href"])
        feed["links"][-1]["href"] = feed["link"]
    elif tag == f"{_ATOM}link":
        _read_atom_link(element, feed)
    elif tag == "image":
        _check_parts(element, _PARTS_OF_IMAGE)
    elif tag in {"skipHours", "skipDays"}:
        _check_parts(element, _PARTS_OF_SKIPPED)
    else:
        _check_silent(element, _SAYS_NOTHING_OF_CHANNEL)


def _read_atom_link(element: Element, feed: Record) -> None:
    given = {name: value.lower() if name in {"rel", "type"} else value for name, value in element.attrib.items()}
    if len(element) or "href" not in given or not given.keys() <= {"rel", "type", "href", "title", "hreflang", "length"}:
        raise NotSimpleError
    address, relation = _address(given["href"]), given.get("rel", "alternate")
    _add_link(feed, {"rel": relation, "href": address})
    if relation == "alternate" and given.get("type", "text/html") in _HTML:
        feed["link"] = address


def _read_item(item: Element) -> Record:
    if item.attrib:
        raise NotSimpleError
    entry: Record = {}
    for element in item:
        _check_attributes(element)
        if name := _ITEM_TEXTS.get(element.tag):
            _set(entry, name, _text(element))
        elif reader := _READERS.get(element.tag):
            reader(element, entry)
        elif element.tag in _MEDIA_PARTS:
            _check_parts(element, _MEDIA_PARTS)
        else:
            _check_silent(element, _SAYS_NOTHING)
    return _completed(entry)


def _completed(entry: Record) -> Record:
    """The entry with what feedparser concludes from the rest: a guid for a link, a content for a summary."""
    for date in ("published", "updated"):
        if entry.get(date) and not _DATE.fullmatch(entry[date]):
            raise NotSimpleError
    if entry.pop("is_permalink", False):
        entry["id"] = _address(entry["id"])
        entry.setdefault("link", entry["id"])
    if "content" in entry:
        entry.setdefault("summary", entry["content"][0]["value"])
    return entry


def _read_link(element: Element, entry: Record) -> None:
    if element.attrib:
        raise NotSimpleError
    address = _address(_text(element)).replace("&amp;", "&")
    _set(entry, "link", _REFERENCE.sub(r"&\g<1>", address))
    _add_link(entry, {})


def _read_guid(element: Element, entry: Record) -> None:
    _set(entry, "id", _text(element))
    entry["is_permalink"] = element.get("isPermaLink", "true") == "true"


def _read_description(element: Element, entry: Record) -> None:
    _set(entry, "summary", _text(element))
    entry["summary_detail"] = {"type": "text/html", "value": entry["summary"]}


def _read_content(element: Element, entry: Record) -> None:
    _set(entry, "content", [{"type": "text/html", "value": _text(element)}])


def _read_author(element: Element, entry: Record) -> None:
    author = _text(element)
    if "@" in author:  # feedparser takes addresses apart
        raise NotSimpleError
    _set(entry, "author", author)
    entry["authors"] = [{"name": author}] if author else []


def _read_category(element: Element, entry: Record) -> None:
    if text := _text(element):
        tags = entry.setdefault("tags", [])
        if len(tags) == _MOST_CATEGORIES:
            raise NotSimpleError
        tags.append({"term": text})


def _read_enclosure(element: Element, entry: Record) -> None:
    _check_silent_parts(element)
    _add_link(entry, {})


def _read_source(element: Element, _: Record) -> None:
    _check_silent_parts(element)


_READERS = {
    "link": _read_link,
    "guid": _read_guid,
    "description": _read_description,
    _CONTENT: _read_content,
    "author": _read_author,
    f"{_DC}creator": _read_author,
    "category": _read_category,
    f"{_DC}subject": _read_category,
    "enclosure": _read_enclosure,
    "source": _read_source,
}


def _set(record: Record, name: str, value: object) -> None:
    if name in record:
        raise NotSimpleError
    record[name] = value


def _add_link(record: Record, link: Record) -> None:
    record.setdefault("links", []).append(link)


def _text(element: Element) -> str:
    """What stands in an element that has no other elements."""
    if len(element):
        raise NotSimpleError
    text = (element.text or "").strip()
    if not text.isascii() and _is_read_twice(text):
        raise NotSimpleError
    return text


def _is_read_twice(text: str) -> bool:
    """Whether it can be bytes of UTF-8 that were taken for Latin-1: feedparser takes them for what they were."""
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    return True


def _address(text: str) -> str:
    return _SLASHES.sub(r"\1", text)


def _check_attributes(element: Element) -> None:
    for name in element.attrib:
        if name.rpartition("}")[2].lower() in _INHERITED:
            raise NotSimpleError
    if element.attrib and element.tag in _CHECKED and not element.attrib.keys() <= _ATTRIBUTES.get(element.tag, set()):
        raise NotSimpleError


_CHECKED = frozenset({*_CHANNEL_TEXTS, *_ITEM_TEXTS, *_READERS, "image", "skipHours", "skipDays"} - {"enclosure", "source"})


def _check_silent(element: Element, names: frozenset[str]) -> None:
    if element.tag not in names:
        raise NotSimpleError
    _check_silent_parts(element)


def _check_silent_parts(element: Element) -> None:
    if len(element):
        raise NotSimpleError


def _check_parts(element: Element, names: frozenset[str]) -> None:
    for part in _within(element):
        _check_attributes(part)
        if part.tag not in names:
            raise NotSimpleError


def _within(element: Element) -> Iterator[Element]:
    parts = element.iter()
    next(parts)
    return parts
