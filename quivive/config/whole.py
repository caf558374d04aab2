"""The configuration: what `config.toml` says, checked as a whole.

Every mistake is reported at once, each with its dotted key; lists count from 0, so the third topic's query is `topics.2.query`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar
from zoneinfo import ZoneInfo

from news.durations import format_duration
from news.errors import ConfigurationError
from news.names import exact_key, find_name
from news.source_specs import SourceSpec
from news.tables import MistakesError, Table
from news.topics import Topic
from news.wording import Language, Wording
from quivive.config.asking import SECRET_KEYS, Asking
from quivive.config.channels import read_channels
from quivive.config.entities import CheckTopics, check_queries, read_entities
from quivive.config.file import ConfigFile, read_config_file
from quivive.config.gazetteer import Entities
from quivive.config.model import (
    SECTIONS,
    AlertsTable,
    ArchiveTable,
    CrawlerTable,
    DisplayTable,
    HealthTable,
    IPNetwork,
    LogTable,
    TopicTable,
    WebTable,
)
from quivive.config.sources import read_sources
from quivive.config.tables import iterate_tables, named_tables, read_table, suggest
from quivive.config.values import split_listen
from quivive.languages import find_language_code, make_language

if TYPE_CHECKING:
    from monitors import Channel

_Section = TypeVar("_Section", bound=Table)

_NO_CHANNEL = Wording("; none is configured; add a [channels.NAME]")
_LISTS = ("sources", "entities", "topics", "channels")


@dataclass(frozen=True, slots=True)
class CrawlerConfiguration:
    """`[crawler]`, with the defaults filled in: how often, by how many at once and within which bounds the network is read."""

    user_agent: str
    interval: timedelta
    """How often a source is polled that says nothing else."""
    min_interval: timedelta
    max_interval: timedelta
    concurrency: int
    concurrency_per_host: int
    delay_per_host: timedelta
    obey_robots: bool
    timeout: timedelta
    max_body_bytes: int
    """After decompression."""
    allow_addresses: tuple[IPNetwork, ...]
    """Private or loopback networks that may be fetched from all the same."""


@dataclass(frozen=True, slots=True)
class WebConfiguration:
    """`[web]`: where the daemon listens to hubs, and by which address these reach it."""

    listen: str
    public_url: str

    @property
    def host(self) -> str:
        """The address to listen at."""
        return split_listen(self.listen)[0]

    @property
    def port(self) -> int:
        """The TCP port behind the last colon of `listen`."""
        return split_listen(self.listen)[1]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the user asked for; paths are absolute, queries are valid, every channel that is named exists."""

    path: Path
    archive_path: Path
    retention: timedelta | None
    """How long articles are kept; None is for ever."""
    language: Language
    """In which people are spoken to, and the zone in which they are told moments."""
    templates_folder: Path | None
    """Where mail templates are that take the place of ours."""
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["text", "json"]
    crawler: CrawlerConfiguration
    first_poll: Literal["silent", "alert", "digest"]
    web: WebConfiguration | None
    """None where nobody is to listen to hubs."""
    health_notify: tuple[str, ...]
    """The channels that are told of operational alerts."""
    sources: tuple[SourceSpec, ...]
    entities: Entities
    """Those of the file and those that come with the program."""
    topics: tuple[Topic, ...]
    channels: Mapping[str, Channel]
    """None where the configuration was read without them."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment without what the file takes from it."""
    asking: Mapping[str, Asking] = field(default_factory=dict, repr=False)
    """How sources are asked and read that are in a way of their own, by their URLs."""
    emptied: frozenset[str] = frozenset()
    """Which of `sources` and `topics` the file names none of on purpose: it says `sources = []`."""

    @property
    def timezone(self) -> ZoneInfo:
        """In which people are told moments, and type them."""
        return self.language.timezone


