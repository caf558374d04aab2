"""How names of sources are compared."""

from __future__ import annotations

import unicodedata

import pytest

from news.source_specs import fold_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Numérama", "NUMERAMA"),
        ("Élysée", "élysée"),
        (unicodedata.normalize("NFC", "Numérama"), unicodedata.normalize("NFD", "Numérama")),
        ("STRASSE", "Straße"),
        ("Le  Journal ", "le journal"),
    ],
)
def test_names_are_equal_but_for_case_accents_and_how_these_are_encoded(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_other_letters_are_another_name() -> None:
    assert fold_name("Le Journal") != fold_name("Le Journa")
