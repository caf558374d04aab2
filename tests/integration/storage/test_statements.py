"""How many statements the writing of a body takes: what it brings is loaded and written by set, not entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from news.placing import Story
from news.plans import Follows
from storage.asking.alert_log import AlertRequest, report_alerts
from storage.asking.care import report_care
from storage.asking.coverage import count_unfilled, report_coverage
from storage.asking.reports import list_page_troubles, list_undelivered, report_contents
from storage.asking.things import find_things
from storage.file.database import Database
from storage.recording.entries import list_entries, load_others
from storage.recording.repairs import list_due_repairs
from storage.recording.spoken import load_sayings
from storage.recording.stories import _write
from storage.recording.stories_told import find_followed, with_stories
from storage.recording.tidying import forget_articles, forget_gaps, mend_clock_jumps, prune_poll_log, set_back
from storage.recording.waiting import list_waiting
from tests.desk import NOW, OTAN, A, Desk, entry, prose

MOST = 40
"""For a feed of 30 entries, from the beginning of the transaction to its end, without what FTS5 does within the index."""


def statements_of(desk: Desk, *entries: object) -> list[str]:
    """The statements that the poll of a feed with these entries takes."""
    seen: list[str] = []
    connection = desk.archive._db.conn
    connection.set_trace_callback(seen.append)
    try:
        desk.poll(A, *entries)
    finally:
        connection.set_trace_callback(None)
    return [statement for statement in seen if not statement.startswith("--")]


def thirty(titled: str) -> list[object]:
    return [
        entry(f"{titled} numéro {number}", f"https://a.example/{number}", f"g{number}", summary="Ce qui se passe.") for number in range(30)
    ]


@pytest.mark.parametrize("mode", ["feed", "page"])
def test_a_feed_of_thirty_new_entries_takes_few_statements(desk: Desk, mode: str) -> None:
    desk.watch(A, mode=mode)
    assert len(statements_of(desk, *thirty("Le sommet"))) < MOST
    assert desk.rows("SELECT count(*) FROM entries") == [(30,)]


def test_a_feed_of_thirty_known_entries_takes_fewer(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, *thirty("Le sommet"))
    assert len(statements_of(desk, *thirty("Le sommet"))) < MOST // 2


def work_of(desk: Desk, *entries: object) -> int:
    """How much SQLite does for the poll of a feed with these entries, in hundreds of its instructions."""
    done: list[None] = []
    connection = desk.archive._db.conn
    connection.set_progress_handler(lambda: done.append(None), 100)
    try:
        desk.poll(A, *entries)
    finally:
        connection.set_progress_handler(None, 0)
    return len(done)


@pytest.mark.parametrize("summary", ["", prose("rien de précis")])
def test_an_entry_takes_no_more_work_when_thousands_have_its_text_already(desk: Desk, summary: str) -> None:
    desk.watch(A)
    work = []
    for first, last in ((0, 30), (30, 2_000)):
        desk.poll(A, *[entry(f"Titre {number}", f"https://a.example/{number}", summary=summary) for number in range(first, last)])
        work.append(work_of(desk, entry(f"Encore {last}", f"https://a.example/encore-{last}", summary=summary)))
    # Of the articles that hold a word, placing it in a story reads up to 60.
    assert work[1] < work[0] + 120, "of thousands, reading each takes more than 900"


@pytest.mark.parametrize("says", ["the same", "something else"])
def test_an_entry_takes_no_more_work_when_hundreds_of_sources_show_its_article(desk: Desk, says: str) -> None:
    others = [f"https://s{number}.example/feed" for number in range(400)]
    desk.watch(A, *others)
    link, work = "https://a.example/1", []
    for first, last in ((0, 20), (20, 400)):
        for url in others[first:last]:
            desk.poll(url, entry("Le sommet", link))
        title = "Le sommet" if says == "the same" else f"Le sommet, vu à {last} reprises"
        work.append(work_of(desk, entry(title, link, f"g{last}")))
    assert desk.rows("SELECT count(*) FROM articles") == [(1,)]
    assert work[1] < work[0] + 30, "of 400 entries, reading each takes 80"


GROWING = (
    "alerts", "article_urls", "articles", "deliveries", "entries", "gaps", "matches", "messages", "polls", "revisions", "sightings",
    "stories",
)  # fmt: skip
SMALL_INDEXES = ("entries_page_due", "polls_with_news", "deliveries_due", "messages_due")
"""Those that hold only what is due, or a few rows of many."""


@pytest.mark.parametrize(
    "ask",
    [
        lambda db: report_contents(db, NOW),
        lambda db: report_care(db, NOW),
        list_undelivered,
        lambda db: list_page_troubles(db, 20),
        lambda db: mend_clock_jumps(db, timedelta(hours=12), NOW),
        lambda db: set_back(db, timedelta(hours=1), NOW),
        lambda db: prune_poll_log(db, NOW),
        lambda db: forget_gaps(db, NOW),
        lambda db: forget_articles(db, NOW, NOW),
        lambda db: report_alerts(db, AlertRequest(since=NOW, limit=5)),
        lambda db: find_things(db, "https://a.example/1", ["OTAN"]),
        lambda db: load_others(db, list_entries(db, [1])[0], ["https://a.example/2"]),
        lambda db: load_sayings(db, [1, 2], [1]),
        lambda db: list_due_repairs(db, NOW, 100),
        lambda db: report_coverage(db, NOW),
        lambda db: count_unfilled(db, NOW),
        lambda db: list_waiting(db, "hook", NOW + timedelta(days=1), 10),
        lambda db: with_stories(db, {}, "hook", [replace(list_waiting(db, "hook", NOW + timedelta(days=1), 1)[0], is_follow_up=True)]),
        lambda db: find_followed(db, "hook", Follows(1, ("OTAN",))),
        lambda db: _write(db, [], [Story(2, 2, NOW, NOW, 0, {}, joined_into=1)]),
    ],
    ids=[
        "contents",
        "care",
        "undelivered",
        "pages",
        "clock",
        "clock back",
        "polls",
        "gaps",
        "retention",
        "alerts",
        "things",
        "others",
        "sayings",
        "repairs",
        "coverage",
        "unfilled",
        "waiting",
        "told",
        "followed",
        "joined",
    ],
)
def test_what_is_asked_often_reads_no_table_that_grows_for_years_from_end_to_end(desk: Desk, ask: Callable[[Database], object]) -> None:
    desk.watch(A)
    desk.poll(A, entry("Deux", "https://a.example/2"), entry("L’OTAN", "https://a.example/1"))
    db = desk.archive._db
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    try:
        ask(db)
    finally:
        db.conn.set_trace_callback(None)
    plans = [
        step["detail"]
        for sql in asked
        if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE"))
        for step in db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert plans
    scans = [step.split() for step in plans if step.startswith("SCAN")]
    assert [words for words in scans if words[1] in GROWING and "COVERING" not in words and words[-1] not in SMALL_INDEXES] == []


def test_retention_looks_at_no_more_when_thousands_of_deliveries_wait(tmp_path: Path) -> None:
    work = []
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        desk.watch(A)
        desk.poll(A, *[entry(f"Rien {number}", f"https://a.example/{number}") for number in range(100)])
        for first, last in ((0, 10), (10, 500)):
            desk.poll(A, *[entry(f"L’OTAN {number}", f"https://a.example/otan-{number}") for number in range(first, last)])
            done: list[None] = []
            connection = desk.archive._db.conn
            connection.set_progress_handler(lambda done=done: done.append(None), 100)
            connection.execute("BEGIN")
            assert forget_articles(desk.archive._db, desk.now + timedelta(days=1), desk.now) == 100
            connection.execute("ROLLBACK")
            connection.set_progress_handler(None, 0)
            work.append(len(done))
    assert work[1] < 2 * work[0]


def test_taking_over_a_configuration_writes_only_the_sources_that_it_says_something_new_of(desk: Desk) -> None:
    desk.watch(A, *(f"https://{number}.example/feed" for number in range(50)))
    desk.poll(A, title="Le journal")
    connection = desk.archive._db.conn
    before = connection.total_changes
    desk.sync()
    assert connection.total_changes == before
    desk.specs[7] = replace(desk.specs[7], tags=("presse",))
    del desk.specs[9]
    desk.sync()
    assert connection.total_changes == before + 2
