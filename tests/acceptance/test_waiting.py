"""A daemon whose archive cannot be written for a while: it says so, waits, goes on when that passes, and still ends when it is told to."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, Running, source, story, topic, webhook
from tests.small_disk import small_disk

WARNING = "the archive cannot be written: waiting until it can be"
GOES_ON = "the archive can be written again: going on"
Trouble = Callable[[Path, Running], None]


class Desk:
    """A daemon on one feed, whose articles the hook is told of."""

    def __init__(self, home: Home, site: NewsSite, hook: HookSink) -> None:
        self.home, self.site, self.hook = home, site, hook
        self.titles: list[str] = []

    def publish(self, title: str) -> None:
        self.titles.insert(0, title)
        self.site.publish_feed("/feed", rss(*(item(one, self.site.page(f"/{len(one)}", story(one))) for one in self.titles)))

    def wait_for(self, title: str) -> None:
        self.hook.wait_for(lambda received: any(one.json["data"]["article"]["title"] == title for one in received))

    def waiting(self) -> dict[str, str] | None:
        waiting: dict[str, str] | None = self.home.quivive("status", "--json").json["waiting"]
        return waiting


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    with NewsSite() as site, HookSink() as hook:
        desk = Desk(Home(folder), site, hook)
        desk.publish("L’OTAN")
        desk.home.configure(
            sources=[source(site.url("/feed"))], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)]
        )
        yield desk


@contextmanager
def lock(archive: Path, daemon: Running) -> Iterator[None]:  # the others ask for it
    """Another program holds the archive for longer than any patience with a lock."""
    connection = sqlite3.connect(archive, isolation_level=None, timeout=20)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()


@contextmanager
def limit(archive: Path, daemon: Running) -> Iterator[None]:
    """Its files may not grow, as where a quota is used up."""
    before = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("trouble", "reason"), [(lock, "is locked by another program"), (limit, "the disk is full, a quota is used up")])
def test_the_daemon_waits_says_so_once_and_goes_on(tmp_path, trouble, reason) -> None:
    with open_desk(tmp_path) as desk, desk.home.start("run") as daemon:
        desk.wait_for("L’OTAN")
        with trouble(desk.home.archive, daemon):
            desk.publish("L’OTAN encore")
            daemon.wait_for_log(WARNING)
            waiting = desk.waiting()
            assert waiting is not None
            assert reason in waiting["reason"]
            assert "waiting     to write, since " in desk.home.quivive("status").out
            assert [one["title"] for one in desk.home.quivive("search", "otan", "--json").lines] == ["L’OTAN"]
        desk.wait_for("L’OTAN encore")
        daemon.wait_for_log(GOES_ON)
        assert (daemon.log.count(WARNING), desk.waiting()) == (1, None)
        daemon.terminate()
        assert daemon.wait() == 0
    assert {one.json["data"]["article"]["title"] for one in desk.hook.requests} == {"L’OTAN", "L’OTAN encore"}


def test_a_full_disk_is_waited_for(tmp_path) -> None:
    with small_disk(tmp_path / "disk", megabytes=8) as disk, open_desk(disk.folder) as desk, desk.home.start("run") as daemon:
        desk.wait_for("L’OTAN")
        disk.fill()
        desk.publish("L’OTAN sur un disque plein")
        daemon.wait_for_log(WARNING)
        assert "the disk is full; free some space" in daemon.log
        disk.free()
        desk.wait_for("L’OTAN sur un disque plein")
        daemon.wait_for_log(GOES_ON)
        daemon.terminate()
        assert daemon.wait() == 0


def test_a_daemon_that_waits_ends_in_time_and_what_it_could_not_write_comes_with_the_next_start(tmp_path) -> None:
    with open_desk(tmp_path) as desk:
        with desk.home.start("run") as daemon:
            desk.wait_for("L’OTAN")
            with lock(desk.home.archive, daemon):
                desk.publish("L’OTAN encore")
                daemon.wait_for_log(WARNING)
                daemon.terminate()
                assert daemon.wait(patience=10) == 0
            assert "Traceback" not in daemon.log
        with desk.home.start("run") as daemon:
            desk.wait_for("L’OTAN encore")
            daemon.terminate()
            assert daemon.wait() == 0
    assert {one.json["data"]["article"]["title"] for one in desk.hook.requests} == {"L’OTAN", "L’OTAN encore"}


@pytest.fixture
def polled(tmp_path) -> Iterator[Desk]:
    """With an archive already."""
    with open_desk(tmp_path) as desk:
        desk.home.quivive("poll")
        yield desk


@contextmanager
def locked_before(archive: Path) -> Iterator[None]:
    with closing(sqlite3.connect(archive, isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_an_archive_that_is_locked_at_the_start_is_waited_for(polled) -> None:
    polled.publish("L’OTAN encore")
    with ExitStack() as lock:
        lock.enter_context(locked_before(polled.home.archive))
        with polled.home.start("run") as daemon:
            daemon.wait_for_log(WARNING)
            waiting = polled.waiting()
            assert waiting is not None
            assert "is locked by another program" in waiting["reason"]
            assert "started" not in daemon.log
            lock.close()
            daemon.wait_for_log(GOES_ON)
            polled.wait_for("L’OTAN encore")
            assert (daemon.log.count(WARNING), polled.waiting()) == (1, None)
            daemon.terminate()
            assert daemon.wait() == 0


def test_a_daemon_that_waits_at_its_start_ends_when_it_is_asked_to(polled) -> None:
    with locked_before(polled.home.archive), polled.home.start("run") as daemon:
        daemon.wait_for_log(WARNING)
        daemon.terminate()
        assert daemon.wait(patience=10) == 0
        assert "Traceback" not in daemon.log


def test_a_disk_that_is_full_at_the_very_first_start_is_waited_for(tmp_path) -> None:
    with small_disk(tmp_path / "disk", megabytes=8) as disk, open_desk(disk.folder) as desk:
        disk.fill()
        with desk.home.start("run") as daemon:
            daemon.wait_for_log(WARNING)
            assert "the disk is full" in daemon.log
            disk.free()
            desk.wait_for("L’OTAN")
            daemon.terminate()
            assert daemon.wait() == 0
