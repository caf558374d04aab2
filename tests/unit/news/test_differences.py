"""What changed between two texts, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.differences import MOST_COMPARED, Piece, PieceKind, compare

SAME, REMOVED, ADDED = PieceKind


def side(pieces: tuple[Piece, ...], *kinds: PieceKind) -> list[str]:
    return "".join(piece.text for piece in pieces if piece.kind in kinds).split()


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("L’OTAN signe", "L’OTAN signe", [(SAME, "L’OTAN signe\n")]),
        ("L’OTAN signe", "L’OTAN hésite", [(SAME, "L’OTAN "), (REMOVED, "signe\n"), (ADDED, "hésite\n")]),
        ("un deux quatre", "un deux trois quatre", [(SAME, "un deux "), (ADDED, "trois "), (SAME, "quatre\n")]),
        ("un deux trois", "un trois", [(SAME, "un "), (REMOVED, "deux "), (SAME, "trois\n")]),
        ("", "neuf", [(ADDED, "neuf\n")]),
        ("vieux", "", [(REMOVED, "vieux\n")]),
        ("", "", []),
        ("a  b\n\n\nc", "a b\nc", [(SAME, "a b\nc\n")]),
    ],
)
def test_what_changed_is_told_in_the_order_of_the_texts(before, after, pieces):
    assert [(piece.kind, piece.text) for piece in compare(before, after)] == pieces


words = st.lists(st.sampled_from(["le", "la", "OTAN", "signe", "hésite", "\n", "\n\n"]), max_size=40).map(" ".join)


@given(words, words)
def test_both_texts_can_be_read_from_the_pieces(before, after):
    pieces = compare(before, after)
    assert side(pieces, SAME, REMOVED) == before.split()
    assert side(pieces, SAME, ADDED) == after.split()


@pytest.mark.parametrize("separator", [" ", "\n"], ids=["one paragraph", "a paragraph a word"])
def test_texts_too_long_to_be_compared_by_words_lose_nothing_either(separator):
    before = separator.join(f"mot{number}" for number in range(MOST_COMPARED + 10))
    after = separator.join(f"mot{number}" for number in range(1, 2 * MOST_COMPARED, 2))
    pieces = compare(before, after)
    assert side(pieces, SAME, REMOVED) == before.split()
    assert side(pieces, SAME, ADDED) == after.split()


def test_a_changed_word_in_a_long_text_is_found_however_long_that_is():
    before = " ".join(f"mot{number}" for number in range(10 * MOST_COMPARED))
    changed = [piece.text for piece in compare(before, before.replace("mot9000 ", "autre ")) if piece.kind is not SAME]
    assert changed == ["mot9000 ", "autre "]
