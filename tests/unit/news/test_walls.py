"""What a text that stands under several titles must say of them."""

from __future__ import annotations

from news.walls import speaks_of


def test_an_article_speaks_of_at_least_half_of_its_titles_longer_words() -> None:
    assert speaks_of("La fusée a décollé hier de Kourou.", "Ariane : la FUSÉE a décollé")
    assert not speaks_of("Tout accepter", "Ariane : la fusée a décollé")


def test_a_title_without_longer_words_says_nothing_against_a_text() -> None:
    assert speaks_of("Tout accepter", "IA : 5G")
    assert speaks_of("", "")
