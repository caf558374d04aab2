"""Words that would be operators in capitals are pointed out where an operator could stand."""

from __future__ import annotations

import pytest

from news.query import advise_on, parse_query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("otan ou nato", ["ou"]),
        ("otan or nato", ["or"]),
        ("otan Or nato", ["Or"]),
        ("otan and nato", ["and"]),
        ("otan et nato et orange", ["et"]),
        ("otan not orange", ["not"]),
        ("not orange otan", ["not"]),
        ("sauf orange otan", ["sauf"]),
        ("(otan ou nato) sauf orange", ["ou", "sauf"]),
        ('"alliance atlantique" ou otan', ["ou"]),
        ("otan or @nato or =Orange or milit* or title:a or (b c) or -d", ["or"]),
        ("otan et (sauf orange)", ["et", "sauf"]),
        ("title:(otan ou nato)", ["ou"]),
        ("source:numerama ou otan", ["ou"]),
    ],
)
def test_a_word_that_stands_for_an_operator_is_pointed_out(query, words):
    notes = advise_on(query)
    assert [note.split("’")[0].lstrip("‘") for note in notes] == words
    assert all("is a word here; write " in note for note in notes)


@pytest.mark.parametrize(
    "query",
    [
        "otan OU nato",
        "otan AND nato NOT orange",
        '"otan ou nato"',
        "‘otan ou nato’",
        "or",
        "ou",
        "prix or",
        "or noir",
        "otan AND or",
        "or OR argent",
        "title:ou otan",
        "=ou otan",
        "otan -ou nato",
        "not",
        "",
        'otan ou "nato',
        "otan OU (ou)",
        "l’or noir",
    ],
)
def test_elsewhere_a_word_is_a_word(query):
    assert [note for note in advise_on(query) if "-ou" not in query] == []


def test_the_note_says_what_to_write():
    assert advise_on("otan ou nato") == ["‘ou’ is a word here; write OU for alternatives"]
    assert parse_query("otan ou nato", {})
