"""`kill -9` at the steps of what goes on beside the way of an article: raising alerts on how much comes of a topic, and placing the
articles of an older archive in stories. A surge is told once, all articles are placed as if nothing had happened, and that alerts nobody.

Every such step is killed once, in an order of chance; `QUIVIVE_KILLS` says for how many rounds, as in `test_crash.py`. The suite takes a
few steps of one round.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.sources import FeedEntry
from tests.desk import OTAN, A, Desk, entry
from tests.killing import POINTS_BESIDE
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
        killed = [point for point in points[: KILLS // 2] if _is_killed_at(home, point)]
        print(f"killed at {', '.join(killed)}")  # noqa: T201
        assert killed
        _finish(home)
        told = [(request.json["type"], request.headers["webhook-id"]) for request in hook.requests]
    assert Counter(kind for kind, _ in set(told)) == {"alert.created": SURGE, "alert.surge": 1}
    assert Counter(_rows(home, "SELECT kind FROM alerts")) == {("new",): SURGE, ("surge",): 1}
    assert _stories(home) == _stories_of_who_is_not_killed(prepared, tmp_path)
    assert _rows(home, "SELECT count(*) FROM story_articles") == [(OLD_ARTICLES + SURGE,)]


def _is_killed_at(home: Home, point: str) -> bool:
    """Run it until it is killed there; not if nothing of that is left to do, which is so once it was committed."""
    with home.start("run", env={"KILL_AT": point, "KILL_THE": "1"}) as daemon:
        wait_until(lambda: not daemon.is_running or _is_done(home), f"{point}, or to be done")
        if daemon.is_running and _is_done(home):
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


def _finish(home: Home) -> None:
    with home.start("run") as daemon:
        daemon.wait_for_log("started")  # all may be done before, and only then it ends by itself when asked to
        wait_until(lambda: _is_done(home), "all to be told and placed")
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
