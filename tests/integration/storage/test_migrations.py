"""The chain of migrations: on an old archive with data in it, it gives what a fresh archive has, and loses nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.file.schema import migrations
from tests.desk import OTAN, A, B, Desk, entry

VERSIONS_IN_USE = 2
"""So many of the migrations were in archives that people have, before those that follow them came; each is a form that is met."""
OLD_ARCHIVES = sorted(path.name for path in (Path(__file__).parents[2] / "data").glob("archive_v*.sql"))


def load(project: Path, name: str, path: Path) -> None:
    """Make the old archive of that name: its dump leaves out the index, whose tables SQLite makes itself."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript((project / "tests" / "data" / name).read_text())
    connection.close()


def schema(path: Path) -> dict[str, str]:
    """Every table, index and virtual table, by name, as it was made; without what the migrations note of themselves."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite%'").fetchall()
    connection.close()
    return dict(rows)


def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The columns of every table: name, type, whether it may be null, default, place in the key."""
    connection = sqlite3.connect(path)
    found = {table: sorted(row[1:] for row in connection.execute(f"PRAGMA table_info({table})")) for table in schema(path)}
    connection.close()
    return found


def test_there_is_an_old_archive_for_every_version_before() -> None:
    versions = {int(name.removeprefix("archive_v").removesuffix(".sql")) for name in OLD_ARCHIVES}
    assert versions == set(range(1, VERSIONS_IN_USE + 1))


@pytest.mark.parametrize("name", OLD_ARCHIVES)
def test_an_old_archive_is_brought_to_the_form_of_a_fresh_one(project: Path, tmp_path: Path, name: str) -> None:
    load(project, name, tmp_path / "old.db")
    for path in (tmp_path / "old.db", tmp_path / "fresh.db"):
        with Desk(path) as desk:
            desk.rebuild()
    assert columns(tmp_path / "old.db") == columns(tmp_path / "fresh.db")
    assert set(schema(tmp_path / "old.db")) == set(schema(tmp_path / "fresh.db"))


