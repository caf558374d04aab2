"""`[[sources]]`: feeds named one by one, and lists of feeds in OPML files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from news.durations import format_duration
from news.source_specs import SourceSpec
from news.wording import Wording, system_reason
from quivive.config.asking import Asking, read_asking
from quivive.config.model import FeedTable, OpmlTable
from quivive.config.secrets import fill_in_secrets
from quivive.config.tables import iterate_tables, read_table
from quivive.config.values import check_feed_url
from quivive.small_files import NoSmallFileError, read_small_file

if TYPE_CHECKING:
    from quivive.config.file import ConfigFile
    from quivive.config.model import CrawlerTable
    from quivive.config.opml import OpmlFeed


def read_sources(file: ConfigFile, crawler: CrawlerTable) -> dict[str, tuple[SourceSpec, Asking]]:
    """Every source once, by its URL, and how it is asked: first those named by `url`, then those that only OPML files list.

    A `url` that occurs twice is a fault. A feed that an OPML file lists too is as its `url` table says; of two files the first counts.
    """
    named: dict[str, str] = {}
    sources: dict[str, tuple[SourceSpec, Asking]] = {}
    listed: list[SourceSpec] = []
    for key, content in iterate_tables(file, "sources"):
        if isinstance(content, dict) and "opml" in content and "url" not in content:
            listed.extend(_read_opml_table(file, key, content, crawler))
        elif read := _read_feed_table(file, key, content, crawler):
            url = read[0].url
            if url in named:
                file.add_fault(
                    f"{key}.url",
                    Wording("is the same as that of {other}; a source is its URL, remove one of them", other=named[url]),
                )
            named.setdefault(url, key)
            sources.setdefault(url, read)
    for source in listed:
        sources.setdefault(source.url, (source, Asking()))
    return sources


def find_likely_repeats(sources: Iterable[SourceSpec]) -> Iterator[tuple[SourceSpec, SourceSpec]]:
    """Sources whose URLs differ only in case, port or scheme, each with the first of its kind: most likely one and the same feed."""
    first: dict[str, SourceSpec] = {}
    for source in sources:
        if (earlier := first.setdefault(likeness(source.url), source)) is not source:
            yield earlier, source


def likeness(url: str) -> str:
    """What the addresses of most likely one and the same feed have in common: all but case, port and scheme. Raises ValueError."""
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc=parts.hostname or "", path=parts.path or "/", fragment="").geturl().casefold()


def _read_feed_table(file: ConfigFile, key: str, content: Any, crawler: CrawlerTable) -> tuple[SourceSpec, Asking] | None:
    if isinstance(content, dict) and "opml" in content:
        file.add_fault(key, Wording("has both url and opml; make two [[sources]] of it"))
        return None
    filled = fill_in_secrets(file, key, content, FeedTable.secrets) if isinstance(content, dict) else content
    table = read_table(file, key, filled, FeedTable)
    if table is None:
        return None
    _check_interval(file, key, table.interval, crawler)
    spec = SourceSpec(url=table.url, name=table.name, articles=table.articles, interval=table.interval, tags=table.tags)
    return spec, read_asking(file, key, table)


def _read_opml_table(file: ConfigFile, key: str, content: Any, crawler: CrawlerTable) -> Iterator[SourceSpec]:
    table = read_table(file, key, content, OpmlTable)
    if table is None:
        return
    _check_interval(file, key, table.interval, crawler)
    for feed in _read_opml_file(file, f"{key}.opml", table.opml):
        tags = tuple(dict.fromkeys((*table.tags, *feed.tags)))
        yield SourceSpec(url=feed.url, name=feed.title, articles=table.articles, interval=table.interval, tags=tags)


def _read_opml_file(file: ConfigFile, key: str, name: str) -> Iterator[OpmlFeed]:
    """The feeds of an OPML file whose path is relative to the configuration; every bad URL in it is a fault of its own."""
    from quivive.config.opml import LARGEST_OPML_BYTES, OpmlError, read_opml  # noqa: PLC0415  # few configurations name such files

    try:
        feeds = read_opml(read_small_file(file.path.parent / name, LARGEST_OPML_BYTES + 1))
    except OSError as error:
        file.add_fault(
            key,
            Wording(
                "{name} cannot be read ({reason}); the path is relative to {configuration}",
                name=name,
                reason=system_reason(error),
                configuration=file.path.name,
            ),
        )
        return
    except NoSmallFileError as error:
        file.add_fault(key, Wording("{path} {reason}", path=name, reason=error))
        return
    except OpmlError as error:
        file.add_fault(key, Wording("{name}: {reason}", name=name, reason=error))
        return
    for feed in feeds:
        try:
            check_feed_url(feed.url)
        except ValueError as error:
            file.add_fault(
                key,
                Wording(
                    '{name}: line {line} ("{title}"): its xmlUrl {reason}', name=name, line=feed.line, title=feed.title or "", reason=error
                ),
            )
        else:
            yield feed


def _check_interval(file: ConfigFile, key: str, interval: timedelta | None, crawler: CrawlerTable) -> None:
    if file.has_fault("crawler"):
        return  # its limits are not the user's
    if interval is not None and not crawler.min_interval <= interval <= crawler.max_interval:
        shortest, longest = format_duration(crawler.min_interval), format_duration(crawler.max_interval)
        wrong = format_duration(interval)
        file.add_fault(
            f"{key}.interval",
            Wording(
                "{wrong} does not lie between [crawler] min_interval, {shortest}, and max_interval, {longest}",
                wrong=wrong,
                shortest=shortest,
                longest=longest,
            ),
        )
