"""The daemon: runs the jobs until it is told to stop, takes over a new configuration on SIGHUP, and ends loudly when a part of it dies."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from news.alerts import Alert
from news.errors import ArchiveHeldUp, ConfigurationError, CrawlEnded
from news.wording import Wording
from quivive.beside.desk import Desk
from quivive.collector import leave_out_what_stays
from quivive.config import Configuration
from quivive.heartbeat import keep_beating
from quivive.hubs import Hubs
from quivive.jobs import Jobs
from quivive.log import flush_log
from quivive.new_topics import Previews
from quivive.patience import make_patience
from quivive.reloading import require_reloadable
from quivive.service import Service
from quivive.service_manager import ServiceManager
from quivive.wiring import open_archive
from storage import Archive

log = structlog.get_logger("quivive")

DISPATCH_GRACE_SECONDS = 6.5
"""How long messages in hand may take when the daemon stops. It must end within 10 s, also on a machine that is busy."""
PREVIEW_GRACE_SECONDS = 1.0
LAST_WORDS_SECONDS = 0.3
OPENING_SECONDS = 60.0
"""How long a service manager is asked to wait on while the archive is opened; asked again before that is over."""


class Daemon:
    """Runs a configuration until `stop` is called or one of its parts dies.

    `load`: reads the configuration again, for SIGHUP; raises `ConfigurationError`. `put_in_force`: what is outside of the daemon, such as
    the log, takes over a configuration. `announce`: called with each new alert.
    """

    def __init__(
        self,
        load: Callable[[], Configuration],
        put_in_force: Callable[[Configuration], None],
        clock: Callable[[], datetime],
        announce: Callable[[Alert], None],
        manager: ServiceManager,
    ) -> None:
        self._load = load
        self._put_in_force = put_in_force
        self._clock = clock
        self._announce = announce
        self._manager = manager
        self._previews = Previews()
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Event()

    def hear(self, number: signal.Signals) -> None:
        """Heed a signal, from any thread: SIGHUP reloads, SIGTERM and SIGINT stop."""
        self._loop.call_soon_threadsafe(self.reload if number == signal.SIGHUP else self.stop)

    def stop(self) -> None:
        """Ask the daemon to end; it does within 10 s, and what is unfinished is resumed at the next start."""
        if not self._stopping.is_set():
            log.info("stopping")
        self._stopping.set()

    def give_up(self) -> int:
        """Say that the deadline for stopping is over; the status to end with. Nothing is lost: it is as if the power had failed."""
        log.warning("not everything ended in time; what is unfinished is resumed at the next start")
        flush_log(LAST_WORDS_SECONDS)
        return 0

    def reload(self) -> None:
        """Ask the daemon to read its configuration again."""
        self._reloading.set()

    async def run(self, configuration: Configuration) -> None:
        """Work until stopped. Raises what a part of the daemon died of."""
        try:
            archive = await self._open_archive(configuration)
        except ArchiveHeldUp as error:  # asked to end while it waited
            log.info("stopped", waited_for=str(error))
            return
        try:
            if not self._stopping.is_set():
                service = Service(configuration, archive, self._clock, self._announce)
                leave_out_what_stays()
                log.info("started", archive=str(archive.path), sources=len(configuration.sources), topics=len(configuration.topics))
                await self._run_service(service)
        finally:
            await self._manager.tell("STOPPING=1", "STATUS=stopping")
            await asyncio.to_thread(archive.close)
        log.info("stopped")

    async def _open_archive(self, configuration: Configuration) -> Archive:
        """Wait for the archive, which may have to be brought up to date first, and have the service manager wait on as well."""
        is_open = threading.Event()
        # Once it works, it is told to hurry when all else has ended.
        patience = make_patience(self._clock, lambda: self._stopping.is_set() and not is_open.is_set())

        async def ask_for_patience() -> None:
            while True:
                await self._manager.tell_of_opening(OPENING_SECONDS)
                await asyncio.sleep(OPENING_SECONDS / 3)

        asking = asyncio.create_task(ask_for_patience())
        try:
            return await asyncio.to_thread(open_archive, configuration, self._clock(), patience)
        finally:
            is_open.set()
            asking.cancel()

    async def _run_service(self, service: Service) -> None:
        jobs = Jobs(service, self._clock)
        working = [asyncio.create_task(service.crawl.run())]
        if (seconds := self._manager.watchdog_seconds) is not None:
            working.append(asyncio.create_task(keep_beating(self._manager, service.archive, seconds)))
        jobs.start()
        desk = Desk(service, self._clock)
        hubs = Hubs(service, self._clock)
        await desk.open()
        await hubs.take_over(service.configuration)
        await self._tell_ready(service.configuration)
        try:
            while await self._wait(jobs, working):
                self._reloading.clear()
                await self._until_stopped(self._take_over(service, hubs))
        finally:
            desk.close()
            jobs.stop()
            await self._manager.tell("STOPPING=1", "STATUS=stopping")
            service.archive.hurry()
            await hubs.close()
            await self._end(service, working)

    async def _end(self, service: Service, working: list[asyncio.Task[None]]) -> None:
        """End the parts of the daemon. Where the archive cannot be written just then, what is unwritten is still due at the next start."""
        try:
            await service.stop(DISPATCH_GRACE_SECONDS)
        except ArchiveHeldUp as error:
            log.warning("not all was written; it is done at the next start", reason=str(error))
        finally:
            await asyncio.to_thread(self._previews.stop, PREVIEW_GRACE_SECONDS)
            for beating in working[1:]:
                beating.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _wait(self, jobs: Jobs, working: list[asyncio.Task[None]]) -> bool:
        """Until stopping (false) or reloading (true) is asked for; raises what a job, the crawl or the sign of life died of."""
        asked = [asyncio.create_task(event.wait()) for event in (self._stopping, self._reloading)]
        try:
            ends: list[asyncio.Future[Any]] = [*asked, *working, jobs.failed]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if jobs.failed.done():
                jobs.failed.result()
            for ended in working:
                if ended.done() and not self._stopping.is_set():
                    ended.result()
                    raise CrawlEnded(Wording("the crawl ended although nobody asked it to"))
        finally:
            for task in asked:
                task.cancel()
        return not self._stopping.is_set()

    async def _until_stopped(self, work: Awaitable[None]) -> None:
        """Do `work`, but break it off when stopping is asked for."""
        task, stopped = asyncio.ensure_future(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            task.cancel()
            stopped.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)

    async def _take_over(self, service: Service, hubs: Hubs) -> None:
        """Put the configuration on disk in force; one that is invalid, or takes all away, is reported and the old one stays."""
        await self._manager.tell_of_reload()
        previous = service.configuration
        try:
            configuration = await asyncio.to_thread(self._load)
            require_reloadable(previous, configuration)
        except ConfigurationError as error:
            for fault in error.faults:
                places = {"file": error.path, "line": fault.line, "key": fault.key, "called": fault.called}
                where = {name: place for name, place in places.items() if place}
                log.error("configuration not taken over", **where, message=fault.message)  # noqa: TRY400  # the user's mistake, no trace
            await self._manager.tell("READY=1", f"STATUS=the configuration was not taken over: {error.faults[0]}")
            return
        await service.reconfigure(configuration)
        await hubs.take_over(configuration)
        self._put_in_force(configuration)
        log.info("configuration taken over", sources=len(configuration.sources), topics=len(configuration.topics))
        self._previews.start(previous, configuration, self._clock())
        await self._tell_ready(configuration)

    async def _tell_ready(self, configuration: Configuration) -> None:
        sources = Wording.counted("{count} source", "{count} sources", len(configuration.sources))
        topics = Wording.counted("{count} topic", "{count} topics", len(configuration.topics))
        watched = f"watching {sources} for {topics}"
        await self._manager.tell("READY=1", f"STATUS={watched}")
