"""Lists as CSV: what a spreadsheet gets."""

from __future__ import annotations

import csv
import io

import pytest

from quivive.cli.csv_answers import make_csv


def read(text: object) -> str:
    """The cell that a program which reads CSV has of a value."""
    lines = b"".join(make_csv(["x"], [{"x": text}])).decode()  # type: ignore[dict-item]
    heads, row = csv.reader(io.StringIO(lines, newline=""))
    assert heads == ["x"]
    return row[0]


@pytest.mark.parametrize("text", ["simple", "avec, virgule", 'avec "guillemets"', "sur\ndeux lignes", "L’été à Nîmes", "日本"])
def test_a_text_is_read_as_it_was_written(text):
    assert read(text) == text


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://evil.example")', "+33 1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(A1)"]
)
def test_a_text_that_a_spreadsheet_would_calculate_is_marked_as_text(text):
    assert read(text) == f"'{text}"


@pytest.mark.parametrize("part", [{"source": "=1+1", "url": "u"}, {"term": "x", "found": "=1+1"}, {"channel": "=1+1", "status": "sent"}])
def test_so_is_a_part_of_a_list_that_names_itself_like_a_formula(part):
    assert read([part]).startswith("'=1+1")
    assert "\x1b" not in read([{name: f"\x1b[31m{value}" for name, value in part.items()}])


def test_what_steers_a_terminal_is_left_out():
    assert read("un \x1b[31mtitre\x07 et \u202eretourné\r") == "un [31mtitre et retourné"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (12, "12"),
        (-3, "-3"),
        (0.5, "0.5"),
        (["a", "b", "a"], "a; b"),
        ([], ""),
        ([{"source": "A", "url": "u"}, {"source": "B", "url": "v"}], "A; B"),
        ([{"term": "@otan", "found": "OTAN"}], "OTAN"),
        ([{"channel": "hook", "status": "sent", "id": "x"}], "hook sent"),
        ({"code": "timeout", "message": "late"}, "timeout: late"),
    ],
)
def test_what_is_no_text_is_one_cell(value, cell):
    assert read(value) == cell


def test_lines_end_as_rfc_4180_has_it():
    assert b"".join(make_csv(["a", "b"], [{"a": 1, "b": None}])) == b"a,b\r\n1,\r\n"
