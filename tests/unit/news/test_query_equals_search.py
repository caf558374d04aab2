"""A topic matches an article if and only if the same query finds it in the index."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.analysis import TOKEN_SIGNS, analyse_article, index_columns
from news.errors import QueryError
from news.matching import Matcher, evaluate, holds
from news.query import GREATEST_DEPTH, parse_query
from news.topics import Entity, Topic
from storage.match_expression import compile_expression

ENTITIES = {"otan": Entity("otan", ("OTAN", "Alliance atlantique", "=Nato")), "free": Entity("free", ("=Free", "Free Mobile"))}


def _index(articles):
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE t USING fts5(title, title_stems, text, text_stems, content='', "
        f"tokenize=\"ascii tokenchars '{TOKEN_SIGNS}'\")"
    )
    rows = [(number, *index_columns(article)) for number, article in enumerate(articles)]
    database.executemany("INSERT INTO t (rowid, title, title_stems, text, text_stems) VALUES (?, ?, ?, ?, ?)", rows)
    return database


def _found(database, expression):
    return {row for (row,) in database.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,))}


def _search(database, query, articles):
    compiled = compile_expression(query)
    rows = _found(database, compiled.expression)
    return rows if compiled.exact else {row for row in rows if evaluate(query, articles[row]) is not None}


WORDS = ["contrat", "contrats", "Contrat", "l’OTAN", "OTAN", "Nato", "alliance", "Atlantique", "Free", "free", "Mobile", "C++", "GPT-5",
         "nationale", "nationaux", "d'", "№", "été", "ete", "AT&T", "3,5", "NEAR", "AND", "“", '"', "(", "*", "title", ":"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
ARTICLES = st.lists(st.builds(analyse_article, TEXTS, TEXTS), min_size=1, max_size=6)
TERMS = ["contrat", "contrats", "OTAN", '"contrat otan"', '"free mobile"', "=Free", "=Nato", '="Free Mobile"', "@otan", "@free", "C++",
         "GPT-5", "national", "=été", "été", "AT&T", '"near and"', "3,5", "=AT&T", '"title"']  # fmt: skip


def _larger(queries):
    pair = st.tuples(queries, queries)
    return st.one_of(
        pair.map(lambda two: f"({two[0]}) AND ({two[1]})"),
        pair.map(lambda two: f"({two[0]}) OU ({two[1]})"),
        pair.map(lambda two: f"({two[0]}) -({two[1]})"),
        queries.map(lambda one: f"-({one})"),
        pair.map(" ".join),
    )


QUERIES = st.recursive(st.sampled_from(TERMS), _larger, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(ARTICLES, st.lists(QUERIES, min_size=1, max_size=6))
def test_topics_and_search_find_the_same_articles(articles, texts):
    database = _index(articles)
    queries = [query for text in texts if (query := _read(text)) is not None]
    matcher = Matcher([Topic(str(number), query.text) for number, query in enumerate(queries)], ENTITIES)
    matched = [{int(match.topic) for match in matcher.match(article)} for article in articles]
    for number, query in enumerate(queries):
        by_topic = {row for row, topics in enumerate(matched) if number in topics}
        assert by_topic == _search(database, query, articles), query.text
        assert by_topic == {row for row, article in enumerate(articles) if holds(query, article)}
    database.close()


def _read(text):
    try:
        return parse_query(text, ENTITIES)
    except QueryError:
        return None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_of_a_text_are_found_again_in_quotes(text, more):
    article = analyse_article(more, text)
    tokens = article.text_tokens.tokens
    if not tokens:
        return
    database = _index([article])
    original = text[article.text_tokens.starts[0] : article.text_tokens.ends[-1]]
    quoted = original.translate(dict.fromkeys(map(ord, '"“”«»„'), " "))
    query = parse_query(f'"{quoted}"', {})
    assert query.root.tokens == tokens
    assert _search(database, query, [article]) == {0}
    database.close()


@pytest.mark.parametrize("count", [500, 1500])
def test_a_query_of_many_alternatives_can_be_searched(count):
    text = " OR ".join(f"m{number}" for number in range(count))[:9_990].rsplit(" OR", 1)[0]
    query = parse_query(text, {})
    article = analyse_article("", "voici m400 ici")
    database = _index([article, analyse_article("", "autre")])
    assert _search(database, query, [article]) == {0}
    database.close()


@pytest.mark.parametrize(
    "step", ["w{0} OR (v{0} AND ({1}))", "w{0} AND (v{0} OR ({1}))", "w{0} -({1})", "w{0} -(v{0} OR ({1}))", "({1}) -(v{0} -=w{0})"]
)
def test_a_query_as_deep_as_allowed_can_be_searched(step):
    text = "milieu"
    for number in range(GREATEST_DEPTH // 2):
        text = step.format(number, text)
    query = parse_query(text, {})
    articles = [
        analyse_article("", words) for words in ("milieu", "w3", "w49", "w24 milieu", " ".join(f"w{n} v{n}" for n in range(50)) + " milieu")
    ]
    database = _index(articles)
    assert _search(database, query, articles) == {row for row, article in enumerate(articles) if holds(query, article)}
    database.close()


def test_words_of_a_user_are_never_taken_for_the_syntax_of_the_index():
    article = analyse_article("", "NEAR AND OR NOT title text")
    database = _index([article])
    for text in ('"near and or not"', '"title text"', '"AND"', '"col : x"'):
        query = parse_query(text, {})
        assert _search(database, query, [article]) == ({0} if holds(query, article) else set())
    database.close()
