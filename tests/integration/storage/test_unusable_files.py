"""Files that are no archive, or cannot be written: each is a clear error with the path and advice, and stays as it was."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.errors import ArchiveError, ArchiveMissing, ArchiveUnusable, ArchiveUnwritable
from news.query import Matcher, parse_query
from news.things import Thing, ThingKind
from news.topics import Topic
from storage import Archive, ArchiveReader, SearchRequest, StoryRequest, Watch, backup, retry_deliveries
from storage.asking.preview import PreviewRequest
from storage.file.schema import migrations
from tests.desk import NOW, A, Desk, entry, prose

NOBODY = Watch(Matcher([], {}), {})
_NOBODYS_ID = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign lock is waited for only a moment."""
    monkeypatch.setattr("storage.file.connection.BUSY_MILLISECONDS", 20)


@pytest.fixture
def filled(path: Path) -> Path:
    """An archive with an article that alerted, closed."""
    with Desk(path) as desk:
        desk.watch(A)
        desk.poll(A, entry("L’OTAN", "https://a.example/1", summary=prose("l’OTAN")))
    return path


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user whom permission bits bind: the superuser becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODYS_ID)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "open_it", [lambda path: Archive(path, NOBODY), lambda path: ArchiveReader(path).count_articles()], ids=["write", "read"]
)
class TestWhatIsNoArchive:
    def test_a_file_that_is_no_database_is_refused_and_stays_as_it_was(self, open_it: Callable[[Path], Any], path: Path) -> None:
        path.write_text("Ceci n’est pas une base de données. " * 100)
        before = path.read_bytes()
        with pytest.raises(ArchiveUnusable, match=rf"^{path} is not an archive of this program; check \[archive\] path"):
            open_it(path)
        assert path.read_bytes() == before

    def test_a_database_of_another_program_is_refused_and_stays_as_it_was(self, open_it: Callable[[Path], Any], path: Path) -> None:
        self.make_other_database(path, "CREATE TABLE customers (name)")
        before = path.read_bytes()
        with pytest.raises(ArchiveUnusable, match=rf"^{path} is a database of another program; check \[archive\] path$"):
            open_it(path)
        assert path.read_bytes() == before

    def test_a_database_of_another_program_that_keeps_its_migrations_in_the_same_way_is_refused(
        self, open_it: Callable[[Path], Any], path: Path
    ) -> None:
        self.make_other_database(
            path,
            "CREATE TABLE customers (name)",
            "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)",
            "INSERT INTO _sqlite_migrations VALUES (1, 'shop', 'create_customers', '2025-01-01')",
        )
        before = path.read_bytes()
        with pytest.raises(ArchiveUnusable, match="is a database of another program"):
            open_it(path)
        assert path.read_bytes() == before

    def test_an_archive_of_a_newer_version_is_refused_and_stays_as_it_was(self, open_it: Callable[[Path], Any], filled: Path) -> None:
        connection = sqlite3.connect(filled)
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quivive', 'add_flying', '2030-01-01')"
        )
        connection.commit()
        connection.close()
        before = filled.read_bytes()
        with pytest.raises(ArchiveUnusable, match=rf"^{filled} was made by a newer version of quivive \(add_flying\); update this one$"):
            open_it(filled)
        assert filled.read_bytes() == before

    @staticmethod
    def make_other_database(path: Path, *statements: str) -> None:
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()


def test_a_missing_archive_is_told_by_readers_with_what_makes_one_and_not_made(path: Path) -> None:
    with pytest.raises(ArchiveMissing, match=rf"^{path}: there is no archive yet; `quivive poll` or `quivive run` makes it$"):
        ArchiveReader(path).report_sources()
    assert not path.exists()


def test_an_archive_whose_making_was_cut_off_is_finished_by_the_next_writer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)")
    connection.close()
    with pytest.raises(ArchiveUnusable, match="is no archive of this version of quivive"):
        ArchiveReader(path).count_articles()
    Archive(path, NOBODY).close()
    assert ArchiveReader(path).count_articles() == 0


