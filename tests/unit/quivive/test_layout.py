"""Texts and tables on terminals of any width: nothing is lost, nothing is wider than it must be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quivive.cli.layout import cells, fit, paragraphs, wrap, wrap_marked, wrap_parts
from quivive.cli.rhythm import make_bars
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.cli.terminal import Terminal

NAMES = ["Le Journal", "Observatoire européen des infrastructures numériques, édition du matin", "日本語 Tech"]
COLUMNS = [
    Column("source", Place.FLEXIBLE),
    Column("status"),
    Column("articles", right=True),
    Column("interval", Place.WIDE),
    Column("problem", Place.BENEATH),
    Column("url", Place.WIDE),
]


def rows() -> list[list[Cell | str]]:
    return [
        [
            name,
            Cell("ok", whole="status:ok"),
            str(7**place),
            "15 min",
            "le serveur ne répond pas depuis hier soir" * place,
            f"https://{place}",
        ]
        for place, name in enumerate(NAMES)
    ]


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("été", 3), ("日本", 4), ("", 0), ("e\u0301", 1)])
def test_signs_are_counted_by_the_cells_they_take(text, width):
    assert cells(text) == width


def test_lines_are_cut_at_words_and_what_follows_is_indented_as_the_first():
    assert wrap("un deux trois quatre", 12, "- ") == ["- un deux", "  trois", "  quatre"]
    assert wrap("un deux", 7, "label ", "  ") == ["label un", "  deux"]
    assert wrap("", 10, "x ") == ["x "]


def test_a_word_that_is_wider_than_the_line_stays_whole():
    assert wrap("voir https://exemple.example/une/adresse ici", 12) == ["voir", "https://exemple.example/une/adresse", "ici"]


@given(st.text(max_size=80), st.integers(5, 60))
def test_wrapping_keeps_every_word_and_no_line_of_several_words_is_too_wide(text, width):
    lines = wrap(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(cells(line) <= width for line in lines if len(line.split(" ")) > 1)
    marked = list(wrap_marked([(word, None) for word in text.split()], width))
    assert [word for line in marked for word, _ in line] == text.split()


def test_a_message_is_cut_at_words_and_what_it_shows_in_its_place_stays_there():
    assert fit("une erreur assez longue\n  otan AND ( et la suite\n           ^", 16) == [
        "une erreur assez",
        "  longue",
        "  otan AND ( et la suite",
        "           ^",
    ]


def test_paragraphs_stay_apart():
    assert list(paragraphs("un deux\n\n\ntrois", 4)) == ["un", "deux", "", "trois"]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("long", [False, True])
def test_a_table_shows_every_name_and_problem_whole_within_the_width(width, long):
    lines = list(make_table(Terminal(width, has_colour=False), COLUMNS, rows(), long=long))
    shown = " ".join(" ".join(lines).split())
    for word in [word for name in NAMES for word in name.split()]:
        assert word in shown
    assert shown.count("le serveur ne répond pas depuis hier") == 3
    assert max(map(cells, lines)) <= width
    assert "…" not in shown


def test_a_wide_terminal_gets_the_wide_columns_and_a_narrow_one_only_when_asked():
    def heads(width: int, *, long: bool = False) -> str:
        return next(make_table(Terminal(width, has_colour=False), COLUMNS, rows(), long=long))

    assert "interval" in heads(140)
    assert "interval" not in heads(80)
    assert "interval" in heads(80, long=True)


def test_where_names_have_no_room_beside_the_columns_each_row_is_told_in_lines():
    columns = [Column("source", Place.FLEXIBLE), Column("last success"), Column("next poll")]
    lines = list(make_table(Terminal(40, has_colour=False), columns, [["Le Courrier des réseaux", "yesterday 10:27", "today 11:57"]]))
    assert lines == ["Le Courrier des réseaux", "    last success yesterday 10:27", "    next poll today 11:57"]


def test_a_pipe_gets_every_column_whole_between_tabs():
    lines = list(make_table(Terminal(None, has_colour=False), COLUMNS, rows()))
    assert lines[0] == "source\tstatus\tarticles\tinterval\tproblem\turl"
    assert lines[1] == "Le Journal\tstatus:ok\t1\t15 min\t\thttps://0"
    assert all(line.count("\t") == 5 for line in lines)


def test_colours_change_no_place_of_a_table():
    import click

    painted = [Column("source", Place.FLEXIBLE, style={"bold": True}), *COLUMNS[1:]]
    plain = list(make_table(Terminal(80, has_colour=False), COLUMNS, rows()))
    coloured = list(make_table(Terminal(80, has_colour=True), painted, rows()))
    assert "\x1b[" in "".join(coloured)
    assert [click.unstyle(line) for line in coloured] == plain


def test_short_pieces_stand_beside_each_other_and_none_is_cut():
    assert wrap_parts(["a 1", "b 2", "c 3"], 11, "  ") == ["  a 1 · b 2", "  c 3"]
    assert wrap_parts([], 10) == []


def test_bars_tell_the_most_and_nothing():
    assert make_bars([0, 1, 4, 8]) == "·▁▄█"
    assert make_bars([0, 0]) == "··"
    assert make_bars([]) == ""


def test_no_line_begins_with_a_sign_that_french_sets_apart_or_ends_with_an_opening_quote():
    assert wrap("la raison : « oui » ; et 12 % de plus", 11) == ["la raison :", "« oui » ;", "et 12 % de", "plus"]
