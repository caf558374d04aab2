"""A held-back set of articles and queries: what a French reader expects, a topic matches and a search finds; no more and no less."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from news.query import Matcher, holds, parse_query
from news.text import AnalysedArticle, analyse_article
from news.topics import Topic
from quivive.config.gazetteer import load_gazetteer
from storage import SearchRequest
from tests.desk import A, Desk, entry

_SET = tomllib.loads((Path(__file__).parents[1] / "data" / "held_back.toml").read_text())
ARTICLES: dict[str, dict[str, str]] = _SET["articles"]
EXPECTED: dict[str, set[str]] = {case["query"]: set(case["finds"]) for case in _SET["queries"]}
ENTITIES = load_gazetteer()
each_query = pytest.mark.parametrize("query", EXPECTED)


@pytest.fixture(scope="module")
def analysed() -> dict[str, AnalysedArticle]:
    return {key: analyse_article(article["title"], article["text"]) for key, article in ARTICLES.items()}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("held_back") / "archive.db") as desk:
        desk.watch(A)
        desk.poll(A, *(entry(article["title"], _link(key), summary=article["text"]) for key, article in ARTICLES.items()))
        yield desk


def _link(key: str) -> str:
    return f"https://a.example/{key}"


def test_the_set_is_whole() -> None:
    assert len(_SET["queries"]) == len(EXPECTED), "a query stands there twice"
    assert set().union(*EXPECTED.values()) <= set(ARTICLES)


@each_query
def test_a_query_holds_for_what_a_reader_expects(query: str, analysed: dict[str, AnalysedArticle]) -> None:
    parsed = parse_query(query, ENTITIES)
    assert {key for key, article in analysed.items() if holds(parsed, article)} == EXPECTED[query]


def test_as_topics_all_the_queries_together_match_what_a_reader_expects(analysed: dict[str, AnalysedArticle]) -> None:
    matcher = Matcher([Topic(query, query, ("hook",)) for query in EXPECTED], ENTITIES)
    matches = [(match.topic, key) for key, article in analysed.items() for match in matcher.match(article)]
    assert sorted(matches) == sorted((query, key) for query, keys in EXPECTED.items() for key in keys)


@each_query
def test_a_search_finds_what_a_reader_expects(query: str, archive: Desk) -> None:
    answer = archive.archive.search(SearchRequest(parse_query(query, ENTITIES), limit=len(ARTICLES)))
    found = [one.article.url for one in answer.articles]
    assert sorted(found) == sorted(map(_link, EXPECTED[query]))
