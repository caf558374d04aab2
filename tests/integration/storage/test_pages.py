"""What the fetch of an article page leaves in the archive, and when it is fetched again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from news.scheduling import PAGE_RETRY_DELAYS
from news.sources import ExtractedPage, PageOutcome, Problem
from tests.desk import DOWN, NOW, A, B, Desk, entry, prose

ONE, TWO, THREE = "https://a.example/1", "https://a.example/2", "https://a.example/3"
WALL = (
    "Avec votre accord, nous et nos 842 partenaires utilisons des cookies pour mesurer l’audience. Continuer sans accepter. Tout accepter. "
    "Vous pouvez à tout moment changer d’avis et retirer votre consentement."
)
NOTICE = prose("les préparatifs du printemps")
"""What a site shows in place of any article; nothing in it says so."""


def given_up(desk: Desk) -> list[tuple[str, str, str]]:
    """URL, state and error code of the pages that a person is told of."""
    return [(page["url"], page["state"], page["error"]["code"]) for page in desk.status()["page_problems"]]


def test_a_pages_article_waits_for_its_page_and_has_its_text(desk: Desk) -> None:
    desk.watch(A, mode="page")
    tally = desk.poll(A, entry("Un", ONE, summary="résumé", content=prose("le flux", 30)))
    assert ([(page.url, page.title) for page in tally.pages], desk.articles()) == ([(ONE, "Un")], [])
    desk.page(ONE, prose("la page"), author="Ève", language="fr")
    article = desk.article()
    assert (article["text"], article["origin"], article["author"], article["language"]) == (prose("la page"), "page", "Ève", "fr")


def test_in_feed_mode_no_page_is_fetched(desk: Desk) -> None:
    desk.watch(A, mode="feed")
    assert desk.poll(A, entry("Un", ONE, summary="résumé")).pages == []
    assert (desk.article()["text"], desk.article()["origin"]) == ("résumé", "feed")


def test_auto_fetches_the_page_unless_the_feed_carries_the_full_text(desk: Desk) -> None:
    desk.watch(A, mode="auto")
    full, cut = prose("le sommet", 30), prose("le sommet", 30) + " […]"
    tally = desk.poll(A, entry("Plein", ONE, content=full), entry("Coupé", TWO, content=cut), entry("Court", THREE, summary="résumé"))
    assert sorted(page.url for page in tally.pages) == [TWO, THREE]
    assert (desk.article()["title"], desk.article()["text"]) == ("Plein", full)


def test_an_entry_without_a_link_keeps_the_feeds_text_in_every_mode(desk: Desk) -> None:
    desk.watch(A, mode="page")
    assert desk.poll(A, entry("Un", None, "g1", summary="résumé")).pages == []
    assert (desk.article()["text"], desk.article()["url"]) == ("résumé", f"{A}#guid%3Ag1")


def test_the_title_is_the_feeds_else_the_pages(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Du flux", ONE), entry(None, TWO))
    desk.page(ONE, prose("un"), title="De la page")
    desk.page(TWO, prose("deux"), title="De la page")
    assert {(article["url"], article["title"]) for article in desk.articles()} == {(ONE, "Du flux"), (TWO, "De la page")}


def test_the_feeds_summary_belongs_to_the_text_only_when_the_page_was_not_had(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE, summary="résumé de l’OTAN", content="le début"))
    desk.fail_page(ONE)
    assert desk.article()["text"] == "résumé de l’OTAN\n\nle début"
    desk.page(ONE, prose("la suite du résumé, au début"), at=desk.now + timedelta(hours=1))
    assert desk.article()["text"] == prose("la suite du résumé, au début")


def test_a_page_tells_when_it_was_published_if_the_feed_does_not_and_that_is_the_articles_time(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE, published_at=None))
    desk.fail_page(ONE)
    assert desk.article()["published_at"] is None
    desk.page(ONE, prose("un"), published_at=NOW - timedelta(days=3), at=desk.now + timedelta(hours=1))
    assert desk.article()["published_at"] == "2025-02-07T12:00:00Z"
    assert desk.found("un", until=NOW - timedelta(days=2)) == ["Un"]


def test_if_the_first_fetch_fails_the_article_is_there_at_once_and_matched_with_the_feeds_text(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE, summary="L’OTAN se réunit"))
    tally = desk.fail_page(ONE)
    assert (tally.pages_failed, tally.articles_new, desk.article()["origin"]) == (1, 1, "feed")
    assert desk.alerts() == [("OTAN", "new")]


def test_the_page_that_comes_later_is_a_revision_and_alerts_as_revised_if_only_it_matches(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary="résumé"))
    desk.fail_page(ONE)
    assert desk.alerts() == []
    tally = desk.page(ONE, prose("le sommet de l’OTAN"), at=desk.now + timedelta(minutes=1))
    assert (tally.articles_new, tally.articles_revised, tally.duplicates, desk.article()["revisions"]) == (0, 1, 0, 2)
    assert desk.alerts() == [("OTAN", "revised")]


def test_a_page_is_tried_again_ever_more_rarely_and_then_given_up_visibly(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    for delay in PAGE_RETRY_DELAYS:
        desk.fail_page(ONE)
        assert desk.archive.due_pages(desk.now + delay - timedelta(seconds=1), 10) == []
        assert given_up(desk) == [(ONE, "due", "timeout")]
        desk.tick(desk.now + delay)
    desk.fail_page(ONE)
    assert desk.archive.due_pages(desk.now + timedelta(days=365), 10) == []
    assert (given_up(desk), desk.status()["pages"]) == ([(ONE, "given_up", "timeout")], {"due": 0, "given_up": 1})
    assert desk.article()["revisions"] == 1


@pytest.mark.parametrize("code", ["http_410", "http_451", "not_html", "forbidden_address", "too_large"])
def test_an_answer_that_will_not_change_is_given_up_at_once(desk: Desk, code: str) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.fail_page(ONE, Problem(code, "never"))
    assert given_up(desk) == [(ONE, "given_up", code)]


def test_a_page_that_asks_to_be_left_alone_is(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.fail_page(ONE, replace(DOWN, retry_after=timedelta(hours=2)))
    assert desk.archive.due_pages(desk.now + timedelta(minutes=119), 10) == []
    assert [page.url for page in desk.archive.due_pages(desk.now + timedelta(hours=2), 10)] == [ONE]
    assert [page["attempts"] for page in desk.status()["page_problems"]] == [1]


def test_a_page_had_at_last_is_no_problem_any_more(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.fail_page(ONE)
    desk.page(ONE, prose("un"), at=desk.now + timedelta(minutes=1))
    assert given_up(desk) == []
    assert desk.archive.due_pages(desk.now + timedelta(days=9), 10) == []


def test_pages_longest_due_come_first(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.poll(A, entry("Deux", TWO), entry("Un", ONE))
    assert [page.url for page in desk.archive.due_pages(desk.now, 1)] == [ONE]


def test_pages_in_hand_are_not_listed_as_due(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Deux", TWO), entry("Un", ONE))
    first = desk.archive.due_pages(desk.now, 1)
    assert [page.url for page in desk.archive.due_pages(desk.now, 1, {page.entry_id for page in first})] == [TWO]
    assert desk.archive.due_pages(desk.now, 2, {page.entry_id for page in desk.archive.due_pages(desk.now, 2)}) == []


def test_a_wall_is_a_failure_with_its_reason_and_the_feeds_text_is_kept(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary="L’OTAN se réunit"))
    tally = desk.page(ONE, WALL)
    assert (tally.pages_failed, desk.article()["text"], given_up(desk)) == (1, "L’OTAN se réunit", [(ONE, "due", "wall")])
    assert desk.alerts() == [("OTAN", "new")]


def test_a_wall_never_replaces_a_text(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE))
    desk.page(ONE, prose("le sommet"))
    desk.poll(A, entry("Un sommet", ONE, summary="de retour"), at=desk.now + timedelta(hours=2))
    desk.page(ONE, WALL)
    assert (desk.article()["text"], desk.article()["revisions"]) == (prose("le sommet"), 1)


def test_the_third_article_with_the_same_text_unmasks_the_wall_and_the_two_before_get_the_feeds_text_back(desk: Desk) -> None:
    desk.watch(A, mode="page")
    items = [
        entry("Mars attaque", ONE, summary="L’OTAN riposte aux préparatifs du printemps"),
        entry("Pluton dort", TWO, summary="Au printemps"),
        entry("Saturne tourne", THREE, summary="Les préparatifs"),
    ]
    desk.poll(A, *items)
    desk.page(ONE, NOTICE)
    desk.page(TWO, NOTICE)
    assert ({article["text"] for article in desk.articles()}, desk.alerts()) == ({NOTICE}, [("OTAN", "new")])
    desk.page(THREE, NOTICE)
    assert {(article["title"], article["text"]) for article in desk.articles()} == {
        ("Mars attaque", "L’OTAN riposte aux préparatifs du printemps"),
        ("Pluton dort", "Au printemps"),
        ("Saturne tourne", "Les préparatifs"),
    }
    assert desk.alerts() == [("OTAN", "new")]
    assert sorted(given_up(desk)) == [(ONE, "given_up", "wall"), (TWO, "given_up", "wall"), (THREE, "due", "wall")]


def test_a_wall_that_was_unmasked_deceives_none_of_those_again_that_it_deceived_before(desk: Desk) -> None:
    desk.watch(A, mode="page")
    others = [entry("Pluton dort", TWO, summary="Au printemps"), entry("Saturne tourne", THREE, summary="Les préparatifs")]
    desk.poll(A, entry("Mars attaque", ONE, summary="Les préparatifs"), *others)
    for url in (ONE, TWO, THREE):
        desk.page(url, NOTICE)
    desk.poll(A, entry("Mars attaque", ONE, summary="Les préparatifs du printemps"), at=desk.now + timedelta(hours=2))
    assert desk.page(ONE, NOTICE).pages_failed == 1
    assert NOTICE not in {article["text"] for article in desk.articles()}


def test_a_wall_is_not_taken_back_from_what_its_entry_shows_by_now(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Mars attaque", ONE, "g1", summary="Les préparatifs"), entry("Pluton dort", TWO, summary="Au printemps"))
    desk.page(ONE, NOTICE)
    desk.page(TWO, NOTICE)
    desk.poll(A, entry("La halle de Vexin rouvre", "https://a.example/4", "g1", published_at=NOW), at=desk.now + timedelta(hours=2))
    desk.page("https://a.example/4", prose("la halle de Vexin"))
    desk.poll(A, entry("Saturne tourne", THREE, summary="Les préparatifs"))
    desk.page(THREE, NOTICE)
    texts = {article["title"]: article["text"] for article in desk.articles()}
    assert texts["La halle de Vexin rouvre"] == prose("la halle de Vexin")
    assert texts["Pluton dort"] == "Au printemps"


def test_articles_of_two_sites_behind_the_same_wall_are_never_one(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    there = "https://b.example/2"
    desk.poll(A, entry("Mars attaque", ONE, summary="Les préparatifs"))
    desk.poll(B, entry("Pluton dort", there, summary="L’OTAN et les préparatifs du printemps"))
    desk.page(ONE, NOTICE)
    desk.page(there, NOTICE)
    assert [(article["url"], len(article["sightings"])) for article in desk.articles()] == [(ONE, 1), (there, 1)]
    assert desk.alerts() == [("OTAN", "new")]


def test_a_text_under_three_titles_that_speaks_of_them_is_no_wall(desk: Desk) -> None:
    desk.watch(A, mode="page")
    text = prose("Mars, Pluton et Saturne, qui attaquent, dorment et tournent")
    desk.poll(A, entry("Mars et Pluton", ONE), entry("Pluton et Saturne", TWO), entry("Saturne et Mars", THREE))
    for url in (ONE, TWO, THREE):
        assert desk.page(url, text).pages_failed == 0
    assert {article["text"] for article in desk.articles()} == {text}


def test_a_page_with_less_text_than_the_feed_is_given_up_and_the_feeds_text_is_kept(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary=prose("l’OTAN")))
    desk.page(ONE, "La vidéo du sommet.")
    assert (desk.article()["text"], desk.alerts(), given_up(desk)) == (prose("l’OTAN"), [("OTAN", "new")], [(ONE, "given_up", "teaser")])


def test_a_short_page_is_an_article_if_the_feed_says_no_more(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary="L’OTAN en bref."))
    desk.page(ONE, "La vidéo du sommet.")
    assert desk.article()["text"] == "La vidéo du sommet."


def test_an_articles_url_is_its_link_without_tracking_parameters_otherwise_letter_for_letter(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", f"{ONE}?utm_source=rss&id=5#haut"))
    assert desk.article()["url"] == f"{ONE}?id=5#haut"


def test_an_articles_url_is_its_link_wherever_redirects_led_and_whatever_the_page_calls_itself(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", "https://a.example/r1"), entry("Deux", "https://a.example/r2"))
    desk.page("https://a.example/r1", prose("un"), final=f"{ONE}?utm_medium=x")
    desk.page("https://a.example/r2", prose("deux"), final="https://a.example/amp/2", canonical_url=TWO)
    assert [article["url"] for article in desk.articles()] == ["https://a.example/r1", "https://a.example/r2"]


def test_a_site_root_is_no_address_of_an_article(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE), entry("Deux", TWO))
    desk.page(ONE, prose("un"), final="https://a.example/")
    desk.page(TWO, prose("deux"), canonical_url="https://a.example")
    assert [article["url"] for article in desk.articles()] == [ONE, TWO]


def test_an_address_that_other_entries_of_the_source_share_is_ignored(desk: Desk) -> None:
    desk.watch(A, mode="page")
    moved = "https://a.example/we-moved"
    desk.poll(A, entry("Un", ONE), entry("Deux", TWO), entry("Trois", THREE))
    desk.page(ONE, prose("un"), final=moved)
    desk.page(TWO, prose("deux"), final=moved)
    desk.page(THREE, prose("trois"), canonical_url=moved)
    assert [article["url"] for article in desk.articles()] == [ONE, TWO, THREE]


def test_a_canonical_address_on_a_foreign_host_is_ignored(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.page(ONE, prose("un"), canonical_url="https://elsewhere.example/1")
    assert desk.article()["url"] == ONE


def test_links_of_two_sources_that_lead_to_one_page_are_one_article(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Un", "https://go.example/x"))
    desk.poll(B, entry("Un", "https://go.example/y"))
    desk.page("https://go.example/x", prose("l’OTAN"), final=ONE)
    assert desk.page("https://go.example/y", prose("l’OTAN") + " Vu le matin.", final=ONE).duplicates == 1
    assert [one["url"] for one in desk.article()["sightings"]] == ["https://go.example/x", "https://go.example/y"]
    assert desk.alerts() == [("OTAN", "new")]


def test_an_article_known_by_its_link_stays_the_same_when_its_page_turns_out_to_be_elsewhere(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE))
    desk.fail_page(ONE)
    desk.page(ONE, prose("le sommet"), final=TWO, at=desk.now + timedelta(hours=1))
    assert (desk.article()["url"], desk.article()["revisions"]) == (ONE, 2)


@pytest.mark.parametrize(
    "change",
    [{"title": "Autre"}, {"summary": "autre"}, {"content": "autre"}, {"updated_at": NOW}],
    ids=["title", "summary", "content", "updated date"],
)
def test_a_page_is_fetched_again_when_its_entry_changes(desk: Desk, change: dict[str, object]) -> None:
    desk.watch(A, mode="page")
    first = entry("Un", ONE)
    desk.poll(A, first)
    desk.page(ONE, prose("un"))
    assert desk.poll(A, first, at=desk.now + timedelta(hours=2)).pages == []
    assert [page.url for page in desk.poll(A, replace(first, **change)).pages] == [ONE]
    desk.page(ONE, prose("l’OTAN"))
    assert (desk.article()["revisions"], desk.alerts()) == (2, [("OTAN", "revised")])


def test_a_page_whose_entry_keeps_changing_is_fetched_at_most_hourly(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.page(ONE, prose("un"))
    fetched_at = desk.now
    for minutes in (10, 20, 50):
        assert desk.poll(A, entry(f"Un, {minutes}", ONE), at=fetched_at + timedelta(minutes=minutes)).pages == []
    assert desk.archive.due_pages(fetched_at + timedelta(minutes=59), 10) == []
    assert [page.url for page in desk.archive.due_pages(fetched_at + timedelta(hours=1), 10)] == [ONE]


def test_a_failed_fetch_of_a_known_page_keeps_its_text_but_judges_the_new_title(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE))
    desk.page(ONE, prose("le sommet"))
    desk.poll(A, entry("Un sommet de l’OTAN", ONE), at=desk.now + timedelta(hours=2))
    desk.fail_page(ONE)
    assert (desk.article()["title"], desk.article()["text"]) == ("Un sommet de l’OTAN", prose("le sommet"))
    assert (desk.article()["origin"], desk.alerts()) == ("page", [("OTAN", "revised")])


def test_the_same_page_again_is_no_revision(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE))
    desk.page(ONE, prose("un"))
    desk.poll(A, entry("Un", ONE, updated_at=NOW), at=desk.now + timedelta(hours=2))
    assert desk.page(ONE, prose("un")).articles_revised == 0
    assert desk.article()["revisions"] == 1


def test_a_page_whose_entry_got_another_link_while_it_was_on_its_way_is_not_taken_for_the_new_one(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE, "g1"))
    on_its_way = desk.due_page(ONE)
    desk.poll(A, entry("Deux", TWO, "g1"))
    desk.bring(on_its_way, desk.tick(), ExtractedPage(None, prose("un")))
    assert [(one["url"], one["text"]) for one in desk.articles()] == [(ONE, "")], "what it said first is an article, and has no page"
    desk.page(TWO, prose("deux"))
    assert [(one["url"], one["text"]) for one in desk.articles()] == [(ONE, ""), (TWO, prose("deux"))]


def test_a_page_whose_entry_changed_while_it_was_on_its_way_is_fetched_again_an_hour_later(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, "g1"))
    on_its_way = desk.due_page(ONE)
    desk.poll(A, entry("Un sommet agité", ONE, "g1"))
    desk.bring(on_its_way, desk.now, ExtractedPage(None, prose("le sommet")))
    assert (desk.article()["title"], desk.article()["text"]) == ("Un sommet agité", prose("le sommet"))
    assert desk.archive.due_pages(desk.now + timedelta(minutes=59), 10) == []
    desk.page(ONE, prose("le sommet de l’OTAN"), at=desk.now + timedelta(hours=1))
    assert desk.alerts() == [("OTAN", "revised")]
    assert desk.archive.due_pages(desk.now + timedelta(days=1), 10) == []


def test_a_page_that_nobody_waits_for_changes_nothing(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un", ONE, summary="résumé"))
    for entry_id in (1, 99):
        outcome = PageOutcome(entry_id, 1, ONE, NOW, 0.1, 200, None, ExtractedPage(None, prose("un")))
        assert desk.archive.record_page(outcome, desk.tick()).result().articles_revised == 0
    assert desk.article()["text"] == "résumé"


def test_the_sources_take_turns_in_the_list_of_due_pages_however_many_each_has(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, *(entry(f"Titre {number}", f"https://a.example/{number}") for number in range(5)))
    desk.poll(B, *(entry(f"Titre {number}", f"https://b.example/{number}") for number in range(2)))
    listed = [page.source_id for page in desk.archive.due_pages(desk.now, 100)]
    a, b = desk.source(A).source_id, desk.source(B).source_id
    assert listed == [a, b, a, b, a, a, a]
    assert [page.source_id for page in desk.archive.due_pages(desk.now, 2)] == [a, b]


def test_what_an_entry_said_before_its_page_came_is_matched_and_kept(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("L’OTAN à Tarnac", ONE, "g1"))
    desk.poll(A, entry("Un sommet à Tarnac", ONE, "g1", summary="Des ministres."))
    assert (desk.alerts(), desk.found("ministres")) == ([("OTAN", "new")], ["L’OTAN à Tarnac"])
    desk.page(ONE, prose("le sommet de Tarnac"))
    assert (desk.article()["title"], desk.article()["origin"], desk.article()["revisions"]) == ("Un sommet à Tarnac", "page", 2)


def test_pages_are_due_with_the_titles_of_their_entries(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un", ONE), entry(None, TWO))
    assert sorted((page.url, page.title) for page in desk.archive.due_pages(desk.now, 10)) == [(ONE, "Un"), (TWO, None)]
