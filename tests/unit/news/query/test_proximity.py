"""Which words are near one another, where a term is looked for, and what is shown of it."""

from __future__ import annotations

from itertools import product

import pytest

from news.matches import Hit
from news.query import Matcher, explain, holds, make_snippet, parse_query, prepare
from news.text import analyse_article
from news.topics import Entity, Topic

ENTITIES = {
    "openai": Entity("openai", ("OpenAI", "Open AI", "Sam Altman")),
    "otan": Entity("otan", ("OTAN", "Alliance atlantique")),
    "orange": Entity("orange", ("=Orange", "Orange Business", "groupe Orange")),
}

HOLDS = [
    # the step from word to word counts: adjacent words are 1 apart
    ("a NEAR/1 b", "a b"),
    ("a NEAR/1 b", "b a"),
    ("a NEAR/2 b", "a x b"),
    ("a NEAR/8 b", "a 1 2 3 4 5 6 7 b"),
    ("a ONEAR/1 b", "a b"),
    ("a ONEAR/8 b", "a 1 2 3 4 5 6 7 b"),
    # from the nearest ends of phrases
    ('"a b c" NEAR/1 "d e f"', "a b c d e f"),
    ('"a b c" NEAR/1 "d e f"', "d e f a b c"),
    ('"a b c" NEAR/2 "d e f"', "d e f x a b c"),
    ("@openai NEAR/1 @otan", "Sam Altman, Alliance atlantique"),
    # the nearest of several occurrences
    ("a NEAR/1 b", "a x x x b a"),
    ("a ONEAR/2 b", "b a x b x x"),
    ("a ONEAR/1 b", "b a a b"),
    # alternatives
    ("(a OR b) NEAR/1 (c OR d)", "x b c x"),
    ('(a OR "b c") NEAR/1 d', "b c d"),
    ("(@openai OR Mistral) NEAR/3 (@otan OR armée)", "Mistral équipe les armées"),
    # inflected as everywhere else; names and phrases as written
    ("contrat NEAR/2 militaire", "les militaires, leurs contrats"),
    # elided words, punctuation, paragraphs have no position
    ("contrat NEAR/2 otan", "contrat d’ l’OTAN"),
    ("contrat NEAR/1 otan", "contrat : « l’OTAN »"),
    ("a NEAR/1 b", "a.\n\nB"),
    # a thing near to another of its kind
    ("a NEAR/2 a", "a x a"),
    ("otan NEAR/2 @otan", "l’OTAN, l’OTAN"),
    ("@orange NEAR/2 orange", "Orange et orange"),
    ("@orange NEAR/1 business", "Orange Business"),
]
DOES_NOT_HOLD = [
    ("a NEAR/1 b", "a x b"),
    ("a NEAR/7 b", "a 1 2 3 4 5 6 7 b"),
    ("a ONEAR/7 b", "a 1 2 3 4 5 6 7 b"),
    ("a ONEAR/8 b", "b a"),
    ('"a b" NEAR/1 "c d"', "a b x c d"),
    ('"a b" NEAR/1 "c d"', "a x b c d"),
    ("(a OR b) NEAR/1 (c OR d)", "a b x c d"),
    ('"contrat" NEAR/2 militaire', "les militaires, leurs contrats"),
    # one word does not serve both sides
    ("a NEAR/3 a", "a"),
    ("contrat NEAR/3 contrats", "un contrat"),
    ('"a b" NEAR/3 "b c"', "a b c"),
    ('"a b c" NEAR/3 b', "a b c"),
    ("@otan NEAR/3 atlantique", "Alliance atlantique"),
    ("otan ONEAR/1000 @otan", "l’OTAN"),
    ("a NEAR/3 b", "a"),
    ("a NEAR/3 b", ""),
]


@pytest.mark.parametrize(("query", "text"), HOLDS)
def test_it_is_near(query, text):
    assert holds(parse_query(query, ENTITIES), analyse_article("", text))


@pytest.mark.parametrize(("query", "text"), DOES_NOT_HOLD)
def test_it_is_not_near(query, text):
    assert not holds(parse_query(query, ENTITIES), analyse_article("", text))


def test_words_in_title_and_text_are_never_near_one_another():
    assert not holds(parse_query("a NEAR/1000 b", {}), analyse_article("a", "b"))
    assert holds(parse_query("a NEAR/1 b", {}), analyse_article("a b", ""))


@pytest.mark.parametrize(
    ("query", "in_title", "in_text"),
    [
        ("otan", True, True),
        ("title:otan", True, False),
        ("titre:otan", True, False),
        ("text:otan", False, True),
        ("texte:@otan", False, True),
        ('title:"l’OTAN"', True, False),
        ("title:=OTAN", True, False),
        ("title:ota*", True, False),
        ("text:ota*", False, True),
        ("title:(otan NEAR/2 contrat)", True, False),
        ("text:(otan ONEAR/2 contrat)", False, True),
        ("title:(rien OR otan)", True, False),
        ("contrat -title:otan", False, True),
        ("contrat -text:(otan OR rien)", True, False),
        ("title:(otan -rien)", True, False),
    ],
)
def test_a_field_is_where_a_term_is_looked_for(query, in_title, in_text):
    parsed = parse_query(query, ENTITIES)
    matcher = Matcher([Topic("topic", query)], ENTITIES)
    for article, there in ((analyse_article("l’OTAN, un contrat", ""), in_title), (analyse_article("", "l’OTAN, un contrat"), in_text)):
        assert holds(parsed, article) is there
        assert bool(matcher.match(article)) is there


