"""AMP, mobile and print addresses lead to the article at the plain one, whatever comes first, and hide nothing that is another."""

from __future__ import annotations

from itertools import permutations

import pytest

from news.sources import FeedEntry
from tests.desk import A, B, C, Desk, entry, prose

PLAIN = "https://www.a.example/tech/otan.html"
AMP = "https://a.example/amp/tech/otan.html"
CACHED = "https://a-example.cdn.ampproject.org/c/s/www.a.example/tech/otan.amp.html"
PRINTED = "https://m.a.example/tech/otan.html?print=1"
TITLE = "L’OTAN choisit Tarnac"


def shown(link: str, title: str = TITLE) -> FeedEntry:
    return entry(title, link, link, summary=prose("l’OTAN à Tarnac", 2))


@pytest.mark.parametrize("order", list(permutations([PLAIN, AMP, CACHED, PRINTED], 3)))
def test_forms_of_one_address_are_one_article_in_whatever_order_they_come(desk: Desk, order: tuple[str, ...]) -> None:
    desk.watch(A, B, C)
    for source, link in zip((A, B, C), order, strict=True):
        desk.poll(source, shown(link))
    assert (len(desk.article()["sightings"]), desk.alerts()) == (3, [("OTAN", "new")])
    assert desk.article()["url"] == order[0], "the address that is shown is the feed's own"


@pytest.mark.parametrize("order", [(PLAIN, AMP), (AMP, PLAIN)])
def test_so_are_two_entries_of_one_body(desk: Desk, order: tuple[str, str]) -> None:
    desk.watch(A)
    desk.poll(A, *map(shown, order))
    assert (len(desk.article()["sightings"]), desk.alerts()) == (2, [("OTAN", "new")])


@pytest.mark.parametrize("order", [(PLAIN, AMP), (AMP, PLAIN)])
def test_the_page_of_the_second_form_is_not_fetched_again(desk: Desk, order: tuple[str, str]) -> None:
    desk.watch(A, B, mode="page")
    title = "L’OTAN choisit Tarnac pour son centre de calcul"
    desk.poll(A, shown(order[0], title))
    desk.page(order[0], prose("l’OTAN à Tarnac et son centre de calcul"))
    assert desk.poll(B, shown(order[1], title)).pages == []
    assert (len(desk.article()["sightings"]), desk.alerts()) == (2, [("OTAN", "new")])


@pytest.mark.parametrize("order", [(PLAIN, AMP), (AMP, PLAIN)])
def test_another_title_at_such_an_address_is_another_article(desk: Desk, order: tuple[str, str]) -> None:
    desk.watch(A, B)
    desk.poll(A, shown(order[0]))
    desk.poll(B, shown(order[1], "Ormeval quitte l’OTAN"))
    assert (len(desk.articles()), len(desk.alerts())) == (2, 2)
    desk.poll(A, shown(order[0], "L’OTAN choisit Tarnac, enfin"))
    assert sorted(one["title"] for one in desk.articles()) == ["L’OTAN choisit Tarnac, enfin", "Ormeval quitte l’OTAN"]


def test_what_a_page_calls_its_amp_form_is_the_same_article_though_its_spelling_does_not_tell(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, shown(PLAIN))
    desk.page(PLAIN, prose("l’OTAN à Tarnac"), amp_url="https://a.example/accelere/12")
    desk.poll(B, shown("https://a.example/accelere/12"))
    for page in desk.archive.due_pages(desk.now, 10):
        desk.page(page.url, prose("l’OTAN à Tarnac"))
    assert (len(desk.article()["sightings"]), desk.alerts()) == (2, [("OTAN", "new")])


def test_what_a_page_in_a_cache_names_is_its_own_site_s(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, shown(CACHED))
    desk.page(CACHED, prose("l’OTAN à Tarnac"), canonical_url="https://www.a.example/2025/otan")
    desk.poll(B, shown("https://www.a.example/2025/otan"))
    for page in desk.archive.due_pages(desk.now, 10):
        desk.page(page.url, prose("l’OTAN à Tarnac"))
    assert (len(desk.article()["sightings"]), desk.alerts()) == (2, [("OTAN", "new")])


def test_an_entry_that_is_listed_on_keeps_standing_for_the_plain_address(desk: Desk) -> None:
    """An archive of an earlier version knows the entry, and not yet what its address is a form of."""
    desk.watch(A, B)
    desk.poll(A, shown(AMP))
    with desk.archive._db.conn:
        desk.archive._db.conn.execute("DELETE FROM article_urls WHERE adopted = 1")
    desk.poll(A, shown(AMP, f"{TITLE} en premier"))
    desk.poll(B, shown(PLAIN, f"{TITLE} en premier"))
    assert len(desk.article()["sightings"]) == 2
