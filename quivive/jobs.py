"""The recurring jobs. The archive is the schedule; these only look what is due in it.

APScheduler drops what a job raises and skips a run that is a second late, so: no misfire limit, one run at a time, what was missed is made
up for once, and an error in a job ends the program with that error.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from quivive.service import Service

log = structlog.get_logger("quivive.jobs")

TICK_SECONDS = 1
TIDY_SECONDS = 3_600


class Jobs:
    """The recurring jobs of a service; `failed` is done, with its error, once a job has died."""

    def __init__(self, service: Service, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._clock = clock
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it would print what a job raised, which is raised from here
        # APScheduler keeps its own time in UTC; ours is only asked within the jobs.
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1})
        self._scheduler.add_listener(self._note_error, EVENT_JOB_ERROR)
        self._scheduler.add_job(self._poll_due, "interval", seconds=TICK_SECONDS, id="poll", next_run_time=clock())
        self._scheduler.add_job(self._deliver_due, "interval", seconds=TICK_SECONDS, id="deliver", next_run_time=clock())
        self._scheduler.add_job(self._tidy, "interval", seconds=TIDY_SECONDS, id="tidy", next_run_time=clock())

    def start(self) -> None:
        """Begin; the first run of each job is now."""
        self._scheduler.start()

    def stop(self) -> None:
        """Wake no job any more; one that is running is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _note_error(self, event: JobExecutionEvent) -> None:
        if not self.failed.done():
            self.failed.set_exception(event.exception)

    async def _poll_due(self) -> None:
        await self._service.take_up_due_work()

    async def _deliver_due(self) -> None:
        await self._service.deliver_due()

    async def _tidy(self) -> None:
        now = self._clock()
        archive = self._service.archive
        await asyncio.wrap_future(archive.prune_poll_log(now))
        retention = self._service.configuration.retention
        forgotten = 0
        while retention is not None and (batch := await asyncio.wrap_future(archive.forget_articles(now - retention, now))):
            forgotten += batch
        if forgotten:
            log.info("articles past their retention deleted", articles=forgotten)
