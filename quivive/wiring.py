"""Turning a configuration into what each room asks for."""

from __future__ import annotations

from datetime import datetime

from crawler import CrawlSettings
from news.query import Matcher
from quivive.config import Configuration
from storage import Archive, Patience, Watch


def make_watch(configuration: Configuration) -> Watch:
    """What the archive must know of the configuration."""
    return Watch(
        matcher=Matcher(configuration.topics, configuration.entities),
        channels_of_topic={topic.name: topic.notify for topic in configuration.topics},
        silent_first_poll=configuration.first_poll == "silent",
        least_interval=configuration.crawler.min_interval,
        most_interval=configuration.crawler.max_interval,
    )


def make_crawl_settings(configuration: Configuration) -> CrawlSettings:
    """What the crawl must know of the configuration."""
    crawler = configuration.crawler
    return CrawlSettings(
        user_agent=crawler.user_agent,
        concurrency=crawler.concurrency,
        delay_per_host=crawler.delay_per_host,
        obey_robots=crawler.obey_robots,
        timeout=crawler.timeout,
        max_body=crawler.max_body_bytes,
        allow_addresses=crawler.allow_addresses,
    )


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
