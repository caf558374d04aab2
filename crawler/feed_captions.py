"""Takes the captions of media out of a feed (Media RSS, https://www.rssboard.org/media-rss): they are no text of an entry.

feedparser gives `media:description` as if the entry had said it, and where the entry has no description it cannot be told apart any more.
Only the description of a film stays, where it is all there is: video sites say nothing else.
"""

from __future__ import annotations

import re

_NAMESPACE = "search.yahoo.com/mrss"
_PREFIX = re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']https?://search\.yahoo\.com/mrss/?["']""")
_ENTRY = re.compile(r"(?=<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)[\s>])", re.IGNORECASE)
_OWN_TEXT = re.compile(r"<(?:description|summary|content|content:encoded|itunes:summary)(?:\s[^<>]*)?(?<!/)>\s*(?!</)\S")
_IMAGE = re.compile(r"""medium\s*=\s*["']image|type\s*=\s*["']image/|url\s*=\s*["'][^"']*\.(?:jpe?g|png|gif|webp|avif)\b""", re.IGNORECASE)


def without_captions(document: str) -> str:
    """A feed without the descriptions and titles of its media."""
    if _NAMESPACE not in document:
        return document
    names = "|".join(re.escape(prefix) for prefix in sorted({"media", *_PREFIX.findall(document)}))
    return "".join(_without_captions(entry, names) for entry in _ENTRY.split(document))


def _without_captions(entry: str, prefixes: str) -> str:
    told = re.compile(
        rf"<(?P<name>(?:{prefixes}):(?:description|title))(?:\s[^<>]*)?(?:/>|>(?:<!\[CDATA\[.*?\]\]>|[^<])*</(?P=name)\s*>)", re.DOTALL
    )
    if _OWN_TEXT.search(told.sub("", entry)) or not _is_film(entry, prefixes):
        return told.sub("", entry)
    outside = re.compile(rf"<(?P<kind>(?:{prefixes}):(?:content|thumbnail))\s[^<>]*(?<!/)>.*?</(?P=kind)\s*>", re.DOTALL)
    return outside.sub(lambda found: told.sub("", found[0]) if _IMAGE.search(found[0]) else found[0], entry)


def _is_film(entry: str, prefixes: str) -> bool:
    """Whether what the entry shows is no picture: one `content` at least that doesn't say it is an image."""
    contents = re.findall(rf"<(?:{prefixes}):content\s[^<>]*>", entry)
    return any(not _IMAGE.search(content) for content in contents)
