"""The house stays as docs/map.md draws it: imports point one way, and each side effect has one door."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS_WITHOUT_CLOCK = ("news", "crawler", "monitors", "storage")

READERS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.localtime",
    "time.gmtime",
    "os.environ",
    "os.getenv",
    "signal.signal",
}
"""What reads the clock, the environment or signals. Those who need the time get a `clock` from quivive/."""

EXCEPTIONS = {("crawler/worker_main.py", "signal.signal")}
"""Worker processes are programs of their own: they leave Ctrl-C to the daemon, which ends them in order."""


def find_readers(source: str) -> Iterator[tuple[int, str]]:
    """Where a module names one of READERS, under whatever name it imported it."""
    tree = ast.parse(source)
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            name = ".".join(part for part in (imported.get(first, first), rest) if part)
            if name in READERS or name.endswith(".add_signal_handler"):
                yield node.lineno, name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\ntime.time()", [(2, "time.time")]),
        ("from time import monotonic as tick\nclock = tick", [(2, "time.monotonic")]),
        ("from datetime import datetime, UTC\ndatetime.now(UTC)", [(2, "datetime.datetime.now")]),
        ("import datetime as dt\ndt.date.today()", [(2, "datetime.date.today")]),
        ("import os\nos.environ['HOME']", [(2, "os.environ")]),
        ("import asyncio\nasyncio.get_running_loop().add_signal_handler", [(2, "asyncio.get_running_loop().add_signal_handler")]),
        ("from datetime import datetime\ndatetime(2026, 3, 4)\nnow = clock()", []),
    ],
)
def test_a_reader_of_the_clock_is_found_under_any_name(source, found):
    assert list(find_readers(source)) == found


@pytest.mark.parametrize("room", ROOMS_WITHOUT_CLOCK)
def test_only_quivive_reads_the_clock_the_environment_and_signals(project, room):
    found = [
        f"{path.relative_to(project)}:{line}: {name}"
        for path in sorted((project / room).rglob("*.py"))
        for line, name in find_readers(path.read_text(encoding="utf-8"))
        if (str(path.relative_to(project)), name) not in EXCEPTIONS
    ]
    assert found == []


LONGEST_FUNCTION = 40
"""Lines, with its signature and its docstring."""


@pytest.mark.parametrize("room", [*ROOMS_WITHOUT_CLOCK, "quivive", "bench"])
def test_no_function_is_longer_than_a_page(project, room):
    functions = (
        (path, node)
        for path in sorted((project / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lines = {f"{path.relative_to(project)}:{node.name}": node.end_lineno - node.lineno + 1 for path, node in functions}
    assert {name: number for name, number in lines.items() if number > LONGEST_FUNCTION} == {}


def test_imports_point_one_way_and_each_library_stays_in_its_room(project):
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([command, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_module_of_news_is_in_its_face_or_closed_to_other_rooms(project):
    modules = {path.name.removesuffix(".py") for path in (project / "news").iterdir() if not path.name.startswith("_")}
    contracts = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (closed,) = (one["protected_modules"] for one in contracts if one["id"] == "face-of-news")
    own = {name.removeprefix("news.") for name in closed if not name.endswith("*")}
    face = set(re.findall(r"`([a-z_]+)`", ast.get_docstring(ast.parse((project / "news/__init__.py").read_text()))))
    assert face | own == modules
    assert not face & own
