"""Which versions are compared, and how their difference is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from news.articles import Origin
from news.errors import UsageError
from news.one_thing import VersionRecord
from quivive.cli.changes import make_change, show_change
from quivive.cli.sheet import Sheet, View
from quivive.cli.terminal import Terminal
from quivive.languages import make_language

NOW = datetime(2026, 11, 26, 9, 42, tzinfo=UTC)


def version(number: int, source: str = "A", origin: Origin = Origin.PAGE, *, current: bool = False, text: str = "") -> VersionRecord:
    return VersionRecord(number, NOW + timedelta(minutes=number), source, origin, "Titre", text or f"texte {number}", current)


def numbers(versions: list[VersionRecord], asked: str) -> tuple[int, int] | None:
    change = make_change(versions, asked)
    return change and (change.before.number, change.after.number)


FOUR = [version(1), version(2, "B", Origin.FEED), version(3, current=True), version(4, "B", Origin.FEED)]


@pytest.mark.parametrize(
    ("asked", "compared"), [("", (1, 3)), ("4", (2, 4)), ("3", (1, 3)), ("2", (1, 2)), ("1", (1, 2)), ("1..4", (1, 4)), ("3..1", (3, 1))]
)
def test_a_version_is_compared_with_the_one_whose_place_it_took(asked, compared):
    assert numbers(FOUR, asked) == compared


def test_an_article_with_one_version_has_no_change():
    assert make_change([version(1, current=True)], "") is None


@pytest.mark.parametrize(("asked", "said"), [("5", "no version 5"), ("1..9", "no version 9"), ("un", "not 'un'"), ("1-2", "not '1-2'")])
def test_what_is_no_version_is_refused_with_what_there_is(asked, said):
    with pytest.raises(UsageError, match=said):
        make_change(FOUR, asked)


def shown(before: str, after: str, *, colour: bool = False, width: int = 60) -> list[str]:
    change = make_change([version(1, text=before), version(2, current=True, text=after)], "")
    assert change is not None
    sheet = Sheet(View(Terminal(width, has_colour=colour), NOW, make_language("en", ZoneInfo("Europe/Paris"))))
    show_change(sheet, change)
    return sheet.lines[sheet.lines.index("Text") + 1 :] if "Text" in sheet.lines else sheet.lines


def test_what_went_and_what_came_stand_in_signs_that_need_no_colour():
    assert shown("L’OTAN signe demain", "L’OTAN hésite demain") == ["  L’OTAN [-signe-] {+hésite+} demain"]


def test_what_stayed_is_cut_to_the_words_around():
    long = " ".join(f"mot{number}" for number in range(40))
    (line, *_) = lines = shown(f"{long} un {long}", f"{long} deux {long}")
    assert line.startswith("  … mot28")
    assert lines[-1].endswith("mot11 …")
    assert "[-un-] {+deux+}" in " ".join(" ".join(lines).split())


def test_a_change_at_the_end_of_a_paragraph_stays_on_its_line():
    assert shown("un deux.\nfin", "un trois.\nfin") == ["  un [-deux.-] {+trois.+}", "  fin"]


def test_a_paragraph_that_came_is_one_of_its_own():
    assert shown("un\nfin", "un\nneuf ici\nfin") == ["  un", "  {+neuf ici+}", "  fin"]


def test_colours_tell_the_same():
    assert any("\x1b[31" in line for line in shown("a b", "a c", colour=True))


def test_two_versions_with_the_same_words_are_said_to_be_the_same():
    assert shown("a  b", "a b")[-1] == "The two versions have the same words."
