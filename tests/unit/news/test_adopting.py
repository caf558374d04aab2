"""What an address proves that a page adopts."""

from __future__ import annotations

import pytest

from news.adopting import OtherEntry, adopted_addresses, is_shared, texts_differ

HERE, THERE, ELSEWHERE = "https://a.example/1", "https://a.example/2", "https://b.example/9"
RELEASE = "La société Ormeval annonce l’ouverture d’un centre de calcul à Vexin, où deux cents personnes travailleront dès le printemps. "
OTHER_RELEASE = "Le directeur financier d’Ormeval quitte ses fonctions et sera remplacé par Lise Orme, qui vient du port de Tarnac. "
ABOUT = "Fondée à Tarnac, Ormeval fabrique des serveurs et des baies pour les mairies de la région. "


@pytest.mark.parametrize(
    ("final", "canonical", "adopted"),
    [
        (None, None, ()),
        (HERE, HERE, ()),
        (THERE, None, (THERE,)),
        ("https://a.example", None, ()),
        (None, "https://a.example/", ()),
        (None, THERE, (THERE,)),
        (None, "https://amp.a.example/1", ("https://amp.a.example/1",)),
        (None, ELSEWHERE, ()),
        (ELSEWHERE, None, (ELSEWHERE,)),
        (ELSEWHERE, "https://b.example/10", (ELSEWHERE, "https://b.example/10")),
        (ELSEWHERE, THERE, (ELSEWHERE,)),
        ("https://b.example", THERE, (THERE,)),
    ],
)
def test_a_page_may_be_known_by_where_it_was_found_and_by_what_it_calls_itself(
    final: str | None, canonical: str | None, adopted: tuple[str, ...]
) -> None:
    assert adopted_addresses(HERE, final, canonical) == adopted


@pytest.mark.parametrize(
    ("others", "shared"),
    [
        ([], False),
        ([OtherEntry("Communiqué", 1)], False),
        ([OtherEntry("Communiqué", 1), OtherEntry("Communiqué", 1)], False),
        ([OtherEntry("Communiqué", 1), OtherEntry("Communiqué", None)], False),
        ([OtherEntry("Communiqué", 1), OtherEntry("Communiqué", 2)], True),
        ([OtherEntry("Une panne à Tarnac", 1)], True),
        ([OtherEntry("", 1)], True),
    ],
)
def test_an_address_that_the_source_shows_for_several_articles_stands_for_none(others: list[OtherEntry], shared: bool) -> None:
    assert is_shared(others, "Communiqué") is shared


TITLE = "Ormeval annonce un centre de calcul à Vexin"


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        (RELEASE + ABOUT, False),
        (f"Mis à jour à 9 h 05. {RELEASE} Le maire s’en est félicité. {ABOUT}", False),
        (RELEASE, False),
        (OTHER_RELEASE + ABOUT, True),
        (OTHER_RELEASE, True),
        ("Une vidéo.", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("title", [TITLE, "Communiqué"])
def test_texts_are_of_two_articles_if_much_of_the_shorter_one_does_not_stand_in_the_other(title: str, other: str, differ: bool) -> None:
    assert texts_differ(RELEASE + ABOUT, other, title) is differ
    assert texts_differ(other, RELEASE + ABOUT, title) is differ


@pytest.mark.parametrize(
    ("title", "places", "differ"),
    [(TITLE, 0, False), (TITLE, 1, False), (TITLE, 2, True), ("Communiqué de presse", 0, True), ("Le point sur la situation", 0, True)],
)
def test_under_a_title_that_tells_little_or_stands_at_many_places_one_sentence_of_its_own_makes_another_article(
    title: str, places: int, differ: bool
) -> None:
    same = "".join(ABOUT.replace("Tarnac", town) for town in ("Tarnac", "Vexin", "Dinan", "Lorient"))
    assert texts_differ(RELEASE + same, OTHER_RELEASE + same, title, places) is differ
    assert not texts_differ(RELEASE + same, f"Mis à jour à 9 h 05.\n{RELEASE}{same}", title, places)
    assert not texts_differ(f"Mis à jour à 8 h 55.\n{RELEASE}{same}", f"Mis à jour à 9 h 05.\n{RELEASE}{same}", title, places)
