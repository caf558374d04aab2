"""The archive's public face has types: who hands it nonsense, or takes nonsense out of an answer, is told so by mypy."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from news import alert_answers, answers, story_answers
from storage import Archive, ArchiveReader

BEFORE = """\
from datetime import datetime
from pathlib import Path

from news.alerts import AttemptResult
from news.query import Query
from news.sources import PollOutcome
from storage import AlertRequest, Archive, ArchiveReader, SearchRequest
from storage.asking import alert_log
from storage.recording import sources

def use(archive: Archive, reader: ArchiveReader, now: datetime, query: Query) -> None:
"""

SENSE = (
    "archive.due_sources(now, 10)",
    "reader.search(SearchRequest(query)).articles[0].article.title.upper()",
    "[one.article.url for one in reader.export(query, after=7)]",
    "reader.report_alerts(AlertRequest(limit=5)).alerts[0].created_at.year",
    "archive.forget_articles(now, now).result() + 1",
    "archive._ask(sources.list_due_sources, now, 10)",
)

NONSENSE = {
    'archive.due_sources("now", 10)': "arg-type",
    'archive.due_sources(now, "many")': "arg-type",
    'reader.search("OTAN")': "arg-type",
    "reader.report_alerts(3)": "arg-type",
    'reader.report_alerts(AlertRequest(status="pending"))': "arg-type",
    "reader.preview(SearchRequest(query))": "arg-type",
    "archive.record_poll(3, now)": "arg-type",
    'archive.record_attempts("sent")': "arg-type",
    "archive.forget_articles(now)": "call-arg",
    'archive._ask(sources.list_due_sources, "now", 10)': "arg-type",
    "archive._ask(sources.list_due_sources, now)": "call-arg",
    "archive._ask(alert_log.report_alerts, 3)": "arg-type",
    "archive._submit(sources.list_due_sources, now, None)": "arg-type",
    'reader.search(SearchRequest(query)).articles[0]["title"]': "index",
    "reader.report_status(now).contents.deliveries.lost": "attr-defined",
    "reader.report_sources()[0].last_polled_at.year": "union-attr",
    "archive.forget_articles(now, now) + 1": "operator",
}


@pytest.fixture(scope="module")
def told(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy says of each line of use, by the line: the code of its error."""
    folder = tmp_path_factory.mktemp("use")
    lines = (*SENSE, *NONSENSE)
    (folder / "use.py").write_text(BEFORE + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        project / "pyproject.toml",
        "--cache-dir",
        folder / "cache",
        folder / "use.py",
    ]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    first = BEFORE.count("\n") + 1
    errors = re.findall(r"use\.py:(\d+): error: .*\[([a-z-]+)\]$", result.stdout, flags=re.MULTILINE)
    return {lines[int(number) - first]: code for number, code in errors}


@pytest.mark.timeout(300)  # it reads all types anew
def test_what_is_asked_of_the_archive_with_sense_is_no_error(told: dict[str, str]) -> None:
    assert [line for line in SENSE if line in told] == []


@pytest.mark.timeout(300)
def test_nonsense_passed_to_the_archive_or_taken_from_its_answers_is_an_error(told: dict[str, str]) -> None:
    assert {line: told.get(line) for line in NONSENSE} == NONSENSE


@pytest.mark.parametrize("face", [ArchiveReader, Archive])
def test_what_the_archive_answers_is_never_a_dictionary_or_anything(face: type) -> None:
    methods = {name: one for name, one in vars(face).items() if inspect.isfunction(one) and not name.startswith("_")}
    given = {name: str(inspect.signature(one).return_annotation) for name, one in methods.items()}
    assert {name: kind for name, kind in given.items() if re.search(r"\b(dict|Any|object)\b", kind)} == {}


def test_the_answers_are_frozen_and_of_types_of_their_own() -> None:
    rooms = (answers, alert_answers, story_answers)
    kinds = [one for room in rooms for one in vars(room).values() if dataclasses.is_dataclass(one)]
    assert [one for one in kinds if not one.__dataclass_params__.frozen] == []
    loose = {f"{kind.__name__}.{part.name}": part.type for kind in kinds for part in dataclasses.fields(kind)}
    assert {name: kind for name, kind in loose.items() if re.search(r"\b(dict|list|Any|object)\b", str(kind))} == {}
