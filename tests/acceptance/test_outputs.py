"""Where `export` and `backup` write: to what is there, and never over what is somebody else's."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import A, Desk, entry
from tests.processes import Done, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose archive has one article."""
    home = Home(tmp_path)
    home.configure()
    with Desk(home.archive) as desk:
        desk.watch(A)
        desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    return home


def titles(text: bytes) -> list[str]:
    return [json.loads(line)["title"] for line in text.splitlines()]


def count_articles(copy: Path) -> int:
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])


def files(home: Home) -> set[str]:
    return {file.name for file in home.folder.iterdir()} - {"archive.db-wal", "archive.db-shm"}


def listen(pipe: Path) -> Callable[[], bytes]:
    """Read a pipe beside the test; the answer waits for its end."""
    heard: list[bytes] = []
    listener = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    listener.start()

    def get() -> bytes:
        listener.join(30)
        return heard[0]

    return get


@pytest.mark.parametrize("name", ["out.jsonl.partial", "copy.db.partial"])
def test_a_file_that_happens_to_be_called_as_a_draft_might_be_is_left_alone(home, name) -> None:
    (home.folder / name).write_text("precious")
    assert home.call("export", "--output", "out.jsonl").status == 0
    assert home.call("backup", "copy.db").status == 0
    assert (home.folder / name).read_text() == "precious"


def test_nothing_is_left_behind_beside_what_was_asked_for(home) -> None:
    before = files(home)
    assert home.call("export", "--output", "out.jsonl").status == 0
    assert home.call("backup", "copy.db").status == 0
    assert files(home) - before == {"out.jsonl", "copy.db"}


@pytest.mark.parametrize("command", [["export", "--output", "pipe"], ["backup", "pipe"]], ids=["export", "backup"])
def test_a_named_pipe_is_written_to_and_stays_one(home, command) -> None:
    pipe = home.folder / "pipe"
    os.mkfifo(pipe)
    heard = listen(pipe)
    assert home.call(*command).status == 0
    assert pipe.is_fifo()
    if command[0] == "export":
        assert titles(heard()) == ["L’OTAN"]
    else:
        (home.folder / "heard.db").write_bytes(heard())
        assert count_articles(home.folder / "heard.db") == 1


def run_bytes(home: Home, *command: str) -> bytes:
    done = subprocess.run([sys.executable, "-m", "quivive", *command], cwd=home.folder, env=home.environ(), capture_output=True, check=True)
    return done.stdout


def test_a_dash_is_standard_output(home) -> None:
    assert titles(run_bytes(home, "export", "--output", "-")) == titles(run_bytes(home, "export")) == ["L’OTAN"]
    (home.folder / "heard.db").write_bytes(run_bytes(home, "backup", "-"))
    assert count_articles(home.folder / "heard.db") == 1
    assert not (home.folder / "-").exists()


def test_a_device_is_written_to_and_stays_one(home) -> None:
    assert home.call("export", "--output", os.devnull).status == 0
    assert home.call("backup", os.devnull).status == 0
    assert Path(os.devnull).is_char_device()
    for command in (["export", "--output", "/dev/full"], ["backup", "/dev/full"]):
        done = home.call(*command)
        assert (done.status, "/dev/full: No space left on device; choose a place that can be written" in done.err) == (1, True)


def test_export_writes_to_where_a_link_leads_and_the_file_keeps_its_rights(home) -> None:
    target, link = home.folder / "target.jsonl", home.folder / "link.jsonl"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert home.call("export", "--output", "link.jsonl").status == 0
    assert (link.is_symlink(), titles(target.read_bytes()), target.stat().st_mode & 0o777) == (True, ["L’OTAN"], 0o600)


def test_backup_makes_the_file_that_a_link_leads_to_and_replaces_none(home) -> None:
    link = home.folder / "link.db"
    link.symlink_to(home.folder / "copy.db")
    assert home.call("backup", "link.db").status == 0
    assert (link.is_symlink(), count_articles(home.folder / "copy.db")) == (True, 1)
    done = home.call("backup", "link.db")
    assert (done.status, "link.db exists already" in done.err) == (1, True)
    link.unlink()
    link.symlink_to(link)
    assert "link.db cannot be reached" in home.call("backup", "link.db").err


@pytest.mark.parametrize("command", [["export", "--output"], ["backup"]], ids=["export", "backup"])
@pytest.mark.parametrize("place", ["folder", "no/such/place", "config.toml/file"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(home, command, place) -> None:
    (home.folder / "folder").mkdir()
    before = files(home)
    done: Done = home.call(*command, place)
    assert (done.status, place in done.err, len(done.err.splitlines())) == (1, True, 1)
    assert files(home) == before


@pytest.mark.parametrize("command", [["export", "--output"], ["sources", "export", "--output"]], ids=["export", "sources export"])
@pytest.mark.parametrize("place", ["archive.db", "archive.db-wal", "other.db", "config.toml"])
def test_neither_the_archive_nor_the_configuration_is_written_over(home, command, place) -> None:
    (home.folder / "other.db").symlink_to("archive.db")
    before, configured = files(home), (home.folder / "config.toml").read_text()
    done: Done = home.call(*command, place)
    assert (done.status, done.err.splitlines()) == (2, [f"quivive: {place} belongs to this program; choose another file"])
    assert (files(home), (home.folder / "config.toml").read_text()) == (before, configured)
    assert titles(home.call("export").out.encode()) == ["L’OTAN"]


def test_a_file_may_be_called_dash_if_its_folder_is_named(home) -> None:
    done = home.call("export", "--output", "./-")
    assert (done.out, titles((home.folder / "-").read_bytes())) == ("", ["L’OTAN"])
    assert home.call("sources", "export", "--output", "./-").out == ""
    (home.folder / "-").unlink()
    home.call("backup", "./-")
    assert count_articles(home.folder / "-") == 1


def test_a_circle_of_links_is_left_alone(home) -> None:
    (home.folder / "circle").symlink_to("circle")
    done = home.call("export", "--output", "circle")
    assert (done.status, "circle: Too many levels of symbolic links" in done.err) == (1, True)
    assert (home.folder / "circle").is_symlink()


def test_what_is_written_is_for_owner_and_group_only(home) -> None:
    before = os.umask(0)
    try:
        home.call("export", "--output", "out.jsonl")
        home.call("backup", "copy.db")
    finally:
        os.umask(before)
    assert [(home.folder / name).stat().st_mode & 0o777 for name in ("out.jsonl", "copy.db")] == [0o640, 0o640]


def test_an_export_that_fails_halfway_leaves_the_old_file(home) -> None:
    (home.folder / "out.jsonl").write_text("old")
    with closing(sqlite3.connect(home.archive)) as connection:
        connection.execute("DROP TABLE sightings")
    done = home.call("export", "--output", "out.jsonl")
    assert (done.status, (home.folder / "out.jsonl").read_text()) == (1, "old")
    assert not [name for name in files(home) if name.endswith(".draft")]
