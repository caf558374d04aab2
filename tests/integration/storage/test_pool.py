"""The connections that questions are asked through: few, whoever asks, and closed only when nobody reads through them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from news.errors import ArchiveError
from storage import ArchiveReader
from storage.file.database import Database
from storage.file.pool import MOST_CONNECTIONS
from tests.desk import A, Desk, entry

ASKERS = 48


@pytest.fixture
def reader(desk: Desk) -> Iterator[ArchiveReader]:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN", "https://a.example/1"))
    reader = ArchiveReader(desk.path)
    yield reader
    reader.close_reading()


def open_connections(path: Path) -> int:
    """How often this process has the archive open."""
    return sum(link.resolve() == path for link in Path("/proc/self/fd").iterdir() if link.exists())


def test_many_threads_leave_few_connections_behind(desk: Desk, reader: ArchiveReader) -> None:
    before = open_connections(desk.path)
    together = threading.Barrier(ASKERS)

    def ask() -> int:
        together.wait(20)
        return reader.count_articles()

    with ThreadPoolExecutor(ASKERS) as pool:
        assert [future.result(20) for future in [pool.submit(ask) for _ in range(ASKERS)]] == [1] * ASKERS
    assert 1 <= open_connections(desk.path) - before <= MOST_CONNECTIONS


def test_closing_breaks_off_what_is_being_asked(reader: ArchiveReader) -> None:
    asked = threading.Event()

    def endless(db: Database) -> None:
        asked.set()
        db.conn.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n").fetchone()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(reader._ask, endless)
        assert asked.wait(20)
        reader.close_reading()
        with pytest.raises(ArchiveError, match="interrupted"):
            future.result(20)


def test_a_closed_reader_says_so(reader: ArchiveReader) -> None:
    reader.close_reading()
    with pytest.raises(ArchiveError, match="the archive is closed"):
        reader.count_articles()
    reader.close_reading()


def test_an_export_that_is_not_read_to_its_end_gives_its_connection_back(desk: Desk, reader: ArchiveReader) -> None:
    for _ in range(3 * MOST_CONNECTIONS):
        articles = reader.export(None)
        next(articles)
        articles.close()  # type: ignore[attr-defined]  # a generator
    assert reader.count_articles() == 1
    assert desk.poll(A, entry("Deux", "https://a.example/2")).articles_new == 1


CLOSES_UNDER_READERS = """
import sys, threading
from pathlib import Path
from news.errors import ArchiveError
from news.query import parse_query
from storage import ArchiveReader, SearchRequest

def ask(reader):
    try:
        while True:
            reader.search(SearchRequest(parse_query("otan", {})))
    except ArchiveError:
        pass

for _ in range(20):
    reader = ArchiveReader(Path(sys.argv[1]))
    threads = [threading.Thread(target=ask, args=(reader,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    reader.count_articles()
    reader.close_reading()
    for thread in threads:
        thread.join()
print("alive")
"""


def test_closing_while_threads_read_never_takes_the_process_down(desk: Desk, reader: ArchiveReader, project: Path) -> None:
    assert reader.count_articles() == 1
    done = subprocess.run(
        [sys.executable, "-c", CLOSES_UNDER_READERS, str(desk.path)], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
