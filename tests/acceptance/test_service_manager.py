"""What the daemon tells its service manager, heard at a socket as systemd has one."""

from __future__ import annotations

import configparser
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.news_site import NewsSite, item, rss
from tests.processes import PATIENCE, Home, Running, source, story

UNIT = Path(__file__).parents[2] / "systemd" / "quivive.service"

Message = dict[str, str]


class Listener:
    """The other side of `$NOTIFY_SOCKET`: a datagram socket, and all it was told."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[Message] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def wait_for(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message from here on that is wanted."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            message = dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())
            self.told.append(message)
            if wanted(message):
                return message

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        site.publish_feed("/feed", rss(item("Rien", site.page("/rien", story("Rien")))))
        yield site


@pytest.fixture
def home(tmp_path: Path, site: NewsSite) -> Home:
    home = Home(tmp_path)
    home.configure(sources=[source(site.url("/feed"))])
    return home


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    with closing(Listener(str(tmp_path / "notify"))) as listener:
        yield listener


def start(home: Home, listener: Listener, **env: str) -> Running:
    return home.start("run", env={"NOTIFY_SOCKET": listener.address, **env})


def says(assignment: str) -> Callable[[Message], bool]:
    name, value = assignment.split("=", 1)
    return lambda message: message.get(name) == value


def test_it_says_when_it_is_ready_when_it_reads_its_configuration_anew_and_when_it_stops(home, listener, site) -> None:
    with start(home, listener) as daemon:
        assert listener.wait_for(says("READY=1"))["STATUS"] == "watching 1 source for 0 topics"
        before = time.monotonic_ns() // 1000
        home.configure(sources=[source(site.url("/feed")), source(site.url("/other"))])
        daemon.send(signal.SIGHUP)
        reloading = listener.wait_for(says("RELOADING=1"))
        assert before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
        assert listener.wait_for(says("READY=1"))["STATUS"] == "watching 2 sources for 0 topics"
        daemon.terminate()
        listener.wait_for(says("STOPPING=1"))
        assert daemon.wait() == 0
    assert not [message for message in listener.told if "WATCHDOG" in message]  # nobody asked for it


def test_a_configuration_that_is_refused_ends_the_reload_too_and_the_status_says_why(home, listener) -> None:
    with start(home, listener) as daemon:
        listener.wait_for(says("READY=1"))
        home.write_config("not [toml")
        daemon.send(signal.SIGHUP)
        listener.wait_for(says("RELOADING=1"))
        assert "not taken over" in listener.wait_for(says("READY=1"))["STATUS"]


def test_while_the_archive_is_opened_it_asks_to_wait_on(home, listener) -> None:
    with start(home, listener):
        first = listener.wait_for(lambda _: True)
        assert int(first["EXTEND_TIMEOUT_USEC"]) > 1_000_000
        listener.wait_for(says("READY=1"))


def test_an_abstract_address_is_told_as_well(home) -> None:
    with closing(Listener(f"@quivive-test-{os.getpid()}")) as listener, start(home, listener):
        assert listener.wait_for(says("READY=1"))["READY"] == "1"


def test_the_watchdog_is_fed_while_all_is_well(home, listener) -> None:
    with start(home, listener, WATCHDOG_USEC="2000000"):
        listener.wait_for(says("READY=1"))
        fed = [listener.wait_for(says("WATCHDOG=1")) for _ in range(3)]
        assert [message["WATCHDOG"] for message in fed] == ["1", "1", "1"]


def test_a_watchdog_of_another_process_is_not_fed(home, listener) -> None:
    with start(home, listener, WATCHDOG_USEC="2000000", WATCHDOG_PID="1") as daemon:
        listener.wait_for(says("READY=1"))
        daemon.wait_for_log("new_articles=1")
        daemon.terminate()
        listener.wait_for(says("STOPPING=1"))
        assert daemon.wait() == 0
    assert not [message for message in listener.told if "WATCHDOG" in message]


def test_a_socket_that_is_not_there_is_said_once_and_ends_nothing(home, tmp_path, site) -> None:
    with home.start("run", env={"NOTIFY_SOCKET": str(tmp_path / "absent"), "WATCHDOG_USEC": "100000"}) as daemon:
        site.wait_for("/feed", 3)
        daemon.terminate()
        assert daemon.wait() == 0
        assert daemon.log.count("the service manager cannot be told") == 1


def test_the_unit_keeps_the_daemon_when_a_worker_is_ended_for_its_memory_and_when_it_dies_of_a_signal() -> None:
    unit = configparser.RawConfigParser(strict=False)  # some keys are given twice
    unit.optionxform = str  # type: ignore[assignment]  # systemd tells capitals from small letters
    unit.read(UNIT, encoding="utf-8")
    kept = {key: unit["Service"][key] for key in ("Type", "OOMPolicy", "Restart", "RestartForceExitStatus", "KillMode")}
    assert kept == {
        "Type": "notify",
        "OOMPolicy": "continue",
        "Restart": "on-failure",
        "RestartForceExitStatus": "SIGHUP",
        "KillMode": "mixed",
    }
