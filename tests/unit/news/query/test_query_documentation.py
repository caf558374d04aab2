"""What docs/query-language.md says of the query language is so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.inflection import FEMININES, KINDS, count_joins, missed_feminines
from news.articles import ArticleFacts, SourceFacts
from news.errors import QueryError
from news.query import GREATEST_DEPTH, GREATEST_DISTANCE, GREATEST_LENGTH, GREATEST_SIZE, Matcher, MomentParser, holds, parse_query
from news.query.lexer import FIELDS
from news.text import analyse, analyse_article, stem
from news.topics import Entity, Topic

DOCUMENTATION = (Path(__file__).parents[4] / "docs" / "query-language.md").read_text(encoding="utf-8")
VOCABULARY = Path(__file__).parents[5] / "shared" / "corpus" / "text-fr" / "snowball-fr" / "voc.txt"
ENTITIES = {"otan": Entity("otan", ("OTAN", "Alliance atlantique")), "openai": Entity("openai", ("OpenAI",))}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENTS = MomentParser(
    lambda text: NOON - timedelta(days=7) if text == "7d" else datetime.fromisoformat(text).replace(tzinfo=UTC),
    lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=1),
)
FACTS = ArticleFacts(
    "https://example.org/politique/1",
    "Marie Dupont",
    "fr-FR",
    NOON,
    (SourceFacts("Numerama", "https://www.numerama.com/feed/", ("tech",)),),
)
ARTICLE = analyse_article("L’OTAN signe", "Orange et Free Mobile : un contrat militaire avec l’OTAN")
OTHER = analyse_article("Le football", "Une victoire des votants")
ELSEWHERE = ArticleFacts("https://example.com/", None, None, NOON - timedelta(days=30), ())


def _section(heading: str) -> str:
    level = heading.partition(" ")[0]
    return re.split(rf"\n#{{1,{len(level)}}} ", DOCUMENTATION.partition(f"\n{heading}\n")[2])[0]


def _first_column(section: str) -> list[str]:
    rows = [re.split(r"(?<!\\)\|", line)[1] for line in section.splitlines() if line.startswith("| `")]
    return [form.replace("\\|", "|") for row in rows for form in re.findall(r"`([^`]+)`", row)]


FORMS = _first_column(_section("## The forms"))
NEGATIVE = ("NOT", "SAUF", " -")


def test_the_documentation_shows_every_form():
    assert len(FORMS) >= 30
    shown = {form.partition(":")[0] for form in FORMS if re.match(r"[a-z]+:", form)}
    assert shown == set(FIELDS)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_finds_the_article_it_should_and_no_other(form):
    query = parse_query(form, ENTITIES, moments=MOMENTS)
    negative = any(sign in form for sign in NEGATIVE)
    assert holds(query, ARTICLE, FACTS) is not negative
    assert holds(query, OTHER, ELSEWHERE) is form.startswith("until")
    if not form.startswith(("since", "until")):
        assert bool(Matcher([Topic("topic", form)], ENTITIES).match(ARTICLE, FACTS)) is not negative


@pytest.mark.parametrize("query", _first_column(_section("## Errors")))
def test_what_is_said_to_be_an_error_is_one(query):
    with pytest.raises(QueryError, match="expected"):
        parse_query(query, ENTITIES, moments=MOMENTS)


def test_an_error_looks_as_it_is_shown():
    with pytest.raises(QueryError) as caught:
        parse_query("otan OR -orange", ENTITIES)
    assert f"```\n{caught.value}\n```" in DOCUMENTATION


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b OR c -d", "(a AND b) OR (c AND NOT d)"),
        ("a b NEAR/8 c", "a AND (b NEAR/8 c)"),
        ("title:(otan OR @openai -orange)", "title:otan OR (title:@openai -title:orange)"),
    ],
)
def test_what_is_said_to_mean_the_same_does(one, other):
    assert f"`{one}`" in DOCUMENTATION
    assert parse_query(one, ENTITIES).root == parse_query(other, ENTITIES).root


def test_the_examples_of_the_prose_are_queries():
    prose = _section("### Near one another") + _section("### Fields")
    examples = [form for form in re.findall(r"`([^`]+)`", prose) if re.search(r"NEAR/\d+ |:[^ ]", form)]
    assert len(examples) > 15
    chains = [form for form in examples if form.count("NEAR/") > 1 and "AND" not in form]
    assert chains == ["a NEAR/8 b NEAR/8 c"]
    for form in set(examples) - set(chains):
        assert parse_query(f"a {form}" if form.startswith("-") else form, ENTITIES, moments=MOMENTS).root


def test_the_bounds_are_those_of_the_program():
    for bound in (
        f"{GREATEST_LENGTH:,} characters",
        f"{GREATEST_DEPTH} parentheses",
        f"{GREATEST_SIZE:,} words",
        f"from 1 to {GREATEST_DISTANCE}",
    ):
        assert bound in DOCUMENTATION


def test_the_false_joins_are_those_that_are_told():
    told = _section("## Inflection").partition("The false joins are")[2]
    for joined in ("accident accidenté", "complet complété", "présent présenté", "prêt prêté", "tu tué", "team Teams", "window Windows"):
        assert len(set(analyse(joined).stems)) == 1
    for word in ("accident", "complet", "présent", "prêt", "tu", "sec", "Teams", "Windows"):
        assert f"`{word}`" in told


def test_the_figures_on_inflection_are_those_of_the_program_that_measures_them():
    if not VOCABULARY.exists():
        pytest.skip("the shared French vocabulary is not here")
    counts, false_joins = count_joins(VOCABULARY.read_text(encoding="utf-8"))
    section = _section("## Inflection")
    assert [int(row.split("|")[1].replace(",", "")) for row in section.splitlines() if re.match(r"\| [\d,]+ ", row)] == [
        counts[kind] for kind in KINDS
    ]
    assert f"{counts.total():,} pairs" in section
    assert f"all {missed_feminines(FEMININES.read_text(encoding='utf-8'))[1]} of" in section
    told = set(re.findall(r"`(\w+)`", section.partition("The false joins are")[2]))
    for pair in false_joins:
        assert {stem(one) for word in pair.split(" = ") for one in analyse(word).tokens} & {analyse(word).stems[0] for word in told}, pair