def test_an_archive_of_an_older_version_is_not_read_until_it_is_brought_up_to_date(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    connection.execute("UPDATE _sqlite_migrations SET name = 'before' WHERE name = 'create_archive'")
    connection.commit()
    connection.close()
    assert "create_archive" in migrations.names
    with pytest.raises(ArchiveUnusable):
        ArchiveReader(filled).count_articles()


def test_a_file_that_was_cut_short_is_damaged(filled: Path) -> None:
    os.truncate(filled, filled.stat().st_size // 3)
    reader = ArchiveReader(filled)
    with pytest.raises(ArchiveUnusable, match=rf"^{filled} is damaged; restore a backup"):
        list(reader.export(None))


def test_pages_that_were_overwritten_are_damaged_for_readers_and_writers(filled: Path) -> None:
    with filled.open("r+b") as file:
        size = filled.stat().st_size
        file.seek(16_384)
        file.write(b"\xff" * (size - 16_384))
    with pytest.raises(ArchiveUnusable, match="is damaged; restore a backup"):
        ArchiveReader(filled).report_alerts()
    with pytest.raises(ArchiveUnusable, match="is damaged; restore a backup"):
        Archive(filled, NOBODY).sync(NOBODY, [], timedelta(minutes=15), NOW).result()


def test_an_archive_that_could_not_be_opened_is_not_held(path: Path) -> None:
    path.write_text("nonsense " * 1000)
    for _ in range(2):
        with pytest.raises(ArchiveUnusable):
            Archive(path, NOBODY)


def test_a_read_only_file_is_refused_for_writing_and_can_be_read(filled: Path, open_folder: Path) -> None:
    path = open_folder / "archive.db"
    filled.rename(path)
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with without_rights():
        with pytest.raises(ArchiveUnwritable, match=rf"^{path} (is read-only|cannot be opened)"):
            Archive(path, NOBODY)
        assert ArchiveReader(path).count_articles() == 1


def test_a_read_only_folder_is_refused_for_writing(open_folder: Path) -> None:
    path = open_folder / "archive.db"
    open_folder.chmod(0o555)
    with without_rights(), pytest.raises(ArchiveUnwritable, match=rf"^{path}: its lock file cannot be made \(Permission denied\); check"):
        Archive(path, NOBODY)
    assert list(open_folder.iterdir()) == []


@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_who_may_read_but_not_write_reads_whether_or_not_somebody_writes(filled: Path, open_folder: Path, folder_mode: int) -> None:
    path = open_folder / "archive.db"
    filled.rename(path)
    path.chmod(0o644)
    open_folder.chmod(folder_mode)
    assert count_as_anybody(path) == 1
    with Desk(path) as desk:
        for companion in ("", "-wal", "-shm"):  # as if the group were nobody's
            path.with_name(f"archive.db{companion}").chmod(0o644)
        desk.watch(A)
        desk.poll(A, entry("Deux", "https://a.example/2"))
        assert count_as_anybody(path) == 2
    assert count_as_anybody(path) == 2


def count_as_anybody(path: Path) -> int:
    """The number of articles, asked by somebody without rights of their own."""
    reader = ArchiveReader(path)
    with without_rights():
        count = reader.count_articles()
        reader.close_reading()
        return count


def test_a_folder_that_may_not_be_entered_is_told(filled: Path, open_folder: Path) -> None:
    path = open_folder / "archive.db"
    filled.rename(path)
    open_folder.chmod(0o700)
    if os.geteuid() != 0:
        open_folder.chmod(0o600)
    with without_rights(), pytest.raises(ArchiveUnusable, match=r"cannot be reached \(Permission denied\); give this user the right"):
        ArchiveReader(path).count_articles()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none" / "archive.db"
    with pytest.raises(ArchiveUnwritable, match=rf"^{path}: its lock file cannot be made \(No such file or directory\)"):
        Archive(path, NOBODY)


def test_a_folder_in_the_place_of_the_archive_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ArchiveUnwritable, match=rf"^{path} cannot be opened"):
        Archive(path, NOBODY)


@pytest.mark.usefixtures("impatient")
def test_an_archive_that_a_foreign_program_has_locked_is_told_at_opening(filled: Path) -> None:
    foreign = lock_exclusively(filled)
    with pytest.raises(ArchiveUnwritable, match=rf"^{filled} is locked by another program; close what has it open and try again"):
        Archive(filled, NOBODY)
    foreign.close()
    Archive(filled, NOBODY).close()


QUESTIONS: dict[str, Callable[[ArchiveReader], Any]] = {
    "knows_source": lambda reader: reader.knows_source("a.example"),
    "search": lambda reader: reader.search(SearchRequest(parse_query("OTAN", {}))),
    "export": lambda reader: list(reader.export(None)),
    "preview": lambda reader: reader.preview(PreviewRequest(parse_query("OTAN", {}), NOW, NOW)),
    "count_articles": lambda reader: reader.count_articles(),
    "report_sources": lambda reader: reader.report_sources(),
    "report_coverage": lambda reader: reader.report_coverage(NOW),
    "count_unfilled": lambda reader: reader.count_unfilled(NOW),
    "report_alerts": lambda reader: reader.report_alerts(),
    "find_things": lambda reader: reader.find_things("https://a.example/1", []),
    "tell_whole": lambda reader: reader.tell_whole(Thing(ThingKind.SOURCE, "1", "a.example"), [], {}, NOW),
    "report_topics": lambda reader: reader.report_topics([Topic("OTAN", "OTAN")], NOW),
    "report_status": lambda reader: reader.report_status(NOW),
    "list_mutes": lambda reader: reader.list_mutes(NOW),
    "report_undelivered": lambda reader: reader.report_undelivered(),
    "report_pages": lambda reader: reader.report_pages(10),
    "list_stories": lambda reader: list(reader.list_stories(StoryRequest())),
    "list_stories_of": lambda reader: reader.list_stories_of([1]),
}


def lock_exclusively(path: Path) -> sqlite3.Connection:
    """A foreign program that lets nobody else in, not even to read."""
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("PRAGMA locking_mode = EXCLUSIVE")
    foreign.execute("BEGIN IMMEDIATE")
    foreign.execute("UPDATE sources SET name = name")
    return foreign


def test_every_question_is_listed_here() -> None:
    assert set(QUESTIONS) | {"close_reading"} == {name for name in vars(ArchiveReader) if not name.startswith("_")}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_question_to_a_locked_archive_fails_with_an_error_of_ours(filled: Path, question: Callable[[ArchiveReader], Any]) -> None:
    foreign = lock_exclusively(filled)
    reader = ArchiveReader(filled)
    with pytest.raises(ArchiveUnwritable, match=rf"^{filled} is locked by another program"):
        question(reader)
    foreign.close()
    question(reader)
    reader.close_reading()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_question_to_an_archive_that_broke_while_it_was_open_fails_with_an_error_of_ours(
    filled: Path, question: Callable[[ArchiveReader], Any]
) -> None:
    reader = ArchiveReader(filled)
    reader.count_articles()
    foreign = sqlite3.connect(filled)
    for table in (
        "deliveries",
        "messages",
        "alerts",
        "matches",
        "mutes",
        "sightings",
        "words",
        "revisions",
        "article_urls",
        "articles",
        "entries",
        "polls",
        "sources",
    ):
        foreign.execute(f"DROP TABLE {table}")
    foreign.commit()
    foreign.close()
    with pytest.raises(ArchiveError, match="no such table"):
        question(reader)
    reader.close_reading()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_question_to_an_archive_that_is_missing_says_so(path: Path, question: Callable[[ArchiveReader], Any]) -> None:
    with pytest.raises(ArchiveMissing):
        question(ArchiveReader(path))


@pytest.mark.usefixtures("impatient")
def test_backup_and_retry_of_a_locked_archive_fail_with_errors_of_ours(filled: Path, tmp_path: Path) -> None:
    foreign = lock_exclusively(filled)
    with pytest.raises(ArchiveUnwritable):
        backup(filled, tmp_path / "copy.db")
    with pytest.raises(ArchiveUnwritable):
        retry_deliveries(filled, [], NOW, all_dead=True)
    foreign.close()
    assert not (tmp_path / "copy.db").exists()
