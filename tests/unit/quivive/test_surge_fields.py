"""What an alert on a topic's volume says in JSON is what the page of commands lists."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.surges import Surge, SurgeArticle, SurgeBar
from quivive.cli.json_answers import surge_json

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
NOW = datetime(2025, 2, 10, 12, tzinfo=UTC)
TOLD = surge_json(
    Surge("OTAN", NOW, NOW, 12, 1.5, (SurgeBar(NOW, 12, 1.5),), (SurgeArticle("L’OTAN", "https://a.example/1", "Le Journal", NOW),))
)


@pytest.mark.parametrize(("place", "value"), [("", TOLD), (".bars[]", TOLD["bars"][0]), (".latest[]", TOLD["latest"][0])])
def test_a_surge_has_the_fields_that_are_listed_in_their_order(place: str, value: dict[str, object]) -> None:
    [fields] = re.findall(rf"^\| `alerts\.surge{re.escape(place)}` \| (.*) \|$", PAGE, re.MULTILINE)
    assert list(value) == re.findall(r"`(\w+)`", fields)
