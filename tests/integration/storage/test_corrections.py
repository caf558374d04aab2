"""Edits of articles that people were told of: what is told of them, to whom, how often, and what never is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from news.topics import Revisions, Topic
from tests.desk import OTAN, A, B, Desk, entry, prose

ONE = "https://a.example/1"
TITLE = "OpenAI vise les réseaux de l’OTAN"
LEAD = "OpenAI envisage un contrat sur les réseaux classifiés de l’OTAN."
REST = (
    "Le marché est considérable, disent plusieurs analystes, et les concurrents ne restent pas les bras croisés. "
    "Sam Altman en a parlé mardi devant ses équipes. L’entreprise cherche des revenus."
)
MATCHES = {"OTAN": Revisions.MATCHES}


@pytest.fixture
def newsdesk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that has told of an article, whose source gives its text in the feed."""
    with Desk(tmp_path / "archive.db", []) as running:
        running.follow(OTAN, revisions_of_topic=MATCHES)
        running.watch(A, B)
        running.poll(A, article())
        yield running


def article(title: str = TITLE, text: str = f"{LEAD} {REST}", **rest: Any) -> Any:
    return entry(title, ONE, content=text, **rest)


def corrections(desk: Desk) -> list[dict[str, Any]]:
    return list(reversed([one for one in desk.log() if one["kind"] == "corrected"]))


def changes(desk: Desk) -> list[list[tuple[str, str | None, str | None]]]:
    return [[(one["field"], one["before"], one["after"]) for one in alert["changes"]] for alert in corrections(desk)]


def test_an_edit_of_a_passage_that_matched_is_told_with_what_it_changed(newsdesk: Desk) -> None:
    edited = LEAD.replace("réseaux classifiés", "réseaux non classifiés")
    tally = newsdesk.poll(A, article(text=f"{edited} {REST}"))
    assert [alert.kind for alert in tally.alerts] == ["corrected"]
    (alert,) = corrections(newsdesk)
    assert alert["changes"] == [{"field": "text", "before": LEAD, "after": edited}]
    assert (alert["topic"], alert["article_title"], [one["channel"] for one in alert["deliveries"]]) == ("OTAN", TITLE, ["hook"])
    assert newsdesk.rows("SELECT silence FROM matches ORDER BY number") == [(None,), (None,)]


@pytest.mark.parametrize(("revisions", "fields"), [("title", ["title"]), ("all", ["title", "text", "text"]), ("off", [])])
def test_a_topic_is_told_of_the_edits_that_its_user_wants(newsdesk: Desk, revisions: str, fields: list[str]) -> None:
    newsdesk.follow(OTAN, revisions_of_topic={"OTAN": Revisions(revisions)})
    text = f"{LEAD.replace('envisage', 'refuse')} {REST.replace('mardi', 'jeudi')}"
    newsdesk.poll(A, article("L’OTAN dément", text))
    assert [[field for field, _, _ in one] for one in changes(newsdesk)] == ([fields] if fields else [])


def test_what_says_nothing_new_is_no_correction(newsdesk: Desk) -> None:
    newsdesk.poll(A, article(text=f"Mis à jour à 14 h 32\n\n{REST} {LEAD}\n12 commentaires"))
    assert (newsdesk.article()["revisions"], changes(newsdesk)) == (2, [])


def test_what_follows_within_the_hour_is_told_in_the_next_against_what_was_told(newsdesk: Desk) -> None:
    newsdesk.poll(A, article("L’OTAN, un"))
    first = newsdesk.now
    newsdesk.poll(A, article("L’OTAN, deux"))
    newsdesk.poll(A, article("L’OTAN, trois fois"))
    assert not newsdesk.archive.has_due_corrections(first + timedelta(minutes=59))
    assert newsdesk.archive.has_due_corrections(first + timedelta(hours=1))
    (thing,) = newsdesk.archive.find_things("1", [])
    (waiting,) = newsdesk.archive.tell_whole(thing, [], {}, newsdesk.now).corrections_due
    assert (waiting.topic, waiting.due_at) == ("OTAN", first + timedelta(hours=1))
    newsdesk.reopen()
    assert len(newsdesk.archive.record_due_corrections(first + timedelta(hours=1)).result()) == 1
    assert changes(newsdesk) == [[("title", TITLE, "L’OTAN, un")], [("title", "L’OTAN, un", "L’OTAN, trois fois")]]
    assert not newsdesk.archive.has_due_corrections(first + timedelta(days=1))


