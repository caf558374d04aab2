"""Addresses that pages name for themselves: they join what is one article, and hide nothing that only shares them."""

from __future__ import annotations

from itertools import permutations

import pytest

from news.sources import FeedEntry
from tests.desk import A, B, Desk, entry, prose

LIST = "https://a.example/communiques"
SUBJECTS = ("le centre de calcul de Vexin", "le départ du directeur financier", "le contrat de l’OTAN à Tarnac")
LINKS = tuple(f"https://a.example/c/{number}" for number in (1, 2, 3))
RELEASES = list(zip(LINKS, SUBJECTS, strict=True))
ORDERS = list(permutations(RELEASES))
ABOUT = "\nFondée à Tarnac, Ormeval fabrique des serveurs et des baies de calcul pour les mairies de toute la région."


def release(link: str, title: str = "Communiqué") -> FeedEntry:
    return entry(title, link, link[-1], summary=f"La rédaction suit {dict(RELEASES)[link]}.")


@pytest.mark.parametrize("title", ["Communiqué", "Le point de la rédaction sur la situation à Tarnac"])
@pytest.mark.parametrize("order", ORDERS)
def test_articles_under_one_title_whose_pages_all_name_one_address_are_articles_of_their_own(
    desk: Desk, order: list[tuple[str, str]], title: str
) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, *(release(link, title) for link in LINKS))
    for link, subject in order:
        desk.page(link, f"La rédaction suit {subject}." + ABOUT * 9, canonical_url=LIST)
    assert [one["url"] for one in desk.articles()] == [link for link, _ in order]
    assert desk.alerts() == [("OTAN", "new")]


@pytest.mark.parametrize("order", ORDERS)
def test_so_are_those_that_come_poll_by_poll(desk: Desk, order: list[tuple[str, str]]) -> None:
    desk.watch(A, mode="page")
    for number, (link, subject) in enumerate(order, 1):
        desk.poll(A, *(release(each) for each, _ in reversed(order[:number])))
        desk.page(link, prose(subject) + ABOUT, final=LIST)
    assert (len(desk.articles()), desk.alerts()) == (3, [("OTAN", "new")])


@pytest.mark.parametrize("shown", [{"canonical_url": LIST}, {"final": LIST}])
def test_relays_of_one_article_under_one_title_are_one_however_many_they_are_and_though_it_was_edited_meanwhile(
    desk: Desk, shown: dict[str, str]
) -> None:
    desk.watch(A, mode="page")
    for number, link in enumerate(LINKS, 1):
        desk.poll(A, entry("Tarnac reçoit l’OTAN", link, f"g{number}"))
        desk.page(link, f"Mis à jour à {number} h 05.\n" + prose("l’OTAN à Tarnac"), **shown)
    assert (len(desk.article()["sightings"]), desk.alerts()) == (3, [("OTAN", "new")])


@pytest.mark.parametrize("first", [A, B])
def test_what_a_feed_lists_at_the_shared_address_itself_is_one_of_them_only_if_its_page_says_the_same(desk: Desk, first: str) -> None:
    desk.watch(A, B, mode="page")
    for source in (first, {A: B, B: A}[first]):
        if source == A:
            desk.poll(A, release(LINKS[2]))
            desk.page(LINKS[2], prose(SUBJECTS[2]), canonical_url=LIST)
        else:
            desk.poll(B, entry("Communiqué", LIST, "liste", summary="La liste des communiqués d’Ormeval."))
            if any(page.url == LIST for page in desk.archive.due_pages(desk.now, 10)):
                desk.page(LIST, prose("la liste des communiqués d’Ormeval"))
    assert desk.alerts() == [("OTAN", "new")]
    assert len(desk.articles()) == 2
