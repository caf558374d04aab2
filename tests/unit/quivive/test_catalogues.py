"""No text is missing in either direction, none is told with another value than it has, and none goes to people unwrapped."""

from __future__ import annotations

import ast
import re

import pytest

from quivive.refreshing_catalogues import (
    PROJECT,
    ROOMS,
    TRANSLATED,
    catalogue_path,
    compiled,
    is_translated,
    make_template,
    read_catalogue,
    written,
)

EVERY = pytest.mark.parametrize("code", TRANSLATED)
PLACE = re.compile(r"\{(\w*)(?:![rs])?\}|%\((\w+)\)s|\$\{|`[^`]+`")


def ids(catalogue):
    return {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}


def forms(text):
    return (text,) if isinstance(text, str) else tuple(text)


def kept(text: str) -> set[str]:
    """What a translation must have too: places for values, commands between backticks."""
    return {"".join(part for part in match.groups() if part) or match.group() for match in PLACE.finditer(text)}


@EVERY
def test_the_catalogue_has_every_text_of_the_source_and_no_other(code):
    there, wanted = ids(read_catalogue(code)), ids(make_template())
    assert sorted(map(str, wanted - there)) == [], "`make messages` adds these; then translate them"
    assert sorted(map(str, there - wanted)) == [], "`make messages` takes these out"


@EVERY
def test_every_text_is_translated_and_none_by_a_guess(code):
    catalogue = read_catalogue(code)
    assert [message.id for message in catalogue if message.id and not is_translated(message.string)] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


@EVERY
def test_a_translation_has_the_values_and_commands_of_its_text(code):
    wrong = [
        (english, told)
        for message in read_catalogue(code)
        if message.id
        for english, told in zip(forms(message.id), forms(message.string), strict=True)
        if kept(english) != kept(told)
    ]
    assert wrong == []


def test_french_has_its_own_apostrophes_and_no_breakable_space_before_high_signs():
    told = [text for message in read_catalogue("fr") if message.id for text in forms(message.string)]
    assert [text for text in told if re.search(r"[a-zé]'[a-zéèê]", text)] == []
    assert [text for text in told if re.search(r" [;!?»]| :(?!\w)|« ", text)] == []


@EVERY
def test_the_compiled_catalogue_is_that_of_the_readable_one(code):
    catalogue = read_catalogue(code)
    assert catalogue_path(code, "mo").read_bytes() == compiled(catalogue), "run `make messages` and commit both files"
    assert catalogue_path(code).read_bytes() == written(catalogue), "as above"


TELLS = {
    "echo": 0,
    "style": 0,
    "UsageError": 0,
    "ClickException": 0,
    "BadParameter": 0,
    "QueryError": 2,
    "Fault": 1,
    "add_fault": 1,
    "secho": 0,
}
"""Calls whose text goes to people, with the place of that text."""
WORKSHOP = frozenset({"refreshing_catalogues.py", "gazetteer_page.py"})
"""Programs for those who work on this one."""
WORDS = re.compile(r"[A-Za-zÀ-ÿ]{3,}")


def unwrapped(source: str) -> list[str]:
    """Literal texts, also within others, that are handed to people as they stand."""
    return [
        f"line {call.lineno}: {ast.unparse(node)}"
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and (name := getattr(call.func, "id", getattr(call.func, "attr", ""))) in TELLS
        for node in literals(call.args[TELLS[name]] if len(call.args) > TELLS[name] else ast.Constant(""))
        if WORDS.search(words_of(node))
    ]


def words_of(node: ast.expr) -> str:
    """All of a literal text but the program's own name."""
    parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return " ".join(parts).replace("quivive", "")


def literals(node: ast.expr) -> list[ast.expr]:
    """The literal texts of an expression, on its surface: what a call within it is given is that call's."""
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [ast.JoinedStr([part for part in node.values if isinstance(part, ast.Constant)])]
    if isinstance(node, ast.BinOp):
        return literals(node.left) + literals(node.right)
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("click.echo('all is well')", True),
        ("click.echo(f'{n} articles')", True),
        ("click.echo(style('all is well'))", True),
        ("click.echo('a' if x else 'all is well')", True),
        ("raise UsageError('name' + thing)", True),
        ("click.echo(language.text('all is well'))", False),
        ("raise UsageError(Wording('all is well'))", False),
        ("click.echo(f'  {name}: {told}')", False),
        ("file.add_fault('archive.path', Wording('is taken'))", False),
    ],
)
def test_a_text_is_unwrapped_if_it_goes_to_people_as_it_stands(source, found):
    assert bool(unwrapped(source)) is found


@pytest.mark.parametrize(
    "path",
    [path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py")) if path.name not in WORKSHOP],
    ids=lambda path: path.relative_to(PROJECT).as_posix(),
)
def test_no_text_goes_to_people_unwrapped(path):
    assert unwrapped(path.read_text(encoding="utf-8")) == []


VALUE = re.compile(r"(?<!\$)\{(\w+)[!:}]")
TEMPLATES = {"text": 1, "Wording": 1, "plural": 2, "counted": 2}
"""Calls that make a text of their first arguments, so many templates, and of the values that they are given by name."""


def lacking(source: str) -> list[str]:
    """Templates with a place for a value that is not given: people would see the braces, or an error."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [f"line {call.lineno}: {names}" for call in calls if (names := lacking_in(call))]


def lacking_in(call: ast.Call) -> list[str]:
    number = TEMPLATES.get(getattr(call.func, "id", getattr(call.func, "attr", "")), 0)
    given = {keyword.arg for keyword in call.keywords} | ({"count"} if number == 2 else set())
    if None in given:  # `**values`: which these are is known only when they are told
        return []
    templates = [one.value for one in call.args[:number] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [name for template in templates for name in VALUE.findall(template) if name not in given]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("language.text('{n} of {all}', n=1)", True),
        ("language.text('{n} articles')", True),
        ("language.plural('{n} article', '{n} articles', n)", True),
        ("Wording.counted('{n} article', '{n} articles', n)", True),
        ("language.plural('{count} article', '{count} articles', n)", False),
        ("language.plural('{count} of {all}', '{count} of {all}', n, all=2)", False),
        ("Wording('{n} of {all}', **told)", False),
        ("Wording('must be ${NAME}')", False),
    ],
)
def test_a_text_lacks_a_value_for_which_it_has_a_place_and_which_is_not_given(source, found):
    assert bool(lacking(source)) is found


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_is_given_the_values_for_which_it_has_places(room):
    found = {path: lacking(path.read_text(encoding="utf-8")) for path in (PROJECT / room).rglob("*.py")}
    assert {path: lines for path, lines in found.items() if lines} == {}
