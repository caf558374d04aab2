"""One program writes an archive at a time; everybody may read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from news.errors import ArchiveLocked
from news.query import Matcher
from storage import Archive, ArchiveReader, Watch
from tests.desk import NOW, A, Desk, entry

HOLDER = """
import sys
from pathlib import Path
from news.query import Matcher
from storage import Archive, Watch
archive = Archive(Path(sys.argv[1]), Watch(Matcher([], {}), {}))
print("ready", flush=True)
sys.stdin.read()
archive.close()
"""
NOBODY = Watch(Matcher([], {}), {})


@pytest.fixture
def hold(project: Path) -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts a process that has the archive at a path, and holds it until its standard input ends."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)], cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_writer_is_refused_with_the_process_id_of_the_first(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    holder = hold(path)
    with pytest.raises(ArchiveLocked) as raised:
        Archive(path, NOBODY)
    assert raised.value.pid == holder.pid
    assert str(raised.value) == f"{path}: process {holder.pid} is writing this archive; stop it first, or wait for it to end"


def test_a_holder_that_is_killed_frees_the_archive(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    holder = hold(path)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert ArchiveReader(path).report_status(NOW)["writer_pid"] is None
    Archive(path, NOBODY).close()


def test_a_holder_that_ends_frees_the_archive(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    hold(path).communicate()
    assert ArchiveReader(path).report_status(NOW)["writer_pid"] is None
    Archive(path, NOBODY).close()


def test_a_second_writer_in_the_same_process_is_refused_too(desk: Desk) -> None:
    with pytest.raises(ArchiveLocked) as raised:
        Archive(desk.path, NOBODY)
    assert raised.value.pid == os.getpid()


def test_readers_work_beside_the_writer_and_see_what_is_committed(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    holder = hold(path)
    reader = ArchiveReader(path)
    assert reader.report_status(NOW)["writer_pid"] == holder.pid
    holder.communicate()
    with Desk(path) as desk:
        desk.watch(A)
        desk.poll(A, entry("Un", "https://a.example/1"))
        assert reader.count_articles() == 1
        desk.poll(A, entry("Deux", "https://a.example/2"))
        assert reader.count_articles() == 2
    assert reader.count_articles() == 2
    assert reader.report_status(NOW)["writer_pid"] is None
    reader.close_reading()


def test_closing_twice_does_nothing_more_even_if_the_number_of_the_lock_file_was_given_to_another(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.db", NOBODY)
    archive.close()
    innocent = tmp_path / "innocent.txt"
    innocent.write_text("kept")
    files = [innocent.open("r+") for _ in range(5)]
    archive.close()
    assert [file.read() for file in files] == ["kept"] * 5
    for file in files:
        file.close()
