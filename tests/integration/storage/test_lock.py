"""One program writes an archive at a time; everybody may read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from news.errors import ArchiveLocked, ArchiveUnwritable
from news.query import Matcher
from storage import Archive, ArchiveReader, Watch, backup
from storage.file.lock import find_writer
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
    assert ArchiveReader(path).report_status(NOW).writer_pid is None
    Archive(path, NOBODY).close()


def test_a_holder_that_ends_frees_the_archive(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    hold(path).communicate()
    assert ArchiveReader(path).report_status(NOW).writer_pid is None
    Archive(path, NOBODY).close()


def test_a_second_writer_in_the_same_process_is_refused_too(desk: Desk) -> None:
    with pytest.raises(ArchiveLocked) as raised:
        Archive(desk.path, NOBODY)
    assert raised.value.pid == os.getpid()


def test_readers_work_beside_the_writer_and_see_what_is_committed(hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    holder = hold(path)
    reader = ArchiveReader(path)
    assert reader.report_status(NOW).writer_pid == holder.pid
    holder.communicate()
    with Desk(path) as desk:
        desk.watch(A)
        desk.poll(A, entry("Un", "https://a.example/1"))
        assert reader.count_articles() == 1
        desk.poll(A, entry("Deux", "https://a.example/2"))
        assert reader.count_articles() == 2
    assert reader.count_articles() == 2
    assert reader.report_status(NOW).writer_pid is None
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


@pytest.mark.parametrize("how", ["a symbolic link in another folder", "a link to the folder", "a hard link", "a mount of the file alone"])
def test_a_second_writer_by_another_name_is_refused_with_the_process_id_of_the_first(
    hold: Callable[[Path], subprocess.Popen[str]], tmp_path: Path, how: str
) -> None:
    path = tmp_path / "real" / "archive.db"
    path.parent.mkdir()
    Archive(path, NOBODY).close()
    holder = hold(path)
    with other_name(path, how) as other:
        refused = open_elsewhere(other)
        assert f"ArchiveLocked: {other}: process {holder.pid} is writing this archive" in refused
        assert ArchiveReader(other).report_status(NOW).writer_pid == holder.pid
        holder.communicate()
        assert ArchiveReader(other).report_status(NOW).writer_pid is None


@contextmanager
def other_name(path: Path, how: str) -> Iterator[Path]:
    """Another name for the file, reached in that way."""
    elsewhere = path.parent.parent / "elsewhere"
    if how == "a link to the folder":
        elsewhere.symlink_to(path.parent)
        yield elsewhere / path.name
        return
    elsewhere.mkdir()
    other = elsewhere / "other.db"
    if how == "a mount of the file alone":
        other.touch()
        if subprocess.run(["mount", "--bind", path, other], check=False, capture_output=True).returncode:
            pytest.skip("this user may mount nothing")
        try:
            yield other
        finally:
            subprocess.run(["umount", "--lazy", other], check=True)
    else:
        (other.symlink_to if how.startswith("a symbolic") else other.hardlink_to)(path)
        yield other


def open_elsewhere(path: Path) -> str:
    """What a process says that opens the archive to write, and is refused."""
    project = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", HOLDER, str(path)], cwd=project, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 1
    return done.stderr.decode()


def test_an_archive_with_hard_links_is_refused_with_the_reason_and_works_again_without_them(tmp_path: Path) -> None:
    path, other = tmp_path / "archive.db", tmp_path / "other.db"
    Archive(path, NOBODY).close()
    other.hardlink_to(path)
    for name in (path, other):
        assert f"ArchiveUnusable: {name} has 2 names (hard links), and SQLite keeps a journal for each of them" in open_elsewhere(name)
    other.unlink()
    Archive(path, NOBODY).close()


def test_a_hard_link_made_while_the_archive_is_written_is_noticed(desk: Desk, tmp_path: Path) -> None:
    assert not desk.archive.has_hard_links()
    (tmp_path / "other.db").hardlink_to(desk.path)
    assert desk.archive.has_hard_links()


def test_a_live_process_that_only_stands_in_the_lock_file_is_not_shown_as_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Archive(path, NOBODY).close()
    path.with_name("archive.db.lock").write_text(f"{os.getpid()}\n")
    assert ArchiveReader(path).report_status(NOW).writer_pid is None


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    path, precious = tmp_path / "archive.db", tmp_path / "precious.txt"
    precious.write_text("kept")
    path.with_name("archive.db.lock").symlink_to(precious)
    with pytest.raises(ArchiveUnwritable, match="its lock file cannot be made"):
        Archive(path, NOBODY)
    path.with_name("archive.db.lock").unlink()
    path.with_name("archive.db.lock").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ArchiveUnwritable, match="its lock file cannot be made"):
        Archive(path, NOBODY)
    assert (precious.read_text(), (tmp_path / "nowhere").exists(), path.exists()) == ("kept", False, False)


@pytest.mark.parametrize("precious", ["Mes notes sur les serrures", "12\nde mes notes " * 100])
def test_a_file_of_somebody_elses_under_the_name_of_the_lock_file_is_never_emptied(tmp_path: Path, precious: str) -> None:
    path = tmp_path / "archive.db"
    path.with_name("archive.db.lock").write_text(precious)
    with pytest.raises(ArchiveUnwritable, match="is no lock file of this program; move it away"):
        Archive(path, NOBODY)
    assert path.with_name("archive.db.lock").read_text() == precious


def test_the_lock_file_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.with_name("archive.db.lock").write_text("4711\n")
    archive = Archive(path, NOBODY)
    assert archive.report_status(NOW).writer_pid == os.getpid()
    archive.close()


def test_looking_who_writes_keeps_nobody_from_writing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Archive(path, NOBODY).close()
    looking, looks = threading.Event(), []

    def look() -> None:
        while not looking.is_set():
            looks.append(find_writer(path))

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(20):
        Archive(path, NOBODY).close()
    looking.set()
    watcher.join()
    assert {note.pid for note in looks if note} <= {os.getpid()}


def test_nobody_but_owner_and_group_may_read_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    before = os.umask(0)
    try:
        with Desk(path) as desk:
            desk.watch(A)
            desk.poll(A, entry("Un", "https://a.example/1"))
            assert modes(tmp_path) == {"archive.db": 0o640, "archive.db-wal": 0o640, "archive.db-shm": 0o640, "archive.db.lock": 0o640}
        path.chmod(0o644)
        Desk(path).archive.close()
        backup(path, tmp_path / "copy.db")
        assert modes(tmp_path)["copy.db"] == modes(tmp_path)["archive.db"] == 0o640
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
