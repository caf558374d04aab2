"""What hashes and ids stand for."""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.fingerprints import content_hash, derived_id, fingerprint, normalise_text, without_title_line


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("L’Œuvre,  à   Noël !", "l oeuvre a noel"),
        ("ÉTÉ\n\tété", "ete ete"),
        ("Ætius & Cæsar", "aetius caesar"),
        ("snake_case — 5G/4G", "snake case 5g 4g"),
        ("ﬁn d’ânerie", "fin d anerie"),
        ("«\u00a0»", ""),
        ("", ""),
    ],
)
def test_a_normal_text_is_its_letters_and_digits(text: str, normal: str) -> None:
    assert normalise_text(text) == normal


@given(st.text())
def test_normalising_again_changes_nothing(text: str) -> None:
    assert normalise_text(normalise_text(text)) == normalise_text(text)


def test_a_first_line_that_repeats_the_title_is_no_part_of_the_text() -> None:
    assert without_title_line("L’OTAN !\nLe texte.", "l’otan") == "Le texte."
    assert without_title_line("  \nL’OTAN\nLe texte.", "L’OTAN") == "Le texte."
    assert without_title_line("Le texte.\nL’OTAN", "L’OTAN") == "Le texte.\nL’OTAN"
    assert without_title_line("L’OTAN et\nle reste", "L’OTAN") == "L’OTAN et\nle reste"
    assert without_title_line("«»\nLe texte.", "") == "«»\nLe texte."


def test_the_content_hash_is_sha_256_over_the_normal_text_without_its_title_line() -> None:
    expected = hashlib.sha256(b"le texte").hexdigest()
    assert content_hash("Titre", "Titre\nLe  TEXTE…") == (expected, 8)
    assert content_hash("Autre", "le texte") == (expected, 8)


def test_two_texts_with_different_words_have_different_hashes() -> None:
    assert content_hash("", "le texte")[0] != content_hash("", "les textes")[0]


parts = st.lists(st.one_of(st.none(), st.text()), max_size=4)


@given(parts, parts)
def test_fingerprints_are_equal_only_if_all_parts_are(one: list[str | None], other: list[str | None]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_a_part_that_is_missing_is_not_an_empty_one_and_parts_do_not_run_together() -> None:
    assert (
        len({fingerprint(None), fingerprint(""), fingerprint(), fingerprint("a", "b"), fingerprint("ab"), fingerprint("a", "", "b")}) == 6
    )


def test_a_text_that_is_no_valid_unicode_has_a_fingerprint_too() -> None:
    assert fingerprint("\ud800") == fingerprint("\ud800")
    assert derived_id("alert", "\ud800")


@given(st.text(), st.text())
def test_a_derived_id_is_the_same_for_the_same_parts_and_26_safe_characters(one: str, other: str) -> None:
    made = derived_id("alert", one, other)
    assert made == derived_id("alert", one, other)
    assert len(made) == 26
    assert set(made) <= set(string.ascii_lowercase + "234567")
    assert made != derived_id("delivery", one, other)
    assert made != derived_id("alert", one + other)


def test_a_letter_with_a_hundred_thousand_marks_is_a_letter() -> None:
    """Sorting them, as the standard decomposition does, would take minutes."""
    assert normalise_text("a" + "\u0301\u0316\u05b0\u0345" * 50_000) == normalise_text("a" + "\u0345" * 50_000)