@pytest.mark.parametrize(
    ("query", "text", "there"),
    [
        ("milit*", "les militaires", True),
        ("milit*", "une militante", True),
        ("MILIT*", "MILITAIRE", True),
        ("milit*", "démilitarisé", False),
        ("milit*", "mili", False),
        ("militaires*", "un militaire", False),
        ("elec*", "Élections", True),
        ("élec*", "elections", True),
        ("œuv*", "des oeuvres", True),
        ("oeuv*", "l’ŒUVRE", True),
        ("ota*", "de l’OTAN", True),
        ("aujourdh*", "aujourd’hui", True),
        ("openai*", "OpenAI", True),
        ("anti*", "anti-missile", True),
    ],
)
def test_a_word_is_found_by_its_beginning(query, text, there):
    article = analyse_article("", text)
    assert holds(parse_query(query, {}), article) is there
    assert bool(Matcher([Topic("topic", query)], {}).match(article)) is there


def test_an_article_meets_only_topics_whose_beginnings_it_holds():
    topics = [Topic(f"mot{number}*", f"mot{number}* AND le") for number in range(100, 1000)] + [Topic("motard*", "motard*")]
    candidates = Matcher(topics, {}).candidates(analyse_article("", "le mot123456 et le mot"))
    assert candidates == ["mot123*"]


def _hits(query, text, title=""):
    return explain(parse_query(query, ENTITIES), prepare(analyse_article(title, text)))


def test_a_hit_of_words_near_one_another_shows_both_in_one_passage():
    assert _hits("@openai NEAR/6 contrats", "Hier, OpenAI a signé un contrat avec l’OTAN.") == (
        Hit("@openai NEAR/6 contrats", "OpenAI … contrat", "text", "Hier, [OpenAI] a signé un [contrat] avec l’OTAN."),
    )


def test_a_hit_shows_the_nearest_of_several_and_only_what_makes_the_pair():
    (hit,) = _hits("a NEAR/2 b", "a x x x a b b x a")
    assert (hit.found, hit.passage) == ("a … b", "a x x x [a] [b] b x a")


def test_words_that_are_far_apart_are_shown_in_a_passage_each():
    (hit,) = _hits("otan NEAR/100 contrat", "début " + "mot " * 50 + "l’OTAN " + "mot " * 90 + "contrat " + "mot " * 50)
    assert hit.found == "OTAN … contrat"
    assert hit.passage.count("[") == 2
    assert "l’[OTAN] mot" in hit.passage
    assert "mot [contrat] mot" in hit.passage
    assert "… …" not in hit.passage
    assert len(hit.passage) < 220


def test_hits_name_their_terms_as_the_user_wrote_them():
    hits = _hits("titre:(contrats OR milit*) text:@otan", title="Un contrat pour les militaires", text="Avec l’Alliance atlantique")
    assert [(hit.term, hit.found, hit.field) for hit in hits] == [
        ("titre:contrats", "contrat", "title"),
        ("titre:milit*", "militaires", "title"),
        ("text:@otan", "Alliance atlantique", "text"),
    ]


def test_a_snippet_marks_every_word_of_words_near_one_another_and_no_lonely_ones():
    query = parse_query("contrat NEAR/2 otan -guerre", ENTITIES)
    text = "contrat seul, puis un contrat de l’OTAN et l’OTAN, contrats"
    assert make_snippet(query, prepare(analyse_article("", text))) == "contrat seul, puis un [contrat] de l’[OTAN] et l’[OTAN], [contrats]"


def test_a_snippet_marks_beginnings_and_keeps_to_the_field():
    article = analyse_article("Les militaires", "Des militants")
    assert make_snippet(parse_query("milit*", {}), prepare(article)) == "Des [militants]"
    assert make_snippet(parse_query("title:milit*", {}), prepare(article)) == "Les [militaires]"


def test_nearness_among_hundreds_of_thousands_of_places_takes_time_in_proportion():
    """Comparing each with each would be tens of billions of pairs."""
    words = " ".join(["a"] * 150_000 + ["x"] * 1000 + ["b"] * 150_000)
    article = analyse_article("", words)
    assert not holds(parse_query("a NEAR/1000 b", {}), article)
    assert holds(parse_query("(a OR x) NEAR/1 b", {}), article)


def test_nearness_of_many_alternatives_takes_time_in_proportion():
    letters = [f"{one}{two}" for one, two in product("abcdefghij", repeat=2)]
    group = " OR ".join(letters * 5)
    article = analyse_article("", " ".join(letters * 300))
    query = parse_query(f"({group}) ONEAR/1000 ({group} OR zzz)", {})
    assert holds(query, article)
    assert not holds(parse_query(f"({group}) NEAR/1000 zzz", {}), article)
    assert make_snippet(query, prepare(article)).count("[") > 10
