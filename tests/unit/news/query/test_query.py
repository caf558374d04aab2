"""What a query means, and what is said about a query that means nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
    And,
    Compound,
    EntityTerm,
    Exact,
    Fact,
    Filter,
    MomentParser,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Since,
    TextField,
    Until,
    Word,
    check_entities,
    parse_query,
    required_conditions,
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


def _show(node):
    """The tree in one line: words bare, those with a dash so, phrases in quotes, exact letters after =, what is near in square brackets."""
    match node:
        case And(operands):
            return "(" + " & ".join(map(_show, operands)) + ")"
        case Or(operands):
            return "(" + " | ".join(map(_show, operands)) + ")"
        case Not(operand):
            return "-" + _show(operand)
        case Filter(_, fact, value):
            return f"{fact}<{value}>"
        case Since(_, moment) | Until(_, moment):
            return f"{type(node).__name__}<{moment:%Y-%m-%d %H:%M}>"
    return (f"{node.field}:" if node.field else "") + _show_term(node)


def _show_term(node):  # noqa: PLR0911 (a case for each term)
    match node:
        case Word(_, stem):
            return stem
        case Phrase(_, tokens):
            return f'"{" ".join(tokens)}"'
        case Compound(_, tokens, stems):
            return "-".join([stems[0], *tokens[1:-1], stems[-1]])
        case Exact(_, _, letters):
            return f'="{" ".join(letters)}"'
        case Prefix(_, beginning):
            return f"{beginning}*"
        case EntityTerm(name, _):
            return name.partition(":")[2] or name
        case Near(_, left, right, distance, ordered):
            sides = ["|".join(map(_show, side)) for side in (left, right)]
            return f"[{sides[0]} {'>' if ordered else '~'}{distance} {sides[1]}]"


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
    ("GPT-5", "gpt-5"),
    ("4G/5G", "4g-5g"),
    ("OpenAI–OTAN", "openai-otan"),
    ("vice-présidentes", "vice-president"),
    ("sous‑traitants", "sous-traitant"),
    ("grands-mères", "grand-mere"),
    ("Seines-Saints-Denis", "seine-saints-denis"),
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
    ("contact@openai.com", "contact-openai.com"),
    ("12:30", "12-30"),
    ("ÉTÉ", "ete"),
    # near one another
    ("a NEAR/8 b", "[a ~8 b]"),
    ("a ONEAR/8 b", "[a >8 b]"),
    ("a NEAR/1000 b", "[a ~1000 b]"),
    ("a NEAR/08 b", "[a ~8 b]"),
    ("contrats NEAR/3 militaires", "[contrat ~3 militaire]"),
    ('"a b" NEAR/3 GPT-5', '["a b" ~3 gpt-5]'),
    ("@openai NEAR/8 @otan", '["openai"|"open ai" ~8 "otan"|"alliance atlantique"]'),
    ("@orange NEAR/8 b", '[="Orange"|"orange business" ~8 b]'),
    ("(a OR b) NEAR/3 (c OU (d OR @otan))", '[a|b ~3 c|d|"otan"|"alliance atlantique"]'),
    ("(a) NEAR/3 ((b))", "[a ~3 b]"),
    ("(a OR a) NEAR/3 b", "[a ~3 b]"),
    ("a NEAR/3(b OR c)", "[a ~3 b|c]"),
    ('"a"NEAR/3"b"', '["a" ~3 "b"]'),
    ("a NEAR/3 b c", "([a ~3 b] & c)"),
    ("a b NEAR/3 c", "(a & [b ~3 c])"),
    ("a NEAR/3 b OR c", "([a ~3 b] | c)"),
    ("a OR b NEAR/3 c", "(a | [b ~3 c])"),
    ("a NEAR/3 b c NEAR/4 d", "([a ~3 b] & [c ~4 d])"),
    ("a -(b NEAR/3 c)", "(a & -[b ~3 c])"),
    ("near near/8", "(near & near-8)"),
    # the beginning of a word
    ("milit*", "milit*"),
    ("MILIT*", "milit*"),
    ("Élec*", "elec*"),
    ("œuv*", "oeuv*"),
    ("l’élec*", "elec*"),
    ("abc*", "abc*"),
    ("5g2*", "5g2*"),
    ("a -milit*", "(a & -milit*)"),
    ("(a OR milit*)", "(a | milit*)"),
    # in a field
    ("title:otan", "title:otan"),
    ("titre:contrats", "title:contrat"),
    ("text:otan texte:otan", "(text:otan & text:otan)"),
    ("TITLE:otan", "title:otan"),
    ('title:"contrats militaires"', 'title:"contrats militaires"'),
    ("title:GPT-5", "title:gpt-5"),
    ("title:=Orange", 'title:="Orange"'),
    ("title:milit*", "title:milit*"),
    ("title:@otan", "title:@otan"),
    ("-title:a b", "(-title:a & b)"),
    ("title:a b", "(title:a & b)"),
    ("title:(a b)", "(title:a & title:b)"),
    ("title:(a OR -b c)", "(title:a | (-title:b & title:c))"),
    ("title:(a NEAR/3 b)", "title:[a ~3 b]"),
    ("titre:((a OR @otan) ONEAR/3 b)", 'title:[a|"otan"|"alliance atlantique" >3 b]'),
    ("title:(a) text:(b)", "(title:a & text:b)"),
    # filters
    ("source:numerama", "source<numerama>"),
    ("source:numerama.com", "source<numerama.com>"),
    ('source:"La Gazette"', "source<La Gazette>"),
    ("source:(numerama OR next)", "(source<numerama> | source<next>)"),
    ("a -source:numerama", "(a & -source<numerama>)"),
    ("author:Dupont auteur:Durand", "(author<Dupont> & author<Durand>)"),
    ("tag:tech", "tag<tech>"),
    ("lang:fr langue:FR-ca lang:pt_BR", "(lang<fr> & lang<fr-ca> & lang<pt-br>)"),
    ("url:Example.org/a", "url<example.org/a>"),
    ("url:https://example.org/?id=1&x=[2]|3", "url<https://example.org/?id=1&x=[2]|3>"),
    ('url:"(1)"', "url<(1)>"),
    ("(source:numerama)", "source<numerama>"),
    # time
    ("a since:2026-03-01", "(a & Since<2026-02-28 23:00>)"),
    ("a until:2026-03-01", "(a & Until<2026-03-01 23:00>)"),
    ("since:7d", "Since<2026-02-25 12:00>"),
    ("since:2026-03-01T10:15", "Since<2026-03-01 09:15>"),
    ("since:2026-03-01T10:15:00Z", "Since<2026-03-01 10:15>"),
    ('until:"2026-03-01 10:15"', "Until<2026-03-01 09:15>"),
    ("a OR since:7d", "(a | Since<2026-02-25 12:00>)"),
    ("a -since:7d", "(a & -Since<2026-02-25 12:00>)"),
]


@pytest.mark.parametrize(("query", "meaning"), MEANINGS)
def test_a_query_means(query, meaning):
    assert _show(parse_query(query, ENTITIES, moments=MOMENTS).root) == meaning


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


def test_the_conditions_that_every_match_fulfils_are_known():
    (since, source) = required_conditions(parse_query("a since:7d -lang:en source:b (tag:c OR d)", {}, moments=MOMENTS).root)
    assert since == Since("since:7d", NOON - timedelta(days=7))
    assert source == Filter("source:b", Fact.SOURCE, "b", ("b",))
    assert required_conditions(parse_query("source:b", {}).root) == (source,)
    assert required_conditions(parse_query("source:b OR a", {}).root) == ()


def test_every_leaf_is_named_as_the_user_wrote_it():
    root = parse_query('titre:(Contrats "a b" milit* @otan =X b  NEAR/3 c)', ENTITIES).root
    assert [leaf.name for leaf in root.operands] == [
        "titre:Contrats", 'titre:"a b"', "titre:milit*", "titre:@otan", "titre:=X", "titre:(b  NEAR/3 c)",
    ]  # fmt: skip
    assert {leaf.field for leaf in root.operands} == {TextField.TITLE}
    assert parse_query("a (b OR c) NEAR/2 d", {}).root.operands[1].name == "(b OR c) NEAR/2 d"


def test_a_word_and_its_stem_are_kept_with_the_name_the_user_gave():
    assert parse_query("Contrats", {}).root == Word("Contrats", "contrat")
    assert parse_query("GPT-5", {}).root == Compound("GPT-5", ("gpt", "5"), ("gpt", "5"))
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
