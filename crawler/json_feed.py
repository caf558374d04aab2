"""JSON Feed (https://www.jsonfeed.org/version/1.1/): a few sites offer nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

from crawler.dates import from_text, zone_of
from crawler.plain_text import distinct_lines, language_of, line_of, paragraphs_of
from crawler.problems import FetchProblem, make_problem
from crawler.web_url import absolute_url
from news.sources import FeedEntry, FeedLink, ParsedFeed

# Decoded JSON from strangers: every value is checked where it is used.
Record = dict[str, Any]

_MOST_HUBS = 10
_MOST_DIGITS = 1000
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})|.)", re.DOTALL)
"""An escape in JSON; two of them may be one character beyond the first 65,536 (RFC 8259 §7)."""

_VERSION = re.compile(r"/version/([\d.]{1,9})$")


def is_json_feed(text: str) -> bool:
    """Whether the document claims to be a JSON Feed, or looks like one that forgot its version."""
    start = text.lstrip("\ufeff \t\r\n")[:100_000].replace("\\/", "/")
    return start.startswith("{") and ("jsonfeed.org/version/" in start or '"items"' in start)


def parse_json_feed(text: str, url: str) -> ParsedFeed:
    """What the JSON Feed at `url` says, of whatever version: a later one keeps the meaning of what it has of this.

    Raises FetchProblem: `malformed` if it is no valid JSON, since nothing can be saved of it; `not_a_feed` if it has no list of items.
    """
    try:
        feed = json.loads(_without_halves(text.lstrip("\ufeff")), strict=False, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise FetchProblem(make_problem("malformed", str(error)[:120])) from error
    items = _items(feed)
    if items is None and "jsonfeed.org/version/" not in str(feed.get("version")):
        raise FetchProblem(make_problem("not_a_feed", "a JSON document that is no JSON Feed"))
    language = language_of(feed.get("language"))
    entries = [_entry(item, url, language) for item in items or [] if isinstance(item, dict)]
    return ParsedFeed(
        title=line_of(_string(feed, "title"), is_plain=True),
        entries=tuple(entry for entry in entries if entry.title or entry.link or entry.summary or entry.content),
        language=language,
        links=_links(feed, url),
        format=f"JSON Feed {version[1]}" if (version := _VERSION.search(str(feed.get("version")))) else "JSON Feed",
    )


def _whole_number(digits: str) -> int | str:
    """A number, or its digits where Python makes none of so many: they must not cost the feed."""
    return int(digits) if len(digits) < _MOST_DIGITS else digits


def _items(feed: Record) -> list[Any] | None:
    """The items; PHP writes a list in which one lacks as an object, `{"0": …, "2": …}`. None if there is nothing of the kind."""
    items = feed.get("items")
    if isinstance(items, dict) and items and all(key.isdigit() for key in items):
        return [*items.values()]
    return items if isinstance(items, list) else None


def _links(feed: Record, url: str) -> tuple[FeedLink, ...]:
    hubs = feed.get("hubs")
    named = [("next", feed.get("next_url")), ("self", feed.get("feed_url"))]
    if isinstance(hubs, list):
        named += [("hub", hub.get("url")) for hub in hubs[:_MOST_HUBS] if isinstance(hub, dict)]
    found = [(relation, absolute_url(there, url)) for relation, there in named if isinstance(there, str)]
    return tuple(FeedLink(relation, there) for relation, there in found if there)


def _without_halves(text: str) -> str:
    """JSON without half characters, which no archive can hold: sites that cut a title after so many UTF-16 units cut emojis in two."""
    return _ESCAPE.sub(lambda found: r"\ufffd" if found["half"] else found[0], text)


def _entry(item: Record, url: str, feed_language: str | None) -> FeedEntry:
    html, text = _string(item, "content_html"), _string(item, "content_text")
    guid = item.get("id")
    language = language_of(item.get("language"))
    zone = zone_of(language or feed_language)
    updated_at = from_text(_string(item, "date_modified"), zone)
    return FeedEntry(
        guid=str(guid) if isinstance(guid, str | int | float) and str(guid) else None,
        link=absolute_url(_string(item, "url") or _string(item, "external_url"), url) or absolute_url(_string(item, "id"), ""),
        title=line_of(_string(item, "title"), is_plain=True),
        summary=paragraphs_of(_string(item, "summary"), is_plain=True),
        content=paragraphs_of(html) or paragraphs_of(text, is_plain=True),
        author=_authors(item),
        published_at=from_text(_string(item, "date_published"), zone) or updated_at,
        updated_at=updated_at,
        language=language,
        categories=distinct_lines(_tags(item)),
    )


def _tags(item: Record) -> list[str]:
    listed = item.get("tags")
    return [tag for tag in listed if isinstance(tag, str)] if isinstance(listed, list) else []


def _authors(item: Record) -> str | None:
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = [line_of(_string(person, "name"), is_plain=True) for person in people if isinstance(person, dict)]
    return ", ".join(name for name in names if name) or None


def _string(record: Record, key: str) -> str | None:
    value = record.get(key)
    return value if isinstance(value, str) else None
