"""Feeds beside what two other parsers made of them: titles, links, ids, dates and authors agree, or it is said why ours is right.

The corpus is read where it is beside the project. Many of its entries hold nothing but the one thing that is tested, and an entry without
title, text and link is none: each is given a text first.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.feed_parser import parse_feed
from crawler.plain_text import line_of
from crawler.problems import FetchProblem
from news.sources import FeedEntry

URL = "https://flux.example/feed"


@dataclass(frozen=True, slots=True)
class Difference:
    """What they and we say of one field of one entry."""

    document: str
    field: str
    theirs: Any
    ours: Any
    entry: FeedEntry


Reason = Callable[[Difference], bool]
"""Whether a difference is one in which we are right."""


def parsed(path: Path) -> tuple[FeedEntry, ...] | str:
    """The entries of a document, the newest first, each with a text; or the code of what is wrong with it."""
    body = re.sub(rb"</(?:\w+:)?(item|entry)>", rb"<description>Mot</description>\g<0>", path.read_bytes())
    try:
        return parse_feed(body, URL).entries
    except FetchProblem as error:
        return error.problem.code


def is_markup_in_a_line(one: Difference) -> bool:
    """Titles and names are shown as a line of text: tags go, and what is escaped is read once more, as every reader shows it."""
    return one.field in {"title", "author"} and one.theirs is not None and one.ours in {line_of(one.theirs), html.unescape(one.theirs)}


def is_no_name_but_an_address(one: Difference) -> bool:
    """An author of whom only a mail address is given has that for a name."""
    return one.field == "author" and one.theirs is None and "@" in str(one.ours)


def is_one_author_of_several(one: Difference) -> bool:
    """We name all authors."""
    return one.field == "author" and str(one.ours).startswith(f"{one.theirs}, ")


def is_the_id_of_rdf(one: Difference) -> bool:
    """`rdf:about` is an item's identifier in RSS 1.0 (section 5.5)."""
    return one.field == "guid" and one.theirs is None and str(one.ours).startswith("http")


def is_an_id_that_is_an_address(one: Difference) -> bool:
    """An entry without a link whose id is a web address is to be found there."""
    return one.field == "link" and one.theirs is None and one.ours == one.entry.guid


def is_changed_but_not_published(one: Difference) -> bool:
    """An entry that only says when it was changed was published by then at the latest."""
    return one.field == "published" and one.theirs is None and one.entry.published_at == one.entry.updated_at


def is_an_element_in_the_way(one: Difference) -> bool:
    """Markup that is not escaped stands between an element and its words, which RSS does not permit: then they are no name and no id."""
    return one.field in {"author", "guid"} and str(one.theirs).startswith("<p>") and one.ours is None


def is_an_enclosure(one: Difference) -> bool:
    """A podcast's player knows an episode without an id by its sound, and calls one without a title by the name of a file."""
    return one.field in {"guid", "title"} and one.ours is None


def is_of_no_scheme_that_is_fetched(one: Difference) -> bool:
    """Only http and https are links of an article; and an id is what stands there, not an address made of it."""
    return not str(one.theirs).startswith("http") and (one.field == "link" or (one.field == "guid" and one.theirs.endswith(f"/{one.ours}")))


GOFEED = (
    is_markup_in_a_line,
    is_no_name_but_an_address,
    is_one_author_of_several,
    is_the_id_of_rdf,
    is_an_id_that_is_an_address,
    is_changed_but_not_published,
    is_an_element_in_the_way,
)
PODCASTPARSER = (is_an_enclosure, is_of_no_scheme_that_is_fetched)


def differences(document: str, theirs: dict[str, Any], entry: FeedEntry) -> Iterator[Difference]:
    ours = {
        "title": entry.title,
        "link": entry.link,
        "guid": entry.guid,
        "published": entry.published_at,
        "updated": entry.updated_at,
        "author": entry.author,
    }
    for field, value in theirs.items():
        if (value or None) != (ours[field] or None):
            yield Difference(document, field, value or None, ours[field], entry)


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def of_gofeed(item: dict[str, Any]) -> dict[str, Any]:
    guid, links = item.get("guid") or item.get("id"), item.get("link") or (item.get("links") or [None])[0]
    authors = item.get("author") or (item.get("authors") or [None])[0]
    return {
        "title": item.get("title"),
        "link": links.get("href") if isinstance(links, dict) else links,
        "guid": guid.get("value") if isinstance(guid, dict) else guid,
        "published": moment(item.get("publishedParsed") or item.get("pubDateParsed")),
        "updated": moment(item.get("updatedParsed")),
        "author": authors.get("name") if isinstance(authors, dict) else authors,
    }


def of_podcastparser(episode: dict[str, Any]) -> dict[str, Any]:
    published = episode.get("published")
    return {
        "title": episode.get("title"),
        "link": episode.get("link"),
        "guid": episode.get("guid"),
        "published": datetime.fromtimestamp(published, UTC) if published else None,
    }


def unexplained(found: list[Difference], reasons: tuple[Reason, ...]) -> list[Difference]:
    """The differences that no reason explains; each reason must explain something, or it is none."""
    explained, left = Counter[str](), []
    for one in found:
        reason = next((reason for reason in reasons if reason(one)), None)
        if reason is None:
            left.append(one)
        else:
            explained[reason.__name__] += 1
    assert set(explained) == {reason.__name__ for reason in reasons}, explained
    return left


def test_feeds_say_what_gofeed_reads_in_them(corpus: Path) -> None:
    found, entries, other_counts = [], 0, []
    for path in sorted((corpus / "feeds-conformance" / "gofeed").rglob("*.xml")):
        expected = path.with_suffix(".json")
        if not expected.exists():
            continue
        record = json.loads(expected.read_bytes())
        items, ours = record.get("items") or record.get("entries") or [], parsed(path)
        if isinstance(ours, str) or len(items) != len(ours):
            other_counts.append(path.stem)
            continue
        entries += len(items)
        for item, entry in zip(items, ours, strict=True):
            found += differences(path.stem, of_gofeed(item), entry)
    assert entries > 200
    assert unexplained(found, GOFEED) == []
    # In two the words that were put before the end of the entry stand within its `source`; the rest are no feeds.
    assert [name for name in other_counts if "source_title" not in name] == []
    assert len(other_counts) == 2


def test_feeds_say_what_podcastparser_reads_in_them(corpus: Path) -> None:
    found, entries, other_counts = [], 0, []
    for path in sorted((corpus / "feeds-conformance" / "podcastparser").glob("*.rss")):
        episodes, ours = json.loads(path.with_suffix(".json").read_bytes())["episodes"], parsed(path)
        if isinstance(ours, str) or len(episodes) != len(ours):
            other_counts.append(path.stem)
            continue
        entries += len(ours)
        for episode, entry in paired(episodes, ours):
            found += differences(path.stem, of_podcastparser(episode), entry)
    assert entries > 40
    assert unexplained(found, PODCASTPARSER) == []
    # The other parser keeps two episodes of three, as it was asked to, and drops what has no sound.
    assert other_counts == ["max_episodes", "no_enclosure", "no_title_multi_enclosure", "no_url"]


def paired(episodes: list[dict[str, Any]], ours: tuple[FeedEntry, ...]) -> Iterator[tuple[dict[str, Any], FeedEntry]]:
    """Theirs with ours, in the order of publication, which serial podcasts turn round there."""
    yield from zip(
        sorted(episodes, key=lambda episode: float(episode.get("published") or 0)),
        sorted(ours, key=lambda entry: entry.published_at.timestamp() if entry.published_at else 0.0),
        strict=True,
    )
