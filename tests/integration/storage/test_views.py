"""The views for people who ask the archive in SQL: read as Datasette does, with nothing but SQLite, also while the daemon writes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.alerts import AttemptResult, DeliveryStatus
from storage.file.views import VIEWS
from tests.desk import OTAN, A, B, Desk, entry, prose

ONE = "https://a.example/1"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
COLUMNS = {
    "sources_v": "id name url status articles last_polled_at last_success_at next_poll_at interval_seconds consecutive_failures "
    "problem_code problem configured added_at tags pages pages_unread pages_failing_since status_since moves_to",
    "polls_v": "source polled_at kind http_status seconds body_bytes entries_seen entries_new entries_changed problem_code problem",
    "gaps_v": "source from_at to_at entries repaired_at message state found_at missed found reached_at problem_code problem",
    "entries_v": "source title link published_at updated_at first_seen_at changed_at article page_state page_problem_code page_problem",
    "articles_v": "id title url source author language published_at first_seen_at revisions sightings topics text deleted_at",
    "sightings_v": "article title source url seen_at why silent",
    "versions_v": "article number title source origin seen_at current text",
    "matches_v": "topic article title version matched_at found passages silence",
    "topics_v": "topic articles alerts first_match_at last_match_at last_alert_at",
    "alerts_v": "id topic kind article title url source created_at delay_seconds found deliveries acknowledged_at",
    "deliveries_v": "id alert topic title channel status attempts created_at next_attempt_at sent_at message problem "
    "escalate_at escalated_from escalated_because",
    "attempts_v": "message channel attempted_at status answer next_attempt_at",
}
"""What people's own questions rely on: a column may be added at the end, and none may go."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db", [OTAN]) as desk:
        desk.watch(A, name="Le Journal", tags=("tech", "presse"))
        desk.watch(B, name="L’Écho")
        text = prose("l’OTAN")
        desk.poll(A, entry("L’OTAN signe", ONE, "g1", content=text, author="Anne"))
        desk.poll(B, entry("L’OTAN signe", ONE, content=text))
        desk.poll(A, entry("L’OTAN signe enfin", ONE, "g1", content=text + " Enfin."))
        (bundle,) = desk.due(desk.now + timedelta(hours=1))
        again = desk.now + timedelta(seconds=5)
        result = AttemptResult(bundle.bundle_id, bundle.delivery_ids, desk.now, DeliveryStatus.PENDING, again, "503 busy")
        desk.archive.record_attempts([result]).result()
        desk.fail_poll(B)
        yield desk


def ask(desk: Desk, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"{desk.path.as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(sql)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_its_columns_and_every_time_in_it_is_readable(desk: Desk, view: str) -> None:
    rows = ask(desk, f"SELECT * FROM {view}")
    if view == "gaps_v":
        return
    assert rows
    assert list(rows[0]) == COLUMNS[view].split()
    for row in rows:
        assert all(TIME.fullmatch(value) for name, value in row.items() if name.endswith("_at") and value is not None), row


def test_gaps_have_their_columns_too(desk: Desk) -> None:
    desk.poll(A, entry("Tout autre chose", "https://a.example/9"))
    (gap,) = ask(desk, "SELECT * FROM gaps_v")
    assert (list(gap), gap["source"], gap["repaired_at"]) == (COLUMNS["gaps_v"].split(), "Le Journal", None)


def test_the_views_tell_names_instead_of_ids(desk: Desk) -> None:
    (article,) = ask(desk, "SELECT * FROM articles_v")
    assert (article["title"], article["source"], article["topics"], article["author"]) == (
        "L’OTAN signe enfin",
        "Le Journal",
        "OTAN",
        "Anne",
    )
    assert (article["revisions"], article["sightings"], article["text"].endswith("Enfin.")) == (1, 2, True)
    assert [(one["source"], one["why"]) for one in ask(desk, "SELECT * FROM sightings_v ORDER BY seen_at")] == [
        ("Le Journal", "first"),
        ("L’Écho", "same_url"),
    ]
    assert [(one["number"], one["current"]) for one in ask(desk, "SELECT * FROM versions_v ORDER BY number")] == [(1, "no"), (2, "yes")]
    assert [(one["name"], one["status"], one["tags"]) for one in ask(desk, "SELECT * FROM sources_v ORDER BY id")] == [
        ("Le Journal", "ok", "tech, presse"),
        ("L’Écho", "failing", None),
    ]


def test_the_views_tell_what_was_told_to_whom(desk: Desk) -> None:
    (alert,) = ask(desk, "SELECT * FROM alerts_v")
    assert (alert["topic"], alert["title"], alert["found"], alert["deliveries"]) == ("OTAN", "L’OTAN signe", "OTAN", "hook pending")
    (delivery,) = ask(desk, "SELECT * FROM deliveries_v")
    assert (delivery["alert"], delivery["topic"], delivery["attempts"], delivery["problem"]) == (alert["id"], "OTAN", 1, "503 busy")
    (attempt,) = ask(desk, "SELECT * FROM attempts_v")
    assert (attempt["message"], attempt["channel"], attempt["answer"]) == (delivery["message"], "hook", "503 busy")
    (topic,) = ask(desk, "SELECT * FROM topics_v")
    assert (topic["topic"], topic["articles"], topic["alerts"], topic["last_alert_at"]) == ("OTAN", 1, 1, alert["created_at"])
    assert {one["silence"] for one in ask(desk, "SELECT * FROM matches_v")} == {None, "alerted"}


def test_the_times_are_what_sqlite_calculates_with(desk: Desk) -> None:
    (row,) = ask(desk, "SELECT datetime(first_seen_at) = first_seen_at AS same FROM articles_v")
    assert row["same"] == 1


def test_a_reader_of_the_views_neither_waits_for_the_writer_nor_holds_it_up(desk: Desk) -> None:
    with closing(sqlite3.connect(f"{desk.path.as_uri()}?mode=ro", uri=True, timeout=0)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM articles_v").fetchone() == (1,)
        desk.poll(A, entry("Neuf", "https://a.example/2"), entry("L’OTAN signe enfin", ONE, "g1", content=prose("l’OTAN") + " Enfin."))
        assert reader.execute("SELECT count(*) FROM articles_v").fetchone() == (1,)
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM articles_v").fetchone() == (2,)


def test_views_of_another_version_are_made_anew_and_those_of_the_user_stay(desk: Desk) -> None:
    desk.archive.close()
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute("DROP VIEW alerts_v")
        db.execute("CREATE VIEW alerts_v AS SELECT 1 AS old")
        db.execute("CREATE VIEW mine AS SELECT title FROM articles")
        db.commit()
    desk.reopen()
    assert list(ask(desk, "SELECT * FROM alerts_v")[0]) == COLUMNS["alerts_v"].split()
    assert ask(desk, "SELECT * FROM mine") == [{"title": "L’OTAN signe enfin"}]


def test_an_archive_that_has_its_views_is_not_written_to_make_them(desk: Desk) -> None:
    desk.reopen()  # the first end may leave statistics, which are a table of SQLite's own
    (before,) = desk.rows("PRAGMA schema_version")
    desk.reopen()
    assert desk.rows("PRAGMA schema_version") == [before]
