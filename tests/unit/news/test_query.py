"""What a query means, and what is said about a query that means nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import QueryError
from news.query import GREATEST_DEPTH, GREATEST_LENGTH, And, EntityTerm, Exact, Not, Or, Phrase, Word, check_entities, parse_query
from news.topics import Entity

ENTITIES = {
    "otan": Entity("otan", ("OTAN", "Alliance atlantique")),
    "openai": Entity("openai", ("OpenAI", "Open AI")),
    "orange": Entity("orange", ("=Orange", "Orange Business")),
}


def _show(node):  # noqa: PLR0911 (a return for each kind of node)
    """The tree in one line: words bare, phrases in quotes, exact letters after =."""
    match node:
        case Word(_, stem):
            return stem
        case Phrase(_, tokens):
            return f'"{" ".join(tokens)}"'
        case Exact(_, _, letters):
            return f'="{" ".join(letters)}"'
        case EntityTerm(name, _):
            return name
        case And(operands):
            return "(" + " & ".join(map(_show, operands)) + ")"
        case Or(operands):
            return "(" + " | ".join(map(_show, operands)) + ")"
        case Not(operand):
            return "-" + _show(operand)


MEANINGS = [
    ("contrats", "contrat"),
    ("contrat militaire", "(contrat & militaire)"),
    ("a AND b", "(a & b)"),
    ("a ET b", "(a & b)"),
    ("a OR b", "(a | b)"),
    ("a OU b OR c", "(a | b | c)"),
    ("a AND NOT b", "(a & -b)"),
    ("a SAUF b", "(a & -b)"),
    ("a -b", "(a & -b)"),
    ("a −b", "(a & -b)"),
    ("-b a", "(-b & a)"),
    ("a b OR c d", "((a & b) | (c & d))"),
    ("a (b OR c) d", "(a & (b | c) & d)"),
    ("a OR b c", "(a | (b & c))"),
    ("NOT a b", "(-a & b)"),
    ("a AND (b AND (c d))", "(a & b & c & d)"),
    ("a OR (b OR (c OR d))", "(a | b | c | d)"),
    ("((((a))))", "a"),
    ("a -(b c)", "(a & -(b & c))"),
    ("a -(b -c)", "(a & -(b & -c))"),
    ("a NOT NOT b", "(a & b)"),
    ("NOT NOT a", "a"),
    ("--a", "a"),
    ("a -(-b)", "(a & b)"),
    ("a -(-b -c)", "(a & (b | c))"),
    ("a (-b -c)", "(a & -b & -c)"),
    ("(a)(b)", "(a & b)"),
    ('"contrat militaire"', '"contrat militaire"'),
    ('"contrats"', '"contrats"'),
    ("“contrats militaires”", '"contrats militaires"'),
    ("« contrats militaires »", '"contrats militaires"'),
    ("„contrats militaires“", '"contrats militaires"'),
    ('"l’OTAN, hier"', '"otan hier"'),
    ('"a AND b"', '"a and b"'),
    ('-"a b" c', '(-"a b" & c)'),
    ('"a""b"', '("a" & "b")'),
    ("GPT-5", '"gpt 5"'),
    ("4G/5G", '"4g 5g"'),
    ("OpenAI–OTAN", '"openai otan"'),
    ("l’OTAN", "otan"),
    ("C++ C# .NET AT&T Next.ink", "(c++ & c# & .net & at&t & next.ink)"),
    ("and et or ou not sauf near", "(and & et & or & ou & not & sauf & near)"),
    ("And Et Or", "(and & et & or)"),
    ("=Orange", '="Orange"'),
    ('="Free Mobile"', '="Free Mobile"'),
    ("=«Free Mobile»", '="Free Mobile"'),
    ("=e\u0301te\u0301", '="été"'),
    ("=C++", '="C++"'),
    ("-=Orange a", '(-="Orange" & a)'),
    ("=GPT-5", '="GPT 5"'),
    ("@otan", "@otan"),
    ("@openai AND @otan", "(@openai & @otan)"),
    ("@openai(@otan)", "(@openai & @otan)"),
    ("-@otan a", "(-@otan & a)"),
    ("  a\u00a0b\u202fc\n\td  ", "(a & b & c & d)"),
    ("\ufeffa", "a"),
    ("Open\u200bAI", "openai"),
    ("openai, otan.", "(openai & otan)"),
    ("+openai #otan", "(openai & otan)"),
    ("contact@openai.com", '"contact openai.com"'),
    ("12:30", '"12 30"'),
    ("ÉTÉ", "ete"),
]


@pytest.mark.parametrize(("query", "meaning"), MEANINGS)
def test_a_query_means(query, meaning):
    assert _show(parse_query(query, ENTITIES).root) == meaning


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
]


@pytest.mark.parametrize(("query", "position", "message"), ERRORS)
def test_an_invalid_query_shows_where_and_what_was_expected(query, position, message):
    with pytest.raises(QueryError) as caught:
        parse_query(query, ENTITIES)
    assert (caught.value.position, caught.value.message[: len(message)]) == (position, message)
    assert "expected" in caught.value.message
    assert str(caught.value).splitlines()[-1] == "  " + " " * position + "^"


NOT_YET = [
    ("a NEAR/8 b", 2),
    ("a NEAR b", 2),
    ("a ONEAR/3 b", 2),
    ("NEAR/x", 0),
    ("milit*", 5),
    ("a *", 2),
    ("-milit*", 6),
    ("=milit*", 6),
    *((f"a {field}:b", 2) for field in "title titre text texte source author auteur tag lang langue url since until Title".split()),  # noqa: SIM905
    ('title:"a b"', 0),
    ("title:(a b)", 0),
    ("since:2026-03-01", 0),
    ("-source:numerama a", 1),
]


@pytest.mark.parametrize(("query", "position"), NOT_YET)
def test_a_form_that_comes_later_is_refused_as_such(query, position):
    with pytest.raises(QueryError, match="is not available in this version") as caught:
        parse_query(query, ENTITIES)
    assert caught.value.position == position


def test_a_word_and_its_stem_are_kept_with_the_name_the_user_gave():
    assert parse_query("Contrats", {}).root == Word("Contrats", "contrat")
    assert parse_query("GPT-5", {}).root == Phrase("GPT-5", ("gpt", "5"))
    assert parse_query('="Free  Mobile"', {}).root == Exact('="Free  Mobile"', ("free", "mobile"), ("Free", "Mobile"))


def test_an_entity_is_its_names_each_in_quotes_or_exact():
    names = (Exact("=Orange", ("orange",), ("Orange",)), Phrase("Orange Business", ("orange", "business")))
    assert parse_query("@orange", ENTITIES).root == EntityTerm("@orange", names)


def test_an_entity_without_names_or_with_a_name_without_a_word_is_an_error():
    faulty = {"none": Entity("none", ()), "odd": Entity("odd", ("…", "Fine", "="))}
    faults = check_entities(faulty)
    assert [(key, error.query) for key, error in faults] == [("none", "@none"), ("odd", "…"), ("odd", "=")]
    with pytest.raises(QueryError, match="the entity odd has a name without a word"):
        parse_query("a @odd", faulty)


def test_without_entities_the_error_tells_to_make_some():
    with pytest.raises(QueryError, match=r"expected \[entities"):
        parse_query("@otan", {})


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


@pytest.mark.parametrize("piece", ["(", ")", "NOT ", "-", "a OR ", "((a) OR ", '"', "=", "@", "a -("])
def test_a_hostile_query_is_refused_or_read_but_never_breaks(piece):
    query = (piece * GREATEST_LENGTH)[:GREATEST_LENGTH]
    with pytest.raises(QueryError):
        parse_query(query, {})


@given(
    st.lists(
        st.sampled_from(["a", "l'", '"', "(", ")", " ", "-", "NOT ", " OR ", " AND ", "=", "@otan", "«", "»", "*", "é", "title:"]),
        max_size=25,
    )
)
def test_any_text_is_a_query_or_a_query_error(pieces):
    text = "".join(pieces)
    try:
        position = len(parse_query(text, ENTITIES).text)
    except QueryError as error:
        position = error.position
    assert 0 <= position <= len(text)


DOCUMENTATION = (Path(__file__).parents[3] / "docs" / "query-language.md").read_text(encoding="utf-8")


def _forms_of(heading):
    section = DOCUMENTATION.partition(f"## {heading}")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [form for row in rows for form in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("form", [form for form in _forms_of("What there is") if form != "( )"])
def test_what_the_documentation_offers_is_there(form):
    negative = form.startswith(("NOT", "SAUF", "-"))
    assert parse_query(f"b {form}" if negative else form, ENTITIES).root


@pytest.mark.parametrize("form", _forms_of("What comes later"))
def test_what_the_documentation_promises_for_later_is_refused(form):
    with pytest.raises(QueryError, match="is not available in this version"):
        parse_query(form, ENTITIES)


def test_the_documentation_shows_an_error_as_it_is():
    with pytest.raises(QueryError) as caught:
        parse_query("otan OR -orange", ENTITIES)
    assert f"```\n{caught.value}\n```" in DOCUMENTATION
