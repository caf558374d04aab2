"""Which topics an article matches, why, and how that is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from news.errors import QueryError
from news.matches import Hit, TopicMatch
from news.query import Matcher, check_topics, explain, holds, parse_query, prepare
from news.query.passages import make_passage, make_snippet
from news.text import analyse_article
from news.topics import Entity, Topic

SEEDS = Path(__file__).parents[5] / "shared" / "seeds"

ENTITIES = {
    "openai": Entity("openai", ("OpenAI", "Open AI", "ChatGPT", "Sam Altman")),
    "otan": Entity("otan", ("OTAN", "NATO", "Organisation du traité de l'Atlantique Nord", "Alliance atlantique")),
    "orange": Entity("orange", ("=Orange", "Orange Business", "groupe Orange")),
    "pentagone": Entity(
        "pentagone",
        ("Pentagone", "département de la Défense", "département américain de la Défense", "département américain de la Guerre"),
    ),
}


def _holds(query, text, title=""):
    return holds(parse_query(query, ENTITIES), analyse_article(title, text))


def _hits(query, text, title=""):
    return explain(parse_query(query, ENTITIES), prepare(analyse_article(title, text)))


HOLDS = [
    ("contrat", "Deux contrats signés"),
    ("contrats", "un CONTRAT"),
    ("contrat militaire", "Les militaires ont leur contrat"),
    ('"contrat militaire"', "un contrat militaire"),
    ('"contrat militaire"', "un contrat, militaire"),
    ('"contrat de OTAN"', "le contrat de l’OTAN"),
    ("OTAN", "sur les réseaux de l’OTAN"),
    ("otan", "l'otan–openai"),
    ("GPT-5", "avec GPT 5"),
    ("GPT-5", "avec GPT‑5"),
    ("@otan", "l’Organisation du Traité de l’Atlantique nord"),
    ("@otan", "l'organisation du traite de l’atlantique nord"),
    ("@orange", "Orange annonce"),
    ("@orange", "le GROUPE ORANGE"),
    ("=Orange", "d'Orange"),
    ('="Free Mobile"', "chez Free Mobile"),
    ("=Noël", "à Noe\u0308l"),
    ("a -b", "a c"),
    ("a (b OR c)", "c a"),
    ("a -(b c)", "a b"),
    ("a -(b -c)", "a b c"),
    ("réseaux nationaux", "un réseau national"),
    ("publié", "elles sont publiees"),
    ("C++", "en C++."),
]
DOES_NOT_HOLD = [
    ("OTAN", "les votants"),
    ('"contrat militaire"', "un contrat avec un militaire"),
    ('"contrat militaire"', "des contrats militaires"),
    ('"militaire contrat"', "un contrat militaire"),
    ("OpenAI", "open source"),
    ("Meta", "il met"),
    ("C", "en C++"),
    ("ink", "sur Next.ink"),
    ("@orange", "une orange"),
    ("=Orange", "ORANGE"),
    ("=Orange", "oranges"),
    ('="Free Mobile"', "Free mobile"),
    ("=été", "ete"),
    ("=oeuvre", "œuvre"),
    ("a -b", "a b"),
    ("a b", "a"),
    ("a OR b", "c"),
    ("a -(b -c)", "a b"),
    ("a", ""),
]


@pytest.mark.parametrize(("query", "text"), HOLDS)
def test_a_query_holds(query, text):
    assert _holds(query, text)


@pytest.mark.parametrize(("query", "text"), DOES_NOT_HOLD)
def test_a_query_does_not_hold(query, text):
    assert not _holds(query, text)


def test_words_may_be_spread_over_title_and_text_but_a_phrase_may_not():
    assert _holds("contrat militaire", text="militaire", title="contrat")
    assert not _holds('"contrat militaire"', text="militaire", title="contrat")
    assert not _holds("contrat -militaire", text="militaire", title="contrat")


def test_a_hit_names_the_term_what_was_found_and_the_passage_around_it():
    assert _hits("@otan", "OpenAI lorgne sur les réseaux de l’OTAN .") == (
        Hit("@otan", "OTAN", "text", "OpenAI lorgne sur les réseaux de l’[OTAN] ."),
    )


def test_the_title_is_preferred_and_each_term_gives_one_hit():
    hits = _hits('contrat @otan "deux mots"', text="l'OTAN, des contrats, deux mots, l'OTAN", title="Deux contrats")
    assert [(hit.term, hit.found, hit.field) for hit in hits] == [
        ("contrat", "contrats", "title"),
        ("@otan", "OTAN", "text"),
        ('"deux mots"', "deux mots", "text"),
    ]


def test_only_what_made_the_query_hold_is_a_hit():
    assert [hit.term for hit in _hits("(a b) OR c OR -d e", "a c e")] == ["c", "e"]


def test_a_repeated_term_gives_one_hit_and_there_are_at_most_ten():
    assert len(_hits("a a OR a", "a")) == 1
    assert len(_hits(" ".join(f"w{number}" for number in range(30)), " ".join(f"w{number}" for number in range(30)))) == 10


def test_what_was_found_is_the_original_text():
    (hit,) = _hits('"intelligence artificielle"', "L’INTELLIGENCE\u00a0ARTIFICIELLE !")
    assert (hit.found, hit.passage) == ("INTELLIGENCE\u00a0ARTIFICIELLE", "L’[INTELLIGENCE ARTIFICIELLE] !")


def test_a_query_that_does_not_hold_has_no_hits():
    assert _hits("a b", "a") is None


def test_a_passage_is_cut_between_words_and_marked_where_it_was_cut():
    text = "mot " * 100 + "l’OTAN\n\n" + "mot " * 100
    place = text.index("OTAN")
    assert make_passage(text, [(place, place + 4)], (place, place + 4), 30) == "… mot mot l’[OTAN] mot mot mot …"


def test_a_passage_of_one_endless_word_is_cut_all_the_same():
    passage = make_passage("x" * 1000 + " OTAN " + "y" * 1000, [(1001, 1005)], (1001, 1005), 100)
    assert "[OTAN]" in passage
    assert len(passage) <= 110


def test_finds_that_overlap_are_marked_once():
    assert make_passage("deux mots ici", [(0, 9), (5, 9), (10, 13)], (0, 9), 100) == "[deux mots] [ici]"


def test_a_snippet_marks_all_finds_of_the_passage_with_the_most_different_ones():
    text = "contrat " + "mot " * 100 + "un contrat de l’OTAN, contrats " + "mot " * 100
    snippet = make_snippet(parse_query("contrat @otan -guerre", ENTITIES), prepare(analyse_article("Titre", text)))
    assert "un [contrat] de l’[OTAN], [contrats] mot" in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) <= 260


def test_a_snippet_shows_the_title_if_only_that_holds_a_find():
    assert make_snippet(parse_query("otan", {}), prepare(analyse_article("L’OTAN", "autre chose"))) == "L’[OTAN]"


def test_a_snippet_without_a_find_is_the_beginning_of_the_text():
    assert make_snippet(parse_query("otan", {}), prepare(analyse_article("Titre", "mot " * 100)), width=12) == "mot mot mot …"
    assert make_snippet(parse_query("otan", {}), prepare(analyse_article("Titre", ""))) == "Titre"


def test_a_matcher_gives_all_topics_that_match_in_their_order():
    topics = [Topic("guerre", "guerre"), Topic("contrats", "contrat"), Topic("OTAN", "@otan contrat"), Topic("sans", "contrat -otan")]
    matches = Matcher(topics, ENTITIES).match(analyse_article("Un contrat", "pour l’OTAN"))
    assert [match.topic for match in matches] == ["contrats", "OTAN"]
    assert matches[0] == TopicMatch("contrats", (Hit("contrat", "contrat", "title", "Un [contrat]"),))


@pytest.mark.parametrize(
    "spellings",
    [
        ["OTAN", "otan", '"OTAN"', '"otan"', "Otan"],
        ["contrat", "contrats", "Contrats"],
        ['"Contrat de OTAN"', '"contrat de otan"'],
        ["title:OTAN", "title:otan"],
        ["contr*", "CONTR*"],
        ["OTAN NEAR/3 contrat", "otan NEAR/3 contrat"],
    ],
    ids="/".join,
)
def test_topics_that_differ_only_in_spelling_each_show_their_own_in_their_hits(spellings):
    article = analyse_article("Un contrat de OTAN", "les contrats")
    for order in (spellings, spellings[::-1]):
        matches = Matcher([Topic(f"topic {spelling}", spelling) for spelling in order], ENTITIES).match(article)
        assert [(match.topic, [hit.term for hit in match.hits]) for match in matches] == [
            (f"topic {spelling}", [spelling]) for spelling in order
        ]


def test_topics_that_differ_only_in_the_spelling_of_a_part_each_show_their_own_in_their_hits():
    topics = [Topic("one", "OTAN contrat"), Topic("two", "otan (Contrats OR guerre)"), Topic("three", '-guerre "OTAN" CONTRAT')]
    matches = Matcher(topics, ENTITIES).match(analyse_article("Un contrat", "pour l’OTAN"))
    assert [[hit.term for hit in match.hits] for match in matches] == [["OTAN", "contrat"], ["otan", "Contrats"], ['"OTAN"', "CONTRAT"]]


def test_a_matcher_without_topics_matches_nothing():
    assert Matcher([], {}).match(analyse_article("a", "b")) == []


def test_a_matcher_refuses_a_faulty_query():
    with pytest.raises(QueryError):
        Matcher([Topic("good", "a"), Topic("bad", "a AND")], {})


def test_an_article_meets_only_topics_whose_words_it_holds():
    topics = [Topic(f"topic {number}", f"mot{number} AND contrat") for number in range(1000)]
    matcher = Matcher(topics, {})
    assert matcher.candidates(analyse_article("", "le contrat du mot7 et du mot9")) == ["topic 7", "topic 9"]


def test_all_faulty_topics_and_entity_names_are_told_at_once():
    topics = [Topic("one", "a AND"), Topic("two", "b"), Topic("three", "@nobody")]
    faults = check_topics(topics, {"odd": Entity("odd", ("…",))})
    assert [name for name, _ in faults] == ["one", "three", "@odd"]
    assert check_topics([Topic("two", "b")], ENTITIES) == []


@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ("@openai AND @otan", {"000", "001"}),
        ("@openai AND @pentagone", {"000", "001", "002", "004"}),
        ("OpenAI @pentagone", {"000", "001", "004"}),
    ],
)
def test_the_five_real_articles_match_as_people_judged_them(query, matching):
    if not SEEDS.exists():
        pytest.skip("the shared articles are not here")
    matcher = Matcher([Topic("topic", query)], ENTITIES)
    articles = {path.name[:3]: analyse_article("", path.read_text(encoding="utf-8")) for path in SEEDS.glob("*.txt")}
    assert len(articles) == 5
    assert {name for name, article in articles.items() if matcher.match(article)} == matching
