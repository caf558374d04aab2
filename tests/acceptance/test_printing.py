"""Printing and logging hold up nothing: standard output and error that are stuck, full, closed or of another encoding."""

from __future__ import annotations

import fcntl
import os
import pty
import shlex
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, story, topic, webhook

LONGEST_END_SECONDS = 10.0
TITLE = "L’Otan s’agrandit – 10 €"


@contextmanager
def watched_site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        site.publish_feed("/feed", rss(item(TITLE, site.page("/page", story(TITLE)))))
        yield site


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with watched_site() as site:
        yield site


@pytest.fixture
def home(tmp_path: Path, site: NewsSite, hook: HookSink) -> Home:
    return home_of(tmp_path, site, hook)


def home_of(folder: Path, site: NewsSite, hook: HookSink) -> Home:
    home = Home(folder)
    home.configure(
        sources=[source(site.url("/feed"))],
        topics=[topic("OTAN", "otan", ["hook"])],
        channels=[webhook("hook", hook.url)],
        more='[log]\nlevel = "debug"\n',
    )
    return home


@contextmanager
def unread_pipe() -> Iterator[int]:
    """A pipe that nobody reads, with no room left."""
    reading, writing = os.pipe()
    os.write(writing, b"x" * fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ))
    yield writing
    os.close(writing)
    os.close(reading)


@contextmanager
def broken_pipe() -> Iterator[int]:
    """A pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@contextmanager
def full_device() -> Iterator[int]:
    device = os.open("/dev/full", os.O_WRONLY)
    yield device
    os.close(device)


@contextmanager
def stopped_terminal() -> Iterator[int]:
    """A terminal on which somebody pressed Ctrl-S."""
    master, slave = pty.openpty()
    termios.tcflow(slave, termios.TCOOFF)
    yield slave
    termios.tcflow(slave, termios.TCOON)
    os.close(slave)
    os.close(master)


OUTPUTS = [unread_pipe, broken_pipe, full_device, stopped_terminal]


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_daemon_watches_on_and_ends_well_whatever_becomes_of_its_output(home, hook, site, output: Callable[..., Iterator[int]]) -> None:
    with output() as stdout, home.start("run", stdout=stdout) as daemon:
        hook.wait_for(1)
        site.wait_for("/feed", site.count("/feed") + 1)
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.log


@pytest.mark.parametrize("output", OUTPUTS)
def test_nor_does_its_log_hold_it_up(home, hook, site, output: Callable[..., Iterator[int]]) -> None:
    with output() as stderr, home.start("run", stderr=stderr) as daemon:
        hook.wait_for(1)
        site.wait_for("/feed", site.count("/feed") + 1)
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
        assert "Traceback" not in daemon.out


def in_shell(home: Home, line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `quivive` is the command."""
    program = f'quivive() {{ {shlex.quote(sys.executable)} -m quivive "$@"; }}\n'
    return subprocess.run(["bash", "-c", program + line], cwd=home.folder, env=home.environ(), capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_poll_with_closed_descriptors_does_its_work_and_damages_nothing(home, hook, closed) -> None:
    assert in_shell(home, f"quivive poll {closed}").returncode == 0
    assert len(hook.requests) == 1
    assert in_shell(home, "quivive search otan --json").stdout.count(b"\n") == 1


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """For commands that only read."""
    with watched_site() as site, HookSink() as hook:
        home = home_of(tmp_path_factory.mktemp("archived"), site, hook)
        assert home.quivive("poll").status == 0
    return home


READING = ["search otan", "alerts --json", "sources", "check"]


@pytest.mark.parametrize("command", READING)
def test_a_full_output_is_one_line_and_status_1(archived, command) -> None:
    done = in_shell(archived, f"quivive {command} > /dev/full")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["quivive: standard output cannot be written: No space left on device"]


@pytest.mark.parametrize("command", READING)
def test_a_reader_that_has_seen_enough_is_no_trouble(archived, command) -> None:
    assert in_shell(archived, f"quivive {command} | true").stderr == b""


@pytest.mark.parametrize("command", READING)
def test_a_closed_output_is_no_traceback(archived, command) -> None:
    assert in_shell(archived, f"quivive {command} >&-").stderr == b""


@pytest.mark.parametrize("command", ["search otan", "alerts"])
def test_text_for_people_is_printed_in_any_encoding_with_a_sign_for_what_it_lacks(archived, command) -> None:
    done = in_shell(archived, f"PYTHONIOENCODING=latin-1 quivive {command}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "L?Otan s?agrandit ? 10 ?" in done.stdout.decode("latin-1")


@pytest.mark.parametrize("command", ["search otan --json", "alerts --json"])
def test_json_is_utf_8_in_any_encoding(archived, command) -> None:
    assert TITLE.encode() in in_shell(archived, f"PYTHONIOENCODING=latin-1 quivive {command}").stdout


def test_the_daemon_tells_and_prints_in_any_encoding(home, hook) -> None:
    with home.start("run", env={"PYTHONIOENCODING": "ascii"}) as daemon:
        hook.wait_for(1)
        daemon.wait_for_out("L?Otan")
        daemon.terminate()
        assert daemon.wait(LONGEST_END_SECONDS) == 0
