"""The benchmarks: each says how it is run, and the documentation what it found. The figures themselves are nobody's test.

A few are run here, with `--quick`. Those that poll from a site of their own take longer than a test may: they are run by hand.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import peers
from bench.quick import OnRecord, read_ratios, tell

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
