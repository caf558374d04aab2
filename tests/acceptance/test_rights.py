"""Commands that may not enter a folder or read a file say so in one line, as an ordinary user meets it: to root nothing is forbidden."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Home, source

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user who owns nothing")
SECRETIVE = '[channels.hook]\ntype = "webhook"\nurl = "https://example.org/${TOKEN}"\n'
READING = ["search otan", "sources", "alerts", "status", "export"]


PROGRAM = """
import contextlib, io, os, sys
from quivive.cli import main
# Once as root, who may do all, and once told how it is used: what either imports may lie where an ordinary user cannot read.
asked = sys.argv
nowhere = io.TextIOWrapper(io.BytesIO())
for sys.argv in (asked, [asked[0], "--no-such-option"]):
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), contextlib.suppress(SystemExit):
        main()
sys.argv = asked
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
main()
"""


def as_nobody(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user who owns nothing."""
    return _as_nobody(["--config", str(home.config), *arguments], Path("/"), home.environ())


def _as_nobody(arguments: list[str], folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def home() -> Iterator[Home]:
    """A home that anyone may enter; its archive lies in a folder of its own. What pytest gives lies below one that only root may enter."""
    with tempfile.TemporaryDirectory(prefix="quivive-rights-") as folder:
        yield _make_home(Path(folder))


def _make_home(folder: Path) -> Home:
    folder.chmod(0o755)
    home = Home(folder)
    (folder / "kept").mkdir()
    home.configure(sources=[source("https://journal.example/feed")], more='[archive]\npath = "kept/archive.db"\n')
    home.config.chmod(0o644)
    assert home.quivive("poll").status == 1  # the source does not exist, the archive does
    return home


@pytest.mark.parametrize("command", READING)
def test_an_archive_in_a_folder_that_may_not_be_entered_is_one_line(home: Home, command: str) -> None:
    (home.folder / "kept").chmod(0)
    done = as_nobody(home, *command.split())
    (home.folder / "kept").chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert "kept/archive.db" in line
    assert "right" in line


@pytest.mark.parametrize("command", ["search otan", "status"])
def test_an_archive_that_may_not_be_read_is_one_line(home: Home, command: str) -> None:
    for file in (home.folder / "kept").iterdir():
        file.chmod(0)
    done = as_nobody(home, *command.split())
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "kept/archive.db cannot be read by this user" in line


def test_a_configuration_that_may_not_be_read_is_told_with_its_path(home: Home) -> None:
    home.config.chmod(0)
    done = as_nobody(home, "check")
    assert done.returncode == 2
    assert str(home.config) in done.stderr
    assert "not readable" in done.stderr


@pytest.mark.parametrize("command", ["sources", "status"])
def test_a_user_who_only_reads_is_answered_in_a_folder_they_may_not_enter(home: Home, tmp_path: Path, command: str) -> None:
    (home.folder / "kept" / "archive.db").chmod(0o644)
    (tmp_path / "locked").mkdir(mode=0o700)  # as that of the administrator who types `sudo -u`
    place = home.folder / "xdg" / "quivive"
    place.mkdir(parents=True)
    (place / "config.toml").write_text(f'[archive]\npath = "{home.folder}/kept/archive.db"\n{SECRETIVE}')
    done = _as_nobody([command], tmp_path / "locked", home.environ(XDG_CONFIG_HOME=str(home.folder / "xdg")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
