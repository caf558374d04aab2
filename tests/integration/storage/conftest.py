"""The fixture of the storage tests: a desk with an archive on a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose topic is OTAN, told to a webhook called hook; first polls alert."""
    with Desk(tmp_path / "archive.db") as running:
        yield running


@pytest.fixture
def silent_desk(tmp_path: Path) -> Iterator[Desk]:
    """The same, but the first poll of a source is silent, as it is unless the configuration says otherwise."""
    with Desk(tmp_path / "archive.db", silent=True) as running:
        yield running
