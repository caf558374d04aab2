"""What is said about a query that means nothing, and how large a query may be."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.errors import QueryError
from news.query import (
    GREATEST_DEPTH,
    GREATEST_LENGTH,
    GREATEST_SIZE,
    MomentParser,
    parse_query,
)
from news.topics import Entity
from quivive.typed_times import parse_since, parse_until

ENTITIES = {
    "otan": Entity("otan", ("OTAN", "Alliance atlantique")),
    "openai": Entity("openai", ("OpenAI", "Open AI")),
    "orange": Entity("orange", ("=Orange", "Orange Business")),
}


NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
MOMENTS = MomentParser(partial(parse_since, now=NOON, timezone=PARIS), partial(parse_until, now=NOON, timezone=PARIS))


ERRORS = [
    ("", 0, "the query is empty"),
    ("   ", 3, "the query is empty"),
    ("l'", 0, "there is no word in l'"),
    ("otan l’ AND b", 5, "there is no word in l’"),
    ("«", 0, "this quote is not closed; expected »"),
    ("a »", 2, "this quote closes nothing"),
    ("« »", 0, "there is no word in « »"),
    ('a ""', 2, 'there is no word in ""'),
    ('a "b', 2, 'this quote is not closed; expected "'),
    ("a …", 2, "there is no word in …"),
    ("a & b", 2, "there is no word in &"),
    ("a ?", 2, "there is no word in ?"),
    ("a AND", 5, "the query ends here; expected a word"),
    ("AND a", 0, "AND cannot stand here; expected a word"),
    ("a AND OR b", 6, "OR cannot stand here"),
    ("a OU OU b", 5, "OU cannot stand here"),
    ("a NOT", 5, "the query ends here"),
    ("(a", 0, "this parenthesis is not closed"),
    ("a (b OR (c)", 2, "this parenthesis is not closed"),
    ("a)", 1, "this parenthesis closes nothing"),
    ("()", 1, ") cannot stand here; expected a word"),
    ("a ()", 3, ") cannot stand here"),
    ("-a", 0, "this query only says what must be absent"),
    ("NOT a AND NOT b", 0, "this query only says what must be absent"),
    ("-(a OR b)", 0, "this query only says what must be absent"),
    ("a OR -b", 5, "this branch of OR only says what must be absent"),
    ("-a OR b", 0, "this branch of OR only says what must be absent"),
    ("a OR (b AND (c OR NOT d))", 18, "this branch of OR only says what must be absent"),
    ("a -(b OR -c)", 9, "this branch of OR only says what must be absent"),
    ("a OR (-b -c)", 5, "this branch of OR only says what must be absent"),
    ("- a", 0, "expected, directly after the minus"),
    ("a -", 2, "expected, directly after the minus"),
    ("(a -)", 3, "expected, directly after the minus"),
    ("a –b", 2, "a dash cannot begin a word"),
    ("=", 0, 'expected a word or words in quotes directly after "="'),
    ("= Orange", 0, 'expected a word or words in quotes directly after "="'),
    ("=(a)", 0, 'expected a word or words in quotes directly after "="'),
    ("=@otan", 0, 'expected a word or words in quotes directly after "="'),
    ("=l'", 0, "there is no word in =l'"),
    ('="', 1, "this quote is not closed"),
    ("a=b", 1, '"=" is no part of a word'),
    ("a|b", 1, '"|" is no part of a word'),
    ("!a", 0, '"!" is no part of a word'),
    ("a^2", 1, '"^" is no part of a word'),
    ("[a TO b]", 0, '"[" is no part of a word'),
    ("@", 0, 'expected the key of an entity directly after "@"'),
    ("a @ b", 2, 'expected the key of an entity directly after "@"'),
    ("a @otn", 2, "there is no entity otn; expected @otan"),
    ("@OTAN", 0, "there is no entity OTAN; expected @otan"),
    ("@zzz", 0, "there is no entity zzz; expected an entity of the configuration, such as @openai, @orange, @otan"),
    ("foo:bar", 0, "there is no field foo:"),
    ("https://example.org", 0, "there is no field https:"),
    # near one another
    ("a NEAR b", 2, "NEAR needs to know how near; expected a number of words from 1 to 1000"),
    ("a ONEAR b", 2, "ONEAR needs to know how near"),
    ("a NEAR/ b", 7, "NEAR needs to know how near"),
    ("a NEAR/x b", 7, "NEAR needs to know how near"),
    ("a NEAR/-1 b", 7, "NEAR needs to know how near"),
    ("a NEAR/0 b", 7, "NEAR needs to know how near"),
    ("a NEAR/1001 b", 7, "NEAR needs to know how near"),
    ("a NEAR/99999999999 b", 7, "NEAR needs to know how near"),
    ("a NEAR/3.5 b", 7, "NEAR needs to know how near"),
    ("a NEAR /3 b", 2, "NEAR needs to know how near"),
    ("NEAR", 0, "NEAR needs to know how near"),
    ("NEAR/3 a", 0, "NEAR/3 cannot stand here; expected a word"),
    ("a NEAR/3", 8, "the query ends here; expected a word"),
    ("a NEAR/3 AND b", 9, "AND cannot stand here"),
    ("a AND NEAR/3 b", 6, "NEAR/3 cannot stand here"),
    ("(a NEAR/3) b", 9, ") cannot stand here"),
    ("a NEAR/3 b NEAR/3 c", 11, "NEAR/3 and NEAR/3 are a chain; expected pairs joined by AND"),
    ("a NEAR/3 b ONEAR/4 c", 11, "NEAR/3 and ONEAR/4 are a chain"),
    ("(a NEAR/3 b) NEAR/4 c", 3, "NEAR/3 cannot stand within NEAR/4; expected a word, a phrase in quotes, @entity"),
    ("a NEAR/3 (b OR c NEAR/4 d)", 17, "NEAR/4 cannot stand within NEAR/3"),
    ("NOT a NEAR/3 b", 0, "NOT cannot stand within NEAR/3; expected the exclusion before the pair: -(a NEAR/3 b)"),
    ("a -b NEAR/3 c", 2, "- cannot stand within NEAR/3"),
    ("a NEAR/3 -b", 9, "- cannot stand within NEAR/3"),
    ("a NEAR/3 (b OR NOT NOT c)", 15, "NOT cannot stand within NEAR/3"),
    ("a NEAR/3 (b c)", 12, "words side by side (AND) cannot stand within NEAR/3; expected OR before c"),
    ("a NEAR/3 (b AND c)", 12, "AND cannot stand within NEAR/3"),
    ("(a OR (b) c) ONEAR/3 d", 10, "words side by side (AND) cannot stand within ONEAR/3"),
    ("milit* NEAR/3 b", 0, "milit* cannot stand within NEAR/3; expected a word"),
    ("a NEAR/3 =Orange", 9, "=Orange cannot stand within NEAR/3; expected a word, a phrase in quotes, or an @entity that has the name"),
    ("title:a NEAR/3 b", 0, "title: cannot stand within NEAR/3; expected the field before the pair: title:(a NEAR/3 b)"),
    ("a NEAR/3 title:b", 9, "title: cannot stand within NEAR/3"),
    ("a NEAR/3 source:b", 9, "source: cannot stand within NEAR/3"),
    ("a NEAR/3 since:7d", 9, "since: cannot stand within NEAR/3"),
    ("a NEAR/3 l'", 9, "there is no word in l'"),
    # the beginning of a word
    ("mi*", 0, "mi* would find too many words; expected at least 3 letters before *"),
    ("é*", 0, "é* would find too many words"),
    ("l’ab*", 0, "l’ab* would find too many words"),
    ("c++*", 0, "c++* would find too many words"),
    ("*", 0, "* cannot stand here; expected it once, at the end of a bare word"),
    ("a *", 2, "* cannot stand here"),
    ("*milit", 0, "* cannot stand here"),
    ("mi*lit", 2, "* cannot stand here"),
    ("milit**", 5, "* cannot stand here"),
    ("=milit*", 6, "* cannot stand here"),
    ('"a b"*', 5, "* cannot stand here"),
    ("GPT-5*", 0, "there is more than one word in GPT-5*; expected the beginning of one word before *"),
    ("…*", 0, "there is no word in …*"),
    ("@otan*", 0, "there is no entity otan*; expected @otan"),
    # in a field
    ("title:", 0, "expected, directly after title:, what is to be found there, such as title:otan"),
    ("title: otan", 0, "expected, directly after title:"),
    ("(title:)", 1, "expected, directly after title:"),
    ("title:()", 7, ") cannot stand here"),
    ("title:-a", 6, "expected the exclusion before the field: -title:"),
    ("title:NOT a", 6, "expected the exclusion before the field: -title:"),
    ("title:AND", 6, "AND cannot stand here"),
    ("title:(a text:b)", 9, "text: stands within title:; expected words, and fields side by side"),
    ("title:text:a", 6, "text: stands within title:"),
    ("title:(source:a)", 7, "source: stands within title:"),
    ("title:(a", 6, "this parenthesis is not closed"),
    ("titel:a", 0, "there is no field titel: in the query language; expected one of title, text, source,"),
    ("tittre:l'", 0, "there is no field tittre:"),
    ("title:l'", 6, "there is no word in l'"),
    ("-title:a", 0, "this query only says what must be absent"),
    # filters
    ("source:@otan", 7, "@otan cannot stand after source:; expected a value as it is, or in quotes"),
    ("source:=Orange", 7, "=Orange cannot stand after source:"),
    ("source:numer*", 7, "numer* cannot stand after source:"),
    ("source:(a NEAR/3 b)", 10, "NEAR/3 cannot be asked of source:"),
    ("source:…", 7, "there is no word in …"),
    ("author:", 0, 'expected, directly after author:, what is to be found there, such as author:"Marie Dupont"'),
    ("lang:français", 5, "français is no code of a language; expected one of two or three letters"),
    ("lang:f", 5, "f is no code of a language"),
    ("url:*.pdf", 4, "*.pdf is no part of an address; expected one without *"),
    ('url:" "', 4, '" " is no part of an address'),
    ("-source:numerama", 0, "this query only says what must be absent"),
    ("a OR -lang:fr", 5, "this branch of OR only says what must be absent"),
    # time
    ("since:yesterday", 6, "yesterday is no moment; expected a date (2026-03-01), a date with time"),
    ("since:2026-02-30", 6, "2026-02-30 is no moment"),
    ("since:99999999999999999d", 6, "99999999999999999d is no moment"),
    ("since:", 0, "expected, directly after since:, what is to be found there, such as since:7d"),
    ("since:=7d", 6, "=7d is no moment"),
]


@pytest.mark.parametrize(("query", "position", "message"), ERRORS)
def test_an_invalid_query_shows_where_and_what_was_expected(query, position, message):
    with pytest.raises(QueryError) as caught:
        parse_query(query, ENTITIES, moments=MOMENTS)
    assert (caught.value.position, caught.value.message[: len(message)]) == (position, message)
    assert "expected" in caught.value.message
    assert str(caught.value).splitlines()[-1] == "  " + " " * position + "^"


def test_an_error_in_a_long_query_shows_the_part_around_it_and_one_of_several_lines_shows_one_line():
    with pytest.raises(QueryError) as caught:
        parse_query("début OR\n" * 100 + "a AND )" + "\n OR fin" * 100, {})
    _, shown, mark = str(caught.value).splitlines()
    assert shown[mark.index("^")] == ")"
    assert shown.startswith("  …")
    assert shown.endswith("…")
    assert len(shown) < 130


@pytest.mark.parametrize(("query", "position"), [("a since:7d", 2), ("until:2026-03-01", 0), ("a -(b since:7d)", 6)])
def test_a_topic_cannot_ask_for_a_time(query, position):
    with pytest.raises(QueryError, match="a topic judges articles as they come; expected it only in a search") as caught:
        parse_query(query, ENTITIES)
    assert caught.value.position in {position, position + len("since:")}


def test_parentheses_may_be_nested_to_a_depth_and_no_deeper():
    def nested(depth):
        return "(b OR c " * depth + "a" + ")" * depth

    assert parse_query(nested(GREATEST_DEPTH), {}).root
    with pytest.raises(QueryError, match="nested too deeply") as caught:
        parse_query(nested(GREATEST_DEPTH + 1), {})
    assert caught.value.position == len("(b OR c ") * GREATEST_DEPTH


def test_a_query_may_be_long_and_no_longer():
    assert parse_query("a" * GREATEST_LENGTH, {}).root
    with pytest.raises(QueryError, match="10,001 characters"):
        parse_query("a" * (GREATEST_LENGTH + 1), {})


PIECES = ["(", ")", "NOT ", "-", "a OR ", "((a) OR ", '"', "=", "@", "a -(", "a NEAR/3 ", "(a NEAR/3 ", "title:(", "title:", "*", "NEAR/3 "]


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_query_is_refused(piece):
    query = (piece * GREATEST_LENGTH)[:GREATEST_LENGTH]
    with pytest.raises(QueryError):
        parse_query(query, {})


def test_a_hundred_thousand_characters_are_refused_with_a_reason():
    with pytest.raises(QueryError, match="this query has 100,000 characters; expected at most 10,000"):
        parse_query("milit* OR " * 10_000, {})


def test_a_short_query_that_stands_for_very_much_is_refused():
    large = {"big": Entity("big", tuple(f"nom{number}" for number in range(1000)))}
    assert parse_query(" OR ".join(["@big"] * (GREATEST_SIZE // 1000)), large).root
    with pytest.raises(QueryError, match="asks for too much; expected at most 5,000 words, those of @entities included"):
        parse_query(" OR ".join(["@big"] * (GREATEST_SIZE // 1000 + 1)), large)


FUZZ = [
    "a",
    "l'",
    '"',
    "(",
    ")",
    " ",
    "-",
    "NOT ",
    " OR ",
    " AND ",
    "=",
    "@otan",
    "«",
    "»",
    "*",
    "é",
    "title:",
    "titre:(",
    "source:",
    "url:",
    "lang:fr",
    "since:",
    "until:2026-03-01",
    " NEAR/3 ",
    " ONEAR/2 ",
    "NEAR",
    "/",
    "milit*",
    "7d",
    "9999-12-31",
    ":",
    "\x00",
    "\ud800",
    "\u00ad",
]


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(FUZZ), max_size=25).map("".join) | st.text(max_size=60))
def test_any_text_is_a_query_or_a_query_error_that_says_what_was_expected(text):
    for moments in (MOMENTS, None):
        try:
            position, message = len(parse_query(text, ENTITIES, moments=moments).text), "expected"
        except QueryError as error:
            position, message = error.position, error.message
        assert 0 <= position <= len(text)
        assert "expected" in message


@pytest.mark.parametrize("query", ["until:9999-12-31", "since:0001-01-01"])
def test_the_edges_of_the_calendar_are_moments(query):
    assert parse_query(query, {}, moments=MOMENTS).root.moment.tzinfo is not None
