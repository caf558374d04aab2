"""What a text that stands under several titles must say of them."""

from __future__ import annotations

import pytest

from news.walls import TITLES_THAT_UNMASK, Holder, find_deceived, is_worth_remembering, speaks_of, titles_to_remember


def test_an_article_speaks_of_at_least_half_of_its_titles_longer_words():
    assert speaks_of("La fusée a décollé hier de Kourou.", "Ariane : la FUSÉE a décollé")
    assert not speaks_of("Tout accepter", "Ariane : la fusée a décollé")


def test_a_title_without_longer_words_says_nothing_against_a_text():
    assert speaks_of("Tout accepter", "IA : 5G")
    assert speaks_of("", "")


def test_articles_whose_text_proves_to_be_a_wall_are_given_back_their_words_but_for_those_it_speaks_of():
    wall = "Tout accepter : des cookies pour la fusée."
    rocket, summit = Holder("La fusée", wall, 1), Holder("Un sommet des maires", wall, 2)
    assert find_deceived([rocket, summit]) == [2]


def test_an_article_that_no_entry_shows_any_longer_has_no_words_to_be_given_back():
    assert find_deceived([Holder("Un sommet des maires", "Tout accepter", None)]) == []


def test_of_the_titles_of_a_text_as_many_are_remembered_as_unmask_a_wall():
    seen = [("wall", title) for title in "dcba"]
    assert TITLES_THAT_UNMASK == 3
    assert titles_to_remember({}, seen) == [("wall", "a"), ("wall", "b"), ("wall", "c")]
    assert titles_to_remember({"wall": {"x"}, "other": {"y", "z"}}, seen) == [("wall", "a"), ("wall", "b")]
    assert titles_to_remember({"wall": {"x", "y", "z"}}, seen) == []


def test_a_title_that_is_remembered_is_not_remembered_twice():
    held = {"text": {"a"}}
    assert titles_to_remember(held, [("text", "a"), ("text", "b"), ("text", "b"), ("other", "a")]) == [("other", "a"), ("text", "b")]
    assert held == {"text": {"a"}}


@pytest.mark.parametrize(("held", "is_kept"), [((), True), (("a", "b"), True), (("a", "c"), False), (("a", "b", "d"), False)])
def test_a_title_is_kept_once_and_no_more_of_them_than_unmask_a_wall(held: tuple[str, ...], is_kept: bool) -> None:
    assert is_worth_remembering("c", held) is is_kept
