"""The recurring jobs. The archive is the schedule; these only look what is due in it.

APScheduler drops what a job raises and skips a run that is a second late, so: no misfire limit, one run at a time, what was missed is made
up for once, and an error in a job ends the program with that error. It also trusts the wall clock: once that goes back an hour, it runs
nothing for an hour. So the clock is watched on the event loop's own time, which no one can set.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from quivive.collector import collect_what_is_old
from quivive.heartbeat import answer
from quivive.rebuilding import rebuild
from quivive.service import Service

log = structlog.get_logger("quivive.jobs")

TICK_SECONDS = 1
VOLUME_SECONDS = 60
"""Between two looks at how much topics are written about."""
TIDY_SECONDS = 3_600
TELL_SECONDS = 3_600
"""Between two lines of the log that say that all is well."""
LIFE_SECONDS = 10
WATCH_SECONDS = 1.0
"""Between two looks at the clock. One that is ahead for a shorter time is noticed by what was written meanwhile, at the next start."""
LEAST_STEP = timedelta(seconds=2)
"""A clock that goes back by less is only being put right; jobs then wait that much longer."""


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """Now, unless not `at_once`, and then an interval after each look at the clock.

    APScheduler's own trigger counts from the run before, and so lists all the millions of runs missed when the clock leaps a month ahead.
    """

    def __init__(self, interval: timedelta, *, at_once: bool = True) -> None:
        self._interval = interval
        self._at_once = at_once

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now if previous_fire_time is None and self._at_once else now + self._interval


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
        self._scheduler.add_job(self._poll_due, Every(timedelta(seconds=TICK_SECONDS)), id="poll")
        self._scheduler.add_job(self._deliver_due, Every(timedelta(seconds=TICK_SECONDS)), id="deliver")
        self._scheduler.add_job(self._watch_volumes, Every(timedelta(seconds=VOLUME_SECONDS)), id="volume")
        self._scheduler.add_job(self._tidy, Every(timedelta(seconds=TIDY_SECONDS)), id="tidy")
        self._scheduler.add_job(self._tell_hour, Every(timedelta(seconds=TELL_SECONDS), at_once=False), id="tell")
        self._scheduler.add_job(self._note_life, Every(timedelta(seconds=LIFE_SECONDS)), id="life")
        self._scheduler.add_job(self._rebuild, id="rebuild")  # once, from now on
        self._watcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first run of each job is now."""
        self._scheduler.start()
        self._watcher = asyncio.create_task(self._watch_clock(self._clock(), asyncio.get_running_loop().time()))
        self._watcher.add_done_callback(self._note_end_of_watch)

    def stop(self) -> None:
        """Wake no job any more, and break off those that run. What they read in other threads the service's end waits for."""
        if self._watcher is not None:
            self._watcher.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _note_error(self, event: JobExecutionEvent) -> None:
        self._fail(event.exception)

    def _note_end_of_watch(self, watcher: asyncio.Task[None]) -> None:
        if not watcher.cancelled() and (error := watcher.exception()):
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not (self.failed.done() or isinstance(error, asyncio.CancelledError)):  # stopping cancels what runs
            self.failed.set_exception(error)

    async def _watch_clock(self, wall: datetime, steady: float) -> None:
        """Until cancelled. `steady`: the loop's time, in seconds, when the clock said `wall`."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            expected = wall + timedelta(seconds=loop.time() - steady)
            wall, steady = self._clock(), loop.time()
            if expected - wall > LEAST_STEP:
                log.warning("the clock went back", seconds=round((expected - wall).total_seconds()))
                await self._take_up_earlier_time(expected - wall)

    async def _take_up_earlier_time(self, step: timedelta) -> None:
        """All that waits was put off by a clock that was ahead: let none of it wait for that time to come again."""
        await self._service.set_back(step)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._clock())

    async def _poll_due(self) -> None:
        await self._service.take_up_due_work()

    async def _deliver_due(self) -> None:
        await self._service.deliver_due()

    async def _watch_volumes(self) -> None:
        await self._service.watch_volumes()

    async def _tell_hour(self) -> None:
        await self._service.report_hour()

    async def _note_life(self) -> None:
        """For `status`, which cannot see from outside whether the event loop and the writing thread get round to anything."""
        await answer(self._service.archive)
        self._service.archive.note_life(self._clock())

    async def _rebuild(self) -> None:
        await rebuild(self._service.archive)

    async def _tidy(self) -> None:
        now = self._clock()
        archive = self._service.archive
        if archive.has_hard_links():
            log.warning("the archive was given a second name (a hard link): opening it by that name would damage it; remove that name")
        await asyncio.wrap_future(archive.mend_clock_jumps(now))
        await asyncio.wrap_future(archive.prune_poll_log(now))
        while await asyncio.wrap_future(archive.prune_sketches(now)):
            pass
        while await asyncio.wrap_future(archive.forget_gaps(now)):
            pass  # a batch at a time, so that others come to write in between
        retention = self._service.configuration.retention
        forgotten = 0
        while retention is not None and (batch := await asyncio.wrap_future(archive.forget_articles(now - retention, now))):
            forgotten += batch
        if forgotten:
            log.info("articles past their retention deleted", articles=forgotten)
        collect_what_is_old()
