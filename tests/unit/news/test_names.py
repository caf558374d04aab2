import unicodedata

import pytest

from news.names import find_name

NAMES = ["Rédaction", "Éco", "éco", "C++", "équipe  web"]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("Rédaction", "Rédaction"),
        (unicodedata.normalize("NFD", "Rédaction"), "Rédaction"),
        ("redaction", "Rédaction"),
        ("RÉDACTION ", "Rédaction"),
        ("Éco", "Éco"),
        ("éco", "éco"),
        ("eco", None),
        ("C", None),
        ("equipe web", "équipe  web"),
        ("", None),
    ],
)
def test_a_name_means_the_one_of_the_same_letters_and_else_the_only_one_that_looks_like_it(wanted, meant):
    assert find_name(wanted, NAMES) == meant


def test_names_that_unicode_encodes_in_two_ways_are_one_in_both_directions():
    decomposed = unicodedata.normalize("NFD", "Rédaction")
    assert find_name("Rédaction", [decomposed]) == decomposed
