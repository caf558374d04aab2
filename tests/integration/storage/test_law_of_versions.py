"""The law of the query language over what several sources say of one article: a topic alerts if and only if search finds the article.

Queries and texts are those of `tests.query_law`; its naive judge says which version holds which query. Each source says two things of the
article, one after the other, in an order that chance decides.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.articles import ArticleFacts
from news.errors import QueryError
from news.query import Query, parse_query
from news.text import analyse_article
from news.topics import Topic
from storage import SearchRequest
from tests.desk import NOW, A, B, C, Desk, entry
from tests.query_law import ENTITIES, NEAR, SPECS, TEXTS, expected, write

ONE = "https://a.example/1"
SAYINGS = st.tuples(TEXTS, TEXTS)
BY_SOURCE = st.fixed_dictionaries({source: st.tuples(SAYINGS, SAYINGS) for source in (A, B, C)})
ORDER = st.permutations([A, B, C, A, B, C])
NOBODY = ArticleFacts("", None, None, NOW, ())


def asks_for_facts(spec: Any) -> bool:
    """Whether the query asks for more than words."""
    return isinstance(spec, tuple | list) and (spec[0] in ("filter", "time") or any(map(asks_for_facts, spec)))


def read(spec: Any) -> Query | None:
    try:
        return parse_query(write(spec), ENTITIES)
    except QueryError:
        return None


@settings(max_examples=35, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=BY_SOURCE, order=ORDER, specs=st.tuples(SPECS, SPECS, NEAR))
def test_a_topic_alerts_on_what_any_source_says_and_search_finds_what_each_says_now(said, order, specs) -> None:
    queries = [(spec, query) for spec in specs if not asks_for_facts(spec) and (query := read(spec)) is not None]
    topics = [Topic(str(number), write(spec), ("hook",)) for number, (spec, _) in enumerate(queries)]
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder) / "archive.db", topics, entities=ENTITIES) as desk:
        desk.watch(A, B, C)
        told: list[tuple[str, str]] = []
        now: dict[str, tuple[str, str]] = {}
        for source in order:
            title, summary = said[source][source in now]
            now[source] = (title, summary)
            told.append(now[source])
            desk.poll(source, entry(title or None, ONE, "g1", summary=summary or None))
        alerted = {topic for topic, _ in desk.alerts()}
        for number, (spec, query) in enumerate(queries):
            text = write(spec)
            assert (str(number) in alerted) == any(holds(spec, version) for version in told), f"alerts: {text}"
            found = desk.archive.search(SearchRequest(query)).articles
            assert bool(found) == any(holds(spec, version) for version in now.values()), f"search: {text}"
            assert len(found) <= 1, f"told twice: {text}"


def holds(spec: Any, version: tuple[str, str]) -> bool:
    return expected(spec, analyse_article(*version), NOBODY)
