"""Commands that only ask wait for nothing that only the daemon, the crawl or a channel needs: importing is most of what they do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage.file.connection import open_for_writing

PROGRAM = """
import sys
from zoneinfo import ZoneInfo
from quivive.cli import quivive
from quivive.cli.translating import Invocation
from quivive.languages import make_language

invocation = Invocation(make_language("en", ZoneInfo("UTC")))
for command in sys.argv[2:]:
    try:
        quivive.main(["--config", sys.argv[1], *command.split()], standalone_mode=False, obj=invocation)
    except SystemExit:
        pass
print("imported:", *sys.modules)
"""
HEAVY = {
    *("pydantic", "sqlite_utils", "scrapy", "twisted", "feedparser", "trafilatura", "lxml", "aiohttp", "asyncio", "jinja2"),
    *("apscheduler", "apprise"),
}
NOT_SEARCHED_WITH = {
    *("news.sources", "news.alerts", "news.answers", "news.judging", "news.settling", "news.showings", "news.page_readings", "news.things"),
    *("news.header_times", "news.fingerprints", "crawler", "monitors", "storage.file.lock", "storage.asking.status", "quivive.config.opml"),
    *("socket", "email", "tempfile", "hashlib", "cronsim", "click.shell_completion", "importlib.resources"),
}
"""What a search makes none of: each type costs its start nearly a millisecond, and it would wait for some hundred."""
END = """
import gc, sys
from quivive.__main__ import main

sys.argv = ["quivive", "--version"]
try:
    main()
except SystemExit:
    pass
print("looked at once more:", len(gc.get_objects()) > 5000)
"""
CONFIG = """
[[sources]]
url = "https://un.example/feed"
headers = { Accept = "application/atom+xml" }
[[topics]]
name = "OTAN"
query = "@otan OR défense"
notify = ["hook"]
[channels.hook]
type = "webhook"
url = "https://example.org/${TOKEN}"
"""


@pytest.mark.parametrize(
    "commands",
    [["--help"], ["search otan", "search otan --json", "stories", "alerts", "topics", "sources"], ["status"], ["show otan"]],
    ids=lambda commands: commands[0],
)
def test_who_only_asks_waits_for_nothing_that_works(commands: list[str], tmp_path: Path, project: Path) -> None:
    assert _imported(commands, tmp_path, project) & HEAVY == set()


def test_a_search_waits_for_no_types_but_those_that_it_makes(tmp_path: Path, project: Path) -> None:
    imported = _imported(["search otan", "search otan --json"], tmp_path, project)
    assert "storage.asking.search" in imported
    assert imported & NOT_SEARCHED_WITH == set()


def _imported(commands: list[str], folder: Path, project: Path) -> set[str]:
    config = folder / "config.toml"
    config.write_text(CONFIG)
    open_for_writing(folder / "archive.db").conn.close()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, config, *commands], cwd=project, capture_output=True, text=True, timeout=60, check=True
    )
    last = done.stdout.splitlines()[-1]
    assert last.startswith("imported:")
    return set(last.split()[1:])


def test_a_command_that_ends_has_python_look_through_nothing_once_more(project: Path) -> None:
    done = subprocess.run([sys.executable, "-c", END], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "looked at once more: False"
