"""What every test may rely on."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Tests read English, whatever the language of whoever runs them; those about languages say so themselves.
os.environ["LC_MESSAGES"] = "en"
os.environ.pop("LC_ALL", None)

# The same examples on every run, with no limit on time: a slow machine must not fail what a fast one passes.
settings.register_profile("quivive", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quivive")

PROJECT = Path(__file__).parent.parent
CORPUS = PROJECT.parent / "shared" / "corpus"


pytest.register_assert_rewrite("tests.ledger")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Of several processes that are to collect all tests, let each begin elsewhere: what one has compiled the others only read.

    Compiling them, with the assertions rewritten, takes ten seconds. What cannot be imported is told when it is collected.
    """
    process = getattr(session.config, "workerinput", None)  # of pytest-xdist
    if process is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted((PROJECT / "tests").rglob("test_*.py"))
    first = len(files) * int(process["workerid"].removeprefix("gw")) // process["workercount"]
    for path in (*files[first:], *files[:first]):
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))


@pytest.fixture(autouse=True)
def _hear_warnings() -> None:
    """What a test before has set in its process, by a command with `level = "error"`, must not keep the warnings of this one from it."""
    logging.disable(logging.NOTSET)
    logging.root.setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real feeds and pages, kept beside the project and never in it; a test that wants them is skipped where they are absent."""
    if not CORPUS.is_dir():
        pytest.skip("the folder of real feeds and pages is not beside the project (../shared/corpus)")
    return CORPUS
