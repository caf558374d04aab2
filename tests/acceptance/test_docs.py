"""The pages under docs/ tell the truth: the map shows the tree, the page on the archive its tables, the page on problems every code."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitors import KINDS
from news.alerts import AlertKind
from news.topics import Topic
from tests.desk import A, B, Desk, entry, prose

PROJECT = Path(__file__).parents[2]
ROOMS = ("news", "crawler", "monitors", "storage", "quivive", "tests")


def read(page: str) -> str:
    return (PROJECT / "docs" / page).read_text(encoding="utf-8")


def modules(room: str) -> set[str]:
    """The modules of a room, by their file names; of tests/, what the tests share."""
    found = (PROJECT / room).glob("*.py") if room == "tests" else (PROJECT / room).rglob("*.py")
    return {path.name for path in found} - {"__init__.py", "conftest.py"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_map_names_every_module_of_a_room_and_no_other(room):
    section = re.split(rf"^## {room}/$", read("map.md"), flags=re.MULTILINE)[1].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+\.py)`", section)) == modules(room)


def test_the_map_names_every_page_of_the_documentation():
    drawn = read("map.md").split("```")[1]
    assert [path.name for path in (PROJECT / "docs").iterdir() if path.name not in drawn and path.name != "map.md"] == []


@pytest.mark.parametrize("page", ["docs/map.md", "CONTRIBUTING.md"])
def test_what_is_named_with_its_folder_is_there(page):
    named = re.findall(r"`(\w+/[\w/]+\.\w+)`", (PROJECT / page).read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (PROJECT / path).exists()] == []


def test_the_map_shows_every_folder_of_the_project():
    shown = set(re.findall(r"^(\w+)/ ", read("map.md").split("```")[1], flags=re.MULTILINE))
    named = {path.name for path in PROJECT.iterdir() if path.is_dir() and any(path.rglob("*.*")) and not path.name.startswith((".", "_"))}
    assert shown == named - {"pages", "build", "dist"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which one article was shown by two sources, revised, and is still to be told."""
    path = tmp_path_factory.mktemp("docs") / "archive.db"
    with Desk(path, [Topic("OTAN", "OTAN", ("hook",))]) as desk:
        desk.watch(A)
        desk.watch(B)
        text = prose("le contrat de l’OTAN", 30)
        desk.poll(A, entry("L’OTAN signe", "https://a.example/1", content=text))
        desk.poll(B, entry("L’OTAN signe", "https://b.example/1", content=text))
        desk.poll(A, entry("L’OTAN signe enfin", "https://a.example/1", content=text))
    return path


def test_the_page_on_the_archive_explains_every_table_and_no_other(archive):
    explained = [name for name in re.findall(r"^\| `(\w+)` \|", read("archive.md"), flags=re.MULTILINE) if not name.endswith("_v")]
    with closing(sqlite3.connect(archive)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert sorted(explained) == sorted(name for name in tables if not name.startswith(("_", "sqlite_", "words_")))


def test_the_page_on_the_archive_explains_every_view_with_its_columns(archive):
    rows = re.findall(r"^\| `(\w+_v)` \| [^|]+ \| (.+) \|$", read("archive.md"), flags=re.MULTILINE)
    explained = {name: re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", columns)) for name, columns in rows}
    with closing(sqlite3.connect(archive)) as db:
        views = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        assert explained == {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in views}


@pytest.mark.parametrize("question", re.findall(r"^```sql\n(.*?)^```", read("archive.md"), flags=re.MULTILINE | re.DOTALL))
def test_a_question_to_the_archive_that_is_shown_has_an_answer(archive, question):
    with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as db:
        # The archive of this test is of February 2025, the question about the last week of whoever asks it.
        assert db.execute(question.replace("'-7 days'", "'-100 years'")).fetchall()


def test_every_code_that_judging_gives_is_explained():
    sources = [path.read_text(encoding="utf-8") for room in ("news", "storage") for path in (PROJECT / room).rglob("*.py")]
    given = {code for text in sources for code in re.findall(r'Problem\(\s*"(\w+)"|page_error_code = \'(\w+)\'', text)}
    codes = {code for pair in given for code in pair if code}
    assert {"wall", "gap"} <= codes
    assert codes <= set(re.findall(r"^\| `(\w+)` \|", read("problems.md"), flags=re.MULTILINE))


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_on_delivery_says_how_each_kind_of_channel_delivers(kind):
    assert f'channel with `type = "{kind}"`' in read("delivery.md")


def test_the_page_on_commands_says_what_each_kind_of_alert_is():
    sentence = re.search(r"An alert's `kind` (is .+?)\.$", read("commands.md"), flags=re.MULTILINE | re.DOTALL)
    assert sentence
    assert set(re.findall(r"(?:^is|, or)\s`(\w+)`", sentence[1])) == {kind.value for kind in AlertKind}


def test_every_decision_is_listed_and_says_what_was_asked_decided_paid_and_rejected():
    records = sorted(path.name for path in (PROJECT / "docs" / "decisions").glob("0*.md"))
    assert re.findall(r"^- \[\d+\]\((.+?)\)", read("decisions/README.md"), flags=re.MULTILINE) == records
    for record in records:
        headings = re.findall(r"^\*\*(.+?)\.\*\*", read(f"decisions/{record}"), flags=re.MULTILINE)
        assert headings == ["The question", "The decision", "The price", "Rejected"], record
