"""A writer that is killed at any moment loses nothing it promised, and leaves nothing by halves."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import A, Desk, entry

CHILD = """
import sys
from pathlib import Path
from news.topics import Topic
from tests.desk import OTAN, Desk, entry

FEEDS = [f"https://{name}.example/feed" for name in "abcd"]
with Desk(Path(sys.argv[1]), [OTAN, Topic("Ariane", "Ariane", ("redaction",))], mail=["redaction"]) as desk:
    desk.watch(*FEEDS)
    first = int(sys.argv[2])
    for number in range(first, first + 100_000):
        host = FEEDS[number % 4].removesuffix("/feed")
        entries = [entry(f"L’OTAN et Ariane {number}-{place}", f"{host}/{number}-{place}") for place in range(3)]
        desk.poll(FEEDS[number % 4], *entries, etag=str(number))
        print(number, flush=True)
"""
CHANCE = random.Random(20250210)


@pytest.mark.timeout(120)
def test_a_writer_killed_at_random_moments_keeps_every_promise(tmp_path: Path, project: Path) -> None:
    path = tmp_path / "archive.db"
    promised = 0
    for _ in range(4):
        command = [sys.executable, "-c", CHILD, str(path), str(promised + 1)]
        with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": "."}) as child:
            assert child.stdout is not None
            for _ in range(CHANCE.randint(3, 40)):
                promised = int(child.stdout.readline())
            child.send_signal(signal.SIGKILL)
            *whole_lines, _ = child.stdout.read().split("\n")
        promised = max(promised, *map(int, whole_lines), promised)
        written = check(path)
        assert promised <= written <= promised + 1
        promised = written
    with Desk(path) as desk:
        desk.watch(A)
        assert desk.poll(A, entry("L’OTAN après tout cela", "https://a.example/after")).articles_new == 1
        assert desk.found("après") == ["L’OTAN après tout cela"]


def check(path: Path) -> int:
    """The number of the last poll in the archive, which must be whole."""
    Desk(path, []).archive.close()
    archive = sqlite3.connect(path)
    assert archive.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert archive.execute("PRAGMA foreign_key_check").fetchall() == []
    etags = [(url, int(etag)) for url, etag in archive.execute("SELECT url, etag FROM sources WHERE etag IS NOT NULL")]
    for url, number in etags:
        host = url.removesuffix("/feed")
        for place in range(3):
            link = f"{host}/{number}-{place}"
            assert archive.execute("SELECT count(*) FROM entries WHERE link = ? AND article_id IS NOT NULL", (link,)).fetchone() == (1,)
    last = max(number for _, number in etags)
    counts = {
        table: archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("polls", "articles", "revisions", "words", "alerts")
    }
    archive.close()
    assert counts == {"polls": last, "articles": 3 * last, "revisions": 3 * last, "words": 3 * last, "alerts": 6 * last}
    return last