@pytest.mark.parametrize("name", OLD_ARCHIVES)
def test_views_that_somebody_made_keep_no_old_archive_from_being_brought_up_to_date_and_stay(
    project: Path, tmp_path: Path, name: str
) -> None:
    load(project, name, tmp_path / "old.db")
    own = {
        "mine": 'CREATE VIEW "mine" AS SELECT topic, status FROM deliveries JOIN alerts ON alerts.id = alert_id',
        "all of it": 'CREATE VIEW "all of it" AS SELECT * FROM articles',
        "of yesterday": 'CREATE VIEW "of yesterday" AS SELECT gone FROM nowhere',
    }
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        for statement in own.values():
            connection.execute(statement)
        connection.commit()
    with Desk(tmp_path / "old.db") as desk:
        assert dict(desk.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND name NOT LIKE '%_v'")) == own
        assert desk.rows('SELECT count(*) FROM "all of it"') == desk.rows("SELECT count(*) FROM articles")
        assert desk.rows("SELECT count(*) FROM mine") == desk.rows("SELECT count(*) FROM deliveries")


@pytest.mark.parametrize("name", OLD_ARCHIVES)
def test_an_old_archive_keeps_what_it_holds_and_goes_on(project: Path, tmp_path: Path, name: str) -> None:
    load(project, name, tmp_path / "old.db")
    with Desk(tmp_path / "old.db", [OTAN]) as desk:
        assert desk.rebuild() > 0
        desk.watch(A, B)
        assert [(one["title"], one["text"], len(one["sightings"])) for one in desk.articles()] == [
            ("L’OTAN se réunit à Bruxelles", "Le sommet de l’OTAN s’ouvre ce matin.", 2),
            ("Ariane, c’est reparti", "La fusée décolle.", 1),
        ]
        assert (desk.found("sommet"), desk.found("matin decolle")) == (["L’OTAN se réunit à Bruxelles"], [])
        waiting = {(alert["topic"], one["channel"], one["status"]) for alert in desk.log() for one in alert["deliveries"]}
        assert ("OTAN", "hook", "pending") in waiting
        (bundle,) = [bundle for bundle in desk.due(desk.now + timedelta(hours=1)) if bundle.channel == "hook"]
        assert (bundle.bundle_id, bundle.alerts[0].about.title) == ("hcpn3wfox7seryx24mbnjbcpd6", "L’OTAN se réunit à Bruxelles")
        assert (desk.source(A).etag, desk.source(B).etag) == ('"1"', None)
        tally = desk.poll(
            A,
            entry("L’OTAN, troisième", "https://a.example/3", "g3"),
            entry("L’OTAN se réunit à Bruxelles", "https://a.example/1", "g1", summary="Le sommet de l’OTAN s’ouvre ce matin."),
        )
        assert (tally.entries_new, len(tally.alerts)) == (1, 1)
        assert desk.rows("PRAGMA integrity_check") == [("ok",)]
        assert desk.rows("PRAGMA foreign_key_check") == []


def test_messages_in_flight_keep_their_ids_attempts_and_times(project: Path, tmp_path: Path) -> None:
    load(project, "archive_v2.sql", tmp_path / "old.db")
    with Desk(tmp_path / "old.db") as desk:
        made = datetime(2025, 2, 10, 12, 2, tzinfo=UTC)
        due = {bundle.channel: bundle for bundle in desk.due(made + timedelta(hours=2))}
        assert {name: (one.bundle_id, one.attempts, one.give_up_at) for name, one in due.items()} == {
            "redaction": ("zfmrkozctkqabgaxx773rzrzxc", 2, made + timedelta(days=3)),
            "hook": ("hcpn3wfox7seryx24mbnjbcpd6", 0, made + timedelta(days=3)),
            "former": ("ie6getp474auttxpsskg42zwl7", 1, made + timedelta(days=3)),
        }
        assert due["redaction"].delivery_ids == ("4azn4rr4xiiuepgonixu7g2uru", "mtjrokhi2d2nzqdguax6jk5b75")
        told = {one["channel"]: one for alert in desk.log() for one in alert["deliveries"]}
        assert [(told[name]["status"], told[name]["attempts"], told[name]["sent_at"]) for name in ("sent", "dead")] == [
            ("sent", 1, "2025-02-10T12:09:00Z"),
            ("dead", 1, None),
        ]
        assert (told["redaction"]["next_attempt_at"], told["redaction"]["last_error"]) == ("2025-02-10T12:07:10Z", "451 greylisted")
        assert told["dead"]["last_error"] == "410 Gone"


def test_what_waited_for_a_channel_that_was_removed_is_due_once_that_is_back_after_an_upgrade_too(project: Path, tmp_path: Path) -> None:
    load(project, "archive_v2.sql", tmp_path / "old.db")
    with Desk(tmp_path / "old.db") as desk:
        assert "former" not in {bundle.channel for bundle in desk.due(datetime(2025, 2, 10, 12, 9, tzinfo=UTC))}
        desk.archive.sync_channels(["former"], datetime(2025, 2, 10, 12, 9, tzinfo=UTC)).result()
        assert "former" in {bundle.channel for bundle in desk.due(datetime(2025, 2, 10, 12, 9, tzinfo=UTC))}


def test_a_topic_does_not_alert_again_on_what_it_alerted_on_before_an_upgrade(project: Path, tmp_path: Path) -> None:
    load(project, "archive_v2.sql", tmp_path / "old.db")
    with Desk(tmp_path / "old.db") as desk:
        desk.watch(A, B)
        tally = desk.poll(A, entry("L’OTAN se réunit encore", "https://a.example/1", "g1", summary="Le sommet."))
        assert (tally.articles_revised, tally.alerts) == (1, [])
        assert set(desk.rows("SELECT subject, sequence FROM alerts")) == {("article:1", 1), ("article:2", 1)}


def test_a_fresh_archive_applies_every_migration_once(tmp_path: Path) -> None:
    for _ in range(2):
        with Desk(tmp_path / "archive.db") as desk:
            assert desk.rows("SELECT name FROM _sqlite_migrations WHERE migration_set = 'quivive' ORDER BY id") == [
                (name,) for name in migrations.names
            ]