def load_config(
    path: Path, environ: Mapping[str, str], check_topics: CheckTopics | None = None, *, with_channels: bool = True, with_asking: bool = True
) -> Configuration:
    """Read and check the whole configuration; `check_topics` says which queries cannot be read (default: `news.query.check_topics`).

    Without channels, whose secrets not everybody has who may read the archive, none of them is made or checked; topics may name them.
    Without `asking`, what is secret of asking sources is left out likewise. Raises ConfigurationError with every fault found.
    """
    check_topics = check_topics or _get_matcher_check()
    file = read_config_file(path, environ, with_channels=with_channels, without=() if with_asking else SECRET_KEYS)
    _refuse_unknown_tables(file)
    plain = _read_plain(file)
    crawler = _read_crawler(file)
    web = _read_web(file)
    sources = read_sources(file, crawler)
    channels = read_channels(file) if with_channels else {}
    entities = read_entities(file, check_topics)
    topics = _read_topics(file, entities, check_topics, plain.alerts)
    if file.faults:
        raise ConfigurationError(str(path), file.placed_faults())
    return Configuration(
        path=path,
        archive_path=(path.parent / plain.archive.path).absolute(),
        retention=plain.archive.retention,
        language=make_language(find_language_code(plain.display.language, environ), plain.display.timezone),
        templates_folder=(path.parent / plain.display.templates).absolute() if plain.display.templates else None,
        log_level=plain.log.level,
        log_format=plain.log.format,
        crawler=_make_crawler_configuration(crawler),
        first_poll=plain.alerts.first_poll,
        web=web,
        health_notify=plain.health_notify,
        sources=tuple(spec for spec, _ in sources.values()),
        asking={url: asking for url, (_, asking) in sources.items() if asking != Asking()},
        entities=entities,
        topics=topics,
        channels=channels,
        environment=file.environment_left,
        emptied=frozenset(key for key in ("sources", "topics") if file.content.get(key) == []),
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called in a configuration."""

    sources: tuple[str, ...]
    topics: tuple[str, ...]
    channels: tuple[str, ...]


def list_names(path: Path, environ: Mapping[str, str]) -> Names:
    """What a configuration calls its sources, topics and channels, as far as it can be read. Raises ConfigurationError."""
    file = read_config_file(path, environ, with_channels=False, without=SECRET_KEYS)
    sources = read_sources(file, _read_crawler(file)).values()
    topics = (content.get("name") for _, content in iterate_tables(file, "topics") if isinstance(content, dict))
    return Names(
        sources=tuple(spec.name or spec.url for spec, _ in sources),
        topics=tuple(name for name in topics if isinstance(name, str)),
        channels=tuple(named_tables(file, "channels")),
    )


def _get_matcher_check() -> CheckTopics:
    from news.query import check_topics  # noqa: PLC0415  # whoever brings a check of their own needs no matcher

    return check_topics


def _refuse_unknown_tables(file: ConfigFile) -> None:
    known = [*SECTIONS, *_LISTS]
    for key in file.content:
        if key not in known:
            advice = suggest(key, known) or Wording("; known: {known}", known=", ".join(known))
            file.add_fault(key, Wording("unknown table{advice}", advice=advice))


def _read_section(file: ConfigFile, model: type[_Section]) -> _Section:
    """A table that may be left out. One with faults is noted and taken as left out, so that the rest can be checked."""
    key = next(name for name, candidate in SECTIONS.items() if candidate is model)
    return read_table(file, key, file.content.get(key, {}), model) or model()


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is said in the tables that nothing else depends on being read first."""

    archive: ArchiveTable
    display: DisplayTable
    log: LogTable
    alerts: AlertsTable
    health_notify: tuple[str, ...]


def _read_plain(file: ConfigFile) -> _Plain:
    return _Plain(
        archive=_read_section(file, ArchiveTable),
        display=_read_section(file, DisplayTable),
        log=_read_section(file, LogTable),
        alerts=_read_section(file, AlertsTable),
        health_notify=_find_channels(file, "health", _read_section(file, HealthTable).notify),
    )


def _read_crawler(file: ConfigFile) -> CrawlerTable:
    crawler = _read_section(file, CrawlerTable)
    shortest, longest = format_duration(crawler.min_interval), format_duration(crawler.max_interval)
    if file.has_fault("crawler"):
        return crawler  # some of its values are not the user's
    if crawler.min_interval > crawler.max_interval:
        file.add_fault(
            "crawler.min_interval", Wording("{shortest} is longer than max_interval, {longest}", shortest=shortest, longest=longest)
        )
    elif not crawler.min_interval <= crawler.interval <= crawler.max_interval:
        interval = format_duration(crawler.interval)
        file.add_fault(
            "crawler.interval",
            Wording(
                "{interval} does not lie between min_interval, {shortest}, and max_interval, {longest}",
                interval=interval,
                shortest=shortest,
                longest=longest,
            ),
        )
    return crawler


def _read_web(file: ConfigFile) -> WebConfiguration | None:
    web = _read_section(file, WebTable)
    if web.password is not None:
        file.add_fault("web.password", Wording("the page is not available in this version; leave out its password"))
    if file.has_fault("web"):
        return None
    if web.listen is None or web.public_url is None:
        if web.listen is not None:
            file.add_fault(
                "web.listen", Wording("needs public_url: in this version only hubs are listened to, and they must be told where")
            )
        if web.public_url is not None:
            file.add_fault("web.public_url", Wording("needs listen: the place where the daemon listens to hubs"))
        return None
    return WebConfiguration(web.listen, web.public_url)


def _make_crawler_configuration(table: CrawlerTable) -> CrawlerConfiguration:
    return CrawlerConfiguration(
        user_agent=table.user_agent,
        interval=table.interval,
        min_interval=table.min_interval,
        max_interval=table.max_interval,
        concurrency=table.concurrency,
        concurrency_per_host=table.concurrency_per_host,
        delay_per_host=table.delay_per_host,
        obey_robots=table.obey_robots,
        timeout=table.timeout,
        max_body_bytes=table.max_body,
        allow_addresses=table.allow_addresses,
    )


def _read_topics(file: ConfigFile, entities: Entities, check_topics: CheckTopics, alerts: AlertsTable) -> tuple[Topic, ...]:
    topics: dict[str, Topic] = {}
    keys: dict[str, str] = {}
    for key, content in iterate_tables(file, "topics"):
        table = read_table(file, key, content, TopicTable) or _read_nameless_topic(file, key, content)
        if table is None:
            continue
        if table.name in topics:
            file.add_fault(
                f"{key}.name", Wording('"{name}" is also the name of {other}; a topic is its name', name=table.name, other=keys[table.name])
            )
            continue
        notify = _find_channels(file, key, table.notify)
        topics[table.name] = Topic(
            name=table.name,
            query=table.query,
            notify=notify,
            urgent=table.urgent,
            revisions=table.revisions or alerts.revisions,
            per=table.per or alerts.per,
            follow_up=table.follow_up or alerts.follow_up,
        )
        keys[table.name] = key
    if file.is_whole:
        urgent = [Topic(topic.name, topic.urgent) for topic in topics.values() if topic.urgent is not None]
        for part, queries in (("query", tuple(topics.values())), ("urgent", urgent)):
            for name, error in check_queries(queries, entities, check_topics):
                file.add_fault(f"{keys[name]}.{part}", Wording('topic "{name}": {reason}', name=name, reason=error))
    return tuple(topics.values())


def _read_nameless_topic(file: ConfigFile, key: str, content: object) -> TopicTable | None:
    """A topic whose name is missing or faulty, under its key, so that the rest of it is checked."""
    if not isinstance(content, dict) or not file.has_fault(f"{key}.name"):
        return None
    named = {name: value for name, value in content.items() if not file.has_fault(f"{key}.{name}")} | {"name": key}
    try:
        return TopicTable(**named)
    except MistakesError:
        return None


def _find_channels(file: ConfigFile, key: str, notify: Iterable[str]) -> tuple[str, ...]:
    """The channels' own names; what no channel is called is noted."""
    known = [exact_key(name) for name in named_tables(file, "channels")]
    found: list[str] = []
    for index, name in enumerate(notify):
        if channel := find_name(name, known):
            found.append(channel)
            continue
        if not file.is_whole:
            continue  # it may be in what could not be read
        there_are = Wording("; there are: {known}", known=", ".join(known)) if known else _NO_CHANNEL
        file.add_fault(
            f"{key}.notify.{index}", Wording('no channel is called "{name}"{advice}', name=name, advice=suggest(name, known) or there_are)
        )
    return tuple(dict.fromkeys(found))
