"""The recurring jobs when somebody sets the clock: a server that boots with a wrong one, a virtual machine that is resumed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from news.errors import ArchiveError
from quivive import jobs
from quivive.config import Configuration, load_config
from quivive.jobs import Every, Jobs
from quivive.service import Service
from quivive.wiring import open_archive
from tests.news_site import NewsSite, rss
from tests.outbox import until

HOUR = timedelta(hours=1)
LONGEST_WAIT_SECONDS = 20


class SteppingClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SteppingClock:
    """One that APScheduler goes by too, as both read the same clock in truth; and it is looked at often."""
    clock = SteppingClock()

    class SteppingDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # what is asked for is any datetime
            return clock().astimezone(tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SteppingDatetime)
    monkeypatch.setattr(jobs, "WATCH_SECONDS", 0.05)
    return clock


def configured(folder: Path, *urls: str) -> Configuration:
    text = '[crawler]\ndelay_per_host = "0s"\nconcurrency_per_host = 16\nallow_addresses = ["127.0.0.0/8"]\n' + "".join(
        f'[[sources]]\nurl = "{url}"\n' for url in urls
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "config.toml", {})


@asynccontextmanager
async def running(configuration: Configuration, clock: SteppingClock) -> AsyncIterator[tuple[Service, Jobs]]:
    """A service whose jobs run, as in the daemon."""
    archive = open_archive(configuration, clock())
    service = Service(configuration, archive, clock, lambda _alert: None)
    at_work = Jobs(service, clock)
    crawling = asyncio.create_task(service.crawl.run())
    at_work.start()
    try:
        yield service, at_work
    finally:
        at_work.stop()
        await service.stop(0)
        await crawling
        archive.close()


@pytest.mark.parametrize("step", [-HOUR, -365 * 24 * HOUR, 365 * 24 * HOUR])
def test_sources_are_polled_on_although_the_clock_was_set(tmp_path: Path, clock: SteppingClock, step: timedelta) -> None:
    async def scene(site: NewsSite, first: str, second: str) -> None:
        async with running(configured(tmp_path, first), clock) as (service, at_work):
            await asyncio.to_thread(site.wait_for, "/first")
            clock.ahead = step
            await service.reconfigure(configured(tmp_path, first, second))  # due by the clock as it is now; no job is told
            await asyncio.to_thread(site.wait_for, "/second")
            assert not at_work.failed.done()

    with NewsSite() as site:
        asyncio.run(scene(site, site.publish_feed("/first", rss()), site.publish_feed("/second", rss())))
        assert site.count("/second") == 1


def test_a_clock_that_goes_back_brings_the_schedule_with_it(tmp_path: Path, clock: SteppingClock) -> None:
    async def scene(url: str) -> None:
        clock.ahead = 24 * HOUR
        archive = open_archive(configured(tmp_path, url), clock())
        service = Service(configured(tmp_path, url), archive, clock, lambda _alert: None)
        clock.ahead = timedelta(0)
        assert archive.due_sources(clock() + HOUR, 1) == []
        await service.set_back(24 * HOUR)
        assert [source.url for source in archive.due_sources(clock() + HOUR, 1)] == [url]
        archive.close()

    asyncio.run(scene("https://journal.example/feed"))


def test_what_the_watch_over_the_clock_dies_of_is_what_the_jobs_died_of(tmp_path: Path, clock: SteppingClock) -> None:
    async def scene() -> None:
        async with running(configured(tmp_path), clock) as (service, at_work):
            service.archive.close()  # writing is refused from here on
            clock.ahead = -HOUR
            await asyncio.wait_for(at_work.failed, LONGEST_WAIT_SECONDS)

    with pytest.raises(ArchiveError, match="is closed"):
        asyncio.run(scene())


def test_a_job_runs_now_and_then_an_interval_after_each_run_however_many_were_missed() -> None:
    trigger, now = Every(HOUR), datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, now) == now
    assert trigger.get_next_fire_time(now - 10_000 * HOUR, now) == now + HOUR


def test_a_job_that_is_not_to_run_at_once_begins_with_its_interval() -> None:
    now = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
    assert Every(HOUR, at_once=False).get_next_fire_time(None, now) == now + HOUR


def test_the_log_says_from_time_to_time_that_all_is_well(tmp_path: Path, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TELL_SECONDS", 0.05)

    async def scene(site: NewsSite, url: str) -> None:
        with capture_logs() as said:
            async with running(configured(tmp_path, url), clock):
                await asyncio.to_thread(site.wait_for, "/feed")
                while not any(event["event"] == "all is well" and event["polls"] for event in said):  # noqa: ASYNC110  # a log sets none
                    await asyncio.sleep(0.01)
        first = next(event for event in said if event["event"] == "all is well" and event["polls"])
        assert (first["sources"], first["failing"], first["waiting"]) == (1, 0, 0)
        assert sum(event.get("polls", 0) for event in said if event["event"] == "all is well") == 1  # each is told of once

    with NewsSite() as site:
        asyncio.run(scene(site, site.publish_feed("/feed", rss())))


def test_one_look_takes_up_all_that_is_due(tmp_path: Path, clock: SteppingClock) -> None:
    async def scene(urls: list[str]) -> None:
        archive = open_archive(configured(tmp_path, *urls), clock())
        service = Service(configured(tmp_path, *urls), archive, clock, lambda _alert: None)
        assert await service.take_up_due_work() == len(urls)
        assert await service.take_up_due_work() == 0  # all are in hand
        await service.stop(0)
        archive.close()

    asyncio.run(scene([f"https://journal-{number}.example/feed" for number in range(3_000)]))


def test_a_clock_that_was_ahead_for_three_seconds_puts_nothing_off(tmp_path: Path, clock: SteppingClock) -> None:
    async def scene(site: NewsSite, url: str) -> None:
        async with running(configured(tmp_path, url), clock) as (service, _):
            await until(lambda: service.totals.polled == 1)
            clock.ahead = 12 * HOUR  # which makes it due
            await until(lambda: service.totals.polled == 2)
            assert service.archive.due_sources(clock(), 1) == []
            clock.ahead = timedelta(0)
            await until(lambda: service.archive.due_sources(clock() + 2 * HOUR, 1))

    with NewsSite() as site:
        asyncio.run(asyncio.wait_for(scene(site, site.publish_feed("/feed", rss())), LONGEST_WAIT_SECONDS))


class Held:
    """What holds itself, so that only the collector finds that nobody else does."""

    def __init__(self) -> None:
        self.held = self


def test_what_was_held_for_long_and_is_no_more_is_found_from_time_to_time(tmp_path: Path, clock: SteppingClock) -> None:
    held = Held()
    gone = weakref.ref(held)
    gc.collect()  # it is old now: looked at again after millions of others
    gc.disable()
    del held

    async def scene() -> None:
        async with running(configured(tmp_path), clock):
            await until(lambda: gone() is None)

    try:
        asyncio.run(scene())
    finally:
        gc.enable()
    assert gone() is None
