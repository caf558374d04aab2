"""A name is found in each way it is typeset: `Canal+`, `Canal +`; `hardware.info`, `Hardware.Info`."""

from __future__ import annotations

import pytest

from news.errors import QueryError
from news.query import Matcher, holds, parse_query
from news.query.spellings import spellings_of
from news.text import analyse_article
from news.topics import Entity, Topic

ENTITIES = {"canal": Entity("canal", ("Canal+", "=Canal Plus")), "series": Entity("series", ("=Canal+ Séries",))}

FOUND = [
    ("Canal+", "Canal + a gagné"),
    ("Canal+", "chez Canal\u00a0+, hier"),
    ("Canal+", "CANAL+"),
    ("Canal +", "Canal+"),
    ("Canal +", "Canal +."),
    ('"Canal +"', "sur Canal+ hier"),
    ('"Canal+ Séries"', "Canal + Séries"),
    ("=Canal+", "Canal +"),
    ("=Canal +", "Canal+"),
    ('="Canal +"', "Canal+"),
    ("@canal", "Canal + a gagné"),
    ("@series", "Canal + Séries"),
    ("title:Canal + sport", "Canal+ et le sport"),
    ("(Canal +)", "Canal+"),
    ("Canal+ NEAR/2 sport", "Canal + sport"),
    ("@canal NEAR/2 sport", "le sport : Canal +"),
    ("Ormeval+", "Ormeval + diffuse"),
    ("Ormeval", "Ormeval + Karlsen"),
    ("Karlsen", "Ormeval + Karlsen"),
    ("OTAN", "l’OTAN.Info en continu"),
    ("Hardware.Info", "selon hardware.info"),
    ("hardware.info", "selon Hardware.Info"),
    ("hardware.info", "selon HARDWARE.INFO"),
    ("vb.net", "en VB.Net"),
    ("@canal OR x", "Canal+"),
]

MISSED = [
    ("Canal+", "le canal"),
    ("Canal", "Canal+"),
    ("Canal+", "canal de 5 + 3"),
    ("=Canal+", "CANAL +"),
    ("C++", "C"),
    ("OTAN", "sur otan.info"),
    ("hardware.info", "une info sur le hardware"),
    ("Next.ink", "Next ink"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_it_is_found_in_each_way_it_is_typeset(query, text):
    article = analyse_article(text, text)
    assert holds(parse_query(query, ENTITIES), article)
    (match,) = Matcher([Topic("topic", query)], ENTITIES).match(article)
    assert match.hits


@pytest.mark.parametrize(("query", "text"), MISSED)
def test_what_is_another_name_is_not_found(query, text):
    article = analyse_article(text, text)
    assert not holds(parse_query(query, ENTITIES), article)
    assert not Matcher([Topic("topic", query)], ENTITIES).match(article)


def test_a_name_in_two_spellings_is_one_hit():
    (match,) = Matcher([Topic("topic", "Canal+")], {}).match(analyse_article("", "Canal+ et Canal +"))
    assert [hit.term for hit in match.hits] == ["Canal+"]


def test_most_words_have_one_spelling():
    for text in ("contrat", "C++", "Next.ink", "l’OTAN", "+", "a+b", "3.5", ".NET", "sous-traitant"):
        assert spellings_of(text) == [text]


@pytest.mark.parametrize("query", ["+", "a AND +", "+ +", "(+)", '"+"'])
def test_a_plus_alone_is_no_word(query):
    with pytest.raises(QueryError, match="no word"):
        parse_query(query, {})
