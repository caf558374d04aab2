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
heavy = (
    *("pydantic", "sqlite_utils", "scrapy", "twisted", "feedparser", "trafilatura", "lxml", "aiohttp", "asyncio", "jinja2"),
    *("apscheduler", "apprise"),
)
print("imported:", [name for name in heavy if name in sys.modules])
"""
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
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    open_for_writing(tmp_path / "archive.db").conn.close()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, config, *commands], cwd=project, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "imported: []"


def test_a_command_that_ends_has_python_look_through_nothing_once_more(project: Path) -> None:
    done = subprocess.run([sys.executable, "-c", END], cwd=project, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "looked at once more: False"
