"""Texts that are read one byte a character are read as all others are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news import fingerprints
from news.fingerprints import fold_text, normalise_text
from news.text import one_byte
from news.text.analysis import analyse, joined, joined_words

western = st.text(st.sampled_from(one_byte.CHARACTERS) | st.sampled_from("aé1,.’ +-&œ"), max_size=40)


def normalised_letter_by_letter(text: str) -> str:
    """By the definition, without bytes."""
    return " ".join(fingerprints._WORD.findall(fold_text(text)))


def test_each_byte_stands_for_another_character() -> None:
    assert len(one_byte.CHARACTERS) == len(set(one_byte.CHARACTERS)) == 256
    letters = one_byte.as_bytes(one_byte.CHARACTERS)
    assert letters == bytes(range(256))
    assert one_byte.as_text(letters) == one_byte.CHARACTERS


def test_a_text_with_any_other_character_is_not_written_so() -> None:
    assert one_byte.as_bytes("Łódź") is None
    assert one_byte.as_bytes("e\u0301te\u0301") is None


def test_every_pair_of_characters_is_normalised_as_by_the_definition() -> None:
    for one in one_byte.CHARACTERS:
        text = "\n".join(f"a{one}{other} {other}{one}1" for other in one_byte.CHARACTERS)
        assert normalise_text(text) == normalised_letter_by_letter(text)


@pytest.mark.parametrize("one", "a1,.’& ")
def test_every_character_is_analysed_beside_others_as_by_the_definition(one: str) -> None:
    text = "\n".join(f"a{one}{other} 1{other}{one}1" for other in one_byte.CHARACTERS if other not in "+\x1a")
    assert joined_words(text) == joined(analyse(text))


@pytest.mark.parametrize("text", ["", " ", "12,5 %", ",5", "1,2,3", "1, 2", "Canal + série", "1\x1a5", "Ł 1,5", "l’", "O.T.A.N.,2"])
def test_words_are_joined_as_the_analysis_has_them(text: str) -> None:
    assert joined_words(text) == joined(analyse(text))


@given(western)
def test_any_text_of_such_characters_is_read_as_by_the_definition(text: str) -> None:
    assert normalise_text(text) == normalised_letter_by_letter(text)
    assert joined_words(text) == joined(analyse(text))


@given(st.text())
def test_any_text_at_all_is_read_as_by_the_definition(text: str) -> None:
    assert normalise_text(text) == normalised_letter_by_letter(text)
    assert joined_words(text) == joined(analyse(text))
