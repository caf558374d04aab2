"""Turning a configuration into what each room asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from crawler import CrawlSettings
from monitors import OUR_BODIES, TEMPLATE_NAMES, OwnTemplates, Presentation, bodies_of
from news.query import Matcher
from news.wording import Wording, system_reason
from quivive.config import Configuration
from quivive.small_files import NoSmallFileError, read_small_file
from storage import Archive, Patience, Watch

_LARGEST_TEMPLATE_BYTES = 2_000_000
"""As large as the longest mail."""


def make_watch(configuration: Configuration) -> Watch:
    """What the archive must know of the configuration."""
    return Watch(
        matcher=Matcher(configuration.topics, configuration.entities),
        channels_of_topic={topic.name: topic.notify for topic in configuration.topics},
        query_of_topic={topic.name: topic.query for topic in configuration.topics},
        silent_first_poll=configuration.first_poll != "alert",
        digest_first_poll=configuration.first_poll == "digest",
        health_notify=configuration.health_notify,
        revisions_of_topic={topic.name: topic.revisions for topic in configuration.topics},
        per_of_topic={topic.name: topic.per for topic in configuration.topics},
        follow_up_of_topic={topic.name: topic.follow_up for topic in configuration.topics},
        least_interval=configuration.crawler.min_interval,
        most_interval=configuration.crawler.max_interval,
    )


def make_crawl_settings(configuration: Configuration, numbers: Mapping[str, int]) -> CrawlSettings:
    """What the crawl must know of the configuration. `numbers`: those of the sources in the archive, by their URLs."""
    own = {numbers[url]: asking for url, asking in configuration.asking.items() if url in numbers}
    crawler = configuration.crawler
    return CrawlSettings(
        user_agent=crawler.user_agent,
        concurrency=crawler.concurrency,
        concurrency_per_host=crawler.concurrency_per_host,
        delay_per_host=crawler.delay_per_host,
        obey_robots=crawler.obey_robots,
        timeout=crawler.timeout,
        max_body=crawler.max_body_bytes,
        allow_addresses=crawler.allow_addresses,
        requests={number: asking.request for number, asking in own.items() if asking.request},
        listings={number: asking.listing for number, asking in own.items() if asking.listing},
    )


def make_presentation(configuration: Configuration) -> Presentation:
    """How channels speak to people. The users' templates are read anew, so that a reload takes them over."""
    return Presentation(
        language=configuration.language,
        queries={topic.name: topic.query for topic in configuration.topics},
        configuration=str(configuration.path),
        templates=_read_templates(configuration.templates_folder, bodies_of(configuration.channels.values()).values()),
        environment=configuration.environment,
    )


def _read_templates(folder: Path | None, bodies: Iterable[str]) -> OwnTemplates:
    """Those of mails that are there, and those of webhooks that are asked for.

    One of a mail that cannot be read is told, and ours takes its place: an alert must not wait for it.
    """
    own = sorted(set(bodies) - set(OUR_BODIES))
    if folder is None:
        reason = Wording("[display] templates names no folder in which it would be")
        return OwnTemplates(missing={name: Wording("{path} {reason}", path=name, reason=reason) for name in own})
    sources: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name in (*TEMPLATE_NAMES, *own):
        source, trouble = _read_template(folder / name)
        if source is not None:
            sources[name] = source
        elif trouble is not None:
            missing[name] = trouble
        elif name in own:
            missing[name] = Wording("{path} is not there", path=str(folder / name))
    troubles = [missing.pop(name) for name in TEMPLATE_NAMES if name in missing]
    if not sources and not troubles and not own:
        names = ", ".join(TEMPLATE_NAMES)
        troubles.append(Wording("{folder} holds no template; expected {names} in it", folder=str(folder), names=names))
    return OwnTemplates(sources, tuple(troubles), missing)


def _read_template(path: Path) -> tuple[str | None, str | None]:
    """Its source, or why it cannot be read; neither if it is not there."""
    try:
        return read_small_file(path, _LARGEST_TEMPLATE_BYTES).decode(), None
    except FileNotFoundError:
        return None, None
    except OSError as error:
        return None, Wording("{path} cannot be read: {reason}", path=str(path), reason=system_reason(error))
    except UnicodeDecodeError:
        return None, Wording("{path} is not UTF-8", path=str(path))
    except NoSmallFileError as error:
        return None, Wording("{path} {reason}", path=str(path), reason=error)


def open_archive(configuration: Configuration, now: datetime, patience: Patience | None = None) -> Archive:
    """The archive, locked for this process, with the configuration's sources and topics in force.

    With `patience` it waits where it cannot be opened or written for a while.
    """
    watch = make_watch(configuration)
    archive = Archive(configuration.archive_path, watch, patience)
    try:
        archive.sync(watch, configuration.sources, configuration.crawler.interval, now).result()
    except BaseException:
        archive.close()
        raise
    return archive
