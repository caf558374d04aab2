"""A bare word with a dash or slash is words side by side, of which the first and the last may have another form."""

from __future__ import annotations

import pytest

from news.query import Matcher, holds, parse_query
from news.text import analyse_article
from news.topics import Topic

FOUND = [
    ("sous-traitant", "les sous-traitants"),
    ("sous-traitant", "les sous‑traitantes"),
    ("sous-traitant", "les SOUS‐TRAITANTS"),
    ("sous-traitant", "les sous–traitants"),
    ("sous-traitant", "les sous-trai\u00adtants"),
    ("sous-traitant", "les sous- traitants"),
    ("sous-traitant", "les sous traitants"),
    ("sous\u2011traitant", "les sous-traitants"),
    ("sous\u2010traitant", "les sous-traitants"),
    ("sous-trai\u00adtant", "les sous-traitants"),
    ("vice-président", "la vice-présidente"),
    ("vice-présidentes", "un vice-président"),
    ("start-up", "des start-ups"),
    ("ex-ministre", "les ex-ministres"),
    ("porte-avion", "des porte-avions"),
    ("franco-allemand", "les relations franco-allemandes"),
    ("chef-d'œuvre", "des chefs-d’œuvre"),
    ("arc-en-ciel", "des arcs-en-ciel"),
    ("bouche-à-oreille", "les bouches-à-oreilles"),
    ("grand-mère", "deux grands-mères"),
    ("directeur/directrice", "directrices / directeurs"),
    ("title:sous-traitant", "sous-traitants"),
    ("(sous-traitant OR fournisseur) NEAR/3 contrat", "les contrats des sous-traitants"),
    ("contrat ONEAR/3 sous-traitant", "les contrats des sous-traitants"),
    ("-sous-traitant contrat", "le contrat"),
    ("sous-traitant", "sous les sous-traitants, sous un traitant"),
]

MISSED = [
    ('"sous-traitant"', "les sous-traitants"),
    ("=sous-traitant", "les sous-traitants"),
    ("traitant-sous", "un sous-traitant"),
    ("sous-traitant", "sous le nom d’un traitant"),
    ("sous-traitant", "sous"),
    ("sous-traitant", "traitants"),
    ("peut-être", "peut-on être"),
    ("bouche-à-oreille", "bouche et oreille"),
    ("villes-ponts-routes", "ville pont route"),
    ("GPT-4", "GPT-4o"),
    ("text:sous-traitant", ""),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_it_is_found_in_its_forms(query, text):
    article = analyse_article(text, text)
    assert holds(parse_query(query, {}), article)
    assert Matcher([Topic("topic", query)], {}).match(article)


@pytest.mark.parametrize(("query", "text"), MISSED)
def test_it_is_not_found_in_what_is_no_form_of_it(query, text):
    article = analyse_article("sous-traitants" if query.startswith("text:") else "", text)
    assert not holds(parse_query(query, {}), article)
    assert not Matcher([Topic("topic", query)], {}).match(article)


def test_the_hit_shows_the_whole_word_as_it_stands():
    (match,) = Matcher([Topic("topic", "vice-président")], {}).match(analyse_article("", "Hier, la vice-présidente a dit non."))
    (hit,) = match.hits
    assert (hit.term, hit.found) == ("vice-président", "vice-présidente")
    assert "[vice-présidente]" in hit.passage
