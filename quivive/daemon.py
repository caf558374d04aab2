"""The daemon: runs the jobs until it is told to stop, takes over a new configuration on SIGHUP, and ends loudly when a part of it dies."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from news.alerts import Alert
from news.errors import ConfigurationError, CrawlEnded
from quivive.collector import calm_collector
from quivive.config import Configuration
from quivive.jobs import Jobs
from quivive.new_topics import start_previews
from quivive.patience import make_patience
from quivive.service import Service
from quivive.wiring import open_archive

log = structlog.get_logger("quivive")

DISPATCH_GRACE_SECONDS = 7.0
"""How long messages in hand may take when the daemon stops. It must end within 10 s, also on a machine that is busy."""


class Daemon:
    """Runs a configuration until `stop` is called or one of its parts dies.

    `load`: reads the configuration again, for SIGHUP; raises `ConfigurationError`. `announce`: called with each new alert.
    """

    def __init__(
        self,
        configuration: Configuration,
        load: Callable[[], Configuration],
        clock: Callable[[], datetime],
        announce: Callable[[Alert], None],
    ) -> None:
        self._configuration = configuration
        self._load = load
        self._clock = clock
        self._announce = announce
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Event()

    def stop(self) -> None:
        """Ask the daemon to end; it does within 10 s, and what is unfinished is resumed at the next start."""
        self._stopping.set()

    def reload(self) -> None:
        """Ask the daemon to read its configuration again."""
        self._reloading.set()

    def heed_signals(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP reloads."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    async def run(self) -> None:
        """Work until stopped. Raises what a part of the daemon died of."""
        archive = await asyncio.to_thread(open_archive, self._configuration, self._clock(), make_patience(self._clock))
        try:
            service = Service(self._configuration, archive, self._clock, self._announce)
            calm_collector()
            log.info("started", archive=str(archive.path), sources=len(self._configuration.sources), topics=len(self._configuration.topics))
            await self._run_service(service)
        finally:
            await asyncio.to_thread(archive.close)
        log.info("stopped")

    async def _run_service(self, service: Service) -> None:
        jobs = Jobs(service, self._clock)
        crawling = asyncio.create_task(service.crawl.run())
        jobs.start()
        try:
            while not self._stopping.is_set():
                await self._wait(jobs, crawling)
                if self._reloading.is_set() and not self._stopping.is_set():
                    self._reloading.clear()
                    crawling = await self._take_over(service, crawling)
        finally:
            jobs.stop()
            service.archive.hurry()
            await asyncio.gather(service.crawl.stop(), service.dispatcher.stop(DISPATCH_GRACE_SECONDS))
            await asyncio.gather(crawling, return_exceptions=True)

    async def _wait(self, jobs: Jobs, crawling: asyncio.Task[None]) -> None:
        """Until stopping or reloading is asked for; raises what a job or the crawl died of."""
        asked = [asyncio.create_task(event.wait()) for event in (self._stopping, self._reloading)]
        try:
            ends: list[asyncio.Future[Any]] = [*asked, crawling, jobs.failed]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if jobs.failed.done():
                jobs.failed.result()
            if crawling.done() and not self._stopping.is_set():
                crawling.result()
                raise CrawlEnded("the crawl ended although nobody asked it to")
        finally:
            for task in asked:
                task.cancel()

    async def _take_over(self, service: Service, crawling: asyncio.Task[None]) -> asyncio.Task[None]:
        """Put the configuration on disk in force; an invalid one is reported and the old one stays."""
        try:
            configuration = await asyncio.to_thread(self._load)
        except ConfigurationError as error:
            for fault in error.faults:
                log.error("configuration not taken over", file=error.path, key=fault.key, message=fault.message)  # noqa: TRY400  # the user's mistake, no trace
            return crawling
        if configuration.archive_path != service.configuration.archive_path:
            log.error("configuration not taken over", key="archive.path", message="another archive needs a restart")
            return crawling
        before, previous = service.crawl, service.configuration
        await service.reconfigure(configuration)
        log.info("configuration taken over", sources=len(configuration.sources), topics=len(configuration.topics))
        start_previews(previous, configuration, self._clock())
        if service.crawl is before:
            return crawling
        await crawling
        return asyncio.create_task(service.crawl.run())
