"""`kill -9` at the steps of what goes on beside the way of an article: raising alerts on how much comes of a topic, placing the articles of
an older archive in stories, and sampling their texts anew. A surge is told once, all articles are placed and known as if nothing had
happened, and that alerts nobody.

Every such step is killed once, in an order of chance; `QUIVIVE_KILLS` says for how many rounds, as in `test_crash.py`. The suite takes a
few steps of one round.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.sources import FeedEntry
from tests.desk import OTAN, A, B, Desk, entry
from tests.killing import POINTS_BESIDE, POINTS_OF_SAMPLING
from tests.mailbox import HookSink
from tests.processes import Home, topic, wait_until, webhook

KILLS = int(os.environ.get("QUIVIVE_KILLS", "6"))
ROUNDS = max(1, KILLS // 25)
SEED = int(os.environ.get("QUIVIVE_SEED", random.SystemRandom().randrange(10**6)))
NOW = datetime(2025, 3, 5, 10, 15, tzinfo=UTC)
OLD_ARTICLES = 120
"""More than are placed in two steps."""
SURGE = 14
PLACES = ("Gand", "Tromsø", "Poznań", "Cadix", "Rungis", "Bâle")
_OF_STORIES = ("story_articles", "sketches", "shingles", "waiting_shingles", "stories", "word_counts")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three weeks in which little is written, all by a version that knew no stories, and an hour of which nobody was told yet."""
    home = Home(tmp_path_factory.mktemp("prepared"))
    with Desk(home.archive, [OTAN]) as desk:
        desk.now = NOW - timedelta(days=21)
        desk.watch(A)
        desk.archive.watch_volumes(desk.tick()).result()
        desk.poll(A)
        desk.poll(A, *(_old_entry(number) for number in range(OLD_ARTICLES)))
        moments = [NOW - timedelta(minutes=10 + number) for number in range(SURGE)]
        desk.poll(A, *(entry(f"L’OTAN, {n}", f"{A}/{n}", published_at=at) for n, at in enumerate(moments)), at=NOW - timedelta(minutes=1))
    with closing(sqlite3.connect(home.archive)) as connection, connection:
        for table in _OF_STORIES:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM archive_state WHERE name = 'knows_stories'")
    home.environment["CLOCK_AHEAD"] = str((NOW - datetime.now(UTC)).total_seconds())
    home.module = "tests.killing"
    return home


def _old_entry(number: int) -> FeedEntry:
    place = PLACES[number % len(PLACES)]
    told = f"Le port de {place} abrite {number} vedettes, des pilotes et deux grues rouges, dit la capitainerie de {place}."
    at = NOW - timedelta(days=20, minutes=number)
    return entry(f"{place} : {number} vedettes au port", f"{A}/old/{number}", published_at=at, summary=told)


