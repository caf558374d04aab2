"""Feeds without guids whose links are others at each poll: their entries stay known, also to an archive of an earlier version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from news.sources import FeedEntry
from tests.desk import A, Desk, entry

FORMS = [
    "https://a.example/v{number};jsessionid=4F2A{visit}.n1",
    "https://a.example/v?id={number}&PHPSESSID=a1b2{visit}",
    "https://a.example/v?id={number}&_=176415000000{visit}",
    "https://a.example/v/{number}?utm_id={visit}",
]


def body(form: str, visit: int, most: int = 3) -> list[FeedEntry]:
    """The news of a visit, the newest first; each speaks of OTAN."""
    return [entry(f"L’OTAN à Tarnac, jour {number}", form.format(number=number, visit=visit)) for number in range(most, 0, -1)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["feed", "page"])
def test_what_a_silent_first_poll_saw_alerts_nobody_when_its_links_change(tmp_path: Path, form: str, mode: str) -> None:
    with Desk(tmp_path / "archive.db", silent=True) as desk:
        desk.watch(A, mode=mode)
        desk.poll(A, *body(form, 1))
        for visit in (2, 3):
            assert desk.poll(A, *body(form, visit)).entries_new == 0
        assert desk.poll(A, *body(form, 4, most=4)).entries_new == 1
        assert len(desk.alerts()) == (1 if mode == "feed" else 0)


@pytest.mark.parametrize("form", FORMS)
def test_nor_does_what_an_archive_knows_by_the_whole_link(tmp_path: Path, form: str) -> None:
    with Desk(tmp_path / "archive.db", silent=True) as desk:
        desk.watch(A)
        desk.poll(A, *body(form, 1))
        connection = sqlite3.connect(desk.path)
        connection.execute("UPDATE entries SET key = 'link:' || link")
        connection.commit()
        connection.close()
        for visit in (1, 2, 3):
            assert desk.poll(A, *body(form, visit)).entries_new == 0
        assert (len(desk.articles()), desk.alerts()) == (3, [])


@pytest.mark.parametrize("has_guid", [True, False])
def test_nor_does_a_feed_that_moves_to_https(tmp_path: Path, has_guid: bool) -> None:
    with Desk(tmp_path / "archive.db", silent=True) as desk:
        desk.watch(A)
        for link in ("http://www.a.example/v/", "https://a.example/v"):
            tally = desk.poll(A, entry("L’OTAN à Tarnac", link, link if has_guid else None))
        assert (tally.entries_new, desk.alerts()) == (0, [])
