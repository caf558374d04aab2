"""Sources are found by their names without regard to case and accents, also when they have left the configuration."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from news.query import parse_query
from storage import SearchRequest
from tests.desk import A, B, Desk, entry


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path / "archive.db") as desk:
        desk.watch(A, name="Numérama")
        desk.watch(B, name="Le Journal")
        desk.poll(A, entry("L’OTAN", "https://a.example/1"))
        desk.poll(B, entry("L’OTAN ailleurs", "https://b.example/1"))
        yield desk


def titles(desk: Desk, source: str) -> list[str]:
    answer = desk.archive.search(SearchRequest(parse_query("otan", {}), source=source))
    return [found.article.title for found in answer.articles]


SPELLINGS = ["Numérama", "NUMÉRAMA", "numerama", unicodedata.normalize("NFD", "Numérama"), A]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_search_within_a_source_takes_its_name_in_any_spelling(desk: Desk, name: str) -> None:
    assert desk.archive.knows_source(name)
    assert titles(desk, name) == ["L’OTAN"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_poll_takes_it_in_any_spelling(desk: Desk, name: str) -> None:
    found, unknown = desk.archive.find_sources([name])
    assert ([one.url for one in found], unknown) == ([A], [])


def test_a_source_that_has_left_the_configuration_is_still_searched_and_polled_no_more(desk: Desk) -> None:
    desk.specs = [spec for spec in desk.specs if spec.url != A]
    desk.sync()
    assert desk.archive.knows_source("numerama")
    assert titles(desk, "numerama") == ["L’OTAN"]
    assert desk.archive.find_sources(["numerama"]) == ([], ["numerama"])


def test_a_name_that_nothing_ever_had_is_unknown(desk: Desk) -> None:
    assert not desk.archive.knows_source("La Gazette")