@pytest.mark.timeout(60 + 30 * ROUNDS)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_surge_is_told_once_and_old_articles_are_placed_however_often_the_program_is_killed(prepared, tmp_path, number) -> None:
    print(f"QUIVIVE_SEED={SEED}")  # noqa: T201  # shown when it fails
    home, points = prepared.copy(tmp_path / "killed"), random.Random(SEED + number).sample(POINTS_BESIDE, len(POINTS_BESIDE))
    home.module = prepared.module
    with HookSink() as hook:
        home.configure(topics=[topic("OTAN", "OTAN", ["hook"])], channels=[webhook("hook", hook.url)])
        killed = [point for point in points[: KILLS // 2] if _is_killed_at(home, point, _is_done)]
        print(f"killed at {', '.join(killed)}")  # noqa: T201
        assert killed
        _finish(home, _is_done)
        told = [(request.json["type"], request.headers["webhook-id"]) for request in hook.requests]
    assert Counter(kind for kind, _ in set(told)) == {"alert.created": SURGE, "alert.surge": 1}
    assert Counter(_rows(home, "SELECT kind FROM alerts")) == {("new",): SURGE, ("surge",): 1}
    assert _stories(home) == _stories_of_who_is_not_killed(prepared, tmp_path)
    assert _rows(home, "SELECT count(*) FROM story_articles") == [(OLD_ARTICLES + SURGE,)]


@pytest.fixture
def sampled_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An archive all of whose articles are in stories, by a version that sampled their texts otherwise; each has a copy."""
    home = Home(tmp_path_factory.mktemp("sampled"))
    with Desk(home.archive, [OTAN]) as desk:
        desk.watch(A, B)
        for source in (A, B):
            desk.poll(source, *(_long_entry(source, number) for number in range(OLD_ARTICLES // 2)))
    with closing(sqlite3.connect(home.archive)) as connection, connection:
        connection.execute("UPDATE archive_state SET value = 'older' WHERE name = 'sampling_version'")
        connection.execute("UPDATE waiting_shingles SET shingles = '[1, 2, 3]'")
        assert connection.execute("SELECT count(*) FROM story_articles WHERE copy_of IS NOT NULL").fetchone() == (OLD_ARTICLES // 2,)
    home.configure(topics=[topic("OTAN", "OTAN", ["hook"])], channels=[webhook("hook", "http://127.0.0.1:9/")])
    home.module = "tests.killing"
    return home


def _long_entry(source: str, number: int) -> FeedEntry:
    told = " ".join(f"mot{number}x{place}" for place in range(200))
    return entry(f"{number} vedettes au port", f"{source}/{number}", published_at=NOW, summary=f"{told} vu par {source}")


@pytest.mark.timeout(60 + 30 * ROUNDS)
def test_texts_are_sampled_anew_however_often_the_program_is_killed(sampled_otherwise, tmp_path) -> None:
    home, points = sampled_otherwise, random.Random(SEED).sample(POINTS_OF_SAMPLING, len(POINTS_OF_SAMPLING))
    with Desk(home.copy(tmp_path / "spared").archive, [OTAN]) as desk:
        desk.rebuild()
    killed = [point for point in points[: max(2, KILLS // 2)] if _is_killed_at(home, point, _is_sampled)]
    print(f"QUIVIVE_SEED={SEED}, killed at {', '.join(killed)}")  # noqa: T201  # shown when it fails
    assert killed
    _finish(home, _is_sampled)
    known = [_rows(one, "SELECT article_id, shingles FROM waiting_shingles ORDER BY 1") for one in (home, Home(tmp_path / "spared"))]
    assert known[0] == known[1]
    assert {article_id for article_id, _ in known[0]} >= set(range(1, OLD_ARTICLES // 2 + 1))  # the originals
    assert _rows(home, "SELECT count(*) FROM alerts") == [(0,)]


def _is_sampled(home: Home) -> bool:
    """Whether all texts are sampled by this version, and what was set aside is cleared away."""
    return not _rows(
        home,
        """SELECT 1 FROM archive_state WHERE name = 'shingles_left_below' OR name = 'sampling_version' AND value = 'older'
           UNION SELECT 1 FROM sqlite_schema WHERE name LIKE 'shingles_old%'""",
    )


def _is_killed_at(home: Home, point: str, is_done: Callable[[Home], bool]) -> bool:
    """Run it until it is killed there; not if nothing of that is left to do, which is so once it was committed."""
    with home.start("run", env={"KILL_AT": point, "KILL_THE": "1"}) as daemon:
        wait_until(lambda: not daemon.is_running or is_done(home), f"{point}, or to be done")
        if daemon.is_running and is_done(home):
            daemon.kill()
            return False
        assert daemon.wait() == -signal.SIGKILL
    return True


def _is_done(home: Home) -> bool:
    """Whether the surge was told and all is placed."""
    return not _rows(
        home,
        """SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM deliveries JOIN alerts ON alerts.id = alert_id WHERE kind = 'surge' AND status = 'sent')
           UNION SELECT 1 FROM archive_state WHERE name = 'stories_until'
           UNION SELECT 1 FROM deliveries WHERE status <> 'sent'""",
    )


def _finish(home: Home, is_done: Callable[[Home], bool]) -> None:
    with home.start("run") as daemon:
        daemon.wait_for_log("started")  # all may be done before, and only then it ends by itself when asked to
        wait_until(lambda: is_done(home), "all to be told, placed and known")
        daemon.terminate()
        assert daemon.wait() == 0


def _stories_of_who_is_not_killed(prepared: Home, folder: Path) -> set[str]:
    with Desk(prepared.copy(folder / "spared").archive, [OTAN]) as desk:
        desk.rebuild()
    return _stories(Home(folder / "spared"))


def _stories(home: Home) -> set[str]:
    return {
        one for (one,) in _rows(home, "SELECT group_concat(article_id) FROM (SELECT * FROM story_articles ORDER BY 1, 2) GROUP BY story_id")
    }


def _rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{home.archive}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(sql).fetchall()
