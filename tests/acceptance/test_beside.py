"""`quivive poll` beside a running daemon, which does it; and what people and programs may do to the socket through which it is asked."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from quivive.beside.place import socket_path
from tests.mailbox import HOLD, HookSink, Reply
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, Running, source, story, topic, wait_until, webhook

SLOW = (
    'interval = "1h"\nmin_interval = "1s"\nmax_interval = "2h"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\n'
    'allow_addresses = ["127.0.0.0/8"]\n'
)
"""What is polled again within a test was polled because somebody asked."""


@dataclass
class Watch:
    """A daemon that has polled its sources once, and will not again for an hour."""

    home: Home
    site: NewsSite
    hook: HookSink
    daemon: Running

    @property
    def socket(self) -> Path:
        return socket_path(self.home.archive)

    def publish(self, *titles: str) -> None:
        publish(self.site, *titles)

    def call(self) -> socket.socket:
        """A connection to the daemon."""
        calling = socket.socket(socket.AF_UNIX)
        calling.settimeout(30)
        calling.connect(str(self.socket))
        return calling


def publish(site: NewsSite, *titles: str) -> str:
    items = (item(title, site.page(f"/{abs(hash(title))}", story(title))) for title in titles)
    return site.publish_feed("/feed", rss(*items))


def configure(home: Home, site: NewsSite, hook: HookSink) -> None:
    home.configure(
        sources=[source(site.url("/feed"), "Journal"), source(site.url("/absent"), "Absent")],
        topics=[topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", hook.url)],
        crawler=SLOW,
        more='[log]\nlevel = "debug"\n',
    )


@contextmanager
def open_watch(folder: Path) -> Iterator[Watch]:
    home = Home(folder)
    with NewsSite() as site, HookSink() as hook:
        publish(site, "Rien")
        configure(home, site, hook)
        with home.start("run") as daemon:
            site.wait_for("/absent")
            daemon.wait_for_log("new_articles=1")
            yield Watch(home, site, hook, daemon)
            if daemon.is_running:
                daemon.terminate()
                assert daemon.wait() == 0
                assert not socket_path(home.archive).exists()
                assert "Traceback" not in daemon.log


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """One that the tests share, so each publishes titles of its own."""
    with open_watch(tmp_path_factory.mktemp("watch")) as watch:
        yield watch


@pytest.fixture
def own_watch(tmp_path: Path) -> Iterator[Watch]:
    """One that the test may end."""
    with open_watch(tmp_path) as watch:
        yield watch


def test_the_daemon_polls_what_it_is_asked_for_and_the_command_shows_what_came_of_it(watch) -> None:
    watch.publish("L’OTAN en vue", "Rien")
    done = watch.home.quivive("poll", "journal")
    assert (done.status, done.err) == (0, "")
    assert "ALERT OTAN  L’OTAN en vue" in done.out
    assert "sources     1 polled, 0 unchanged, 0 failed" in done.out
    assert "articles    1 new, 0 revised, 0 duplicates, 0 pages failed" in done.out
    assert "deliveries  1 sent, 0 pending, 0 dead" in done.out
    assert [one.json["data"]["article"]["title"] for one in watch.hook.requests].count("L’OTAN en vue") == 1


def test_the_summary_in_json_is_that_of_a_poll_without_a_daemon_and_a_source_that_fails_makes_it_exit_1(watch, tmp_path_factory) -> None:
    watch.publish("L’OTAN revient", "Rien")
    beside = watch.home.quivive("poll", "--json")
    alone = Home(tmp_path_factory.mktemp("alone"))
    configure(alone, watch.site, watch.hook)
    assert beside.status == 1
    assert beside.json["sources"] == {"polled": 2, "unchanged": 0, "failed": 1}
    assert beside.json["alerts"] == {"created": 1}
    assert beside.json["deliveries"] == {"sent": 1, "pending": 0, "dead": 0}
    same = alone.quivive("poll", "--json").json
    assert {key: list(value) for key, value in same.items() if key != "seconds"} == {
        key: list(value) for key, value in beside.json.items() if key != "seconds"
    }


def test_a_source_that_fails_is_told_with_its_reason(watch) -> None:
    done = watch.home.quivive("poll", watch.site.url("/absent"))
    assert done.status == 1
    assert "http_404" in done.out


def test_a_source_that_the_daemon_does_not_know_is_named(watch) -> None:
    done = watch.home.quivive("poll", "Le Monde")
    assert (done.status, done.out) == (2, "")
    assert "the running daemon has no source called Le Monde" in done.err


def test_only_the_owner_may_ask(watch) -> None:
    mode = watch.socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_the_archive_may_be_reached_by_a_link(watch, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(watch.home.archive)
    home = Home(tmp_path / "elsewhere")
    home.write_config(watch.home.config.read_text().replace("[crawler]", '[archive]\npath = "link.db"\n[crawler]', 1))
    done = home.quivive("poll", "journal")
    assert (done.status, done.err) == (0, "")
    assert "1 polled" in done.out


def test_ctrl_c_ends_the_command_and_not_the_daemon(own_watch) -> None:
    own_watch.site.stall("/feed")
    with own_watch.home.start("poll", "journal") as command:
        own_watch.daemon.wait_for_log("asked to poll now")
        command.send(signal.SIGINT)
        assert command.wait() == 1
        assert command.log == "quivive: interrupted\n"
    publish(own_watch.site, "Rien")
    assert own_watch.home.quivive("poll", "absent").status == 1
    assert own_watch.daemon.is_running


def test_a_daemon_that_stops_meanwhile_is_an_error_that_says_so(own_watch) -> None:
    own_watch.site.stall("/feed")
    with own_watch.home.start("poll", "journal") as command:
        own_watch.daemon.wait_for_log("asked to poll now")
        own_watch.daemon.terminate()
        assert command.wait() == 1
        assert "the daemon is stopping; what it had begun is resumed at its next start" in command.log


def test_a_daemon_that_is_killed_meanwhile_is_an_error_too_and_what_it_leaves_hinders_nobody(own_watch) -> None:
    own_watch.site.stall("/feed")
    with own_watch.home.start("poll", "journal") as command:
        own_watch.daemon.wait_for_log("asked to poll now")
        own_watch.daemon.kill()
        assert command.wait() == 1
        assert "ended before it was done" in command.log
    assert own_watch.socket.exists()
    publish(own_watch.site, "Rien")
    assert own_watch.home.quivive("poll", "journal").status == 0
    with own_watch.home.start("run") as daemon:
        daemon.wait_for_log("started")
        wait_until(lambda: own_watch.home.quivive("poll", "journal").status == 0, "the new daemon to take requests")
        assert daemon.log.count("asked to poll now") >= 1


JUNK = {
    "nothing": b"",
    "no line": b"x" * 100,
    "no JSON": b"GET / HTTP/1.1\n",
    "another request": b'{"stop": true}\n',
    "bytes": bytes(range(256)) + b"\n",
    "a line without an end": b"x" * 3_000_000,
}


@pytest.mark.parametrize("sent", JUNK.values(), ids=JUNK)
def test_a_caller_who_sends_junk_or_nothing_or_hangs_up_holds_up_nobody(watch, sent) -> None:
    with watch.call() as hanging, watch.call() as leaving:
        for calling in (hanging, leaving):
            try:
                calling.sendall(sent)
            except OSError:
                assert len(sent) > 1_000_000  # it is told apart from a request, and hung up on
        leaving.close()
        watch.publish("L’OTAN malgré tout", "Rien")
        assert watch.home.quivive("poll", "journal").status == 0
    assert watch.daemon.is_running
    assert "Traceback" not in watch.daemon.log


def test_the_daemon_goes_on_telling_while_it_sends(watch) -> None:
    watch.publish("L’OTAN à suivre", "Rien")
    watch.hook.reply(Reply(action=HOLD))
    with watch.call() as calling, calling.makefile("r", encoding="utf-8") as told:
        calling.sendall(b'{"poll": ["journal"]}\n')
        next(line for line in told if "L’OTAN à suivre" in line)
        watch.hook.wait_for(lambda requests: any("L’OTAN à suivre" in one.body.decode() for one in requests))
        assert next(told).startswith('{"polled":')
        watch.hook.release()
        assert any(line.startswith('{"summary":') for line in told)


def test_a_caller_who_says_more_than_the_request_is_left(watch) -> None:
    watch.site.stall("/feed")
    with watch.call() as calling, calling.makefile("rb") as told:
        calling.sendall(b'{"poll": ["journal"]}\n' + b"x" * 1_000)
        assert not [line for line in told if b"summary" in line]
    watch.publish("Rien")


def test_a_caller_who_asks_and_reads_nothing_holds_up_nobody(watch) -> None:
    watch.publish(*(f"L’OTAN {number}" for number in range(30)))
    with watch.call() as deaf:
        deaf.sendall(b'{"poll": []}\n')
        done = watch.home.quivive("poll", "journal")
        assert (done.status, done.err) == (0, "")
        watch.hook.wait_for(30)


def test_more_callers_than_there_is_room_for_are_told_so(watch) -> None:
    callers = [watch.call() for _ in range(8)]
    try:
        with watch.call() as late:
            assert b"too many others" in late.recv(1000)
    finally:
        for caller in callers:
            caller.close()


def test_what_is_no_socket_is_left_alone_and_the_daemon_works_without(tmp_path) -> None:
    home = Home(tmp_path)
    socket_path(home.archive).write_text("mine")
    with NewsSite() as site, HookSink() as hook:
        publish(site, "L’OTAN")
        configure(home, site, hook)
        with home.start("run") as daemon:
            daemon.wait_for_log("cannot ask this daemon")
            hook.wait_for(1)
            done = home.quivive("poll")
            assert done.status == 1
            assert f"process {daemon.pid} is writing this archive" in done.err
    assert socket_path(home.archive).read_text() == "mine"


def test_a_path_that_is_longer_than_a_socket_may_have_is_no_hindrance(tmp_path) -> None:
    folder = tmp_path / ("dossier-" * 20) / ("veille-" * 20)
    folder.mkdir(parents=True)
    home = Home(folder)
    with NewsSite() as site, HookSink() as hook:
        publish(site, "L’OTAN")
        configure(home, site, hook)
        with home.start("run") as daemon:
            hook.wait_for(1)
            done = home.quivive("poll", "journal")
            assert (done.status, done.err) == (0, "")
            assert "asked to poll now" in daemon.log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_users_daemon_is_named_with_its_user(watch) -> None:
    for folder in (watch.home.folder, *watch.home.folder.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    program = (
        "import contextlib, os; from quivive.cli import main\n"
        "with contextlib.suppress(SystemExit): main()\n"  # once as root: what it imports may lie where another user cannot read
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); main()"
    )
    command = [sys.executable, "-c", program, "--config", str(watch.home.config), "poll", "journal"]
    done = subprocess.run(command, cwd="/", env=watch.home.environ(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"process {watch.daemon.pid} writes this archive for root; poll as root (sudo -u root …)" in done.stderr