def test_what_was_taken_back_within_the_hour_is_not_told(newsdesk: Desk) -> None:
    newsdesk.poll(A, article("L’OTAN, un"))
    newsdesk.poll(A, article("L’OTAN, deux"))
    newsdesk.poll(A, article("L’OTAN, un"))
    later = newsdesk.now + timedelta(hours=2)
    assert newsdesk.archive.record_due_corrections(later).result() == []
    assert not newsdesk.archive.has_due_corrections(later)
    assert len(corrections(newsdesk)) == 1


def test_a_match_that_an_edit_takes_away_is_told_and_one_that_it_brings_back_too(newsdesk: Desk) -> None:
    newsdesk.poll(A, article("OpenAI vise des réseaux", REST))
    newsdesk.poll(A, article(), at=newsdesk.now + timedelta(hours=2))
    assert changes(newsdesk) == [
        [("title", TITLE, "OpenAI vise des réseaux"), ("text", LEAD, None)],
        [("title", "OpenAI vise des réseaux", TITLE), ("text", None, LEAD)],
    ]
    assert [one["matches"][0]["passage"] for one in corrections(newsdesk)] == ["OpenAI vise les réseaux de l’[OTAN]"] * 2


def test_an_edit_that_brings_what_a_query_excludes_is_told(newsdesk: Desk) -> None:
    query = Topic("OTAN", "OTAN SAUF football", ("hook",))
    newsdesk.follow(query, revisions_of_topic=MATCHES)
    newsdesk.poll(A, article(text=f"{LEAD} {REST} Le football attendra."))
    assert changes(newsdesk) == [[("text", None, "Le football attendra.")]]


def test_nobody_is_corrected_who_was_not_told(newsdesk: Desk) -> None:
    altman = Topic("Altman", "Altman", ("hook",))
    newsdesk.follow(OTAN, altman, revisions_of_topic={**MATCHES, "Altman": Revisions.MATCHES})
    newsdesk.poll(A, article(text=f"{LEAD} {REST.replace('Sam Altman', 'Altman, Sam,')}"))
    assert newsdesk.alerts() == [("OTAN", "new"), ("Altman", "revised")]


def test_the_page_that_takes_the_place_of_its_feeds_words_is_no_correction_but_an_edit_of_it_is(tmp_path: Path) -> None:
    with Desk(tmp_path / "archive.db", []) as desk:
        desk.follow(OTAN, revisions_of_topic=MATCHES)
        desk.watch(A, mode="page")
        desk.poll(A, entry(TITLE, ONE, summary="L’OTAN et OpenAI négocient."))
        desk.fail_page(ONE)
        desk.page(ONE, f"{LEAD} {prose('l’OTAN')}", at=desk.now + timedelta(hours=6))
        assert desk.alerts() == [("OTAN", "new")]
        desk.poll(A, entry(TITLE, ONE, summary="L’OTAN et OpenAI négocient, mise à jour."), at=desk.now + timedelta(hours=2))
        desk.page(ONE, f"{LEAD.replace('classifiés', 'non classifiés')} {prose('l’OTAN')}", at=desk.now + timedelta(hours=2))
        assert changes(desk) == [[("text", LEAD, LEAD.replace("classifiés", "non classifiés"))]]


def test_what_another_source_says_of_the_article_is_no_correction(newsdesk: Desk) -> None:
    newsdesk.poll(B, entry("L’OTAN refuse", ONE, content=f"{LEAD.replace('envisage', 'refuse')} {REST}"))
    assert corrections(newsdesk) == []
