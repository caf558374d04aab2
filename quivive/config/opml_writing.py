"""Writing OPML 2.0 (http://opml.org/spec2.opml), so that `read_opml` and other readers get back what was written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from news.source_specs import SourceSpec

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold (XML 1.0 §2.2)."""
_SPLITS = re.compile(r"[,/]")
"""In a tag: OPML parts categories by commas, and the steps of one by slashes. Such a tag is written as a folder, whose name is whole."""


def write_opml(sources: Iterable[SourceSpec], title: str, now: datetime) -> str:
    """A document that lists the sources, each with its name and its tags, which are categories."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            "  <head>",
            f"    <title>{escape(_valid(title))}</title>",
            f"    <dateCreated>{format_datetime(now, usegmt=True)}</dateCreated>",
            "  </head>",
            "  <body>",
            *(line for source in sources for line in _outline(source)),
            "  </body>",
            "</opml>",
            "",
        ]
    )


def _outline(source: SourceSpec) -> Iterator[str]:
    folders = [tag for tag in source.tags if _SPLITS.search(tag)]
    categories = ",".join(tag for tag in source.tags if tag not in folders)
    for depth, folder in enumerate(folders):
        yield f"{_indent(depth)}<outline text={_attribute(folder)}>"
    name = source.name or source.url
    said = {"type": "rss", "text": name, "title": name, "xmlUrl": source.url} | ({"category": categories} if categories else {})
    yield f"{_indent(len(folders))}<outline {' '.join(f'{key}={_attribute(value)}' for key, value in said.items())}/>"
    for depth in reversed(range(len(folders))):
        yield f"{_indent(depth)}</outline>"


def _indent(depth: int) -> str:
    return "  " * (depth + 2)


def _attribute(text: str) -> str:
    return quoteattr(_valid(text))


def _valid(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
