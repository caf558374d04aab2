"""What a query means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from news.errors import QueryError
from news.query import (
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
