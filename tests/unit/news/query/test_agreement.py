"""A topic matches an article if and only if the same query finds it in the index, and both are right."""

from __future__ import annotations

import tarfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.query import GREATEST_DEPTH, Matcher, holds, parse_query
from news.text import analyse_article
from news.topics import Entity, Topic
from tests.query_law import ARTICLES, CASES_AN_EXAMPLE, MANY_SPECS, NEAR, check_law, make_index, search

SHARED = Path(__file__).parents[5] / "shared"
CASES = 4_800


@pytest.mark.timeout(300)
@settings(max_examples=CASES // CASES_AN_EXAMPLE, deadline=None)
@given(ARTICLES, MANY_SPECS)
def test_topics_and_search_and_a_naive_judge_agree_on_every_query_and_article(articles, specs):
    check_law(articles, specs)


@settings(max_examples=120, deadline=None)
@given(ARTICLES, st.lists(NEAR, min_size=4, max_size=4))
def test_they_agree_on_what_is_near(articles, specs):
    check_law(articles, specs)


def _found(query, articles):
    database = make_index(articles)
    try:
        return search(database, query, lambda row: holds(query, articles[row]))
    finally:
        database.close()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_of_a_text_are_found_again_in_quotes(text, more):
    article = analyse_article(more, text)
    tokens = article.text_tokens.tokens
    if not tokens:
        return
    places = article.text_tokens.places()
    original = text[places[0][0] : places[-1][1]]
    quoted = original.translate(dict.fromkeys(map(ord, '"“”«»„'), " "))
    query = parse_query(f'"{quoted}"', {})
    assert query.root.tokens == tokens
    assert _found(query, [article]) == {0}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(3, 8))
def test_any_word_of_a_text_is_found_again_by_its_beginning(text, length):
    article = analyse_article("", text)
    for token in article.text_tokens.tokens:
        beginning = token[:length]
        if len(beginning) >= 3 and beginning.isalnum() and analyse_article("", beginning).text_tokens.tokens == (beginning,):
            query = parse_query(f"{beginning}*", {})
            assert _found(query, [article]) == {0}
            assert Matcher([Topic("topic", query.text)], {}).match(article)


@pytest.mark.parametrize("count", [500, 1500])
def test_a_query_of_many_alternatives_can_be_searched(count):
    text = " OR ".join(f"m{number}" for number in range(count))[:9_990].rsplit(" OR", 1)[0]
    query = parse_query(text, {})
    assert _found(query, [analyse_article("", "voici m400 ici"), analyse_article("", "autre")]) == {0}


@pytest.mark.parametrize(
    "step",
    [
        "w{0} OR (v{0} AND ({1}))",
        "w{0} AND (v{0} OR ({1}))",
        "w{0} -({1})",
        "w{0} -(v{0} OR ({1}))",
        "({1}) -(v{0} -=w{0})",
        "w{0} NEAR/3 v{0} OR (v{0} AND ({1}))",
        "w{0} ONEAR/3 v{0} AND (v{0} OR ({1}))",
        "title:w{0} OR (vvv{0}* AND ({1}))",
    ],
)
def test_a_query_as_deep_as_allowed_can_be_searched(step):
    text = "milieu"
    for number in range(GREATEST_DEPTH // 2):
        text = step.format(number, text)
    query = parse_query(text, {})
    articles = [
        analyse_article("", words)
        for words in ("milieu", "w3", "w49", "w24 milieu", "w3 v3", " ".join(f"w{n} v{n}" for n in range(50)) + " milieu")
    ]
    assert _found(query, articles) == {row for row, article in enumerate(articles) if holds(query, article)}


def test_words_of_a_user_are_never_taken_for_the_syntax_of_the_index():
    article = analyse_article("", "NEAR AND OR NOT title text")
    for text in ('"near and or not"', '"title text"', '"AND"', '"col : x"', "text:title", "tit*", '"NEAR" NEAR/1 "AND"'):
        query = parse_query(text, {})
        assert _found(query, [article]) == ({0} if holds(query, article) else set())


ENTITIES = {
    "otan": Entity("otan", ("OTAN", "NATO", "Alliance atlantique")),
    "macron": Entity("macron", ("Emmanuel Macron", "le président de la République", "l’Elysée")),
}
QUERIES = [
    "contrat", "publiée", "national", "européennes -france", "vaccin*", "élect* présid*", "covid OR omicron", "@macron", "=Covid", "=Paris",
    '"Emmanuel Macron"', '"de la République"', "président NEAR/3 république", "candidat NEAR/8 élection", "covid ONEAR/5 (vaccin OR test)",
    "@macron NEAR/10 (europe OR ukraine)", "(le OR la) NEAR/1 (président OR ministre)", "title:covid", "titre:(ministre NEAR/4 santé)",
    "text:(covid -vaccin)", "title:vacc* -text:covid", "(a OR la) ONEAR/2 (france OR russie) -macron", "l’Europe", "aujourd’hui",
    '"aujourd’hui" NEAR/20 janvier', "2022", "19 NEAR/1 covid", "Covid-19", "États-Unis", "@otan OR ukrain*", "d’un NEAR/2 an",
]  # fmt: skip


def _real_articles():
    """Titles and texts of what a newspaper published in some days, and five articles of the kind this is for."""
    articles = [(path.name, path.read_text(encoding="utf-8")) for path in sorted((SHARED / "seeds").glob("*.txt"))]
    feedparser = pytest.importorskip("feedparser")
    with tarfile.open(SHARED / "corpus" / "lemonde-2022-01" / "january.tar.xz") as archive:
        feeds = [member for member in archive if member.name.endswith(".xml")][:48:3]
        for member in feeds:
            parsed = feedparser.parse(archive.extractfile(member).read())
            articles += [(entry.get("title", ""), entry.get("summary", "")) for entry in parsed.entries]
    return [analyse_article(title, text) for title, text in dict.fromkeys(articles)]


def test_topics_and_search_agree_on_real_french_text():
    if not (SHARED / "corpus").exists():
        pytest.skip("the shared French articles are not here")
    articles = _real_articles()
    assert len(articles) > 100
    queries = [parse_query(text, ENTITIES) for text in QUERIES]
    matcher = Matcher([Topic(text, text) for text in QUERIES], ENTITIES)
    matched = [{match.topic for match in matcher.match(article)} for article in articles]
    database = make_index(articles)
    found = [search(database, query, partial(_judge, query, articles)) for query in queries]
    database.close()
    for query, rows in zip(queries, found, strict=True):
        assert rows == {row for row, topics in enumerate(matched) if query.text in topics}, query.text
    assert sum(map(bool, found)) > len(QUERIES) // 2


def _judge(query, articles, row):
    return holds(query, articles[row])
