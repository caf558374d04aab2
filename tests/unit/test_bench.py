"""The benchmarks: each says how it is run, and the documentation what it found. The figures themselves are nobody's test.

A few are run here, with `--quick`. Those that poll from a site of their own take longer than a test may: they are run by hand.
"""

from __future__ import annotations

import ast
import gzip
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench import peers
from bench.changelogs import Note, read_changelogs, whole_years
from bench.quick import OnRecord, read_ratios, tell
from bench.surges_of_years import Stream, print_years

ROOT = Path(__file__).resolve().parents[2]
SERVING = {"sinks", "crawling", "big_archive", "picture"}
"""Programs that the benchmarks start, and one that draws: they measure nothing."""
MEASURING = sorted(
    path.stem
    for path in (ROOT / "bench").glob("*.py")
    if '\nif __name__ == "__main__":' in path.read_text("utf-8") and path.stem not in SERVING
)
QUICK = {
    "waiting": ["still wait for the dead channel", "live channel, median", "live channel, 95 %", "a look"],
    "search": [
        *("articles that hold the word of", "two words, by relevance", "phrase, by date", "boolean, by date", "plain FTS5: median"),
        *("entity of 8 names, by date", "prefix, by relevance", "goal: < 50", "held by", "index     quivive"),
    ],
    "surges": ["invented  ", "put in   told", "\nreal      ", "\nyears     "],
    "inserting": ["one by one", "100 a second", "all at once", "writing thread median", "analysing", "word index", "commit"],
}


def run_quick(name: str) -> str:
    command = [sys.executable, "-m", f"bench.{name}", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(300)  # they measure, and a busy machine is slow at it
@pytest.mark.parametrize("name", QUICK)
def test_a_quick_run_prints_the_machine_and_its_figures(name: str) -> None:
    printed = run_quick(name)
    for words in ("machine   ", "python    ", "load      ", *QUICK[name]):
        assert words in printed


@pytest.mark.parametrize("name", MEASURING)
def test_each_says_how_to_run_it_and_the_documentation_what_it_found(name: str) -> None:
    program = ast.parse((ROOT / "bench" / f"{name}.py").read_text(encoding="utf-8"))
    assert f"python -m bench.{name}" in (ast.get_docstring(program) or "")
    pages = (page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md") if page.name != "map.md")
    assert any(re.search(rf"\bbench[./]{name}\b", page) for page in pages)


def test_what_takes_more_than_the_ratio_on_record_and_its_tolerance_has_slid(capsys: pytest.CaptureFixture[str]) -> None:
    on_record = {"reading": OnRecord(2.0, 0.1), "writing": OnRecord(3.0, 0.1)}
    assert tell({"reading": 2.19, "writing": 1.5, "something new": 9.0}, on_record)
    assert not tell({"reading": 2.21, "writing": 3.0}, on_record)
    assert "slid: reading is 2.21, 10% above the 2.00 on record" in capsys.readouterr().err


def test_the_ratios_on_record_are_of_what_is_measured() -> None:
    source = (ROOT / "bench" / "quick.py").read_text(encoding="utf-8")
    for name, one in read_ratios().items():
        assert f'"{name}"' in source or name.removesuffix(" / reader") in peers.LOOKS
        assert one.ratio > 0
        assert one.tolerance >= 0.1


def test_programs_that_are_not_installed_are_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert peers.found_peers(tmp_path, ["newsboat", "reader"], tmp_path / "no-venv") == []
    assert capsys.readouterr().out == "newsboat is not installed, and left out\nreader is not installed, and left out\n"


CHANGELOG = """\
lampe (1:2.0-2) unstable; urgency=medium

  * Light at dusk.
    - Closes: #1

 -- Zoé Dupont <zoe@example.org>  Fri, 01 Jan 2021 00:30:00 +0100

lampe (1:2.0-1) UNRELEASED; urgency=medium

  * New upstream version.

 -- Zoé Dupont <zoe@example.org>  Thu, 31 Dec 2020 12:00:00 +0100

lampe (1.9-1) unstable; urgency=low

  * Nobody knows when.

 -- Zoé Dupont <zoe@example.org>  Sun, 32 Foo 2020 12:00:00 +0100

Local variables:
mode: debian-changelog
"""


def test_the_notes_of_a_changelog_are_those_that_were_published_at_a_known_time(tmp_path: Path) -> None:
    for package in ("lampe", "liblampe"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "changelog.Debian.gz").write_bytes(gzip.compress(CHANGELOG.encode()))
    published = datetime(2020, 12, 31, 23, 30, tzinfo=UTC)
    note = Note("lampe", "1:2.0-2", "unstable", published, "Zoé Dupont", "* Light at dusk.\n    - Closes: #1")
    assert read_changelogs(tmp_path) == [note]
    assert note.upstream == "2.0"


def write_note(number: int, published: datetime, text: str) -> Note:
    return Note(f"package-{number}", f"{number}-1", "unstable", published, "Zoé Dupont", text)


def test_years_are_lived_through_that_have_enough_notes_and_a_year_before_that_has() -> None:
    years = [2017, 2018, 2018, 2019, 2019, 2020, 2022, 2022]
    notes = [write_note(number, datetime(year, 5, 1, tzinfo=UTC), "") for number, year in enumerate(years)]
    assert whole_years(notes, 2) == [2019]


def test_what_most_of_a_surge_share_is_its_cause_unless_the_topic_always_has_it() -> None:
    start = datetime(2021, 1, 1, tzinfo=UTC)
    usual = [write_note(number, start + number * timedelta(days=3), f"New upstream release of things {number}") for number in range(100)]
    at = start + timedelta(days=300)
    heap = [write_note(200 + number, at, f"New upstream release of things, {number} built for lamps of Ulm") for number in range(3)]
    heap.append(write_note(300, at, "New upstream release of things"))
    stream = Stream([*usual, *heap])
    assert stream.find_cause(heap) == ("“built for lamps of”", 3)
    assert stream.find_cause([*heap[:2], *usual[-2:]]) is None
    assert stream.find_cause(usual[-4:]) is None


def test_where_there_are_no_changelogs_their_years_are_left_out_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_years(tmp_path, quick=True)
    assert f"years     left out: the changelogs in {tmp_path} have no two years in a row of 800 notes" in capsys.readouterr().out
