"""When two appearances are one article, and what is a revision of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from news.sources import ExtractedPage, PageOutcome
from tests.desk import DOWN, NOW, A, B, C, Desk, entry, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"
SHARED = prose("le sommet de l’OTAN")
SHORT = "Une dépêche de quelques mots sur l’OTAN."


def test_the_same_url_is_the_same_article_whatever_source_or_words_bring_it(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN", ONE, summary="vu d’ici"))
    tally = desk.poll(B, entry("Autre titre", f"{ONE}?utm_source=b", summary="vu d’ailleurs"))
    assert (tally.entries_new, tally.articles_new, tally.duplicates) == (1, 0, 1)
    assert desk.alerts() == [("OTAN", "new")]


def test_every_appearance_is_a_sighting_the_first_one_included(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE))
    desk.poll(B, entry("Un", f"{ONE}#suite"))
    assert desk.article()["sightings"] == [
        {"source": "a.example", "url": ONE, "seen_at": "2025-02-10T12:02:00Z"},
        {"source": "b.example", "url": f"{ONE}#suite", "seen_at": "2025-02-10T12:03:00Z"},
    ]


def test_differences_between_two_sources_texts_are_no_revision(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE, summary="vu d’ici"))
    for _ in range(2):
        desk.poll(B, entry("Autre", ONE, summary="vu de l’OTAN"))
        desk.poll(A, entry("Un", ONE, summary="vu d’ici"))
    assert (desk.article()["revisions"], desk.article()["text"]) == (1, "vu d’ici")


def test_the_page_that_a_second_source_finally_gets_is_no_revision_of_the_firsts(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un sommet à Tarnac", ONE))
    desk.poll(B, entry("Sommet : Tarnac reçoit", ONE))
    of_a, of_b = desk.archive.due_pages(desk.now, 10)
    desk.bring(of_a, desk.tick(), ExtractedPage(None, prose("le sommet de Tarnac")))
    desk.fail_page(of_b.url)
    desk.page(ONE, prose("le sommet de Tarnac"), at=desk.now + timedelta(hours=1))
    assert (desk.article()["revisions"], desk.article()["title"]) == (1, "Un sommet à Tarnac")


def test_a_page_that_a_second_source_fails_to_get_puts_its_title_over_nobodys_text(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(B, entry("Sommet : Tarnac reçoit", ONE, "g1"))
    of_b = desk.due_page(ONE)
    for hours, subject in enumerate(("le sommet", "le sommet de Tarnac", "le sommet de Tarnac, reporté"), 1):
        at = NOW + timedelta(hours=2 * hours)
        desk.poll(A, entry("Un sommet à Tarnac", ONE, "g1", updated_at=at), at=at)
        (of_a,) = (page for page in desk.archive.due_pages(at, 10) if page.source_id != of_b.source_id)
        desk.bring(of_a, at, ExtractedPage(None, prose(subject)))
        desk.archive.record_page(PageOutcome(of_b.entry_id, of_b.source_id, ONE, at, 0.1, problem=DOWN), at).result()
        assert (desk.article()["revisions"], desk.article()["title"], desk.article()["text"]) == (
            hours,
            "Un sommet à Tarnac",
            prose(subject),
        )


def test_what_the_second_source_changes_in_its_own_text_is_a_revision(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE, summary="vu d’ici"))
    desk.poll(B, entry("Autre", ONE, summary="vu d’ailleurs"))
    desk.poll(B, entry("Autre", ONE, summary="vu de l’OTAN"))
    assert (desk.article()["revisions"], desk.alerts()) == (2, [("OTAN", "revised")])


def test_the_same_long_text_on_another_host_is_the_same_article(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un sommet", ONE, content=SHARED))
    tally = desk.poll(B, entry("Reprise", "https://b.example/9", content=SHARED.upper()))
    assert (tally.articles_new, tally.duplicates, desk.alerts()) == (0, 1, [("OTAN", "new")])
    assert [one["url"] for one in desk.article()["sightings"]] == [ONE, "https://b.example/9"]


def test_the_same_long_text_on_the_same_host_is_the_same_article_only_if_the_titles_agree(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un sommet", ONE, content=SHARED))
    desk.poll(A, entry("Un sommet !", TWO, content=SHARED), entry("Un sommet", ONE, content=SHARED))
    assert len(desk.articles()) == 1
    desk.poll(A, entry("Tout autre chose", THREE, content=SHARED))
    assert [article["url"] for article in desk.articles()] == [ONE, THREE]


def test_a_title_line_in_the_text_does_not_make_it_another_text(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un sommet", ONE, content=f"Un sommet\n{SHARED}"))
    assert desk.poll(B, entry("Reprise", "https://b.example/9", content=SHARED)).duplicates == 1


def test_a_short_text_is_no_identity(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Dépêche", ONE, content=SHORT))
    desk.poll(B, entry("Dépêche", "https://b.example/9", content=SHORT))
    assert len(desk.articles()) == 2


def test_a_text_seen_under_three_titles_is_no_identity(desk: Desk) -> None:
    desk.watch(A, B, C)
    desk.poll(A, entry("Mars", ONE, content=SHARED), entry("Pluton", TWO, content=SHARED))
    desk.poll(B, entry("Saturne", "https://b.example/9", content=SHARED))
    desk.poll(C, entry("Saturne", "https://c.example/9", content=SHARED))
    assert len(desk.articles()) == 4


def test_a_url_under_which_an_article_was_sighted_stands_for_it_from_then_on(desk: Desk) -> None:
    desk.watch(A, B, C)
    desk.poll(A, entry("Un sommet", ONE, content=SHARED))
    desk.poll(B, entry("Reprise", "https://b.example/9", content=SHARED))
    desk.poll(C, entry("Autre texte", "https://b.example/9", content="court"))
    assert len(desk.article()["sightings"]) == 3


def test_two_entries_of_one_source_at_one_address_are_two_sightings_and_a_change_is_a_revision(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE, "g1"))
    tally = desk.poll(A, entry("Un, mis à jour", ONE, "g2"))
    assert (tally.duplicates, tally.articles_revised, desk.article()["title"]) == (1, 1, "Un, mis à jour")
    desk.poll(A, entry("Un, mis à jour", ONE, "g2"))
    assert (desk.article()["revisions"], len(desk.article()["sightings"])) == (2, 2)


def test_an_address_known_from_another_source_needs_no_second_fetch(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.page(ONE, prose("un"))
    assert desk.poll(B, entry("Un", ONE)).pages == []
    assert (desk.article()["text"], len(desk.article()["sightings"])) == (prose("un"), 2)


def test_its_own_source_showing_an_address_under_a_new_guid_has_it_fetched_again(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE, "g1"))
    desk.page(ONE, prose("un"))
    assert [page.url for page in desk.poll(A, entry("Un", ONE, "g2"), entry("Un", ONE, "g1")).pages] == [ONE]
    desk.page(ONE, prose("l’OTAN"))
    assert desk.alerts() == [("OTAN", "revised")]


def test_an_article_is_known_by_the_time_it_was_published_or_first_seen_where_that_is_missing_or_in_the_future(desk: Desk) -> None:
    desk.watch(A)
    later = desk.now + timedelta(days=30)
    past = entry("Passé", ONE, published_at=desk.now - timedelta(days=3))
    desk.poll(A, past, entry("Futur", TWO, published_at=later), entry("Inconnu", THREE, published_at=None))
    assert [article["published_at"] for article in desk.articles()] == [None, later.strftime("%FT%TZ"), "2025-02-07T12:01:00Z"]
    assert desk.rows("SELECT title, time FROM articles ORDER BY id") == [
        ("Inconnu", "2025-02-10T12:02:00.000000Z"),
        ("Futur", "2025-02-10T12:02:00.000000Z"),
        ("Passé", "2025-02-07T12:01:00.000000Z"),
    ]


def test_a_date_of_the_first_centuries_is_kept_as_it_is(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Ancien", ONE, published_at=desk.now.replace(year=4, month=2, day=29)))
    assert desk.article()["published_at"] == "0004-02-29T12:01:00Z"


def test_a_page_is_fetched_although_a_feed_that_only_speaks_of_it_came_first(desk: Desk) -> None:
    desk.watch(A, mode="feed")
    desk.watch(B, mode="page")
    desk.poll(A, entry("Lu ailleurs", ONE, summary="un lien"))
    assert [page.url for page in desk.poll(B, entry("Un sommet", ONE)).pages] == [ONE]
    desk.page(ONE, prose("le sommet de l’OTAN"))
    assert (len(desk.articles()), desk.alerts()) == (1, [("OTAN", "revised")])


@pytest.mark.parametrize("shown", ["canonical", "redirect"])
def test_an_address_that_a_site_shows_for_articles_of_several_of_its_feeds_hides_none_of_them(desk: Desk, shown: str) -> None:
    place = "https://a.example/offres"
    where: dict[str, Any] = {"canonical_url": place} if shown == "canonical" else {"final": place}
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un téléphone pliant", ONE))
    desk.page(ONE, prose("le téléphone pliant"), **where)
    desk.poll(B, entry("Sommet à Bruxelles", TWO))
    desk.page(TWO, prose("le sommet de l’OTAN à Bruxelles"), **where)
    assert [(one["title"], one["url"]) for one in desk.articles()] == [("Un téléphone pliant", ONE), ("Sommet à Bruxelles", TWO)]
    assert desk.alerts() == [("OTAN", "new")]


@pytest.mark.parametrize("first", [A, B])
def test_a_story_that_shares_its_link_in_one_feed_is_the_same_in_another_that_lists_it_alone_and_fetches_its_page(
    desk: Desk, first: str
) -> None:
    desk.watch(A)
    desk.watch(B, mode="page")
    story = entry("L’OTAN prolonge son sommet", ONE, "g2")
    for source in (first, {A: B, B: A}[first]):
        desk.poll(source, *([entry("Panne de courant à Tarnac", ONE, "g1"), story] if source == A else [story]))
        if source == B:
            desk.page(ONE, prose("l’OTAN qui prolonge son sommet"))
    assert desk.alerts() == [("OTAN", "new")]


def test_an_entry_without_a_link_is_the_same_article_when_its_feed_has_moved(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("L’OTAN à Tarnac", None, "g1"))
    desk.poll(A, entry("Une halle rouvre à Vexin, dit l’OTAN", None, "g1"), final_url="https://flux.a.example/")
    assert (desk.article()["revisions"], desk.alerts()) == (2, [("OTAN", "new")])


def test_a_first_page_is_no_revision_of_another_sources_though_the_feeds_words_before_it_were_others(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un sommet à Tarnac", ONE, summary="Trente maires viennent."))
    of_a = desk.due_page(ONE)
    desk.fail_page(ONE)
    desk.poll(B, entry("Un sommet à Tarnac", ONE))
    (of_b,) = (page for page in desk.archive.due_pages(desk.now, 10) if page.source_id != of_a.source_id)
    desk.bring(of_b, desk.tick(), ExtractedPage(None, prose("le sommet de Tarnac")))
    desk.poll(A, entry("Un sommet à Tarnac", ONE, summary="Quarante maires viennent."))
    at = desk.now + timedelta(hours=2)
    desk.bring(of_a, desk.tick(at), ExtractedPage(None, prose("le sommet de Tarnac, vu autrement")))
    assert (desk.article()["revisions"], desk.article()["text"]) == (2, prose("le sommet de Tarnac"))
    desk.poll(A, entry("Un sommet à Tarnac", ONE, summary="Cinquante maires viennent."))
    at = desk.now + timedelta(hours=2)
    desk.bring(of_a, desk.tick(at), ExtractedPage(None, prose("le sommet de Tarnac, corrigé")))
    assert (desk.article()["revisions"], desk.article()["text"]) == (3, prose("le sommet de Tarnac, corrigé"))
