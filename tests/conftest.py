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
def _hear_every_logger() -> None:
    """What a test before has silenced, in its process, speaks again: a worker's own main program, and a benchmark, silence all loggers."""
    logging.disable(logging.NOTSET)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


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
