"""What every test may rely on."""

from __future__ import annotations

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
