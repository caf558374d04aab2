"""Adding sources to the configuration's file: which of them it has already, and how they are written there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from news.durations import format_duration
from news.errors import UsageError
from news.source_specs import SourceSpec
from news.tables import MistakesError
from news.wording import Wording
from quivive.config import Configuration
from quivive.config.editing import NewSource, add_sources
from quivive.config.model import FeedTable
from quivive.config.replacing import rewrite
from quivive.config.sources import likeness
from quivive.config.tables import explain


class Followed:
    """The sources that there are, by their addresses; case, port and scheme make no other source."""

    def __init__(self, sources: Iterable[SourceSpec]) -> None:
        self._sources = {likeness(source.url): source for source in sources}

    def find(self, url: str) -> SourceSpec | None:
        """The source of this address, if there is one."""
        return self._sources.get(_likeness_or_itself(url))

    def add(self, url: str) -> None:
        """Take an address for followed from now on."""
        self._sources[_likeness_or_itself(url)] = SourceSpec(url)


def _likeness_or_itself(url: str) -> str:
    try:
        return likeness(url)
    except ValueError:  # what is no address, which whoever checks it says
        return url


def check_new_source(configuration: Configuration, source: NewSource) -> None:
    """Raise UsageError if the configuration would have a mistake with this source in it."""
    crawler = configuration.crawler
    try:
        table = FeedTable(**{key: value for key, value in _content(source).items() if value})
    except MistakesError as error:
        first = error.mistakes[0]
        raise UsageError(Wording("{key} {reason}", key=".".join(map(str, first.place)), reason=explain(first, FeedTable))) from None
    if table.interval is not None and not crawler.min_interval <= table.interval <= crawler.max_interval:
        raise UsageError(
            Wording(
                "interval {wrong} does not lie between [crawler] min_interval, {shortest}, and max_interval, {longest}",
                wrong=source.interval,
                shortest=format_duration(crawler.min_interval),
                longest=format_duration(crawler.max_interval),
            )
        )


def _content(source: NewSource) -> dict[str, object]:
    return {"url": source.url, "name": source.name, "interval": source.interval, "tags": source.tags}


def write_sources(path: Path, sources: Sequence[NewSource]) -> None:
    """Write the sources into the file behind those it has. Raises NotEdited."""
    rewrite(path, lambda text: add_sources(text, sources))
