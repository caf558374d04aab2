"""A new version of the analysis, met by the real commands: the index is made anew beside the watch, and never holds up its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import A, Desk, entry, prose
from tests.mailbox import HookSink
from tests.news_site import NewsSite, item, rss
from tests.processes import source, story, topic, webhook

MANY = 2_000
PORTION = 500
BEGINS = "rebuilding for this version of the program"
ENDS = "rebuilt for this version of the program"


def fill(archive: Path, articles: int) -> None:
    """An archive whose index an older version made."""
    with Desk(archive, topics=[]) as desk:
        desk.watch(A)
        for start in range(0, articles, PORTION):
            numbers = range(start, min(start + PORTION, articles))
            desk.poll(A, *(entry(f"Affaire {number}", f"{A}/{number}", summary=prose(f"le dossier {number}")) for number in numbers))
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("UPDATE archive_state SET value = 'older' WHERE name IN ('analysis_version', 'normalisation_version')")
        connection.commit()


@pytest.mark.timeout(180)
def test_the_daemon_tells_and_ends_while_it_rebuilds_and_goes_on_at_the_next_start(home) -> None:
    fill(home.archive, MANY)
    with NewsSite() as site, HookSink() as hook:
        feed = site.publish_feed("/feed", rss(item("L’OTAN", site.page("/1", story("L’OTAN")))))
        home.configure(sources=[source(feed)], topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook.url)])
        with home.start("run") as daemon:
            daemon.wait_for_log(BEGINS)
            daemon.terminate()
            assert daemon.wait(patience=10) == 0
            assert ENDS not in daemon.log
        left = home.quivive("status", "--json").json["rebuilding"]
        assert left["part"] in {"hashes", "index"}
        assert "rebuilding  " in home.quivive("status").out
        found = home.quivive("search", '"dossier 7"')
        assert ("Affaire 7\n" in found.out, "the index is being rebuilt for a new version" in found.err) == (True, True)
        with home.start("run") as daemon:
            daemon.wait_for_log(BEGINS)
            hook.wait_for(1)
            daemon.wait_for_log(ENDS)
            assert home.quivive("status", "--json").json["rebuilding"] is None
            daemon.terminate()
            assert daemon.wait() == 0
    assert [one["title"] for one in home.quivive("search", '"dossier 7"', "--json").lines] == ["Affaire 7"]


def test_a_poll_rebuilds_too(home) -> None:
    fill(home.archive, 300)
    home.configure()
    assert home.quivive("poll").status == 0
    assert home.quivive("status", "--json").json["rebuilding"] is None
    assert [one["title"] for one in home.quivive("search", '"dossier 7"', "--json").lines] == ["Affaire 7"]
