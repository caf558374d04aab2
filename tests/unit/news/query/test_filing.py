"""Which topics an article has to be compared with: few, and never too few."""

from __future__ import annotations

from news.query import Matcher, parse_query, prepare
from news.query.filing import Filing
from news.query.wanted import Form, Wanted, pairs_of, required_words, wanted_terms, word_cost, words_of
from news.text import analyse_article
from news.topics import Entity, Topic

ENTITIES = {"ia": Entity("ia", ("intelligence artificielle", "OpenAI", "=Open AI"))}


def _candidates(query, text, title=""):
    return Matcher([Topic("topic", query)], ENTITIES).candidates(analyse_article(title, text)) == ["topic"]


def test_words_in_a_row_are_met_only_where_they_stand_side_by_side():
    assert _candidates('"contrat militaire"', "un contrat militaire")
    assert not _candidates('"contrat militaire"', "un contrat, puis un militaire")
    assert not _candidates('"contrat militaire"', "militaire contrat")
    assert not _candidates('"contrat militaire"', "militaire", title="contrat")
    assert _candidates('"contrat militaire"', "", title="un contrat militaire")
    assert _candidates('="Contrat militaire"', "Contrat militaire")


def test_so_are_the_names_of_entities_and_what_must_be_near():
    assert _candidates("@ia contrat", "un contrat d'intelligence artificielle")
    assert not _candidates("@ia contrat", "un contrat artificielle d'intelligence")
    assert _candidates("@ia contrat", "un contrat d'OpenAI")
    assert not _candidates("@ia NEAR/5 contrat", "un open contrat, AI")
    assert _candidates("@ia NEAR/5 contrat", "un contrat avec Open AI")


def test_beginnings_are_met_whatever_follows_them():
    assert _candidates("milit* AND contrat", "contrats militaires")
    assert _candidates("milit*", "milit")
    assert not _candidates("milit*", "mili")


def test_each_branch_of_a_choice_is_met_on_its_own():
    assert _candidates("(a1 b1) OR (c1 d1)", "c1 d1")
    assert not _candidates("(a1 b1) OR (c1 d1)", "a1 d1")


def test_a_topic_without_words_is_met_by_every_article():
    assert _candidates("source:numerama", "")
    assert _candidates("contrat OR source:numerama", "")


def test_a_great_choice_of_great_choices_is_filed_under_one_word():
    left, right = (" OR ".join(f"{side}{number}" for number in range(30)) for side in "xy")
    assert _candidates(f"({left}) AND ({right})", "x7 y8")
    assert not _candidates(f"({left}) AND ({right})", "z7 z8")


def test_a_full_memory_of_words_begins_anew(monkeypatch):
    monkeypatch.setattr("news.query.filing._REMEMBERED_TOKENS", 2)
    filing = Filing([(0, [frozenset({Wanted(Form.PREFIX, "milit")})]), (1, [frozenset({Wanted(Form.TOKEN, "otan")})])])
    article = prepare(analyse_article("", f"un deux trois militaires OTAN quatre {'x' * 50}"))
    assert filing.candidates(article) == filing.candidates(article) == {0, 1}


def test_a_phrase_wants_words_of_an_index_and_pairs_of_an_article():
    phrase = parse_query('"contrat militaire secret"', {}).root
    assert words_of(phrase) == [Wanted(Form.TOKEN, word) for word in ("contrat", "militaire", "secret")]
    assert pairs_of(phrase) == [Wanted(Form.PAIR, pair) for pair in ("contrat militaire", "militaire secret")]
    assert wanted_terms(phrase) == {Wanted(Form.TOKEN, "militaire")}
    assert required_words(phrase, word_cost, pairs_of)[0] <= set(pairs_of(phrase))


def test_two_words_side_by_side_are_rarer_than_either():
    pair = word_cost(Wanted(Form.PAIR, "contrat militaire"))
    assert pair < min(word_cost(Wanted(Form.TOKEN, word)) for word in ("contrat", "militaire"))


def test_a_very_long_word_is_met_too():
    assert _candidates("x" * 50, f"un {'x' * 50}")
    assert _candidates("xxxx*", "x" * 5000)
