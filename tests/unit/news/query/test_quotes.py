"""Quotes of every kind make a phrase; one without its partner is an error; an apostrophe within a word is none."""

from __future__ import annotations

import pytest

from news.errors import QueryError
from news.query import Exact, Filter, Phrase, Word, holds, parse_query
from news.text import analyse_article

QUOTED = [
    '"{}"', "“{}”", "”{}”", "„{}“", "„{}”", "‟{}”", "« {} »", "«{}»", "»{}«", "‹ {} ›", "‹{}›", "›{}‹", "″{}″", "‶{}″", "＂{}＂",
    "〝{}〞", "〝{}〟", "❝{}❞", "'{}'", "‘{}’", "’{}’", "‚{}‘", "‛{}’",
    "`{}`", "´{}´", "`{}'", "′{}′", "❛{}❜", "＇{}＇", "''{}''", "``{}''", "‘ {} ’",
]  # fmt: skip


@pytest.mark.parametrize("quotes", QUOTED)
def test_words_in_any_quotes_are_a_phrase(quotes):
    (phrase, word) = parse_query(quotes.format("Karlsen IA") + " port", {}).root.operands
    assert isinstance(phrase, Phrase)
    assert phrase.tokens == ("karlsen", "ia")
    assert isinstance(word, Word)


@pytest.mark.parametrize("quotes", QUOTED)
def test_one_word_in_any_quotes_is_taken_as_written(quotes):
    assert parse_query(quotes.format("contrats"), {}).root == Phrase(quotes.format("contrats"), ("contrats",))


@pytest.mark.parametrize("quotes", QUOTED)
def test_any_quotes_stand_in_groups_after_fields_minus_and_equals(quotes):
    phrase = quotes.format("Karlsen IA")
    assert isinstance(parse_query(f"={phrase}", {}).root, Exact)
    assert parse_query(f"title:{phrase}", {}).root.tokens == ("karlsen", "ia")
    assert isinstance(parse_query(f"source:{phrase}", {}).root, Filter)
    assert parse_query(f"a (b OR {phrase}) -{phrase}", {})


@pytest.mark.parametrize("quotes", QUOTED)
def test_an_opening_quote_without_its_partner_is_an_error(quotes):
    opened = quotes.partition("{")[0].strip()
    with pytest.raises(QueryError, match="expected") as caught:
        parse_query(f"port {opened}Karlsen IA", {})
    assert caught.value.position == 5


@pytest.mark.parametrize("quotes", QUOTED)
def test_a_closing_quote_without_its_partner_is_an_error(quotes):
    closed = quotes.partition("}")[2].strip()
    with pytest.raises(QueryError, match="expected"):
        parse_query(f"Karlsen IA{closed} port", {})


@pytest.mark.parametrize("query", ["url:'example.org/a b'", "lang:‘fr’", 'lang:"fr"', "url:‹example.org›"])
def test_values_of_filters_stand_in_any_quotes(query):
    assert isinstance(parse_query(query, {}).root, Filter)


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("'l'accord de l'OTAN'", ("accord", "de", "otan")),
        ("‘l’accord d’Ormeval’", ("accord", "ormeval")),
        ("'aujourd'hui, l'IA'", ("aujourdhui", "ia")),
        ("‘Karlsen's IA’", ("karlsen", "s", "ia")),
        ("“l’OTAN d'hier”", ("otan", "hier")),
    ],
)
def test_an_apostrophe_within_a_word_does_not_close_a_single_quote(query, tokens):
    assert parse_query(query, {}).root.tokens == tokens


@pytest.mark.parametrize(
    "query",
    ["l'OTAN", "l’accord d’Ormeval", "aujourd'hui", "Karlsen's IA", "O’Reilly", "rock'n'roll", "l'accord d'Ormeval l'IA", "qu`OTAN"],
)
def test_apostrophes_within_words_are_no_quotes(query):
    assert all(holds(parse_query(part, {}), analyse_article("", query)) for part in [query, f'"{query}"'])


@pytest.mark.parametrize(("query", "position"), [("l'", 0), ("l'« IA »", 0), ("Karlsen' IA", 7), ("27″", 2), ("=Karlsen'", 8)])
def test_what_is_left_alone_is_shown_where_it_stands(query, position):
    with pytest.raises(QueryError, match="expected") as caught:
        parse_query(query, {})
    assert caught.value.position == position
