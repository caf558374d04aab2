"""What each source says of an article is a version of it: matched when it comes, and found, whatever the order of the polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from news.comparing import Comparing
from news.consequences import VersionToMatch
from news.sources import ExtractedPage
from news.topics import Topic
from storage.recording import beforehand
from tests.desk import OTAN, A, B, C, Desk, entry, prose

ONE, TWO = "https://a.example/1", "https://a.example/2"
ARIANE = Topic("Ariane", "Ariane", ("hook",))


def test_what_a_second_source_says_is_matched_and_found(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un sommet", ONE, summary="Trente maires réunis."))
    desk.poll(B, entry("Le même sommet", ONE, summary="Avec l’OTAN."))
    assert (len(desk.articles()), desk.alerts()) == (1, [("OTAN", "revised")])
    assert desk.found("OTAN") == desk.found("maires") == desk.found('"même sommet"') == ["Un sommet"]


@pytest.mark.parametrize("order", list(permutations((A, B, C))))
def test_the_order_of_polls_decides_neither_who_is_told_nor_what_is_found(desk: Desk, order: tuple[str, ...]) -> None:
    words = {A: ("Un sommet", "Trente maires."), B: ("Un sommet", "L’OTAN invite."), C: ("Ariane au sommet", "Trente maires.")}
    desk.follow(OTAN, ARIANE)
    desk.watch(A, B, C)
    for source in order:
        title, summary = words[source]
        desk.poll(source, entry(title, ONE, summary=summary))
    assert len(desk.articles()) == 1
    assert sorted(topic for topic, _ in desk.alerts()) == ["Ariane", "OTAN"]
    assert [len(desk.found(query)) for query in ("OTAN", "Ariane", "maires", "sommet")] == [1, 1, 1, 1]


def test_an_article_of_which_several_versions_hold_the_query_is_found_once(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN à Paris", ONE))
    desk.poll(B, entry("L’OTAN à Bruxelles", ONE))
    for by_date in (False, True):
        assert desk.found("OTAN", by_date=by_date) == ["L’OTAN à Paris"]
    assert desk.found("OTAN Bruxelles") == ["L’OTAN à Paris"]
    assert desk.found("Paris Bruxelles") == [], "a query holds in one version"


def test_an_edited_article_is_found_by_the_words_under_which_another_feed_still_lists_it(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("L’OTAN hésite", ONE))
    desk.poll(B, entry("L’OTAN hésite", ONE))
    desk.poll(A, entry("Le sommet hésite", ONE))
    assert (desk.article()["title"], desk.article()["revisions"]) == ("Le sommet hésite", 2)
    assert desk.found("OTAN") == desk.found("sommet") == ["Le sommet hésite"]
    desk.poll(B, entry("Le sommet hésite", ONE))
    assert (desk.found("OTAN"), desk.article()["revisions"]) == ([], 2)


def test_what_a_source_no_longer_says_is_no_longer_found(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un sommet", ONE))
    desk.poll(B, entry("Un sommet", ONE, summary="Avec l’OTAN."))
    assert desk.found("OTAN") == ["Un sommet"]
    desk.poll(B, entry("Un sommet", ONE, summary="Sans elle."))
    assert desk.found("OTAN") == []
    assert desk.rows("SELECT count(*) FROM current_versions JOIN articles USING (revision_id)") == [(1,)]


def test_a_feeds_summary_is_matched_although_the_page_says_nothing_of_it(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary="L’OTAN y sera."))
    desk.page(ONE, prose("un sommet"))
    assert desk.alerts() == [("OTAN", "new")]
    assert desk.found("OTAN") == desk.found("rédaction") == ["Un sommet"]
    assert (desk.article()["origin"], desk.article()["revisions"]) == ("page", 1)


def test_a_summary_that_stands_on_the_page_is_no_version_of_its_own(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, summary="La rédaction suit UN SOMMET depuis 2 semaines et en rend…"))
    desk.page(ONE, prose("un sommet"))
    assert desk.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_several_feeds_that_say_the_same_of_a_page_are_one_version(desk: Desk) -> None:
    desk.watch(A, B, C, mode="page")
    for source in (A, B, C):
        desk.poll(source, entry("Un sommet", ONE, summary="L’OTAN y sera."))
        if source == A:
            desk.page(ONE, prose("un sommet"))
    assert desk.rows("SELECT count(*) FROM revisions") == [(2,)]


def test_a_known_entrys_new_words_are_matched_before_its_page_comes_again(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.poll(A, entry("Un sommet", ONE, "g1"))
    desk.page(ONE, prose("un sommet"))
    desk.poll(A, entry("Un sommet avec l’OTAN", ONE, "g1"))
    assert desk.alerts() == [("OTAN", "revised")]
    assert desk.found("OTAN") == ["Un sommet"]
    desk.page(ONE, prose("le sommet, enfin"), at=desk.now + timedelta(hours=2))
    assert (desk.article()["title"], desk.alerts()) == ("Un sommet avec l’OTAN", [("OTAN", "revised")])


def test_a_feeds_words_never_take_the_place_of_a_pages(desk: Desk) -> None:
    desk.watch(A, mode="page")
    desk.watch(B)
    desk.poll(A, entry("Un sommet", ONE))
    desk.page(ONE, prose("un sommet"))
    for summary in ("Vu d’ailleurs.", "Vu de l’OTAN."):
        desk.poll(B, entry("Un sommet", ONE, summary=summary))
    assert (desk.article()["text"], desk.article()["revisions"]) == (prose("un sommet"), 1)
    assert (desk.found("OTAN"), desk.found("ailleurs"), desk.alerts()) == (["Un sommet"], [], [("OTAN", "revised")])


def test_an_article_that_is_opened_is_matched_by_all_that_is_said_of_it(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.watch(A, B, C)
    desk.poll(A, entry("Un sommet", ONE))
    desk.poll(B, entry("Un sommet avec l’OTAN", ONE))
    assert desk.alerts() == []
    desk.poll(C)
    desk.poll(C, entry("Un sommet", ONE))
    assert [topic for topic, _ in desk.alerts()] == ["OTAN"]


def test_a_topic_that_asks_for_a_source_judges_all_that_is_said(desk: Desk) -> None:
    desk.follow(Topic("B", "OTAN source:b.example", ("hook",)))
    desk.watch(A, B, C)
    desk.poll(A, entry("Un sommet", ONE))
    desk.poll(C, entry("L’OTAN au sommet", ONE))
    assert desk.alerts() == []
    desk.poll(B, entry("Un sommet", ONE))
    assert [topic for topic, _ in desk.alerts()] == ["B"]


def test_the_versions_that_are_found_are_those_on_record_as_current(desk: Desk) -> None:
    desk.watch(A, B)
    desk.poll(A, entry("Un", ONE, "1"), entry("Deux", TWO, "2"))
    desk.poll(B, entry("Un, vu d’ailleurs", ONE, "1"))
    desk.poll(A, entry("Un, corrigé", ONE, "1"), entry("Deux", TWO, "2"))
    wanted = """SELECT revision_id FROM articles UNION SELECT spoken_revision_id FROM entries WHERE spoken_revision_id IS NOT NULL"""
    assert set(desk.rows("SELECT revision_id FROM current_versions")) == set(desk.rows(wanted))
    assert desk.rows("SELECT count(*) FROM current_versions") == [(3,)]


def test_what_a_feed_says_is_found_also_when_its_page_no_longer_does(desk: Desk) -> None:
    desk.watch(A, mode="page")
    said = entry("Un sommet à Tarnac", ONE, "g1", summary="Tarnac reçoit des ministres.")
    desk.poll(A, said)
    desk.page(ONE, prose("le sommet de Tarnac") + " Tarnac reçoit des ministres.")
    desk.poll(A, replace(said, updated_at=desk.now), at=desk.now + timedelta(hours=2))
    desk.page(ONE, prose("le sommet de Tarnac"))
    assert desk.found("ministres") == ["Un sommet à Tarnac"]


def test_what_other_sources_say_is_one_version_of_all_of_them_when_the_page_no_longer_holds_it(desk: Desk) -> None:
    desk.watch(A, B, C, mode="page")
    said = entry("Un sommet à Tarnac", ONE, "g1", summary="Tarnac reçoit des ministres.")
    for source in (A, B, C):
        desk.poll(source, said)
        if source == A:
            desk.page(ONE, prose("le sommet de Tarnac") + " Tarnac reçoit des ministres.")
    assert desk.rows("SELECT count(*) FROM revisions") == [(1,)]
    desk.poll(A, replace(said, updated_at=desk.now), at=desk.now + timedelta(hours=2))
    desk.page(ONE, prose("le sommet de Tarnac"))
    assert desk.rows("SELECT max(number), count(DISTINCT number) FROM revisions") == desk.rows("SELECT versions, versions FROM articles")
    assert desk.rows("SELECT count(DISTINCT spoken_revision_id), count(spoken_revision_id) FROM entries WHERE source_id > 1") == [(1, 2)]
    assert desk.found("ministres") == ["Un sommet à Tarnac"]
    for source in (A, B, C):
        desk.poll(source, replace(said, summary=""), at=desk.now + timedelta(minutes=5))
    assert desk.found("ministres") == []


def test_what_only_the_entries_of_one_body_said_and_say_no_longer_is_no_version(desk: Desk) -> None:
    desk.watch(A)
    desk.poll(A, entry("Un sommet", ONE, "1", summary=""), entry("Un sommet", ONE, "2", summary=""))
    desk.poll(A, entry("Un sommet, la suite", ONE, "1", summary=""), entry("Un sommet, la suite", ONE, "2", summary=""))
    assert desk.rows("SELECT title FROM revisions ORDER BY id") == [("Un sommet",), ("Un sommet, la suite",)]
    assert desk.found("suite") == ["Un sommet, la suite"]


def test_the_title_of_a_source_whose_page_comes_second_is_matched_and_found(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("Le sommet de Riga", ONE, "a1"))
    desk.poll(B, entry("L’OTAN à Riga", ONE, "b1"))
    for page in desk.archive.due_pages(desk.now, 10):
        desk.bring(page, desk.tick(), ExtractedPage(None, prose("le sommet de Riga")))
    assert desk.alerts() == [("OTAN", "revised")]
    assert desk.found("OTAN") == ["Le sommet de Riga"]


def test_an_article_with_its_page_is_found_by_the_title_that_another_source_still_gives_it(desk: Desk) -> None:
    desk.watch(A, B, mode="page")
    desk.poll(A, entry("L’OTAN à Riga", ONE, "a1"))
    desk.page(ONE, prose("Riga"))
    desk.poll(B, entry("L’OTAN à Riga", ONE, "b1"))
    desk.poll(A, entry("L’Alliance à Riga", ONE, "a1"))
    desk.page(ONE, prose("Riga"), at=desk.now + timedelta(hours=2))
    assert desk.found("OTAN") == desk.found("Alliance") == ["L’Alliance à Riga"]
    desk.poll(B, entry("L’Alliance à Riga", ONE, "b1"))
    assert desk.found("OTAN") == []


def test_as_many_versions_are_loaded_beyond_those_compared_again_as_the_entries_can_give_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beforehand, "MOST_COMPARED_AGAIN", 1)
    sources = [f"https://{number}.example/feed" for number in range(8)]
    desk.watch(*sources)
    for number, source in enumerate(sources):
        desk.poll(source, entry("Un sommet", ONE, summary=f"Selon le témoin {number}."))
    entries = [entry_id for (entry_id,) in desk.rows("SELECT id FROM entries ORDER BY id DESC LIMIT 3")]
    loaded = desk.archive._writer.submit(lambda db: beforehand._load_current(db, [1], entries)).result()
    assert sorted(one.revision_id for one in loaded) == [4, 5, 6, 7, 8]
    assert [sorted(one.said_by) for one in sorted(loaded, key=lambda one: one.revision_id)][-3:] == [[6], [7], [8]]


def test_what_the_same_source_shows_as_before_is_not_compared_again_with_topics_that_ask_by_whom(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    versions = Comparing.versions

    def count(comparing: Comparing) -> list[VersionToMatch]:
        found = versions(comparing)
        compared.append(len(found))
        return found

    monkeypatch.setattr(Comparing, "versions", count)
    desk.follow(Topic("De C", f'sommet source:"{C}"', ("hook",)))
    desk.watch(A, B)
    desk.poll(A, entry("Un sommet", ONE, guid="1"))
    desk.poll(A, entry("Un sommet", ONE, guid="1"), entry("Un sommet", ONE, guid="2"))
    desk.poll(B, entry("Un sommet", ONE))
    assert compared == [1, 0, 1]
