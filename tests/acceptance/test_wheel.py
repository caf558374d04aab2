"""What is installed: one top-level name, with all that belongs to it; and it runs from there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest

from quivive.cli import quivive
from quivive.cli.man_page import PAGE, make_page
from tests.processes import PROJECT

ROOMS = ["crawler", "monitors", "news", "storage"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site_packages(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is installed, beside distributions that have its rooms' names and must not be touched."""
    folder = tmp_path_factory.mktemp("site-packages")
    for name in ROOMS:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise RuntimeError('this is another distribution')\n")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site_packages: Path, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site_packages), "HOME": str(site_packages), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=site_packages.parent, env=environ, capture_output=True, text=True, timeout=timeout, check=False)


def names_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_a_wheel_has_one_top_level_name(wheel) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in names_in(wheel)} == {"quivive"}
    assert not [name for name in names_in(wheel) if "__pycache__" in name or "/tests/" in name]


def test_a_wheel_holds_every_module_and_data_file_of_the_rooms(wheel) -> None:
    there = set(names_in(wheel))
    for room in (*ROOMS, "quivive"):
        place = "" if room == "quivive" else "quivive/_rooms/"
        files = (path for path in (PROJECT / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        assert {place + str(path.relative_to(PROJECT)) for path in files} <= there


def test_a_wheel_brings_the_manual_page_the_example_and_the_unit(wheel) -> None:
    brought = {name.partition(".data/data/")[2] for name in names_in(wheel)}
    doc = "share/doc/quivive"
    assert {"share/man/man1/quivive.1", f"{doc}/config.toml", f"{doc}/quivive.service"} <= brought


def test_it_finds_its_own_rooms_beside_distributions_of_the_same_names(site_packages) -> None:
    program = "import quivive, news, crawler, monitors, storage; print(news.__file__)"
    done = run(site_packages, "-c", program)
    assert done.stdout.strip() == str(site_packages / "quivive" / "_rooms" / "news" / "__init__.py"), done.stderr


@pytest.mark.timeout(180)
def test_the_demonstration_runs_from_what_a_wheel_installs(site_packages) -> None:
    done = run(site_packages, "-m", "quivive", "demo", timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]
    assert str(PROJECT) not in done.stdout + done.stderr


def test_the_manual_page_is_what_the_commands_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `make man`"


def test_the_manual_page_names_every_command_with_its_options() -> None:
    page = make_page()
    context = click.Context(quivive)
    for name in quivive.list_commands(context):
        assert re.search(rf'^\.SS "quivive {name}\b', page, flags=re.MULTILINE)
    assert "\\-\\-since D" in page


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man(1)")
def test_the_manual_page_is_good_for_man() -> None:
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "80"}
    done = subprocess.run(["man", "--warnings", "-l", str(PAGE)], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, re.sub(".\b", "", done.stdout).splitlines())) <= 80
